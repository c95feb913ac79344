"""A page for people of staff: its view gets the clerk first, and what it changes is written down as that person's."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from network.audit.service import acting
from network.portals.kit.pages import signed_in, to_sign_in
from network.portals.kit.rendering import Door, House
from network.portals.kit.texts import say
from network.sessions.domain import Realm, Session
from network.staff import service as staff
from network.staff.domain import STANDARD_ROLES, Clerk, Permission, Role, Side
from network.staff.errors import NotAllowed, NotSignedIn, ProofTooOld
from network.web.access import mark_permission
from network.web.current import current_request
from network.web.request_ids import request_id

_STANDARD = {role.code for roles in STANDARD_ROLES.values() for role in roles}
_LOOKS_ONLY = ("GET", "HEAD")


def for_staff(permission: Permission | None = None) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The page is for people of staff, of those who have a permission in their business.

    Who has to sign in, or to prove it again, is sent to do so. Which thing a permission is exercised on is checked by
    the service that does it.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @signed_in(Realm.STAFF)
        @wraps(view)
        def guarded(session: Session, *arguments: Any, **named: Any) -> Any:
            try:
                clerk = staff.clerk_of(session)
                if permission is not None:
                    _check(clerk, permission)
                with acting(clerk.who, request_id()):
                    return view(clerk, *arguments, **named)
            except NotSignedIn:
                return to_sign_in(Realm.STAFF)
            except ProofTooOld:
                return to_sign_in(Realm.STAFF, again=True)

        return mark_permission(guarded, permission.value) if permission is not None else guarded

    return decorate


def house_of(clerk: Clerk) -> House:
    """The frame around a person's pages: the doors that open for it."""
    doors = [Door("staff.account", "staff.account.title", "user")]
    if clerk.may(Permission.STAFF_READ):
        doors.append(Door("staff_people.people", "staff.people.title", "users"))
    if clerk.stores(Permission.TILLS_MANAGE) != frozenset():
        doors.append(Door("activate.ask", "activate.title", "device-desktop"))
    return House(name="staff.house", home="staff.account", doors=doors, sign_out="staff_door.sign_out")


def role_name(role: Role) -> str:
    """What a role is called: a standard one that nobody has renamed, in the reader's language."""
    is_standard = any(role.name == each.name for roles in STANDARD_ROLES.values() for each in roles)
    return say(f"statuses.roles.{role.code}") if is_standard and role.code in _STANDARD else role.name


def _check(clerk: Clerk, permission: Permission) -> None:
    """Looking at a page needs the permission somewhere; changing something, what the thing itself asks for."""
    if clerk.stores(permission) == frozenset():
        raise NotAllowed(permission=permission.value)
    if current_request().method not in _LOOKS_ONLY and clerk.may(permission):
        partner_id = clerk.staff.partner_id if clerk.staff.side is Side.PARTNER else None
        staff.authorise(clerk, permission, partner_id=partner_id)
