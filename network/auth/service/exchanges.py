"""What the token endpoint exchanges: codes, refresh tokens and device codes, each once."""

from datetime import datetime
from uuid import UUID

from network.auth.authority import authority
from network.auth.client_secrets import digest, new_secret
from network.auth.domain import Client, Grant, RefreshToken
from network.auth.domain.grants import (
    REFRESH_LASTS,
    TERMINAL_GRANT_LASTS,
    RedeemedCode,
    Reuse,
    is_too_fast,
    judge_reuse,
    slower,
)
from network.auth.keys import base64url
from network.auth.repository import grants, requests
from network.infrastructure.transaction import transaction
from network.kernel.clock import SystemClock
from network.kernel.identifiers import new_id

CODE_REPLAYED, REFRESH_REPLAYED, REVOKED_BY_CLIENT = "code_replayed", "refresh_replayed", "client"


class NotExchanged(Exception):
    """It is unknown, expired, used, or somebody else's: `invalid_grant`."""


class InFlight(Exception):
    """The same is being exchanged right now: ask again in a few seconds."""


class Pending(Exception):
    """Nobody has decided yet (`authorization_pending`); `too_fast`: and the terminal asks too often (`slow_down`)."""

    def __init__(self, *, too_fast: bool) -> None:
        super().__init__()
        self.too_fast = too_fast


class Denied(Exception):
    """Somebody has refused the terminal: `access_denied`."""


class Expired(Exception):
    """Nobody has decided in time, or the terminal did not ask for it in time: `expired_token`."""


def redeem_code(code: str, client: Client) -> RedeemedCode:
    """What a code of a client stands for, once: a second time ends all tokens of it (RFC 9700). Raises NotExchanged."""
    code_hash, now = digest(code), SystemClock().now()
    with transaction():
        found = grants.claim_code(code_hash, client.client_id, now)
    if found is None:
        grant_id = grants.grant_of_used_code(code_hash)
        if grant_id is not None:
            grants.end_grant(grant_id, CODE_REPLAYED, now)
        raise NotExchanged
    if not found.grant.is_live(now):
        raise NotExchanged
    return found


def end_grant(grant_id: UUID, by: str) -> None:
    """End all tokens of a grant."""
    grants.end_grant(grant_id, by, SystemClock().now())


def issue_refresh_token(grant: Grant, scopes: tuple[str, ...], client: Client) -> str:
    """The first refresh token of a grant. One of a public client is exchanged for another each time it is used; one of
    a confidential client stays, for a rotation whose answer is lost would lock the client out (FAPI 2.0, 5.3.2.1).
    """
    token, now = new_secret(), SystemClock().now()
    grants.insert_refresh_token(digest(token), grant, scopes, now, _ends(grant, client, now))
    return token


def find_refresh_token(token: str, client: Client) -> RefreshToken | None:
    """A refresh token of a client, live or not."""
    found = grants.find_refresh_token(digest(token))
    return found if found is not None and found.grant.client_id == client.client_id else None


def use_refresh_token(token: str, found: RefreshToken, client: Client) -> str:
    """The refresh token to be used next: for a public client the successor, of which there is one.

    Whoever lost the answer may ask again for a minute and gets the same successor, unless that was used. Raises
    InFlight for a twin, and NotExchanged: for an exchanged token all tokens of its grant end first.
    """
    now = SystemClock().now()
    if not found.is_live(now):
        raise NotExchanged
    if not client.is_public:
        return token
    successor = base64url(authority().stamp.make("refresh token", token))
    with transaction():
        if grants.claim_refresh_token(digest(token), now):
            grants.insert_refresh_token(
                digest(successor), found.grant, found.scopes, now, _ends(found.grant, client, now)
            )
            return successor
    _judge(token, successor, now)
    return successor


def _judge(token: str, successor: str, now: datetime) -> None:
    before, after = grants.find_refresh_token(digest(token)), grants.find_refresh_token(digest(successor))
    if before is None or before.used_at is None or after is None:
        raise NotExchanged
    reuse = judge_reuse(before.used_at, after.used_at is not None, now)
    if reuse is Reuse.TWIN:
        raise InFlight
    if reuse is Reuse.THEFT:
        grants.end_grant(before.grant.grant_id, REFRESH_REPLAYED, now)
        raise NotExchanged


def poll_device(device_code: str, client: Client, jkt: str | None) -> Grant:
    """Let a terminal in whose code somebody has approved, once. Raises Pending, Denied, Expired, NotExchanged."""
    device_hash, now = digest(device_code), SystemClock().now()
    failure: Exception | None = None
    with transaction():
        waiting = requests.poll_device(device_hash, client.client_id)
        if waiting is None:
            raise NotExchanged
        state, expires_at, interval, kept_jkt, polled_at = waiting
        if kept_jkt is not None and kept_jkt != jkt:
            raise NotExchanged
        if state == "pending" or expires_at <= now:
            too_fast = is_too_fast(polled_at, interval, now)
            requests.note_poll(device_hash, slower(interval) if too_fast else interval, now)
            failure = Expired() if expires_at <= now else Pending(too_fast=too_fast)
        else:
            return _let_in(device_hash, client, jkt, now)
    raise failure


def _let_in(device_hash: bytes, client: Client, jkt: str | None, now: datetime) -> Grant:
    taken = requests.take_device(device_hash, client.client_id)
    if taken is None:
        raise NotExchanged
    state, scopes, store_ids, name, decided_by, _, partner_id = taken
    if state != "granted":
        raise Denied
    grant = Grant(
        grant_id=new_id(),
        client_id=client.client_id,
        partner_id=partner_id,
        subject_id=None,
        store_ids=tuple(store_ids),
        scopes=tuple(scopes),
        jkt=jkt,
        name=name,
        granted_by=decided_by,
        granted_at=now,
        expires_at=now + TERMINAL_GRANT_LASTS,
        ended_at=None,
    )
    grants.insert_grant(grant, None)
    return grant


def bind_grant(grant_id: UUID, jkt: str) -> None:
    """Bind a public client's grant to the key it has shown."""
    grants.bind_grant(grant_id, jkt)


def _ends(grant: Grant, client: Client, now: datetime) -> datetime:
    return min(grant.expires_at, now + REFRESH_LASTS) if client.is_public else grant.expires_at
