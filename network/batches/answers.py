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


@dataclass(frozen=True, slots=True)
class Origin:
    """The request that brought a file, as a refusal of one of its lines names it."""

    request_id: str
    problems_url: str


def letters_of(number: int) -> str:
    """128 bits as 26 letters, as `kernel.identifiers` writes them: by table, two letters at a time."""
    t, high, low = _PAIRS, number >> 70, number & (1 << 70) - 1
    return (
        t[high >> 50] + t[high >> 40 & 1023] + t[high >> 30 & 1023] + t[high >> 20 & 1023] + t[high >> 10 & 1023]
        + t[high & 1023] + t[low >> 60] + t[low >> 50 & 1023] + t[low >> 40 & 1023] + t[low >> 30 & 1023]
        + t[low >> 20 & 1023] + t[low >> 10 & 1023] + t[low & 1023]
    )  # fmt: skip


def small_letters(number: int) -> str:
    """A small number in as few letters as it needs."""
    letters = ""
    while number or not letters:
        letters = _LETTERS[number & 31] + letters
        number >>= 5
    return letters


def earn_hash(line: EarnLine, member: str) -> bytes:
    """The body hash of the single call: POST /v1/earns with this body, names sorted. `member`: the public id."""
    receipt = f',"receipt":"{line.receipt}"' if line.receipt else ""
    store = f',"store":"{line.store}"' if line.store else ""
    return sha256(
        f'POST /v1/earns\n{{"amount_minor":{line.amount_minor},"currency":"{line.currency}","member":"{member}",'
        f'"occurred_at":"{line.occurred_at}"{receipt}{store}}}'.encode()
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
    occurred, posted = at
    receipt = f'"{line.receipt}"' if line.receipt else "null"
    store = f'"{line.store}"' if line.store else "null"
    return (
        f'{{"id":"ern_{wallet}{small_letters(sequence)}","member":"{member}","points":{points},'
        f'"amount_minor":{line.amount_minor},"currency":"{line.currency}","receipt":{receipt},"store":{store},'
        f'"occurred_at":"{occurred}","posted_at":"{posted}","lots":[{lot}],"balance":{balance}}}'
    )


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
