"""A partner that trusts nobody, as the guide for partners has it: its own software keeps receipts and verifies."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from network.infrastructure.network_clock import set_clock
from partner_sdk import CardProof, NotFoundError
from partner_sdk.proof import Contract, Proofs, Receipt, compare, shared_lines, verify, verify_entry
from tests.fixtures import Coalition, day
from tests.integration.settlement.ledger import close_due
from tests.live import Installation

CONTRACT = Contract(
    version=1,
    currency="USD",
    valid_from="2017-01-01T00:00:00Z",
    issuance_price="0.0115",
    funded_at_issue="1",
    reimbursement_rate="0.0090",
)


def test_two_partners_verify_a_month_and_each_others_view_of_it(
    coalition: Coalition, installation: Installation, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        grocer, fuel = (
            stack.enter_context(installation.partner(coalition.join(code).client)) for code in ("grocer", "fuel")
        )
        set_clock(day(1, 5))
        member = grocer.members.enrol()
        assert member.card_number
        card = CardProof(member.card_number)
        fuel.members.lookup(card_number=member.card_number)
        earn = grocer.earns.create(member=member, amount_minor=500_00, currency="USD", receipt="A-1")
        paid = fuel.redemptions.create(member=member, points=120, currency="USD", proof=card)
        hold = fuel.redemptions.create(member=member, points=50, currency="USD", proof=card, capture=False)
        done = fuel.redemptions.capture(hold, points=30)
        back = fuel.redemptions.reverse(paid, points=20)
        set_clock(day(2, 1, 0))
        close_due()
        assert "proof 1 of USD" in installation.run("settlement", "prove", "2017-01", "--again")

        reports = {}
        for partner, kept in ((grocer, (earn,)), (fuel, (paid, hold, done, back))):
            me, proofs = partner.me().partner, Proofs(partner)
            (statement,) = partner.settlements.list()
            file = tmp_path / f"{me.code}.ndjson"
            file.write_bytes(proofs.of(statement.id))
            receipts = [each for each in (Receipt.of(answer.raw, me.id) for answer in kept) if each]
            with file.open() as lines:
                reports[me.code] = verify(
                    lines,
                    keys=proofs.keys(),
                    partner=me.id,
                    receipts=receipts,
                    contracts=[CONTRACT],
                    statement=partner.settlements.get(statement.id).raw,
                )
            (told,) = proofs.cycles()
            assert told["document"] == proofs.document(statement.cycle) == reports[me.code].document
            for receipt in receipts:
                if receipt.clears:
                    answer = proofs.of_entry(statement.id, receipt.entry)
                    assert verify_entry(answer, keys=proofs.keys(), partner=me.id, receipt=receipt) == []
            with pytest.raises(NotFoundError):
                proofs.of_entry(statement.id, member.id)
        assert {code: report.findings for code, report in reports.items()} == {"grocer": (), "fuel": ()}
        assert (reports["grocer"].net_minor, reports["fuel"].net_minor) == (-5_75, 1_17)
        assert compare(reports["grocer"], reports["fuel"]) == []
        mine, theirs = (tmp_path / f"{code}.ndjson" for code in reports)
        assert list(shared_lines(mine.read_text(), "fuel")) == list(shared_lines(theirs.read_text(), "grocer"))
