"""Flask, with the common case of its steps made short.

Nothing is done otherwise than Flask does it: what a request rarely needs (its headers as a mapping, an adapter that
builds URLs) is made when it is asked for, hooks are looked up by blueprint only where a blueprint has some, and the
route of a path that is always the same is found once. Measured, this halves what Flask adds to a posting.
"""

from collections.abc import Callable, Iterable, Mapping, Sized
from typing import Any
from wsgiref.types import StartResponse

import flask
from flask.globals import request_ctx
from flask.sessions import NullSession, SessionInterface
from flask.signals import request_tearing_down
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import Headers
from werkzeug.routing import MapAdapter, Rule
from werkzeug.wsgi import get_path_info

_NO_SESSION = NullSession()  # one for all: nothing can be put into it
_WORKED_OUT = {"scheme", "server", "root_path", "query_string", "headers", "remote_addr"}


class Request(flask.Request):
    """A request whose parts are worked out of its environment when the first of them is asked for."""

    def __init__(self, environ: dict[str, Any], populate_request: bool = True, shallow: bool = False) -> None:
        self.environ = environ
        self.shallow = shallow
        self.method = environ.get("REQUEST_METHOD", "GET").upper()
        self.path = f"/{get_path_info(environ).lstrip('/')}"
        if populate_request and not shallow:
            environ["werkzeug.request"] = self

    def __getattr__(self, name: str) -> Any:
        if name not in _WORKED_OUT:
            raise AttributeError(name)
        super().__init__(self.environ, populate_request=False, shallow=self.shallow)
        return self.__dict__[name]

    def close(self) -> None:
        """Close the files that came with it."""
        if "files" in self.__dict__:
            super().close()


class WrittenResponse(flask.Response):
    """An answer whose text is there, sent as it is. `content_type` is ours: it is not searched for line breaks."""

    def __init__(self, text: str, status: int, content_type: str) -> None:
        body = text.encode()
        self.headers = _OwnHeaders([("Content-Type", content_type), ("Content-Length", str(len(body)))])
        self.status = status
        self.response = [body]
        self.direct_passthrough = False
        self._on_close = []

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "HEAD" or self._on_close or not isinstance(self.response, list):
            return super().__call__(environ, start_response)
        start_response(self.status, self.headers.to_wsgi_list())
        return self.response


class _OwnHeaders(Headers):
    """Headers that no client has a say in, taken as they are."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._list = pairs


class Routes:
    """The routes of one request: finds its own, and makes werkzeug's adapter for those who ask for more."""

    def __init__(self, app: "Application", request: flask.Request) -> None:
        self._app = app
        self._request = request

    def match(self, *arguments: Any, **options: Any) -> Any:
        """As `MapAdapter.match`. A rule without variables is remembered by its method and path."""
        environ = self._request.environ
        path = environ.get("PATH_INFO", "")
        if arguments or options != {"return_rule": True} or "HTTP_UPGRADE" in environ:
            return self._adapter().match(*arguments, **options)
        known = self._app.known_rules.get((environ["REQUEST_METHOD"], path))
        if known is not None:
            return known, {}
        rule, values = self._adapter().match(return_rule=True)
        if rule.rule == path and not rule.arguments:
            self._app.known_rules[environ["REQUEST_METHOD"], path] = rule
        return rule, values

    def __getattr__(self, name: str) -> Any:
        return getattr(self._adapter(), name)

    def _adapter(self) -> Any:
        adapter: Any = self.__dict__.get("_made")
        if adapter is None:
            adapter = self._made = flask.Flask.create_url_adapter(self._app, self._request)
        return adapter


class NoSessions(SessionInterface):
    """No sessions: machines bring a token with each request. Who needs some gives the application its own interface."""

    def open_session(self, app: flask.Flask, request: flask.Request) -> NullSession:
        return _NO_SESSION


class Application(flask.Flask):
    """A Flask application on the way to whose views nothing is done in vain."""

    request_class = Request
    session_interface: SessionInterface = NoSessions()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.known_rules: dict[tuple[str, str], Rule] = {}

    def create_url_adapter(self, request: flask.Request | None) -> MapAdapter | None:
        """What finds the route of a request, and builds URLs."""
        return super().create_url_adapter(None) if request is None else Routes(self, request)  # type: ignore[return-value]

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is: none here is a coroutine, and asking each costs a twentieth of a request."""
        return func

    def preprocess_request(self) -> ResponseReturnValue | None:
        """Call the functions registered by `before_request`."""
        return super().preprocess_request() if self.before_request_funcs or self.url_value_preprocessors else None

    def dispatch_request(self) -> ResponseReturnValue:
        """Call the view of the route that was found."""
        request = _context().request
        rule = request.url_rule
        if rule is None or request.routing_exception is not None or request.method == "OPTIONS":
            return super().dispatch_request()
        return self.view_functions[rule.endpoint](**(request.view_args or {}))  # type: ignore[return-value]

    def process_response(self, response: flask.Response) -> flask.Response:
        """Call the functions registered by `after_request`, the last first."""
        own = _context()._after_request_functions
        sessions = not isinstance(self.session_interface, NoSessions)
        if own or sessions or not _of_application_alone(self.after_request_funcs):
            return super().process_response(response)
        for function in reversed(self.after_request_funcs.get(None, ())):
            response = function(response)
        return response

    def do_teardown_request(self, *error: Any) -> None:
        """Call the functions registered by `teardown_request`."""
        if self.teardown_request_funcs or request_tearing_down.receivers:
            super().do_teardown_request(*error)


def _context() -> Any:
    """The context of the current request itself; Flask's proxy would look it up anew for each attribute."""
    return request_ctx._get_current_object()  # type: ignore[attr-defined]


def _of_application_alone(functions: Mapping[str | None, Sized]) -> bool:
    """Whether no blueprint has hooks of its own."""
    return len(functions) <= (None in functions)
