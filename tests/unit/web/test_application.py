"""What was made short in Flask does what Flask does."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Blueprint, Flask, after_this_request, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from werkzeug.exceptions import HTTPException

from network.web.application import Application, WrittenResponse


def _on(app: Flask) -> Flask:
    """The same few routes on any application."""
    blueprint = Blueprint("rooms", __name__, url_prefix="/rooms")

    @blueprint.route("/hall", methods=["GET", "POST"])
    def hall() -> dict[str, Any]:
        return {
            "at": url_for("rooms.room", number=7),
            "outside": url_for("rooms.hall", _external=True),
            "path": request.path,
            "root": request.root_path,
            "query": request.query_string.decode(),
            "from": request.headers.get("X-From"),
            "host": request.host,
            "whole": request.url,
            "body": request.get_data(as_text=True),
            "rule": str(request.url_rule),
        }

    @blueprint.get("/<int:number>")
    def room(number: int) -> str:
        return f"room {number}"

    @blueprint.get("/attic/")
    def attic() -> str:
        return "attic"

    app.register_blueprint(blueprint)
    return app


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "OPTIONS", "PUT"])
@pytest.mark.parametrize(
    "path",
    [
        "/rooms/hall",
        "//rooms/hall",
        "/rooms//hall",
        "/rooms/hall/",
        "/rooms/7?floor=1",
        "/rooms/x",
        "/rooms/attic",
        "/rooms/attic/",
        "/rooms/%D8%A7",
        "",
    ],
)
def test_every_path_and_method_is_answered_as_flask_answers(path: str, method: str) -> None:
    answers = []
    for app in (_on(Flask("one")), _on(Application("one"))):
        http = app.test_client()
        for _ in range(3):  # the second time, the route is known
            answer = http.open(path, method=method, headers={"X-From": "till"}, data=b"abc")
            answers.append((answer.status, sorted(answer.headers), answer.data))
    assert all(answer == answers[0] for answer in answers)


def test_a_path_that_varies_is_not_remembered() -> None:
    app = _on(Application("one"))
    http = app.test_client()
    for path in ("/rooms/hall", "/////rooms/hall", "/rooms/1", "/rooms/2", "/nothing"):
        http.get(path)
    assert list(app.known_rules) == [("GET", "/rooms/hall")]  # type: ignore[attr-defined]


def test_an_upgrade_to_a_websocket_is_refused_however_often() -> None:
    http = _on(Application("one")).test_client()
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket"}
    statuses = [http.get("/rooms/hall", headers=each).status_code for each in (upgrade, {}, upgrade)]
    assert statuses == [400, 200, 400]


def _of_application(app: Flask, called: Callable[[str], Any]) -> None:
    app.before_request(lambda: called("before"))
    app.teardown_request(lambda _: called("teardown"))

    @app.after_request
    def first(response: Any) -> Any:
        called("after, first")
        return response

    @app.after_request
    def second(response: Any) -> Any:
        called("after, second")
        return response


def _of_blueprint(app: Flask, called: Callable[[str], Any]) -> None:
    blueprint = Blueprint("own", __name__)
    blueprint.before_request(lambda: called("before"))

    @blueprint.after_request
    def after(response: Any) -> Any:
        called("after")
        return response

    blueprint.add_url_rule("/own", view_func=lambda: "own")
    app.register_blueprint(blueprint)


def _of_one_request(app: Flask, called: Callable[[str], Any]) -> None:
    @app.before_request
    def before() -> None:
        @after_this_request
        def after(response: Any) -> Any:
            called("after this request")
            return response


@pytest.mark.parametrize("hooks", [_of_application, _of_blueprint, _of_one_request])
def test_hooks_are_called_as_flask_calls_them(hooks: Callable[[Flask, Callable[[str], Any]], None]) -> None:
    told: list[list[str]] = []
    for app in (_on(Flask("one")), _on(Application("one"))):
        calls: list[str] = []
        hooks(app, calls.append)
        for path in ("/rooms/hall", "/own", "/nothing"):
            app.test_client().get(path)
        told.append(calls)
    assert told[0]
    assert told[0] == told[1]


def test_a_hook_may_answer_instead_of_the_view() -> None:
    app = _on(Application("one"))
    app.before_request(lambda: "closed")
    assert app.test_client().get("/rooms/hall").text == "closed"


def test_sessions_are_kept_once_an_application_has_some() -> None:
    app = Application("one")
    app.secret_key = "secret"
    app.session_interface = SecureCookieSessionInterface()

    @app.get("/count")
    def count() -> str:
        session["count"] = session.get("count", 0) + 1
        return str(session["count"])

    http = app.test_client()
    assert [http.get("/count").text for _ in range(3)] == ["1", "2", "3"]


def test_without_sessions_nothing_can_be_kept_in_one() -> None:
    app = Application("one")

    @app.get("/keep")
    def keep() -> str:
        session["a"] = 1
        return "kept"

    app.testing = True
    with pytest.raises(RuntimeError, match="session is unavailable"):
        app.test_client().get("/keep")


def test_an_unknown_attribute_of_a_request_is_missing() -> None:
    with _on(Application("one")).test_request_context("/rooms/hall"):
        assert not hasattr(request, "rooms")
        assert request.scheme == "http"


def test_failures_of_routing_reach_their_handlers() -> None:
    app = _on(Application("one"))
    app.register_error_handler(HTTPException, lambda error: (f"{error.code}", error.code))
    assert app.test_client().get("/nothing").text == "404"
    assert app.test_client().put("/rooms/hall").text == "405"


def _written(change: Callable[[Any], Any], method: str = "GET") -> Any:
    app = Application("one")
    app.add_url_rule("/", endpoint="written", view_func=lambda: WrittenResponse('{"نام":1}', 201, "application/json"))
    app.after_request(lambda response: change(response) or response)
    return app.test_client().open("/", method=method)


def test_a_written_answer_is_sent_as_it_is() -> None:
    answer = _written(lambda response: None)
    assert (answer.status, answer.text) == ("201 CREATED", '{"نام":1}')
    assert list(answer.headers) == [("Content-Type", "application/json"), ("Content-Length", "12")]


def test_a_written_answer_can_be_changed_as_any_other() -> None:
    def change(response: Any) -> None:
        response.status_code = 202
        response.headers["X-More"] = "1"
        response.set_data("{}")

    answer = _written(change)
    assert (answer.status_code, answer.text, answer.headers["X-More"]) == (202, "{}", "1")
    assert answer.headers["Content-Length"] == "2"


def test_a_written_answer_to_head_has_no_body() -> None:
    answer = _written(lambda response: None, "HEAD")
    assert (answer.data, answer.headers["Content-Length"]) == (b"", "12")


def test_what_is_to_be_closed_with_a_written_answer_is_closed() -> None:
    closed: list[str] = []
    answer = _written(lambda response: response.call_on_close(lambda: closed.append("closed")) and None)
    answer.close()
    assert closed == ["closed"]
