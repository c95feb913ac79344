"""The answers that are kept under the keys of lines: what the single call would have answered, written without it.

A till that sends a line alone, under the line's key, is told the same. Tests hold these texts to those of `earning`.
"""

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from network.batches.domain.lines import EarnLine
from network.infrastructure.requests import Answer, RequestKey
from network.kernel.errors import PeyvandError
from network.kernel.identifiers import show_entry

_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = [a + b for a in _LETTERS for b in _LETTERS]
_TRIPLES = [a + b for a in _PAIRS for b in _LETTERS]
_SMALL = [pair.lstrip("0") or "0" for pair in _PAIRS]
_45_BITS = (1 << 45) - 1


@dataclass(frozen=True, slots=True)
class Origin:
    """The request that brought a file, as a refusal of one of its lines names it."""

    request_id: str
    problems_url: str


def letters_of(number: int) -> str:
    """128 bits as 26 letters, as `kernel.identifiers` writes them: by table, three letters at a time."""
    high, middle, low = number >> 90, number >> 45 & _45_BITS, number & _45_BITS
    return (
        f"{_PAIRS[high >> 30]}{_TRIPLES[high >> 15 & 32767]}{_TRIPLES[high & 32767]}"
        f"{_TRIPLES[middle >> 30]}{_TRIPLES[middle >> 15 & 32767]}{_TRIPLES[middle & 32767]}"
        f"{_TRIPLES[low >> 30]}{_TRIPLES[low >> 15 & 32767]}{_TRIPLES[low & 32767]}"
    )


def small_letters(number: int) -> str:
    """A small number in as few letters as it needs."""
    if number < 1024:
        return _SMALL[number]
    return small_letters(number >> 10) + _PAIRS[number & 1023]


def four_letters(number: int) -> str:
    """20 bits."""
    return _PAIRS[number >> 10] + _PAIRS[number & 1023]


def earn_hash(line: EarnLine, member: str) -> bytes:
    """The body hash of the single call: POST /v1/earns with this body, names sorted. `member`: the public id."""
    _, _, _, _, amount_minor, currency, occurred_at, _, receipt, store, point_type = line
    more = f',"point_type":"{point_type}"' if point_type else ""
    if receipt:
        more += f',"receipt":"{receipt}"'
    if store:
        more += f',"store":"{store}"'
    return sha256(
        f'POST /v1/earns\n{{"amount_minor":{amount_minor},"currency":"{currency}","member":"{member}",'
        f'"occurred_at":"{occurred_at}"{more}}}'.encode()
    ).digest()


def reversal_key(
    partner_id: UUID, key: str, wallet_id: UUID, sequence: int, amount_minor: int | None, receipt: str | None
) -> RequestKey:
    """The key of a reversal, with the body hash of the single call."""
    told = {"amount_minor": amount_minor, "receipt": receipt}
    body = {name: value for name, value in told.items() if value is not None}
    path = f"/v1/earns/{show_entry('ern', wallet_id, sequence)}/reverse"
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return RequestKey(partner_id, key, sha256(f"POST {path}\n{text}".encode()).digest())


def earn_answer(
    line: EarnLine, wallet: str, sequence: int, member: str, points: int, at: tuple[str, str], lot: str, balance: str
) -> str:
    """An Earn as JSON text.

    `wallet`: in letters; `member`: the public id; `at`: when it occurred, and was posted; `lot`, `balance`: as JSON.
    """
    _, _, _, _, amount_minor, currency, _, _, receipt, store, _ = line
    return (
        f'{{"id":"ern_{wallet}{small_letters(sequence)}","member":"{member}","points":{points},'
        f'"amount_minor":{amount_minor},"currency":"{currency}","receipt":{_json(receipt)},"store":{_json(store)},'
        f'"occurred_at":"{at[0]}","posted_at":"{at[1]}","lots":[{lot}],"balance":{balance},'
        '"receipt_signature":null}'
    )


def _json(text: str | None) -> str:
    return f'"{text}"' if text else "null"


def refusal_answer(error: PeyvandError, origin: Origin) -> Answer:
    """A refusal that is kept (402), as the problem document that the single call would have been answered with."""
    problem: dict[str, Any] = {
        "type": f"{origin.problems_url}/{error.code}",
        "title": error.code.replace("_", " ").capitalize(),
        "status": 402,
        "detail": error.detail,
        "code": error.code,
        "request_id": origin.request_id,
    }
    if error.field:
        problem["errors"] = [{"pointer": f"#/{error.field}", "message": error.detail}]
    return Answer(
        402, json.dumps(problem | {name: value for name, value in error.extra.items() if name not in problem})
    )
