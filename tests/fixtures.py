"""A coalition to test with, built through the services, and tills that speak to the application's own edge."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import text

from network.auth.domain import NewClient, Principal
from network.auth.scopes import SCOPES
from network.auth.service import create_client
from network.earning.commands import Proof, ProofType
from network.earning.domain import Rule
from network.earning.service import set_earning_rule
from network.infrastructure.database import Base, db
from network.infrastructure.network_clock import set_clock
from network.kernel.identifiers import read, show
from network.members.domain import EnrolCommand, KnownMember
from network.members.service import enrol
from network.partners import service as partners
from network.partners.domain import USUAL_CONDITIONS, Conditions, ContractTerms, TypeRates
from network.settlement import service as settlement

START = datetime(2017, 1, 1, tzinfo=UTC)
_numbers = count(1)


def day(month: int, number: int, hour: int = 12, *, year: int = 2017) -> datetime:
    """An instant, in UTC."""
    return datetime(year, month, number, hour, tzinfo=UTC)


def card_proof(card_number: str) -> Proof:
    """A card, and nothing else."""
    return Proof(type=ProofType.CARD, card_number=card_number)


@dataclass(frozen=True)
class Customer:
    """A member as its card shows it; `id` is the public one."""

    id: str
    card_number: str

    @property
    def member_id(self) -> UUID:
        return read("mbr", self.id)


@dataclass(frozen=True)
class Till:
    """One partner's machine. What it gets back is a `werkzeug.test.TestResponse`; every write has a key of its own."""

    app: Flask
    partner_id: UUID
    code: str
    client: NewClient
    bearer: str | None = field(repr=False)

    @property
    def principal(self) -> Principal:
        """For calling services in this partner's name."""
        return Principal(self.client.client_id, self.partner_id, frozenset(SCOPES), "token")

    def anonymous(self) -> Till:
        return replace(self, bearer=None)

    def only(self, *scopes: str) -> Till:
        """The same client with a token of fewer scopes."""
        return replace(self, bearer=token_of(self.app, self.client, " ".join(scopes)))

    def get(self, path: str, **query: Any) -> Any:
        return self.app.test_client().get(path, query_string=query or None, headers=self.headers())

    def post(self, path: str, body: Any, key: str | None = None) -> Any:
        return self.app.test_client().post(path, json=body, headers=self.headers(key))

    def earn(self, customer: Customer, amount_minor: int, *, key: str | None = None, **more: Any) -> Any:
        body = {"member": customer.id, "amount_minor": amount_minor, "currency": "USD", **more}
        return self.post("/v1/earns", body, key or next_key())

    def redeem(self, customer: Customer, points: int, *, key: str | None = None, **more: Any) -> Any:
        proof = {"type": "card", "card_number": customer.card_number}
        body = {"member": customer.id, "points": points, "currency": "USD", "proof": proof, **more}
        return self.post("/v1/redemptions", body, key or next_key())

    def balance(self, customer: Customer) -> Any:
        return self.get(f"/v1/members/{customer.id}/balance")

    def entries(self, customer: Customer, **query: Any) -> Any:
        return self.get(f"/v1/members/{customer.id}/entries", **query)

    def headers(self, key: str | None = None) -> dict[str, str]:
        token = {"Authorization": f"Bearer {self.bearer}"} if self.bearer else {}
        return token | ({"Idempotency-Key": key} if key else {})


class Coalition:
    """Partners, members, and the clock that they live by."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        set_clock(START)
        partners.ensure_operator()
        settlement.ensure_calendar("USD", "month", "UTC")

    def join(
        self, code: str, *, points_per_unit: str = "1", pending_days: int = 0, trusts_cards: bool = True, **terms: Any
    ) -> Till:
        """A partner with a contract in US dollars, an earning rule and a till that may do everything."""
        partner_id = partners.create_partner(
            code=code, name=code.title(), name_fa=code, trusts_cards=trusts_cards
        ).partner_id
        self.sign(partner_id, **terms)
        rule = Rule(Decimal(points_per_unit), pending_days)
        set_earning_rule(partner_id, "USD", terms.get("valid_from", START), rule)
        client = create_client(partner_id=partner_id, name="till", scopes=SCOPES)
        return Till(self.app, partner_id, code, client, token_of(self.app, client))

    def sign(
        self,
        partner_id: UUID,
        *,
        price: str = "0.0115",
        fee: str = "0.0015",
        paid: str = "0.0090",
        funded: str = "1",
        months: int = 24,
        programme: str | None = None,
        valid_from: datetime = START,
        prepaid: bool = False,
        conditions: Conditions = USUAL_CONDITIONS,
        rates_by_type: tuple[TypeRates, ...] = (),
    ) -> None:
        """The rates of worked example A unless told otherwise."""
        partners.sign_contract(
            partner_id,
            ContractTerms(
                valid_from=valid_from,
                currency="USD",
                issuance_price=Decimal(price),
                redemption_element=Decimal(price) - Decimal(fee),
                service_fee=Decimal(fee),
                reimbursement_rate=Decimal(paid),
                member_value=Decimal("0.0100"),
                funded_at_issue=Decimal(funded),
                prepaid=prepaid,
                expires_after_months=months,
                expiry_programme=programme,
                conditions=conditions,
                rates_by_type=rates_by_type,
            ),
        )

    def enrol(self, till: Till, **person: Any) -> Customer:
        """A new member with a card, known to this till's partner."""
        known = enrol(till.partner_id, EnrolCommand(**person))
        assert isinstance(known, KnownMember)
        assert known.card_number
        return Customer(show("mbr", known.member.member_id), known.card_number)

    def at(self, instant: datetime) -> None:
        """The network's clock stands at an instant; it only goes forward."""
        set_clock(instant)


def token_of(app: Flask, client: NewClient, scope: str | None = None) -> str:
    """An access token, from the token endpoint."""
    form = {"grant_type": "client_credentials"} | ({"scope": scope} if scope else {})
    answer: Any = app.test_client().post("/oauth/token", data=form, auth=(client.shown_id, client.client_secret))
    assert answer.status_code == 200, answer.text
    return str(answer.json["access_token"])


def next_key() -> str:
    """An idempotency key that was not used before."""
    return f"key-{next(_numbers)}"


def snapshot() -> dict[str, tuple[int, int]]:
    """Every table's number of rows and a digest of what is in them: equal when nothing was written in between."""
    db.session.rollback()
    tables = [table.name for table in Base.metadata.sorted_tables]
    query = " UNION ALL ".join(
        f"SELECT '{name}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM {name} t" for name in tables
    )
    found = {name: (rows, int(digest)) for name, rows, digest in db.session.execute(text(query))}
    db.session.rollback()
    return found


def assert_problem(answer: Any, status: int, code: str, pointer: str | None = None) -> None:
    """A problem document (RFC 9457) with this code, blaming this field, and the request id of its own header."""
    assert (answer.status_code, answer.json.get("code")) == (status, code), answer.text
    assert answer.content_type == "application/problem+json"
    problem = answer.json
    assert problem["status"] == status
    assert problem["type"].endswith(f"/v1/problems/{code}")
    assert problem["title"]
    assert problem["detail"]
    assert problem["request_id"] == answer.headers["Request-Id"]
    assert problem["request_id"].startswith("req_")
    if pointer is not None:
        assert pointer in [each["pointer"] for each in problem["errors"]], answer.text
