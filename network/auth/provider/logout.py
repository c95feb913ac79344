"""RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0)."""

from typing import Any

from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oidc.rpinitiated import EndSessionEndpoint

from network.auth.authority import authority
from network.auth.keys import base64url
from network.auth.provider.tokens import read_id_token
from network.sessions.domain import Session

CARRIED = ("client_id", "post_logout_redirect_uri", "state", "id_token_hint")
"""What the page that asks has to send again."""


class EndSession(EndSessionEndpoint):  # type: ignore[misc]  # ships no types
    """Checks a logout request. What ends the session is the route's, which knows whose it is."""

    def _validate_id_token_hint(self, id_token_hint: str) -> dict[str, Any]:
        """What the hint says. Raises InvalidRequestError for one that is no id token of ours."""
        try:
            return read_id_token(id_token_hint)
        except ValueError as error:
            raise InvalidRequestError("id_token_hint is no id token of this provider.") from error

    def end_session(self, end_session_request: Any) -> None:
        """Done by the route."""


def means(checked: Any, session: Session | None, shown_subject: str | None) -> bool:
    """Whether a checked request says itself whom it signs out: its hint speaks of the member who sits there."""
    claims = checked.id_token_claims
    return claims is not None and (session is None or claims.get("sub") == shown_subject)


def confirmation_of(session: Session) -> str:
    """What the page that asks sends back; nobody else can know it."""
    return base64url(authority().stamp.make("logout", str(session.session_id)))
