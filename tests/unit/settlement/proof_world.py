"""Small cycles in memory, proven by the network's own builder and signed with a key; and receipts of them."""

from __future__ import annotations

import base64
import json
import os
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from joserfc.jwk import ECKey

from network.auth.keys import signature
from network.kernel.identifiers import new_id, show, show_entry
from network.settlement.domain import (
    ClearingLine,
    Commitment,
    CycleDocument,
    PartnerEntry,
    Rates,
    Tree,
    blind,
    document_hash,
    leaf_hash,
    line_text,
    shown_line,
)
from network.settlement.domain.proof import RECEIPTED, SIGNED, heads_text
from partner_sdk.proof import Contract, Keys, Receipt, Signers

KEY = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
KEYS = Keys({"keys": [KEY.as_dict(private=False)]})
FUEL_KEY = ECKey.generate_key("P-256", auto_kid=True)
SIGNERS = Signers(
    {
        "signers": [
            {
                "code": "fuel",
                "keys": [
                    {
                        "kid": FUEL_KEY.kid,
                        "jwk": FUEL_KEY.as_dict(private=False),
                        "valid_from": "2016-12-01T00:00:00Z",
                        "valid_until": None,
                    }
                ],
                "rules": [{"since": "2016-12-01T00:00:00Z", "required": True}],
            }
        ]
    }
)
"""One partner has to sign what it asks, the others don't."""

OPERATOR = new_id()
PARTNERS = {code: new_id() for code in ("grocer", "fuel", "coffee")}
PERIODS = [datetime(2017, month, 1, tzinfo=UTC) for month in range(1, 6)]
CHANGES_AT = datetime(2017, 1, 15, tzinfo=UTC)


@dataclass
class Terms:
    """Each partner's two versions: the second from the middle of January on."""

    versions: dict[str, tuple[Rates, Rates]]

    def rates(self, code: str, at: datetime) -> Rates:
        return self.versions[code][at >= CHANGES_AT]

    def contracts(self, code: str) -> list[Contract]:
        return [
            Contract(
                version=rates.version,
                currency="USD",
                valid_from=f"2017-01-{1 if rates.version == 1 else 15:02d}T00:00:00Z",
                issuance_price=rates.issuance_price,
                funded_at_issue=rates.funded_at_issue,
                reimbursement_rate=rates.reimbursement_rate,
                prepaid=rates.prepaid,
            )
            for rates in self.versions[code]
        ]


@dataclass
class Scene:
    """One cycle before it is signed: its lines, and each partner's receipts of it."""

    number: int
    terms: Terms
    lines: list[ClearingLine] = field(default_factory=list)
    receipts: dict[str, list[Receipt]] = field(default_factory=lambda: {code: [] for code in PARTNERS})
    secret: bytes = field(default_factory=lambda: os.urandom(32))
    cycle_id: UUID = field(default_factory=new_id)

    @property
    def starts_at(self) -> datetime:
        return PERIODS[self.number - 1]

    @property
    def ends_at(self) -> datetime:
        return PERIODS[self.number]

    def own(self, code: str, *operations: str) -> list[ClearingLine]:
        """The lines of a partner's own entries."""
        wanted = operations or tuple(RECEIPTED)
        return [each for each in self.lines if each.made_by == PARTNERS[code] and each.operation in wanted]


@dataclass(frozen=True)
class Proven:
    """What was published of a cycle, and what each partner was given."""

    document: str
    views: dict[str, list[str]]

    def view(self, code: str) -> list[str]:
        return self.views[code]


def new_terms(chance: random.Random) -> Terms:
    versions = {}
    for code, partner_id in PARTNERS.items():
        funded = chance.choice(["1", "0", "0.25", "0.333333"])
        pair = [
            Rates(
                new_id(),
                partner_id,
                code,
                version,
                f"0.01{chance.randrange(10, 99)}",
                funded,
                f"0.00{chance.randrange(70, 99)}",
                prepaid=funded == "1" and version == 2,
            )
            for version in (1, 2)
        ]
        versions[code] = (pair[0], pair[1])
    return Terms(versions)


