"""Who there is, and who is signed in."""

from collections.abc import Iterable
from uuid import UUID

from network.kernel.clock import SystemClock, as_utc
from network.kernel.errors import PeyvandError
from network.kernel.identifiers import read
from network.partners import service as partners
from network.partners.domain import PartnerStatus
from network.sessions import service as sessions
from network.sessions.service import Realm, Session
from network.staff import repository
from network.staff.domain import Clerk, Grant, Permission, Side, Staff, StaffState, check_allowed
from network.staff.errors import NotSignedIn, StaffNotFound
from network.staff.models import StaffRow


def get_staff(staff_id: UUID) -> Staff:
    """A person. Raises StaffNotFound."""
    return person_of(repository.find(staff_id))


def find_staff_by_login(login: str) -> Staff | None:
    """The person of a login, however it is capitalised."""
    row = repository.find_by_login(login.strip().casefold())
    return None if row is None else person_of(row)


def list_staff(partner_id: UUID) -> list[tuple[Staff, tuple[Grant, ...]]]:
    """The people of a business with their roles, by login."""
    rows = repository.staff_of(partner_id)
    grants = repository.grants_of(row.staff_id for row in rows)
    return [(person_of(row), grants[row.staff_id]) for row in rows]


def names_of(whose: Iterable[str]) -> dict[str, str]:
    """The names of people by how they are written down (`stf_...`); what is no id of staff is its own name."""
    told = set(whose)
    ids = {each: found for each in told if (found := _read(each)) is not None}
    names = repository.names(ids.values())
    return {each: names.get(ids[each], each) if each in ids else each for each in told}


def clerk_of(session: Session) -> Clerk:
    """The person of a session with its roles as they are now; read anew in each request. Raises NotSignedIn."""
    row = repository.find(session.subject_id)
    if session.realm is not Realm.STAFF or row is None or row.state != StaffState.ACTIVE.value or has_left(row):
        raise NotSignedIn
    return Clerk(person_of(row), session, repository.grants_of([row.staff_id])[row.staff_id])


def find_clerk(token: str) -> Clerk:
    """The person of a session's token. Raises NotSignedIn."""
    session = sessions.find_session(Realm.STAFF, token)
    if session is None:
        raise NotSignedIn
    return clerk_of(session)


def authorise(
    clerk: Clerk,
    permission: Permission,
    *,
    partner_id: UUID | None = None,
    store_id: UUID | None = None,
    prepared_by: str | None = None,
) -> None:
    """Whether a person may do something now to a thing; see `domain.check_allowed`.

    Raises NotSignedIn, NotFound, NotAllowed, OwnWork, ProofTooOld.
    """
    now = SystemClock().now()
    check_allowed(clerk, permission, now, partner_id=partner_id, store_id=store_id, prepared_by=prepared_by)


def person_of(row: StaffRow | None) -> Staff:
    """The value of a row. Raises StaffNotFound for None."""
    if row is None:
        raise StaffNotFound
    side = Side.OPERATOR if partners.get_partner(row.partner_id).is_operator else Side.PARTNER
    created_at = as_utc(row.created_at)
    return Staff(row.staff_id, row.partner_id, side, row.login, row.name, StaffState(row.state), created_at)


def has_left(row: StaffRow) -> bool:
    """Whether the person's business is no longer part of the network."""
    return partners.get_partner(row.partner_id).status is PartnerStatus.LEFT


def _read(text: str) -> UUID | None:
    try:
        return read("stf", text)
    except PeyvandError:
        return None
