"""A transaction that takes its time: earns 1,000 points for some wallet, says so, and waits before it ends.

`python -m tests.end_to_end._straggler open` commits at the end of its standard input; `prepared` leaves behind a
prepared transaction named `straggler`.
"""

import sys

import psycopg
from sqlalchemy import text

from network.cli.context import application
from network.infrastructure.database import db, unit_connection
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import new_id
from network.partners.service import find_partner_by_code, list_contracts
from network.wallet import repository
from network.wallet.domain import Draft, Earn, Slip, earn
from network.wallet.service import Decision, post

POINTS = 1_000


def main(way: str) -> None:
    with application().app_context(), transaction():
        wallet_id = db.session.execute(text("SELECT wallet_id FROM wallet ORDER BY wallet_id LIMIT 1")).scalar_one()
        partner = find_partner_by_code("partner1")
        assert partner is not None
        (contract,) = list_contracts(partner.partner_id)

        def attempt(connection: psycopg.Connection) -> Decision[None]:
            found = repository.find_head(connection, wallet_id)
            assert found is not None
            now, head = found
            draft = Draft(head, repository.open_lots(connection, wallet_id), now)
            slip = Slip(partner.partner_id, now, amount_minor=POINTS * 100, currency="USD")
            lot = Earn(POINTS, slip, new_id(), partner.partner_id, contract.contract_id, "USD", now, None)
            earn(draft, lot)
            return Decision(draft.posting(), None)

        post(attempt)
        if way == "prepared":
            unit_connection().execute("PREPARE TRANSACTION 'straggler'")
        print("posted", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1])
