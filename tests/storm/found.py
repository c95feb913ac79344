"""Found the storm's coalition in the installation that the environment names; prints its OAuth clients as JSON.

Points of one partner expire after three months, which pass in three seconds, those of another are pending for two
weeks; one funds nothing at issue, and each lets returns do something else.
"""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from network.auth.scopes import SCOPES
from network.auth.service import create_client
from network.cli.context import application
from network.earning.domain import Rule
from network.earning.service import set_earning_rule
from network.infrastructure.migrating import migrate
from network.infrastructure.network_clock import set_clock
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import show
from network.partners.domain import ContractTerms
from network.partners.service import create_partner, ensure_operator, sign_contract
from network.settlement.service import ensure_calendar
from network.wallet.domain import ReturnPolicy

START = datetime(2017, 1, 10, 12, tzinfo=UTC)
_SIGNED = datetime(2016, 1, 1, tzinfo=UTC)
_PARTNERS: dict[str, dict[str, Any]] = {
    "grocer": {},
    "florist": {"months": 3, "funded": "0", "policy": ReturnPolicy.WITHIN_LOT, "extension_days": 0},
    "fashion": {"months": 12, "funded": "0.5", "pending_days": 14},
    "fuel": {"months": 6, "paid": "0.0100", "policy": ReturnPolicy.DEBT_ALLOWED, "extension_days": 60},
}


def main() -> None:
    with application().app_context():
        migrate()
        set_clock(START)
        with transaction():
            operator = ensure_operator()
            ensure_calendar("USD", "month", "UTC")
            sign_contract(operator.partner_id, _terms())
            clients = [_join(code, **words) for code, words in _PARTNERS.items()]
    print(json.dumps(clients))


def _join(
    code: str,
    *,
    policy: ReturnPolicy = ReturnPolicy.DEBT_ALLOWED,
    pending_days: int = 0,
    extension_days: int = 30,
    **terms: Any,
) -> dict[str, str]:
    partner = create_partner(code=code, name=code, name_fa=code, trusts_cards=True)
    sign_contract(partner.partner_id, _terms(**terms))
    rule = Rule(Decimal(1), pending_days, policy, extension_days)
    set_earning_rule(partner.partner_id, "USD", _SIGNED, rule)
    client = create_client(partner_id=partner.partner_id, name="till", scopes=SCOPES)
    return {"code": code, "client_id": show("cli", client.client_id), "client_secret": client.client_secret}


def _terms(*, months: int = 24, funded: str = "1", paid: str = "0.0090") -> ContractTerms:
    return ContractTerms(
        valid_from=_SIGNED,
        currency="USD",
        issuance_price=Decimal("0.0115"),
        redemption_element=Decimal("0.0100"),
        service_fee=Decimal("0.0015"),
        reimbursement_rate=Decimal(paid),
        member_value=Decimal("0.0100"),
        funded_at_issue=Decimal(funded),
        prepaid=False,
        expires_after_months=months,
    )


if __name__ == "__main__":
    main()
