"""How payments can refuse."""

from network.kernel.errors import Conflict, Invalid, Malformed, Refused, Unavailable


class BadAccount(Invalid):
    code = "bank_account_invalid"
    detail = "These bank details are not valid."


class CurrencyNotSupported(Refused):
    code = "payment_currency_not_supported"
    detail = "No bank file is written in this currency."


class BankFileInvalid(Invalid):
    code = "bank_file_invalid"
    detail = "The bank file would not be valid by its schema."


class BadBankStatement(Malformed):
    code = "bank_statement_malformed"
    detail = "This is no bank statement (camt.053)."


class PaymentRefused(Refused):
    code = "payment_refused"
    detail = "The payment service refused this payment."


class PaymentKeyReused(Conflict):
    code = "payment_key_reused"
    detail = "This key belongs to another payment."


class PaymentServiceAway(Unavailable):
    """It is not known whether the payment happened. The same order, asked again, does not pay twice."""

    code = "payment_service_away"
    detail = "The payment service did not answer."


class NoPaymentService(Unavailable):
    code = "payment_service_missing"
    detail = "No payment service is set up: PEYVAND_PAYMENTS names one."
