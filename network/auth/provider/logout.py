"""RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0)."""

from typing import Any

from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oidc.rpinitiated import EndSessionEndpoint
from joserfc.jwk import KeySet

from network.auth.authority import authority
from network.auth.keys import ALGORITHM, ID_TOKEN_ALGORITHM, base64url, id_token_keys
from network.sessions.domain import Session

CARRIED = ("client_id", "post_logout_redirect_uri", "state", "id_token_hint")
"""What the page that asks has to send again."""


class EndSession(EndSessionEndpoint):  # type: ignore[misc]  # ships no types
    """Checks a logout request. What ends the session is the route's, which knows whose it is."""

    def get_server_jwks(self) -> KeySet:
        """Every key that ever signed: the hint may be of long ago."""
        return id_token_keys()

    def get_algorithms(self) -> list[str]:
        """Of id tokens."""
        return [ID_TOKEN_ALGORITHM, ALGORITHM]

    def validate_request(self, request: Any) -> Any:
        """Raises InvalidRequestError for a hint that is no id token of ours."""
        try:
            checked = super().validate_request(request)
        except (ValueError, TypeError, KeyError) as error:
            raise InvalidRequestError("id_token_hint is no id token of this provider.") from error
        if checked.id_token_claims is not None and checked.id_token_claims.get("iss") != authority().issuer:
            raise InvalidRequestError("id_token_hint is no id token of this provider.")
        return checked

    def end_session(self, end_session_request: Any) -> None:
        """Done by the route."""


def means(checked: Any, session: Session | None, shown_subject: str | None) -> bool:
    """Whether a checked request says itself whom it signs out: its hint speaks of the member who sits there."""
    claims = checked.id_token_claims
    return claims is not None and (session is None or claims.get("sub") == shown_subject)


def confirmation_of(session: Session) -> str:
    """What the page that asks sends back; nobody else can know it."""
    return base64url(authority().stamp.make("logout", str(session.session_id)))
