"""A member gets another phone. Whoever takes a number over wants this most, so nothing is spent for a day after it."""

from dataclasses import replace
from datetime import datetime

from network.delivery.texts import phone_changed_text
from network.infrastructure.outbox import announce
from network.infrastructure.security_log import note, refusals_noted
from network.infrastructure.transaction import transaction
from network.kernel.clock import SystemClock
from network.kernel.identifiers import show
from network.members.domain import KeyKind, read_phone
from network.members.service import contact_of, find_by_way, replace_way, way_of
from network.sessions import service as sessions
from network.sessions.domain import Realm, Session
from network.signin import repository
from network.signin.domain import COOLING_OFF, Asker, CodeRequest, CodeUse
from network.signin.errors import AlreadyYours
from network.signin.events import PhoneChanged
from network.signin.service.asking import ask, prove, use_up
from network.signin.service.enter import check_fresh, tell
from network.signin.service.till import renew_identity


def request_new_phone(session: Session, typed: str, asker: Asker) -> CodeRequest:
    """A member wants to have this phone; a code goes there, unless it is another member's: the answer is the same.

    Raises StepUpNeeded, BadPhone, AlreadyYours, TooManyCodes.
    """
    check_fresh(session)
    contact = contact_of(session.subject_id)
    way = way_of(read_phone(typed))
    if way.value == contact.person.phone:
        raise AlreadyYours
    return ask(
        CodeUse.NEW_PHONE,
        way,
        asker,
        is_sent=find_by_way(way) is None,
        locale=contact.member.locale,
        member_id=session.subject_id,
        session_id=session.session_id,
    )


@refusals_noted("member.change_phone")
def change_phone(session: Session, token: str, code: str) -> datetime:
    """The code came back: the member has the new phone from now on. Until when nothing can be spent.

    The old phone and the e-mail address are told, all other sessions end, and codes for the till begin anew.
    Raises StepUpNeeded, CodeRefused, AccountExists.
    """
    check_fresh(session)
    proved = prove(CodeUse.NEW_PHONE, token, code, session_id=session.session_id)
    member_id = session.subject_id
    assert proved.way.kind is KeyKind.PHONE, "no other way is asked for"
    with transaction():
        use_up(proved)
        now = SystemClock().now()
        locale = contact_of(member_id).member.locale
        before = replace_way(member_id, proved.way)
        until = now + COOLING_OFF
        repository.set_rules(member_id, replace(repository.find_rules(member_id), cooling_until=until))
        renew_identity(member_id)
        sessions.end_sessions(Realm.MEMBER, member_id, but=session.session_id)
        tell(before, phone_changed_text(locale, now))
        announce(PhoneChanged(member_id=member_id, changed_at=now, cooling_until=until))
    note("member.phone_changed", session=show("ses", session.session_id))
    return until
