"""By which keys partners sign what they ask, and since when they have to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._keys import Keys
from ._receipts import microseconds

__all__ = ["Signers"]

KIND = "peyvand-request+jws"
SLACK_US = 600 * 1_000_000
"""What was on its way while a key or a rule changed is not held against anybody; nor are clocks that differ."""


class Signers:
    """As `GET /v1/proofs/signers` gives it, the same to all partners: keep it, and compare it with theirs.

    Ask a redeemer for its own part: whoever makes up its keys makes up its signatures. Raises ValueError, KeyError for
    what is no such list.
    """

    def __init__(self, told: Mapping[str, Any]) -> None:
        self._keys: dict[str, list[tuple[Keys, int, int | None]]] = {}
        self._rules: dict[str, list[tuple[int, bool]]] = {}
        for each in told["signers"]:
            self._keys[each["code"]] = [
                (
                    Keys([{**key["jwk"], "kid": key["kid"]}]),
                    microseconds(key["valid_from"]),
                    None if key["valid_until"] is None else microseconds(key["valid_until"]),
                )
                for key in each["keys"]
            ]
            rules = [(microseconds(rule["since"]), bool(rule["required"])) for rule in each["rules"]]
            self._rules[each["code"]] = sorted(rules)

    def requires(self, code: str, at_us: int) -> bool:
        """Whether a partner had to sign, at an instant in microseconds since 1970 and for some minutes before."""
        before, now = (
            [required for since, required in self._rules.get(code, ()) if since <= instant][-1:]
            for instant in (at_us - SLACK_US, at_us)
        )
        return before == now == [True]

    def statement(self, code: str, document: str, at_us: int) -> Mapping[str, Any] | None:
        """What a partner signed, with a key that was its own and good at an instant; None if it did not sign this."""
        for keys, since, until in self._keys.get(code, ()):
            if since - SLACK_US <= at_us and (until is None or at_us < until + SLACK_US):
                payload = keys.payload_of(document, KIND)
                if payload is not None:
                    return payload
        return None
