"""How the till can be refused."""

from network.kernel.errors import Forbidden, Invalid


class WrongCurrency(Invalid):
    code = "wrong_currency"
    detail = "The partner has no contract in this currency."


class PurchaseInFuture(Invalid):
    code = "purchase_in_future"
    detail = "The purchase lies in the network's future."


class PurchaseTooOld(Invalid):
    code = "purchase_too_old"
    detail = "The purchase lies too far back to be reported."


class UnknownStore(Invalid):
    code = "unknown_store"
    detail = "The partner has no store of this code."


class NothingToQuote(Invalid):
    code = "nothing_to_quote"
    detail = "A quote needs an amount, a number of points, or both."


class ProofRefused(Forbidden):
    code = "proof_refused"
    detail = "The proof of the member's presence does not fit the member."


class IssuingSuspended(Forbidden):
    code = "issuing_suspended"
    detail = "The partner may not issue points at present."


class PartnerInactive(Forbidden):
    code = "partner_inactive"
    detail = "The partner has left the network."
