"""Members sign in and up, prove again who they are, and add passkeys."""

from datetime import datetime
from typing import Any
from uuid import UUID

from network.delivery.domain import Channel, Message, Text
from network.delivery.service import put
from network.delivery.texts import new_device_text
from network.infrastructure.outbox import announce
from network.infrastructure.security_log import note, refusals_noted
from network.infrastructure.transaction import transaction
from network.kernel.clock import SystemClock
from network.kernel.identifiers import show
from network.members.domain import EnrolCommand, KeyKind, KnownMember, Person, mask_name
from network.members.errors import AccountExists, MemberNotFound
from network.members.service import best_way, contact_of, enrol, find_by_way, way_of
from network.passkeys import service as passkeys
from network.passkeys.domain import Ceremony, Passkey
from network.passkeys.errors import PasskeyRefused
from network.sessions import service as sessions
from network.sessions.domain import Realm, Session
from network.signin import keeping, repository
from network.signin.domain import STEP_UP_WITHIN, Asker, CodeRequest, CodeUse, SignedIn
from network.signin.errors import CodeRefused, StepUpNeeded
from network.signin.events import SignedInOnNewDevice
from network.signin.service.asking import ask, prove, use_up

_PASSKEY_USER = "Peyvand"  # shown by a device of somebody who told no name


def request_sign_in(typed: str, asker: Asker, *, locale: str = "fa") -> CodeRequest:
    """Somebody who says that it has this phone or e-mail address wants in.

    A code goes to members alone; the answer, and what it costs, is the same for everybody.
    Raises BadPhone, BadEmail, TooManyCodes.
    """
    way = way_of(typed)
    member = find_by_way(way)
    return ask(
        CodeUse.SIGN_IN,
        way,
        asker,
        is_sent=member is not None,
        locale=member.locale if member else locale,
        member_id=member.member_id if member else None,
    )


def request_sign_up(typed: str, asker: Asker, *, locale: str = "fa") -> CodeRequest:
    """Somebody wants to become a member by this phone or address. As `request_sign_in`, but it is always sent."""
    return ask(CodeUse.SIGN_UP, way_of(typed), asker, is_sent=True, locale=locale)


@refusals_noted("member.sign_in")
def sign_in(token: str, code: str, asker: Asker) -> SignedIn:
    """The code came back from the browser that asked for it (`CodeRequest.token`). Raises CodeRefused."""
    proved = prove(CodeUse.SIGN_IN, token, code)
    with transaction():
        use_up(proved)
        member = find_by_way(proved.way)  # asked anew: the phone may have got another owner meanwhile
        if member is None or member.member_id != proved.member_id:
            raise CodeRefused
        return _opened(member.member_id, _method(proved.way.kind), asker)


@refusals_noted("member.sign_up")
def sign_up(
    token: str, code: str, asker: Asker, *, partner_id: UUID, name: str | None = None, locale: str = "fa"
) -> SignedIn:
    """As `sign_in`, for somebody who is to be enrolled by a partner (or the operator); who is a member is signed in.

    Nothing is linked: who was a member is known to no partner that did not know it before.
    Raises CodeRefused, BadName, BadLocale.
    """
    proved = prove(CodeUse.SIGN_UP, token, code)
    with transaction():
        use_up(proved)
        found = find_by_way(proved.way)
        if found is not None:
            return _opened(found.member_id, _method(proved.way.kind), asker)
        told = {"phone" if proved.way.kind is KeyKind.PHONE else "email": proved.way.value}
        try:
            made = enrol(partner_id, EnrolCommand(name=name, locale=locale, **told))
        except AccountExists:  # of a member that was forgotten or merged a moment ago
            raise CodeRefused from None
        assert isinstance(made, KnownMember), "only with a key there is a stored answer"
        return _opened(made.member.member_id, _method(proved.way.kind), asker, is_new=True)


def begin_passkey_sign_in() -> Ceremony:
    """Ask whoever comes for a passkey."""
    return passkeys.begin_assertion(Realm.MEMBER)


@refusals_noted("member.sign_in_by_passkey")
def sign_in_by_passkey(challenge_id: UUID, credential: str | dict[str, Any], asker: Asker) -> SignedIn:
    """The browser's answer (JSON) to `begin_passkey_sign_in`. Raises PasskeyRefused."""
    proved = passkeys.finish_assertion(Realm.MEMBER, challenge_id, credential)
    with transaction():
        try:
            return _opened(proved.subject_id, proved.methods, asker)
        except MemberNotFound:  # forgotten, or merged into another since
            raise PasskeyRefused from None


