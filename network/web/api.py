"""The API under /v1: flask-smorest with problem documents, an OpenAPI 3.1 document, and a page to read and try it."""

import http
import json
from pathlib import Path
from typing import Any

import flask_smorest
from flask import Blueprint as FlaskBlueprint
from flask import Flask, Response, current_app, jsonify, render_template, send_from_directory

from network.kernel.errors import NotFound
from network.web.access import declared_scopes, public
from network.web.catalogue import catalogue
from network.web.problems import MEDIA_TYPE
from network.web.schemas import ProblemSchema

_HERE = Path(__file__).parent
_SWAGGER_UI = _HERE.parent / "portals/static/vendor/swagger-ui"
_ABOUT = """The partners' interface to a coalition loyalty network.

Amounts are whole minor units of an ISO 4217 currency, points are whole numbers, instants are RFC 3339.
Every answer has a `Request-Id`; every failure is a problem document (RFC 9457) with a stable `code`.

Whoever asks too fast is answered 429 with `Retry-After`: a client by the code `client_too_fast`, whatever it asks; an
address from which too many requests come without a token that is good, by `too_many_requests`.
"""
_RETRY_AFTER = {"description": "Seconds to wait before asking again.", "schema": {"type": "integer", "minimum": 1}}
_LATER = (http.HTTPStatus.TOO_MANY_REQUESTS, http.HTTPStatus.SERVICE_UNAVAILABLE)
_PROBLEM = {"content": {MEDIA_TYPE: {"schema": ProblemSchema}}}


class NetworkApi(flask_smorest.Api):  # type: ignore[misc]  # ships no types
    """Register blueprints on it, after `init_web` and whatever declares scopes."""

    DEFAULT_ERROR_RESPONSE_NAME = "DEFAULT_ERROR"
    ERROR_SCHEMA = ProblemSchema

    def __init__(self, app: Flask) -> None:
        app.config.update(API_TITLE="Peyvand", API_VERSION="1", OPENAPI_VERSION="3.1.0")
        public_url = app.config["PEYVAND_PUBLIC_URL"]
        servers = [{"url": public_url}]
        super().__init__(app, spec_kwargs={"servers": servers, "info": {"description": _ABOUT}})
        flows = {"clientCredentials": {"tokenUrl": f"{public_url}/oauth/token", "scopes": dict(declared_scopes(app))}}
        self.spec.components.security_scheme("oauth2", {"type": "oauth2", "flows": flows})
        self._text: str | None = None
        app.register_blueprint(_documents(self))

    def document(self) -> dict[str, Any]:
        """The OpenAPI document of what is registered so far."""
        document: dict[str, Any] = self.spec.to_dict()
        return document

    def document_text(self) -> str:
        """The document as JSON, written once."""
        if self._text is None:
            self._text = json.dumps(self.document(), indent=1)
        return self._text

    def _register_error_handlers(self) -> None:
        """Ours stand already (`web.failures`); flask-smorest's would answer pages with JSON and drop headers."""

    def _register_responses(self) -> None:
        for status in http.HTTPStatus:
            response = {"description": status.phrase, **(_PROBLEM if status >= 400 else {})}
            response |= {"headers": {"Retry-After": _RETRY_AFTER}} if status in _LATER else {}
            self.spec.components.response(status.name, response, lazy=True)
        failure = {"description": "Any other failure.", **_PROBLEM}
        self.spec.components.response(self.DEFAULT_ERROR_RESPONSE_NAME, failure, lazy=True)


def _documents(api: NetworkApi) -> FlaskBlueprint:
    """The document, and Swagger UI from our own files: nothing comes from elsewhere, no script stands in the page."""
    blueprint = FlaskBlueprint(
        "api_documents",
        __name__,
        url_prefix="/v1",
        template_folder=_HERE / "templates",
        static_folder=_SWAGGER_UI,
        static_url_path="/docs/static",
    )

    @blueprint.get("/openapi.json")
    @public
    def openapi() -> Response:
        response = current_app.response_class(api.document_text(), content_type="application/json")
        response.cache_control.max_age = 300
        return response

    @blueprint.get("/problems/<code>")
    @public
    def problem(code: str) -> Response:
        entry = catalogue().get(code)
        if entry is None:
            raise NotFound
        return jsonify(entry)

    @blueprint.get("/docs")
    @public
    def docs() -> str:
        return render_template("api_documents/docs.html")

    @blueprint.get("/docs.js")
    @public
    def docs_script() -> Response:
        return send_from_directory(_HERE / "static", "docs.js")

    return blueprint
