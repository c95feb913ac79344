"""Notices: members are told ahead that points expire, of each instant and each number of days once."""

from datetime import datetime
from uuid import UUID

from network.expiry import repository
from network.expiry.domain import (
    DEFAULT_NOTICE_DAYS,
    Expiring,
    PolicyVersion,
    applicable,
    horizon,
    notices_due,
)
from network.expiry.events import PointsExpiringSoon
from network.expiry.service.policies import choice_for
from network.infrastructure.database import unit_connection
from network.infrastructure.failpoints import failpoint
from network.infrastructure.network_clock import network_now
from network.infrastructure.outbox import announce
from network.infrastructure.programme import network_programme
from network.infrastructure.transaction import transaction
from network.members.service import Home, homes_of
from network.partners.domain import ContractTerms
from network.partners.service import contract_by_id
from network.wallet.expiring import ExpiringLot, expiring_lots

_WALLETS_AT_ONCE = 500


def give_notices() -> int:
    """Tell of all points whose day of notice has come; how many notices were new.

    A chunk of wallets is one transaction, in which the notice is noted and its fact announced: killed anywhere, or run
    by two at once, each notice is told once. How far ahead, the policies say that hold now for the points' contract and
    the member's jurisdiction.
    """
    terms: dict[UUID, ContractTerms] = {}
    told, after = 0, None
    while True:
        with transaction():
            now, versions = network_now(), repository.all_versions()
            days = [DEFAULT_NOTICE_DAYS, *(each.policy.notice_days for each in versions if each.policy)]
            lots, after = expiring_lots(unit_connection(), horizon(days, now), after=after, most=_WALLETS_AT_ONCE)
            told += _tell(lots, versions, terms, now)
            failpoint("expiry.in_notices")
        failpoint("expiry.after_notices")
        if after is None:
            return told


def _tell(
    lots: list[ExpiringLot], versions: list[PolicyVersion], terms: dict[UUID, ContractTerms], now: datetime
) -> int:
    homes = homes_of({lot.wallet_id for lot in lots})
    for contract_id in {lot.contract_id for lot in lots} - terms.keys():
        terms[contract_id] = contract_by_id(contract_id).terms
    expiring = [
        Expiring(
            lot.wallet_id,
            lot.points,
            lot.issued_at,
            lot.expires_at,
            _notice_days(versions, terms[lot.contract_id], homes[lot.wallet_id], now),
        )
        for lot in lots
        if lot.wallet_id in homes
    ]
    new = repository.insert_notices(notices_due(expiring, now), now)
    announce(
        *(
            PointsExpiringSoon(
                wallet_id=each.wallet_id,
                member_id=homes[each.wallet_id].member_id,
                points=each.points,
                expires_at=each.expires_at,
                notice_days=each.notice_days,
                noticed_at=now,
            )
            for each in new
        )
    )
    return len(new)


def _notice_days(versions: list[PolicyVersion], terms: ContractTerms, home: Home, now: datetime) -> tuple[int, ...]:
    own = applicable(versions, terms.expiry_programme or network_programme(), home.jurisdiction)
    return choice_for(own, terms.expires_after_months, now).policy.notice_days
