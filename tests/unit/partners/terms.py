"""Contract terms to vary in tests: those of worked example A."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from network.partners.domain import ContractTerms

EXAMPLE_A = ContractTerms(
    valid_from=datetime(2017, 1, 1, tzinfo=UTC),
    currency="USD",
    issuance_price=Decimal("0.0115"),
    redemption_element=Decimal("0.0100"),
    service_fee=Decimal("0.0015"),
    reimbursement_rate=Decimal("0.0090"),
    member_value=Decimal("0.0100"),
    funded_at_issue=Decimal(1),
    prepaid=False,
    expires_after_months=24,
)


def terms(**changes: Any) -> ContractTerms:
    """Example A's terms with changes; a text is taken for a decimal where a rate is expected."""
    decimals = {
        name: Decimal(value)
        for name, value in changes.items()
        if isinstance(value, str) and isinstance(getattr(EXAMPLE_A, name), Decimal)
    }
    return replace(EXAMPLE_A, **changes | decimals)


def priced(*, reimbursement: str, value: str, price: str, **changes: Any) -> ContractTerms:
    """Terms of three rates alone; the whole price is the redemption element."""
    return terms(
        reimbursement_rate=reimbursement,
        member_value=value,
        issuance_price=price,
        redemption_element=price,
        service_fee="0",
        **changes,
    )
