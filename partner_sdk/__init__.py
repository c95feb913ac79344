"""Peyvand's partner SDK: points at a partner's till.

    from partner_sdk import Partner

    with Partner() as partner:                       # PARTNER_BASE_URL, PARTNER_CLIENT_ID, PARTNER_CLIENT_SECRET
        member = partner.members.lookup(card_number="...")
        earn = partner.earns.create(member=member, amount_minor=1250, currency="USD", receipt="A-17")

What can go wrong:

    PeyvandError                    .request_id .idempotency_key
      ConfigurationError            credentials or address missing or unusable, or closed already
      APIConnectionError            no answer: a write may or may not have happened
        APITimeoutError             no answer in time
      ResponseError                 an answer that cannot be understood: .status_code
      APIStatusError                refused: .status_code .code .detail .errors .body .retry_after
        BadRequestError             400
        AuthenticationError         401
        PaymentRequiredError        402
          InsufficientPointsError   code insufficient_points
        PermissionDeniedError       403
        NotFoundError               404
        ConflictError               409
          AccountExistsError        code account_exists
        ValidationError             422
        IdempotencyError            codes idempotency_...: the key is at fault
        RateLimitError              429
        ServerError                 5xx: a write may or may not have happened

Mistakes in arguments raise TypeError and ValueError before anything is sent. Progress is logged to
`logging.getLogger("partner_sdk")`, without tokens and without anything about members.
"""

import logging

from ._client import Partner
from ._errors import (
    AccountExistsError,
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    ConflictError,
    FieldError,
    IdempotencyError,
    InsufficientPointsError,
    NotFoundError,
    PaymentRequiredError,
    PermissionDeniedError,
    PeyvandError,
    RateLimitError,
    ResponseError,
    ServerError,
    ValidationError,
)
from ._models import (
    Balance,
    BalanceAfter,
    Batch,
    BatchError,
    CardProof,
    ConsentProof,
    Earn,
    Entry,
    ExpiringPoints,
    Lot,
    Me,
    Member,
    PartnerIdentity,
    PoolBalance,
    Quote,
    Redemption,
    Reversal,
    Settlement,
    SettlementLine,
    SettlementSummary,
    Statement,
    StoreIdentity,
    TillCodeProof,
)
from ._pages import Page
from ._raw import RawResponse
from ._terminal import Terminal, TerminalCode
from ._version import __version__

__all__ = [
    "APIConnectionError",
    "APIStatusError",
    "APITimeoutError",
    "AccountExistsError",
    "AuthenticationError",
    "BadRequestError",
    "Balance",
    "BalanceAfter",
    "Batch",
    "BatchError",
    "CardProof",
    "ConfigurationError",
    "ConflictError",
    "ConsentProof",
    "Earn",
    "Entry",
    "ExpiringPoints",
    "FieldError",
    "IdempotencyError",
    "InsufficientPointsError",
    "Lot",
    "Me",
    "Member",
    "NotFoundError",
    "Page",
    "Partner",
    "PartnerIdentity",
    "PaymentRequiredError",
    "PermissionDeniedError",
    "PeyvandError",
    "PoolBalance",
    "Quote",
    "RateLimitError",
    "RawResponse",
    "Redemption",
    "ResponseError",
    "Reversal",
    "ServerError",
    "Settlement",
    "SettlementLine",
    "SettlementSummary",
    "Statement",
    "StoreIdentity",
    "Terminal",
    "TerminalCode",
    "TillCodeProof",
    "ValidationError",
    "__version__",
]

logging.getLogger("partner_sdk").addHandler(logging.NullHandler())

# Shown and pickled by the name they are imported by, so that files may move without breaking stored errors.
for _name in __all__:
    if isinstance(_public := globals()[_name], type):
        _public.__module__ = __name__
del _name, _public
