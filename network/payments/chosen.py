"""Which payment service this installation has: none, the fake one, or Stripe. `Settings` says."""

from flask import Flask, current_app

from network.payments.errors import NoPaymentService
from network.payments.fake_gateway import FakeGateway
from network.payments.gateway import Gateway
from network.settings import Settings


def init_payments(app: Flask, settings: Settings) -> None:
    """Give the application its payment service."""
    app.extensions["peyvand.payments"] = _gateway_of(settings)


def find_gateway() -> Gateway | None:
    """The payment service of this installation, if it has one."""
    gateway: Gateway | None = current_app.extensions["peyvand.payments"]
    return gateway


def get_gateway() -> Gateway:
    """The payment service of this installation. Raises NoPaymentService."""
    gateway = find_gateway()
    if gateway is None:
        raise NoPaymentService
    return gateway


def _gateway_of(settings: Settings) -> Gateway | None:
    if settings.payments == "fake":
        return FakeGateway(settings.state_folder / "fake-payments")
    if settings.payments == "stripe":
        if not settings.stripe_key:
            raise ValueError("PEYVAND_PAYMENTS is stripe, and PEYVAND_STRIPE_KEY is missing")
        from network.payments.stripe_gateway import StripeGateway  # an extra, and large

        return StripeGateway(settings.stripe_key, url=settings.stripe_url)
    if settings.payments:
        raise ValueError(f"PEYVAND_PAYMENTS is {settings.payments!r}, not fake or stripe")
    return None
