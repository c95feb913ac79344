"""Where somebody is led who signs in: back to an application that waits for it, or to a page of ours."""

from dataclasses import dataclass
from typing import Any, Self

from flask import Response, request

from network.auth.cookies import current_browser
from network.auth.domain import Interaction
from network.auth.service import get_interaction
from network.portals.kit.cookies import drop_cookie, keep_cookie, read_cookie
from network.portals.kit.languages import suggest
from network.portals.kit.pages import local_path
from network.sessions.cookies import current_session, forget_current, set_cookie
from network.sessions.domain import Realm, Session
from network.sessions.service import end_session
from network.signin.domain import CODE_LIVES, Asker, CodeRequest, CodeUse

HOME = "/account/card"

_COOKIE = "code"


@dataclass(frozen=True, slots=True)
class Goal:
    """What the page's address tells: `interaction`, an application's request in this browser, or a path of ours."""

    interaction: Interaction | None
    path: str

    @classmethod
    def current(cls) -> Self:
        """Of the running request. The application's languages are suggested. Raises InteractionGone, MalformedId."""
        told = request.args.get("interaction")
        interaction = get_interaction(told, current_browser()) if told else None
        if interaction is not None:
            suggest(interaction.request.ui_locales)
        return cls(interaction, local_path(request.args.get("next"), HOME))

    @property
    def query(self) -> dict[str, Any]:
        """For the addresses of the pages on the way."""
        if self.interaction is not None:
            return {"interaction": self.interaction.shown_id}
        return {} if self.path == HOME else {"next": self.path}

    @property
    def address(self) -> str:
        """Where to go when it is proved who is there."""
        return self.path if self.interaction is None else f"/oauth/continue/{self.interaction.shown_id}"

    @property
    def leads_to(self) -> str | None:
        """Where the application is, to which the last form leads on."""
        return None if self.interaction is None else self.interaction.request.redirect_uri

    @property
    def page(self) -> dict[str, Any]:
        """What every page on the way tells its template."""
        return {"goal": self, "leads_to": self.leads_to}


@dataclass(frozen=True, slots=True)
class Pending:
    """A code that was asked for in this browser."""

    use: CodeUse
    channel: str
    token: str


def keep_pending(use: CodeUse, asked: CodeRequest) -> None:
    """Bind a code to this browser."""
    keep_cookie(_COOKIE, f"{use}.{asked.channel}.{asked.token}", int(CODE_LIVES.total_seconds()))


def pending() -> Pending | None:
    """The code that this browser asked for last, if it may still be good."""
    use, _, rest = (read_cookie(_COOKIE) or "").partition(".")
    channel, _, token = rest.partition(".")
    known = next((each for each in CodeUse if each == use), None)
    return Pending(known, channel, token) if known and token else None


def forget_pending() -> None:
    """The code was used, or is not wanted any more."""
    drop_cookie(_COOKIE)


def asker() -> Asker:
    """Whose browser asks."""
    return Asker(address=request.remote_addr or "", device=request.user_agent.string)


def let_in(response: Response, token: str, opened: Session | None = None) -> Response:
    """Give the browser its session's token. If it is of a session just `opened`, the one before it here is ended."""
    before = current_session(Realm.MEMBER)
    if before is not None and opened is not None and before.session_id != opened.session_id:
        end_session(Realm.MEMBER, before.subject_id, before.session_id)
    set_cookie(response, Realm.MEMBER, token)
    forget_current(Realm.MEMBER)
    return response
