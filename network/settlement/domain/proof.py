"""What a cycle commits to: its clearing lines, each partner's entry, the wallets' chain heads; as bytes that anybody
can make again. `docs/proof.md` describes each form; a change of any of them needs a new number in its name.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from network.kernel.clock import show_instant
from network.kernel.identifiers import show, show_entry

LINE, ENTRY, HEADS, HEAD, CYCLE = "line/1", "entry/1", "heads/1", "head/1", "cycle/1"
LINE_OF_TYPE = "line/2"
_BASE = "base"

RECEIPTED = {
    "earn": "ern",
    "redemption": "rdm",
    "capture": "rdm",
    "redemption_reversal": "rev",
    "earn_reversal": "rev",
}
"""Operations that a partner asks for and gets a receipt of, and the prefix by which it knows such an entry.

A capture is known by the redemption, whose points had been held until then.
"""

SIGNED = ("redemption", "capture", "redemption_reversal")
"""Operations that a redeemer asks for and can sign; the issuers of the points are shown its signature."""

_SALT_BYTES = 16


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """A contract version as lines name it: its partner's code, its number, p, f and r as decimal text, and whether
    points issued under it were paid for before, by the block. An issuer's also tells the type of its points, of which
    a redeemer's r is.

    One object for each version and type, so that sums can be kept by it.
    """

    contract_id: UUID
    partner_id: UUID
    partner: str
    version: int
    issuance_price: str
    funded_at_issue: str
    reimbursement_rate: str
    prepaid: bool = False
    point_type: str = _BASE


@dataclass(slots=True)
class ClearingLine:
    """One movement that clears. `sequence` names, with the wallet, the entry as its partner knows it (`RECEIPTED`).

    `points`: signed as the lot's remaining points changed. `made_by`: the partner whose entry it is. `request`: how
    that partner signed what it asked, a compact JWS; None if it did not, and where nobody is shown it.
    """

    wallet_id: UUID
    sequence: int
    line: int
    operation: str
    kind: str
    points: int
    issuer: Rates
    redeemer: Rates | None
    posted_us: int
    made_by: UUID | None
    request: str | None = None


@dataclass(frozen=True, slots=True)
class Blind:
    """What hides a wallet. `nonce` opens `ref` to the partner whose entry it is; others see a number, ever another."""

    nonce: bytes
    ref: bytes

    def salt(self, line: int) -> bytes:
        """Of one of the entry's lines, for both its issuer and its redeemer. 16 bytes."""
        return sha256(b"line" + self.nonce + line.to_bytes(2, "big")).digest()[:_SALT_BYTES]


def blind(secret: bytes, wallet_id: UUID, sequence: int) -> Blind:
    """Nonce = SHA-256(secret || wallet || sequence), ref = SHA-256(nonce || wallet || sequence), as 16 and 8 bytes."""
    name = wallet_id.bytes + sequence.to_bytes(8, "big")
    nonce = sha256(secret + name).digest()
    return Blind(nonce, sha256(nonce + name).digest())


def partner_salt(secret: bytes, partner_id: UUID) -> bytes:
    """The salt of a partner's entry. 16 bytes."""
    return sha256(b"entry" + secret + partner_id.bytes).digest()[:_SALT_BYTES]


def head_salt(secret: bytes, wallet_id: UUID) -> bytes:
    """The salt of a wallet's chain head. 16 bytes."""
    return sha256(b"head" + secret + wallet_id.bytes).digest()[:_SALT_BYTES]


