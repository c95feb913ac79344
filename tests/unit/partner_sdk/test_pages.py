"""Lists that come in pages, and answers taken raw."""

from itertools import islice
from typing import Any

import pytest

from partner_sdk import NotFoundError, Page, Partner, RawResponse, ResponseError
from tests.unit.partner_sdk import shapes
from tests.unit.partner_sdk.scripted_network import Reply, ScriptedNetwork, problem

ENTRIES = "/v1/members/mbr_1/entries"


def test_iterating_goes_through_all_pages(partner: Partner, network: ScriptedNetwork) -> None:
    entries = list(partner.members.entries("mbr_1"))
    assert [entry.id for entry in entries] == [f"ern_{number}" for number in range(1, 46)]
    assert [request.query for request in network.requests(ENTRIES)] == [{}, {"cursor": "20"}, {"cursor": "40"}]


def test_a_page_is_fetched_only_when_it_is_reached(partner: Partner, network: ScriptedNetwork) -> None:
    list(islice(partner.members.entries("mbr_1"), 20))
    assert len(network.requests(ENTRIES)) == 1


def test_the_limit_goes_along_from_page_to_page(partner: Partner, network: ScriptedNetwork) -> None:
    pages = list(partner.members.entries("mbr_1", limit=30).pages())
    assert [len(page.data) for page in pages] == [30, 15]
    assert [request.query for request in network.requests(ENTRIES)] == [
        {"limit": "30"},
        {"limit": "30", "cursor": "30"},
    ]


def test_a_list_can_go_on_from_a_kept_cursor(partner: Partner) -> None:
    page = partner.members.entries("mbr_1")
    assert (page.has_more, page.next_cursor, page.request_id) == (True, "20", "req_1")
    assert partner.members.entries("mbr_1", cursor=page.next_cursor).data[0].id == "ern_21"
    following = page.next_page()
    assert following is not None
    assert following.data[0].id == "ern_21"


def test_the_last_page_has_no_next(partner: Partner) -> None:
    assert partner.settlements.list().next_page() is None


def test_a_page_can_be_gone_through_twice(partner: Partner) -> None:
    page = partner.members.entries("mbr_1")
    assert len(list(page)) == len(list(page)) == 45


def test_an_empty_page_in_the_middle_does_not_end_the_list(partner: Partner, network: ScriptedNetwork) -> None:
    network.will("GET", ENTRIES, Reply(body=shapes.page([], "40")))
    assert len(list(partner.members.entries("mbr_1"))) == 5


def test_a_refusal_comes_with_the_call_and_not_with_the_iteration(partner: Partner, network: ScriptedNetwork) -> None:
    network.will("GET", ENTRIES, problem(404, "member_not_found"))
    with pytest.raises(NotFoundError):
        partner.members.entries("mbr_1")


def test_a_later_page_that_fails_is_retried_like_any_call(partner: Partner, network: ScriptedNetwork) -> None:
    page = partner.members.entries("mbr_1")
    network.will("GET", ENTRIES, Reply(503), Reply(drop=True))
    assert len(list(page)) == 45


@pytest.mark.parametrize(
    "body",
    [
        {"data": [], "has_more": True, "next_cursor": None},
        {"data": [], "has_more": True, "next_cursor": ""},
        {"data": None, "has_more": False},
        {"data": [], "next_cursor": "x"},
        {"data": [{}], "has_more": False},
    ],
)
def test_a_broken_page_is_a_typed_error(body: object, partner: Partner, network: ScriptedNetwork) -> None:
    network.will("GET", ENTRIES, Reply(body=body))
    with pytest.raises(ResponseError):
        partner.members.entries("mbr_1")


def test_a_cursor_that_leads_in_a_circle_ends_in_an_error(partner: Partner, network: ScriptedNetwork) -> None:
    network.will("GET", ENTRIES, *[Reply(body=shapes.page([shapes.entry(1)], "20"))] * 3)
    with pytest.raises(ResponseError, match="leads back to the same page"):
        list(partner.members.entries("mbr_1"))


def test_a_raw_answer_has_headers_in_any_case_and_parses(partner: Partner) -> None:
    raw = partner.earns.with_raw_response.create(member="mbr_1", amount_minor=1250, currency="USD")
    assert isinstance(raw, RawResponse)
    assert raw.status_code == 201
    assert raw.headers["request-id"] == raw.headers["Request-Id"] == raw.request_id == "req_1"
    assert b'"ern_1"' in raw.content
    assert raw.parse().points == 12
    assert raw.parse() == partner.earns.get("ern_1")
    assert "idempotent-replayed" not in raw.headers


def test_a_raw_answer_is_had_even_if_it_cannot_be_parsed(partner: Partner, network: ScriptedNetwork) -> None:
    network.will("GET", "/v1/earns/ern_1", Reply(200, b"<html>"))
    raw = partner.earns.with_raw_response.get("ern_1")
    assert raw.content == b"<html>"
    with pytest.raises(ResponseError):
        raw.parse()


def test_a_raw_list_parses_to_a_page_that_goes_on(partner: Partner) -> None:
    raw = partner.members.with_raw_response.entries("mbr_1")
    page = raw.parse()
    assert isinstance(page, Page)
    assert len(list(page)) == 45


def test_a_raw_refusal_raises_all_the_same(partner: Partner, network: ScriptedNetwork) -> None:
    network.will("GET", "/v1/earns/ern_1", problem(404, "entry_not_found"))
    with pytest.raises(NotFoundError):
        partner.earns.with_raw_response.get("ern_1")


def test_all_raw_methods_answer_raw(partner: Partner) -> None:
    answers: list[RawResponse[Any]] = [
        partner.members.with_raw_response.enrol(),
        partner.members.with_raw_response.lookup(phone="+989121234567"),
        partner.members.with_raw_response.get("mbr_1"),
        partner.members.with_raw_response.balance("mbr_1"),
        partner.quotes.with_raw_response.create(member="mbr_1", currency="USD"),
        partner.redemptions.with_raw_response.get("rdm_1"),
        partner.settlements.with_raw_response.list(),
        partner.settlements.with_raw_response.get("stm_1"),
    ]
    assert all(answer.request_id == "req_1" and answer.parse() for answer in answers)