def request_step_up(session: Session, asker: Asker) -> CodeRequest:
    """Send a member who is signed in a code, to prove again who it is. Raises NoContact, TooManyCodes."""
    contact = contact_of(session.subject_id)
    return ask(
        CodeUse.STEP_UP,
        best_way(contact.person),
        asker,
        is_sent=True,
        locale=contact.member.locale,
        member_id=session.subject_id,
        session_id=session.session_id,
    )


@refusals_noted("member.prove_again")
def step_up(session: Session, token: str, code: str) -> str:
    """The code came back; the session's next token, for the cookie. Raises CodeRefused, SessionEnded."""
    proved = prove(CodeUse.STEP_UP, token, code, session_id=session.session_id)
    with transaction():
        use_up(proved)
        return sessions.step_up(session.session_id, _method(proved.way.kind))


def begin_passkey_step_up(session: Session) -> Ceremony:
    """Ask a member who is signed in for one of its passkeys."""
    return passkeys.begin_assertion(Realm.MEMBER, session.subject_id)


@refusals_noted("member.prove_again_by_passkey")
def step_up_by_passkey(session: Session, challenge_id: UUID, credential: str | dict[str, Any]) -> str:
    """The browser's answer; the session's next token, for the cookie. Raises PasskeyRefused, SessionEnded."""
    proved = passkeys.finish_assertion(Realm.MEMBER, challenge_id, credential, subject_id=session.subject_id)
    return sessions.step_up(session.session_id, proved.methods)


def begin_passkey(session: Session) -> Ceremony:
    """A member who is signed in wants a passkey. Raises StepUpNeeded."""
    check_fresh(session)
    name = contact_of(session.subject_id).person.name
    return passkeys.begin_registration(
        Realm.MEMBER, session.subject_id, user_name=mask_name(name) if name else _PASSKEY_USER
    )


def add_passkey(session: Session, challenge_id: UUID, credential: str | dict[str, Any], *, name: str = "") -> Passkey:
    """The browser's answer to `begin_passkey`. Raises StepUpNeeded, PasskeyRefused, TooManyPasskeys."""
    check_fresh(session)
    made = passkeys.finish_registration(Realm.MEMBER, session.subject_id, challenge_id, credential, name=name)
    note("member.passkey_added", session=show("ses", session.session_id))
    return made


def remove_passkey(session: Session, passkey_id: UUID) -> None:
    """A member has a passkey no more. Raises StepUpNeeded, PasskeyNotFound."""
    check_fresh(session)
    passkeys.remove_passkey(Realm.MEMBER, session.subject_id, passkey_id)
    note("member.passkey_removed", session=show("ses", session.session_id))


def check_fresh(session: Session) -> None:
    """Raises StepUpNeeded unless the member proved who it is within the last ten minutes."""
    if not session.is_fresh(_now(), STEP_UP_WITHIN):
        raise StepUpNeeded


def tell(person: Person, text: Text) -> None:
    """Tell a member something, by phone and e-mail, as far as it has them; in the current unit of work."""
    for channel, to in ((Channel.SMS, person.phone), (Channel.EMAIL, person.email)):
        if to is not None:
            put(Message(channel, to, text))


def _opened(member_id: UUID, methods: tuple[str, ...], asker: Asker, *, is_new: bool = False) -> SignedIn:
    """Open a session of a member; tell it, if it has not been on this device before."""
    contact, now = contact_of(member_id), _now()
    opened = sessions.open_session(Realm.MEMBER, member_id, methods, asker.device)
    is_new_device = repository.note_device(member_id, keeping.device_hash(member_id, asker.device), now)
    if is_new_device:
        tell(contact.person, new_device_text(contact.member.locale, now))
        announce(
            SignedInOnNewDevice(member_id=member_id, session_id=opened.session.session_id, signed_in_at=now),
        )
    return SignedIn(opened.session, opened.token, is_new_member=is_new, is_new_device=is_new_device)


def _method(kind: KeyKind) -> tuple[str, ...]:
    """In the words of RFC 8176, which has none for e-mail but that of any one-time password."""
    return ("sms",) if kind is KeyKind.PHONE else ("otp",)


def _now() -> datetime:
    return SystemClock().now()
