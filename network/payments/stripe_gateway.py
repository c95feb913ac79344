"""Stripe Connect: transfers from the operator's balance to the accounts that partners have connected.

Stripe keeps idempotency keys for a day, with whatever it answered, refusals included; a network asks for longer. So
each transfer carries its key as its transfer group too, and is looked for there before it is made.
"""

import stripe

from network.payments.domain import Order
from network.payments.errors import CurrencyNotSupported, PaymentKeyReused, PaymentRefused, PaymentServiceAway

_TIMEOUT_SECONDS = 20
_RETRIES = 2
_OTHER_UNITS = {"ISK", "IRR"}  # Stripe counts hundredths of a króna, and takes no rials


class StripeGateway:
    """A client of its own, with a key of its own; nothing is set on Stripe's module."""

    def __init__(self, key: str, *, url: str | None = None) -> None:
        self._client = stripe.StripeClient(
            key,
            base_addresses={"api": url} if url else {},
            max_network_retries=_RETRIES,
            http_client=stripe.RequestsClient(timeout=_TIMEOUT_SECONDS),
        )

    def pay(self, order: Order) -> str:
        """As `Gateway.pay`. Raises CurrencyNotSupported where Stripe's minor unit is not ours."""
        if order.currency in _OTHER_UNITS:
            raise CurrencyNotSupported(f"Stripe is not asked to pay in {order.currency}.", currency=order.currency)
        try:
            return self._made_before(order) or self._make(order)
        except stripe.IdempotencyError as failure:
            raise PaymentKeyReused from failure
        except (stripe.APIConnectionError, stripe.RateLimitError) as failure:
            raise PaymentServiceAway from failure
        except stripe.StripeError as failure:
            if failure.http_status is None or failure.http_status >= 500 or failure.http_status == 409:
                raise PaymentServiceAway from failure
            raise PaymentRefused(failure.user_message or None) from failure

    def _made_before(self, order: Order) -> str | None:
        found = self._client.v1.transfers.list({"transfer_group": order.key, "limit": 1}).data
        if not found:
            return None
        told = (found[0].amount, found[0].currency.upper(), found[0].destination)
        if told != (order.amount_minor, order.currency, order.destination):
            raise PaymentKeyReused
        return found[0].id

    def _make(self, order: Order) -> str:
        made = self._client.v1.transfers.create(
            {
                "amount": order.amount_minor,
                "currency": order.currency.lower(),
                "destination": order.destination,
                "description": order.text,
                "transfer_group": order.key,
            },
            {"idempotency_key": order.key},
        )
        return made.id
