"""The partners of the bench, made through the services as an operator would."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from network.auth.domain import NewClient
from network.auth.scopes import SCOPES
from network.auth.service import create_client
from network.infrastructure.transaction import transaction
from network.partners.domain import ContractTerms
from network.partners.service import create_partner, ensure_operator, sign_contract

CURRENCY = "USD"


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner with its contract and the client of its tills."""

    partner_id: UUID
    contract_id: UUID
    client: NewClient


def found_coalition(partners: int) -> list[Partner]:
    """So many partners with a contract and a client each. In an application's context."""
    with transaction():
        ensure_operator()
        return [_join(number) for number in range(partners)]


def _join(number: int) -> Partner:
    partner = create_partner(
        code=f"partner{number + 1}", name=f"Partner {number + 1}", name_fa=f"شریک {number + 1}", trusts_cards=True
    )
    contract = sign_contract(partner.partner_id, _terms())
    client = create_client(partner_id=partner.partner_id, name="till", scopes=SCOPES)
    return Partner(partner.partner_id, contract.contract_id, client)


def _terms() -> ContractTerms:
    return ContractTerms(
        valid_from=datetime.now(UTC) - timedelta(days=100),
        currency=CURRENCY,
        issuance_price=Decimal("0.0110"),
        redemption_element=Decimal("0.0100"),
        service_fee=Decimal("0.0010"),
        reimbursement_rate=Decimal("0.0095"),
        member_value=Decimal("0.0100"),
        funded_at_issue=Decimal(1),
        prepaid=False,
        expires_after_months=24,
    )