def play(chance: random.Random, number: int, terms: Terms, *, entries: int = 12) -> Scene:
    """A cycle of earns, redemptions of several lots, captures, returns, repayments and expiry."""
    scene = Scene(number, terms)
    codes = list(PARTNERS)
    for _ in range(entries):
        at = scene.starts_at + timedelta(seconds=chance.randrange(1, 27 * 86_400), microseconds=chance.randrange(10**6))
        code, other, points = chance.choice(codes), chance.choice(codes), chance.randrange(1, 5_000)
        earn(scene, code, points, at)
        redeem(scene, other, [(code, points), (chance.choice(codes), 7)], at + timedelta(hours=1))
    for code in codes:
        at = scene.ends_at - timedelta(days=1)
        post(scene, code, "earn_reversal", [("unissue", -5, code, None)], at)
        post(scene, code, "redemption_reversal", [("undraw", 3, codes[0], code)], at)
        post(scene, code, "repayment", [("draw", -2, codes[1], code)], at)
        post(scene, code, "expiry", [("expire", -4, code, None)], at, made_by=OPERATOR)
    return scene


def earn(scene: Scene, code: str, points: int, at: datetime) -> list[ClearingLine]:
    return post(scene, code, "earn", [("issue", points, code, None)], at)


def redeem(scene: Scene, code: str, draws: list[tuple[str, int]], at: datetime) -> list[ClearingLine]:
    operation = "capture" if sum(points for _, points in draws) % 3 == 0 else "redemption"
    return post(scene, code, operation, [("draw", -points, issuer, code) for issuer, points in draws], at)


def post(
    scene: Scene,
    code: str,
    operation: str,
    movements: list[tuple[str, int, str, str | None]],
    at: datetime,
    made_by: UUID | None = None,
) -> list[ClearingLine]:
    """An entry with its lines; and its receipt, which the network signs."""
    wallet_id, sequence = new_id(), 7
    terms = scene.terms
    lines = [
        ClearingLine(
            wallet_id=wallet_id,
            sequence=sequence,
            line=number,
            operation=operation,
            kind=kind,
            points=points,
            issuer=terms.rates(issuer, at),
            redeemer=None if redeemer is None else terms.rates(redeemer, at),
            posted_us=_us(at),
            made_by=made_by or PARTNERS[code],
        )
        for number, (kind, points, issuer, redeemer) in enumerate(movements, start=1)
    ]
    scene.lines += lines
    if operation in RECEIPTED:
        scene.receipts[code].append(receipt(code, operation, lines))
    if code == "fuel" and operation in SIGNED:
        for line in lines:
            line.request = signed_request(lines)
    return lines


def signed_request(lines: list[ClearingLine], key: ECKey = FUEL_KEY, **other: Any) -> str:
    """What the redeemer of an entry's lines has signed of it. `other`: what it says otherwise."""
    kinds = {"capture": "capture", "redemption_reversal": "return"}
    seconds = timedelta(seconds=lines[0].posted_us // 10**6)
    told = {
        "format": "request/1",
        "kind": kinds.get(lines[0].operation, "redemption"),
        "points": abs(sum(line.points for line in lines)),
        "currency": "USD",
        "request": sha256(lines[0].wallet_id.bytes).hexdigest(),
        "signed_at": (datetime(1970, 1, 1, tzinfo=UTC) + seconds).isoformat().replace("+00:00", "Z"),
    } | other
    header = json.dumps({"alg": "ES256", "kid": FUEL_KEY.kid, "typ": "peyvand-request+jws"})
    parts = (header, json.dumps(told, sort_keys=True, separators=(",", ":")))
    signed = ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)
    return f"{signed}.{signature(key, signed.encode())}"


def receipt(code: str, operation: str, lines: list[ClearingLine]) -> Receipt:
    """The receipt of an honest posting of these lines."""
    kinds = {"earn": "earn", "redemption": "captured", "capture": "captured"}
    at = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=lines[0].posted_us)
    shown = at.isoformat().replace("+00:00", "Z")
    unsigned = Receipt(
        partner=show("par", PARTNERS[code]),
        kind=kinds.get(operation, "reversal"),
        entry=show_entry(RECEIPTED[operation], lines[0].wallet_id, lines[0].sequence),
        points=abs(sum(line.points for line in lines)),
        amount_minor=100,
        currency="USD",
        occurred_at=shown,
        posted_at=shown,
        signature="",
        point_type=lines[0].issuer.point_type if operation == "earn" else "base",
    )
    return replace(unsigned, signature=signature(KEY, unsigned.text.encode()))


