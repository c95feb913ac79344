"""Requests as Authlib sees them, and failures as RFC 6749 writes them."""

from collections.abc import Mapping
from typing import Any

from authlib.integrations.flask_oauth2.requests import FlaskOAuth2Payload, FlaskOAuth2Request
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidClientError, InvalidRequestError
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload, OAuth2Request
from flask import Request

from network.auth import dpop
from network.auth.authority import authority
from network.auth.errors import DpopRefused, NonceNeeded

_FORM = "application/x-www-form-urlencoded"
_JKT = "peyvand.dpop_jkt"


class FormRequest(FlaskOAuth2Request):  # type: ignore[misc]  # ships no types
    """Authlib refuses plain http unless an environment variable says otherwise. Whether the network is reached over
    TLS is for its public URL and the proxy in front to say, not for the scheme of the last hop."""

    def __init__(self, request: Request) -> None:
        OAuth2Request.__init__(self, request.method, f"https://{request.host}{request.path}", headers=request.headers)
        self._request = request
        self.payload = _FormPayload(request)


class _FormPayload(FlaskOAuth2Payload):  # type: ignore[misc]
    @property
    def data(self) -> Any:
        """Parameters of the body alone: what stands in a URL stands in logs."""
        return self._request.form


class ParametersRequest(FormRequest):
    """An authorization request, whose parameters came in an address, in a body, or were pushed before."""

    def __init__(self, request: Request, parameters: Mapping[str, str]) -> None:
        super().__init__(request)
        self.payload = BasicOAuth2Payload(dict(parameters))


class ClientRefused(InvalidClientError):  # type: ignore[misc]
    """401 with the challenge of RFC 7617. Which part was wrong is nobody's business."""

    description = "The client's credentials are missing or wrong, or the client is not active."
    status_code = 401

    def get_headers(self) -> list[tuple[str, str]]:
        """Headers of the answer."""
        return [
            ("Content-Type", "application/json"),
            ("Cache-Control", "no-store"),
            ("WWW-Authenticate", 'Basic realm="peyvand", charset="UTF-8"'),
        ]


class ProofInvalid(OAuth2Error):  # type: ignore[misc]
    error = "invalid_dpop_proof"
    description = "The DPoP proof is missing, or not one for this request."


class NonceMissing(OAuth2Error):  # type: ignore[misc]
    """RFC 9449, 8: with the nonce to prove with."""

    error = "use_dpop_nonce"
    description = "The DPoP proof needs the nonce that this answer brings."

    def get_headers(self) -> list[tuple[str, str]]:
        """Headers of the answer."""
        return [*super().get_headers(), (dpop.NONCE_HEADER, dpop.current_nonce())]


class Busy(OAuth2Error):  # type: ignore[misc]
    """The same refresh token is being exchanged right now; whoever lost that answer asks again."""

    error = "temporarily_unavailable"
    description = "The same token is being exchanged right now. Ask again in a few seconds."
    status_code = 503

    def get_headers(self) -> list[tuple[str, str]]:
        """Headers of the answer."""
        return [*super().get_headers(), ("Retry-After", "5")]


def check_form(request: Request) -> None:
    """RFC 6749, 3.2: parameters in a form body, none of them twice. Raises InvalidRequestError."""
    if request.mimetype != _FORM or request.args:
        raise InvalidRequestError("Send the parameters in the body, as application/x-www-form-urlencoded.")
    if any(len(values) > 1 for _, values in request.form.lists()):
        raise InvalidRequestError("A parameter stands more than once in the body.")


def prove(request: Request) -> None:
    """Check the proof of possession that a request carries, if it carries one. Raises ProofInvalid, NonceMissing."""
    proofs = request.headers.getlist(dpop.HEADER)
    if not proofs:
        return
    try:
        if len(proofs) > 1:
            raise DpopRefused
        url = f"{authority().issuer}{request.path}"
        request.environ[_JKT] = dpop.verify_proof(proofs[0], method=request.method, url=url)
    except DpopRefused as error:
        raise ProofInvalid from error
    except NonceNeeded as error:
        raise NonceMissing from error


def proven_key(request: Request) -> str | None:
    """The thumbprint of the key that a request was proved with; None if it carried no proof."""
    jkt: str | None = request.environ.get(_JKT)
    return jkt
