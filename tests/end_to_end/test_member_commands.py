"""What the operator does for a member: tell it all, forget it; and what it can't: show its code outside a demo."""

from __future__ import annotations

import json

from network.delivery.domain import Channel, Message, Text
from network.delivery.service import put
from network.partners.service import find_partner_by_code
from tests.fixtures import Coalition
from tests.live import Installation


def test_a_member_is_told_and_forgotten_and_its_code_stays_its_own(
    coalition: Coalition, installation: Installation
) -> None:
    grocer = coalition.join("grocer", trusts_cards=False)
    sara = coalition.enrol(grocer, name="Sara Karimi", phone="+989121234567")
    told = json.loads(installation.run("member", "export", sara.id))
    assert told["person"]["name"] == "Sara Karimi"
    installation.run("member", "code", sara.id, status=1)
    assert "forgotten" in installation.run("member", "forget", sara.id, "--yes")
    installation.run("member", "export", sara.id, status=1)
    installation.run("partner", "cards", "grocer", "--trust")
    found = find_partner_by_code("grocer")
    assert found is not None and found.trusts_cards
    put(Message(Channel.SMS, "+989121234567", Text("", "a text of its own: 771204")))
    assert "1 sent" in installation.run("delivery", "send")
    assert "a text of its own: 771204" in installation.run("delivery", "list", "--last", "1")
