"""A partner that trusts nobody, as the guide for partners has it: its own software keeps receipts and verifies."""

import base64
import re
from contextlib import ExitStack
from pathlib import Path

import pytest
from joserfc.jwk import ECKey

from network.infrastructure.network_clock import set_clock
from partner_sdk import CardProof, NotFoundError, PermissionDeniedError
from partner_sdk._hooks import Hooks
from partner_sdk.proof import Contract, Draws, Proofs, Receipt, compare, shared_lines, verify, verify_entry
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
        tills = {code: coalition.join(code) for code in ("grocer", "fuel")}
        set_clock(day(1, 4))
        key, public = ECKey.generate_key("P-256"), tmp_path / "fuel.pem"
        public.write_bytes(key.as_pem(private=False))
        assert key.thumbprint() in installation.run("partner", "key", "add", "fuel", str(public))
        assert "have to be signed" in installation.run("partner", "require-signatures", "fuel")
        set_clock(day(1, 5))
        grocer = stack.enter_context(installation.partner(tills["grocer"].client))
        fuel = stack.enter_context(
            installation.partner(tills["fuel"].client, signing_key=key, _hooks=Hooks(now=day(1, 5).timestamp))
        )
        member = grocer.members.enrol()
        assert member.card_number
        card = CardProof(member.card_number)
        fuel.members.lookup(card_number=member.card_number)
        earn = grocer.earns.create(member=member, amount_minor=500_00, currency="USD", receipt="A-1")
        with pytest.raises(PermissionDeniedError, match="signed"):
            stack.enter_context(installation.partner(tills["fuel"].client)).redemptions.create(
                member=member, points=120, currency="USD", proof=card
            )
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
                    signers=proofs.signers(),
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
        assert reports["grocer"].draws == {"fuel": Draws(130, 0)}
        assert reports["fuel"].draws == {}
        assert compare(reports["grocer"], reports["fuel"]) == []
        view = (tmp_path / "grocer.ndjson").read_text()
        for what, kind in (('"request":null', "unsigned_draw"), ('"request":"e30.e30.e30"', "bad_request")):
            found = verify(
                re.sub('"request":"[^"]*"', what, view, count=1),
                keys=Proofs(grocer).keys(),
                partner=grocer.me().partner.id,
                signers=Proofs(grocer).signers(),
            )
            assert [finding.kind for finding in found.findings] == [kind]
        assert member.card_number not in view
        assert member.id.partition("_")[2] not in unsigned(view)
        mine, theirs = (tmp_path / f"{code}.ndjson" for code in reports)
        assert list(shared_lines(mine.read_text(), "fuel")) == list(shared_lines(theirs.read_text(), "grocer"))


def unsigned(view: str) -> str:
    """All that an issuer can read of requests at another partner: what the redeemer has signed."""
    documents = re.findall('"request":"[^".]*\\.([^".]*)\\.', view)
    assert documents
    return "".join(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode() for body in documents)