Alter = Callable[[dict[str, Any]], None]


def prove(
    scene: Scene,
    *,
    previous: str | None = None,
    alter: dict[str, Alter] | None = None,
    told_otherwise: dict[str, list[ClearingLine]] | None = None,
    hide: Iterable[ClearingLine] = (),
) -> Proven:
    """Commit to a cycle and sign it, as the network does, or as a dishonest operator would.

    `alter`: what to change in a partner's entry before it is signed. `told_otherwise`: lines that the entry of a
    partner is made of instead of the cycle's. `hide`: lines that are not opened to whom they belong.
    """
    hidden = set(map(id, hide))
    entries: list[tuple[str, PartnerEntry]] = []
    views: dict[str, list[str]] = {}
    for code in sorted(PARTNERS):
        lines = ordered((told_otherwise or {}).get(code, scene.lines), scene.secret)
        committed = Commitment(scene.cycle_id, "USD", OPERATOR, scene.secret)
        for line in lines:
            committed.add(line)
        found = [each for each in committed.finish().entries if each.partner_id == PARTNERS[code]]
        if not found:
            continue
        (entry,) = found
        told = json.loads(entry.text)
        (alter or {}).get(code, lambda _: None)(told)
        text = json.dumps(told, sort_keys=True, separators=(",", ":"))
        entries.append((code, replace(entry, text=text, index=len(entries) + 1)))
        views[code] = [_shown(scene, line, code, hidden) for line in lines if code in _codes(line)]
    tree = Tree()
    cycle = show("cyc", scene.cycle_id)
    tree.append(leaf_hash(b"", heads_text(cycle, 0, bytes(32)).encode()))
    paths = [tree.follow(leaf_hash(entry.salt, entry.text.encode())) for _, entry in entries]
    leaves, root = tree.size, tree.root()
    document = sign(scene, leaves, root, previous)
    for (code, entry), path in zip(entries, paths, strict=True):
        shown = {"leaf": json.loads(entry.text), "salt": entry.salt.hex(), "index": entry.index}
        head = [{"type": "cycle", "document": document}]
        head += [{"type": "entry", **shown, "path": [step.hex() for step in path]}]
        views[code] = [*map(json.dumps, head), *views[code]]
    return Proven(document, views)


def sign(scene: Scene, leaves: int, root: bytes, previous: str | None) -> str:
    payload = CycleDocument(
        network="http://127.0.0.1:8000",
        cycle_id=scene.cycle_id,
        name=f"USD 2017-{scene.number:02d}",
        currency="USD",
        minor_digits=2,
        starts_at=scene.starts_at,
        ends_at=scene.ends_at,
        cut_at=scene.ends_at,
        number=scene.number,
        previous=None if previous is None else document_hash(previous),
        leaves=leaves,
        root=root,
        signed_at=scene.ends_at,
    ).text()
    header = json.dumps({"alg": "ES256", "kid": KEY.kid, "typ": "peyvand-cycle+jws"})
    signed = ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in (header, payload))
    return f"{signed}.{signature(KEY, signed.encode())}"


def ordered(lines: Iterable[ClearingLine], secret: bytes) -> list[ClearingLine]:
    """In the order of proofs."""
    return sorted(lines, key=lambda line: (blind(secret, line.wallet_id, line.sequence).ref, line.line))


def _shown(scene: Scene, line: ClearingLine, code: str, hidden: set[int]) -> str:
    blinded = blind(scene.secret, line.wallet_id, line.sequence)
    text = line_text(show("cyc", scene.cycle_id), blinded.ref, line)
    return shown_line(line, blinded, text, OPERATOR if id(line) in hidden else PARTNERS[code])


def _codes(line: ClearingLine) -> set[str]:
    return {line.issuer.partner} | ({line.redeemer.partner} if line.redeemer else set())


def _us(at: datetime) -> int:
    since = at - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 10**6 + since.microseconds
