"""Found a coalition in the installation that the environment names; prints its OAuth clients as JSON."""

import json
import sys
from datetime import UTC, datetime
from decimal import Decimal

from network.auth.scopes import SCOPES
from network.auth.service import create_client
from network.cli.context import application
from network.infrastructure.migrating import migrate
from network.infrastructure.network_clock import set_clock
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import show
from network.partners.domain import ContractTerms
from network.partners.service import create_partner, ensure_operator, sign_contract
from network.settlement.service import ensure_calendar

START = datetime(2017, 1, 10, 12, tzinfo=UTC)
TERMS = ContractTerms(
    valid_from=datetime(2017, 1, 1, tzinfo=UTC),
    currency="USD",
    issuance_price=Decimal("0.0115"),
    redemption_element=Decimal("0.0100"),
    service_fee=Decimal("0.0015"),
    reimbursement_rate=Decimal("0.0090"),
    member_value=Decimal("0.0100"),
    funded_at_issue=Decimal("0.5"),
    prepaid=False,
    expires_after_months=24,
)


def main(partners: int) -> None:
    with application().app_context():
        migrate()
        set_clock(START)
        with transaction():
            ensure_operator()
            ensure_calendar("USD", "month", "UTC")
            clients = [_join(f"partner{number}") for number in range(1, partners + 1)]
    print(json.dumps(clients))


def _join(code: str) -> dict[str, str]:
    partner = create_partner(code=code, name=code, name_fa=code, trusts_cards=True)
    sign_contract(partner.partner_id, TERMS)
    client = create_client(partner_id=partner.partner_id, name="till", scopes=SCOPES)
    return {"code": code, "client_id": show("cli", client.client_id), "client_secret": client.client_secret}


if __name__ == "__main__":
    main(int(sys.argv[1]))
