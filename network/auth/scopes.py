"""What a client may do, by name, and how much of it a token carries."""

from collections.abc import Iterable, Mapping, Sequence

from network.auth.errors import UnknownScope

SCOPES: Mapping[str, str] = {
    "members:lookup": "Find a member by card or phone.",
    "members:enrol": "Enrol a new member.",
    "members:read": "Read a member that this partner enrolled or was shown.",
    "points:read": "Read balances, entries and quotes.",
    "points:earn": "Let members earn points.",
    "points:redeem": "Let members redeem points.",
    "settlements:read": "Read the partner's own settlements.",
    "settlements:dispute": "Dispute the partner's own settlements.",
}

IDENTITY_SCOPES: Mapping[str, str] = {
    "openid": "Know who signs in.",
    "profile": "Know the member's name and language.",
    "email": "Know the member's e-mail address.",
    "phone": "Know the member's phone number.",
}
"""What OpenID Connect has: of a member who consents, never of a client's own."""

CONSENT_SCOPES = (*IDENTITY_SCOPES, "members:read", "points:read", "points:redeem")
"""What a member can let a client do."""

TILL_SCOPES = ("members:lookup", "members:enrol", "members:read", "points:read", "points:earn", "points:redeem")
"""What a terminal can be let in for."""

ALL_SCOPES = (*SCOPES, *IDENTITY_SCOPES)


def chosen_scopes(scopes: Iterable[str]) -> list[str]:
    """Scopes for a client, each once, in the order of ALL_SCOPES. Raises UnknownScope."""
    wanted = set(scopes)
    if not wanted or not wanted <= set(ALL_SCOPES):
        raise UnknownScope(field="scopes")
    return [scope for scope in ALL_SCOPES if scope in wanted]


def own_scopes(held: Iterable[str]) -> list[str]:
    """Those scopes of a client that it has for itself, without a member's consent."""
    return [scope for scope in held if scope in SCOPES]


def granted_scope(held: Sequence[str], asked: str | None) -> str | None:
    """The scope of a token: all that the client holds, or those asked for; None if it asks for another.

    Empty counts as not asked (RFC 6749, 3.2). Not narrowed in silence: a till that lacks a scope is told at once.
    """
    if not asked:
        return " ".join(held)
    wanted = asked.split(" ")
    if not set(wanted) <= set(held):
        return None
    return " ".join(scope for scope in held if scope in wanted)
