"""Schemathesis asks the API what its document allows, and what it doesn't, in the names of several.

Whatever is sent, the answer is one that the document has, never a 5xx; and nobody is told of another partner's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from network.infrastructure.database import db, drop_statement_connection
from network.kernel.errors import NotFound
from network.web.catalogue import catalogue
from tests.conftest import empty_tables
from tests.fixtures import token_of
from tests.integration.api.planted import Planted, plant

_CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
_CONFIG = {"analysis": {"constants": {"enabled": False}}, "output": {"truncation": {"enabled": False}}}
_BOTH = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
_OF_ONE_PARTNER = {"entry_id", "settlement_id", "batch_id", "dispute_id"}
_TAKEN_AWAY = {"cursor"}
_FEW, _MANY = 12, 100

Judge = Callable[[Any, Any], None]
TokenFor = Callable[[Any], str | None]


@pytest.fixture(scope="module")
def planted(the_app: Flask) -> Iterator[Planted]:
    with the_app.app_context():
        empty_tables()
        yield plant(the_app)
        db.session.remove()
    drop_statement_connection()


class Asking:
    """One round over all operations, each with data as documented and with other data, aimed at what is planted."""

    def __init__(self, planted: Planted, token_for: TokenFor, judge: Judge, examples: int = _FEW) -> None:
        load_all_checks()
        self._planted = planted
        self._token_for = token_for
        self._judge = judge
        self._checks = CHECKS.get_by_names(list(_CHECKS))
        self._settings = settings(
            max_examples=examples,
            phases=[Phase.generate],  # what was written in between makes examples fail only once: no shrinking
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        self.answered: set[tuple[str, int]] = set()

    def everything(self) -> None:
        """Raises what all operations have raised."""
        config = schemathesis.Config.from_dict(_CONFIG)
        schema = schemathesis.openapi.from_wsgi("/v1/openapi.json", self._planted.own.app, config=config)
        failures: list[Exception] = []
        for found in schema.get_all_operations():
            for mode in _BOTH if _can_be_wrong(found.ok()) else _BOTH[:1]:
                try:
                    self._one(found.ok(), mode)
                except Exception as failure:
                    failure.add_note(f"{found.ok().label}, data: {mode.value}")
                    failures.append(failure)
        if failures:
            raise ExceptionGroup("answers that should not be", failures)

    def _one(self, operation: Any, mode: GenerationMode) -> None:
        token = self._token_for(operation)
        headers = {"Authorization": f"Bearer {token}"} if token else {}

        @self._settings
        @given(case=operation.as_strategy(generation_mode=mode), aim=st.data())
        def ask(case: Any, aim: Any) -> None:
            self._aim(case, aim)
            answer = case.call(headers=headers)
            self.answered.add((operation.label, answer.status_code))
            case.validate_response(answer, checks=self._checks, headers=headers)
            _is_told_in_the_document(case, answer)
            self._judge(case, answer)

        ask()

    def _aim(self, case: Any, aim: Any) -> None:
        """Put what is planted where the request has a part of that name, more often than not; None takes it away."""
        for part in (case.path_parameters, case.query, case.body):
            for name in sorted(part.keys() & self._planted.values.keys()) if isinstance(part, dict) else ():
                values = self._planted.values[name]
                chosen = aim.draw(st.integers(0, 2 * len(values)))
                if chosen:
                    part[name] = values[chosen % len(values)]
                if part[name] is None and name in _TAKEN_AWAY:
                    del part[name]


def _is_told_in_the_document(case: Any, answer: Any) -> None:
    """`default` is for failures alone, and their codes are those that the network's own list explains."""
    if answer.status_code < 400:
        assert str(answer.status_code) in case.operation.definition.raw["responses"]
    else:
        assert answer.json()["code"] in catalogue(), answer.text


def _is_nowhere(answer: Any) -> bool:
    """Whether no view has seen the request, for there is none at such a path."""
    return bool(answer.status_code == 404 and answer.json()["code"] == NotFound.code)


def _can_be_wrong(operation: Any) -> bool:
    """Whether the document forbids anything: a part of a path may be any text, as far as it says."""
    told = operation.definition.raw
    return "requestBody" in told or any(each.get("in") != "path" for each in told.get("parameters", ()))


def _scopes(operation: Any) -> list[str]:
    (security,) = operation.definition.raw["security"]
    return list(security["oauth2"])


def _of_own(planted: Planted) -> TokenFor:
    return lambda operation: planted.own.bearer


def _of_foreign(planted: Planted) -> TokenFor:
    return lambda operation: planted.foreign.bearer


def _accepts(case: Any, answer: Any) -> None:
    """Nothing more is asked than that the answer is as documented."""


def _tells_nothing_of(planted: Planted) -> Judge:
    def judge(case: Any, answer: Any) -> None:
        sent = f"{case.path_parameters} {case.query} {case.body}"
        text = answer.content.decode(errors="replace")
        assert [marker for marker in planted.markers if marker in text and marker not in sent] == [], text
        aimed = {name: case.path_parameters[name] for name in _OF_ONE_PARTNER & (case.path_parameters or {}).keys()}
        if any(value in planted.values[name] for name, value in aimed.items()):
            assert 400 <= answer.status_code < 500, text

    return judge


def test_a_partner_is_answered_as_documented_whatever_it_sends(planted: Planted) -> None:
    asking = Asking(planted, _of_own(planted), _accepts)
    asking.everything()
    read = {label for label, status in asking.answered if status == 200 and label.startswith("GET")}
    assert sorted({label for label, _ in asking.answered if label.startswith("GET")} - read) == []


def test_a_partner_is_told_nothing_of_another_whatever_it_sends(planted: Planted) -> None:
    Asking(planted, _of_foreign(planted), _tells_nothing_of(planted)).everything()


def test_nobody_is_answered_without_a_token(planted: Planted) -> None:
    def is_turned_away(case: Any, answer: Any) -> None:
        assert answer.status_code == 401 or _is_nowhere(answer), answer.text

    Asking(planted, lambda operation: None, is_turned_away).everything()


def test_nobody_is_answered_with_a_token_of_another_scope(planted: Planted) -> None:
    own = planted.own
    tokens = {scope: token_of(own.app, own.client, scope) for scope in ("members:enrol", "settlements:dispute")}

    def other(operation: Any) -> str:
        return tokens["members:enrol" if "settlements:dispute" in _scopes(operation) else "settlements:dispute"]

    def is_turned_away(case: Any, answer: Any) -> None:
        assert answer.status_code == 403 or _is_nowhere(answer) or not _scopes(case.operation), answer.text

    Asking(planted, other, is_turned_away).everything()


@pytest.mark.storm
def test_many_more_requests_are_answered_as_documented(planted: Planted) -> None:
    Asking(planted, _of_own(planted), _accepts, _MANY).everything()
    Asking(planted, _of_foreign(planted), _tells_nothing_of(planted), _MANY).everything()
