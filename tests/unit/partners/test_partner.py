from datetime import UTC, datetime
from uuid import UUID

import pytest

from network.partners.domain import Partner, PartnerStatus, check_code, check_name, check_store_code
from network.partners.errors import BadPartner


def _partner(status: PartnerStatus) -> Partner:
    return Partner(
        partner_id=UUID(int=1),
        code="fuel",
        name="Rahvar Fuel",
        name_fa="سوخت رهوار",
        is_operator=False,
        status=status,
        created_at=datetime(2017, 1, 1, tzinfo=UTC),
    )


def test_a_suspended_partner_takes_points_but_gives_none() -> None:
    partner = _partner(PartnerStatus.SUSPENDED)
    assert not partner.may_issue
    assert partner.may_redeem


def test_a_partner_that_left_neither_takes_nor_gives() -> None:
    partner = _partner(PartnerStatus.LEFT)
    assert not partner.may_issue
    assert not partner.may_redeem


@pytest.mark.parametrize("code", ["a", "fuel", "fuel-2", "9_lives", "x" * 32])
def test_a_code_is_lower_case_and_short(code: str) -> None:
    assert check_code(code) == code


@pytest.mark.parametrize("code", ["", "Fuel", "-fuel", "fuel station", "سوخت", "x" * 33, "fuel\n"])
def test_anything_else_is_no_code(code: str) -> None:
    with pytest.raises(BadPartner) as refusal:
        check_code(code)
    assert refusal.value.field == "code"


@pytest.mark.parametrize("code", ["375", "TEH-01", "north/3#a", "x" * 64])
def test_a_stores_code_is_whatever_its_partner_calls_it(code: str) -> None:
    assert check_store_code(code) == code


@pytest.mark.parametrize("code", ["", "a b", "تهران", "x" * 65, "a\n"])
def test_a_stores_code_can_be_sent_as_a_reference(code: str) -> None:
    with pytest.raises(BadPartner):
        check_store_code(code)


def test_a_name_loses_its_superfluous_white_space_and_keeps_its_joiners() -> None:
    assert check_name("  نان  و\tکافهٔ تنور ") == "نان و کافهٔ تنور"
    assert check_name("می\u200cخواهم") == "می\u200cخواهم"


@pytest.mark.parametrize("name", ["", " \t", "\u200c", "a\x00b", "x" * 121])
def test_a_name_is_something_to_read(name: str) -> None:
    with pytest.raises(BadPartner) as refusal:
        check_name(name, field="name_fa")
    assert refusal.value.field == "name_fa"
