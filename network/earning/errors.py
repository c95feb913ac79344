"""How the till can be refused."""

from network.kernel.errors import Forbidden, Invalid, Refused


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


class TillCodeNeeded(Forbidden):
    is_kept = True
    code = "till_code_needed"
    detail = "A card is not enough here: the code that the member's phone shows is needed, or the member's approval."


class BasketMismatch(Invalid):
    code = "basket_mismatch"
    detail = "The amounts of the basket's lines do not add up to the purchase."


class NoSuchLine(Invalid):
    code = "no_such_line"
    detail = "The purchase has no such line, or it was returned already."


class ReturnTooLarge(Refused):
    code = "return_too_large"
    detail = "No more can be returned than is left of the purchase."


class BurnTooOld(Invalid):
    code = "redemption_too_old"
    detail = "The redemption lies too far back to be reported."


class InstantAhead(Invalid):
    code = "instant_ahead"
    detail = "Nobody knows the balance of an instant that has not been yet."


class BadPeriod(Invalid):
    code = "bad_period"
    detail = "A statement is of one day or more, not over a year, that have begun."


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


class SignatureMissing(Forbidden):
    code = "signature_missing"
    detail = "The partner's redemptions, captures and returns have to be signed, with one of its own keys."


class SignatureKeyUnknown(Forbidden):
    code = "signature_key_unknown"
    detail = "The partner has registered no such key."


class SignatureKeyRevoked(Forbidden):
    code = "signature_key_revoked"
    detail = "The key that signed the request was revoked."


class SignatureInvalid(Forbidden):
    code = "signature_invalid"
    detail = "The signature is not that of the key it names."


class SignatureMismatch(Forbidden):
    """`extra["differs"]`: which members of the signed statement are not as the request has them."""

    code = "signature_mismatch"
    detail = "What was signed is not this request."


class SignatureStale(Forbidden):
    code = "signature_stale"
    detail = "The request was signed too long ago, or ahead of the network's clock: sign it when it is sent."
