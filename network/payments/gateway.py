"""The port: a payment service that moves money when it is asked to, such as Stripe."""

from typing import Protocol

from network.payments.domain import Order


class Gateway(Protocol):
    """Whoever implements it pays each key once, however often and from wherever it is asked."""

    def pay(self, order: Order) -> str:
        """Pay; the service's own name of the payment, the same for the same order.

        Raises PaymentRefused if it will not, PaymentKeyReused if the key belongs to another payment, and
        PaymentServiceAway if nobody knows: then the same order is to be asked again.
        """
        ...
