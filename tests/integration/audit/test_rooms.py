"""What people do in the rooms of the house stands in the audit trail: each change once, with who made it."""

from __future__ import annotations

import pytest

from network.adjustments import service as adjustments
from network.adjustments.errors import SamePerson
from network.audit import service as audit
from network.auth import service as auth
from network.infrastructure.network_clock import set_clock
from network.kernel.identifiers import show
from network.members import service as members
from network.partners import service as partners
from network.settlement import service as settlement
from network.settlement.domain import Scheme
from tests.fixtures import Coalition, day
from tests.integration.settlement.ledger import Ledger, close_due
from tests.staffing import everyman


def told() -> list[tuple[str, str]]:
    """Who did what, oldest first."""
    return [(each.who, each.change.action) for each in reversed(audit.list_entries(most=500))]


def test_what_tills_jobs_and_seeds_do_is_not_the_staffs(coalition: Coalition) -> None:
    grocer = coalition.join("grocer")
    grocer.earn(coalition.enrol(grocer), 1_000)
    assert told() == []


def test_a_day_in_the_office_is_written_down(coalition: Coalition) -> None:
    grocer = coalition.join("grocer")
    sara, twin = coalition.enrol(grocer), coalition.enrol(grocer)
    omid, laleh = everyman("omid").who, everyman("laleh").who
    wallet = members.wallet_of_member(sara.member_id)
    gift = {"issuer_id": grocer.partner_id, "currency": "USD", "reason": "goodwill"}
    with audit.acting(omid, "req_1"):
        adjustments.propose(wallet_id=wallet, points=500, person=omid, **gift)
        large = adjustments.propose(wallet_id=wallet, points=5_000, person=omid, **gift)
        merge = members.propose_merge(twin.member_id, sara.member_id, reason="lost card", person=omid)
        fuel = partners.create_partner(code="fuel", name="Fuel", name_fa="سوخت")
        client = auth.create_client(fuel.partner_id, "till", ["points:read"])
        auth.suspend_client(client.client_id)
        partners.suspend_partner(fuel.partner_id)
        settlement.change_payment_scheme(Scheme.BILATERAL)
        settlement.record_bank_details(
            fuel.partner_id, person=omid, holder="Fuel Ltd", iban="GB82 WEST 1234 5698 7654 32"
        )
    with audit.acting(laleh, "req_2"):
        adjustments.approve(large.adjustment_id, person=laleh)
        members.approve_merge(merge.merge_id, person=laleh)
        adjustments.set_limit(omid, 2_000)
    assert told() == [
        (omid, "adjustments.request"),
        (omid, "adjustments.request"),
        (omid, "merges.request"),
        (omid, "partners.join"),
        (omid, "clients.create"),
        (omid, "clients.status"),
        (omid, "partners.status"),
        (omid, "payments.scheme"),
        (omid, "payments.account"),
        (laleh, "adjustments.approve"),
        (laleh, "merges.approve"),
        (laleh, "adjustments.limit"),
    ]
    (status,) = audit.list_entries(action="partners.status")
    assert (status.change.before, status.change.after) == ({"status": "active"}, {"status": "suspended"})
    written = "\n".join(audit.exported_chain())
    for personal in ("GB82", "7654", "Fuel Ltd", "lost card", sara.card_number, "Omid"):
        assert personal not in written
    assert list(audit.verify()) == []


def test_what_was_refused_was_not_done(coalition: Coalition) -> None:
    grocer = coalition.join("grocer")
    sara = coalition.enrol(grocer)
    omid = everyman("omid").who
    with audit.acting(omid, "req_1"):
        made = adjustments.propose(
            wallet_id=members.wallet_of_member(sara.member_id), points=5_000, person=omid,
            issuer_id=grocer.partner_id, currency="USD", reason="goodwill",
        )  # fmt: skip
        with pytest.raises(SamePerson):
            adjustments.approve(made.adjustment_id, person=omid)
    assert told() == [(omid, "adjustments.request")]


def test_a_cycle_that_people_moved_is_told_by_the_heads_of_its_own_trail(coalition: Coalition) -> None:
    ledger = Ledger(coalition)
    ledger.join("grocer", "fuel")
    set_clock(day(1, 10))
    ledger.earn("p", "grocer", 1_000)
    ledger.burn("p", "fuel", 400)
    set_clock(day(2, 1))
    close_due()
    cycle_id = settlement.get_cycle("2017-01").cycle_id
    omid, laleh = everyman("omid").who, everyman("laleh").who
    with audit.acting(omid, "req_1"):
        settlement.submit(cycle_id, person=omid)
    with audit.acting(laleh, "req_2"):
        settlement.approve(cycle_id, person=laleh)
    assert told() == [(omid, "settlement.submitted"), (laleh, "settlement.approved")]
    submitted, approved = reversed(audit.list_entries(subject=show("cyc", cycle_id)))
    assert submitted.change.after["trail"] == approved.change.before["trail"]
    assert approved.change.after["step"] == len(settlement.trail_of(cycle_id))
    assert "minor" not in "\n".join(audit.exported_chain())