def line_text(cycle: str, ref: bytes, line: ClearingLine) -> str:
    """A line as its leaf covers it: a JSON array without white space, in ASCII. `cycle`: the public id.

    Points that are not base points have a form of their own, which ends with their type.
    """
    issuer, redeemer = line.issuer, line.redeemer
    form, of_type = (LINE, "") if issuer.point_type == _BASE else (LINE_OF_TYPE, f',"{issuer.point_type}"')
    redeemed = (
        "null,null,null"
        if redeemer is None
        else f'"{redeemer.partner}",{redeemer.version},"{redeemer.reimbursement_rate}"'
    )
    return (
        f'["{form}","{cycle}","{ref.hex()}",{line.line},"{line.operation}","{line.kind}",{line.points},'
        f'"{issuer.partner}",{issuer.version},"{issuer.issuance_price}","{issuer.funded_at_issue}",'
        f"{int(issuer.prepaid)},{redeemed},{line.posted_us}{of_type}]"
    )


def head_text(cycle: str, wallet_id: UUID, sequence: int, head: bytes) -> str:
    """A wallet's chain head as its leaf covers it: the hash of its last entry that clears in the cycle."""
    return f'["{HEAD}","{cycle}","{wallet_id.hex}",{sequence},"{head.hex()}"]'


def heads_text(cycle: str, count: int, root: bytes) -> str:
    """What the first leaf of a cycle's tree covers: how many wallets have heads, and the root over these."""
    return f'["{HEADS}","{cycle}",{count},"{root.hex()}"]'


def canonical(told: Mapping[str, Any]) -> str:
    """A JSON object with its names sorted, without white space, in ASCII."""
    return json.dumps(told, sort_keys=True, separators=(",", ":"))


def entry_name(line: ClearingLine) -> str:
    """The id by which a partner knows the entry of one of its own lines."""
    return show_entry(RECEIPTED.get(line.operation, "ent"), line.wallet_id, line.sequence)


def is_opened(line: ClearingLine, partner_id: UUID) -> bool:
    """Whether a partner is told which entry a line is of: only of its own, of which it has the receipt."""
    return line.made_by == partner_id and line.operation in RECEIPTED


def shown_line(line: ClearingLine, hidden: Blind, text: str, partner_id: UUID) -> str:
    """A line as a partner's proof carries it: the leaf's own text, its salt, and for an own entry what opens it.

    Of a draw elsewhere, and its return, the redeemer's signature on the request, or that there is none.
    """
    more = ""
    if is_opened(line, partner_id):
        more = f',"entry":"{entry_name(line)}","nonce":"{hidden.nonce.hex()}"'
    elif line.operation in SIGNED:
        more = ',"request":null' if line.request is None else f',"request":"{line.request}"'
    return f'{{"type":"line","leaf":{text},"salt":"{hidden.salt(line.line).hex()}"{more}}}'


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleDocument:
    """What is signed and published, the same to everybody.

    `number`: of this document among those of its currency, from 1; `previous`: SHA-256 of the one before, as it was
    published. `root`: over `leaves` leaves, of which the first is the chain heads and the others are partners' entries.
    """

    network: str
    cycle_id: UUID
    name: str
    currency: str
    minor_digits: int
    starts_at: datetime
    ends_at: datetime
    cut_at: datetime
    number: int
    previous: bytes | None
    leaves: int
    root: bytes
    signed_at: datetime

    def text(self) -> str:
        """The payload of the signature."""
        return canonical(
            {
                "format": CYCLE,
                "network": self.network,
                "cycle": show("cyc", self.cycle_id),
                "name": self.name,
                "currency": self.currency,
                "minor_digits": self.minor_digits,
                "starts_at": show_instant(self.starts_at),
                "ends_at": show_instant(self.ends_at),
                "cut_at": show_instant(self.cut_at),
                "number": self.number,
                "previous": None if self.previous is None else self.previous.hex(),
                "leaves": self.leaves,
                "root": self.root.hex(),
                "signed_at": show_instant(self.signed_at),
            }
        )


def document_hash(document: str) -> bytes:
    """By which the next document names a published one: SHA-256 of its text. 32 bytes."""
    return sha256(document.encode()).digest()


def signed_root(document: str) -> bytes:
    """The root in a document of ours, whose signature is not looked at. 32 bytes."""
    payload = document.split(".")[1]
    told = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return bytes.fromhex(told["root"])
