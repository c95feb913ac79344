"""Roles: what each business calls what its people do, and who has which."""

from collections.abc import Sequence
from uuid import UUID

from network.audit.service import record
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import new_id, show
from network.partners import service as partners
from network.partners.domain import check_code
from network.staff import repository
from network.staff.domain import (
    STANDARD_ROLES,
    Clerk,
    Permission,
    Role,
    Side,
    Staff,
    check_name,
    chosen_permissions,
)
from network.staff.errors import BadRole, OwnAccount, RoleNotFound
from network.staff.service.finding import authorise, get_staff, person_of


def list_roles(partner_id: UUID) -> list[Role]:
    """The roles of a business, by code; the standard ones, if it has none yet. Raises PartnerNotFound."""
    with transaction():
        ensure_roles(partner_id)
        return repository.roles_of(partner_id)


def define_role(clerk: Clerk, partner_id: UUID, *, code: str, name: str, permissions: Sequence[str]) -> Role:
    """A new role of a business, or another meaning of one; whoever has it has that from now on.

    A person that has the role itself can't change it. Raises as `authorise`, BadPartner, BadStaff, BadRole, OwnAccount.
    """
    authorise(clerk, Permission.STAFF_MANAGE, partner_id=partner_id)
    chosen = chosen_permissions(list(permissions), _side(partner_id))
    with transaction():
        ensure_roles(partner_id)
        before = repository.lock_role(partner_id, check_code(code))
        role = Role(before.role_id if before else new_id(), partner_id, code, check_name(name), chosen)
        if before is None:
            repository.insert_roles([role])
        elif any(grant.role.role_id == role.role_id for grant in clerk.grants):
            raise OwnAccount
        elif not role.is_for_stores and repository.is_for_a_store(role.role_id):
            raise BadRole("Some have this role at one store, where it can't give that.", field="permissions")
        else:
            repository.change_role(role)
        told = {"permissions": list(before.permissions)} if before else None
        record("staff.role", "role", show("rol", role.role_id), before=told, after={"permissions": list(chosen)})
    return role


def grant_role(clerk: Clerk, staff_id: UUID, code: str, *, store: str | None = None) -> None:
    """Give a person a role of its business, everywhere or at one of its stores (by code).

    Raises as `authorise`, StaffNotFound, OwnAccount, RoleNotFound, BadRole.
    """
    _check_other(clerk, staff_id)
    with transaction():
        give(person_of(repository.lock(staff_id)), code, store)


def withdraw_role(clerk: Clerk, staff_id: UUID, code: str, *, store: str | None = None) -> None:
    """Take a role from a person, at once. Raises as `authorise`, StaffNotFound, OwnAccount, RoleNotFound."""
    _check_other(clerk, staff_id)
    with transaction():
        person = person_of(repository.lock(staff_id))
        role, store_id = _role(person.partner_id, code), _store_id(person.partner_id, store)
        if not repository.delete_grant(staff_id, role.role_id, store_id):
            raise RoleNotFound
        record("staff.withdraw", "staff", person.who, before=_told(role, store_id))


def give(person: Staff, code: str, store: str | None) -> None:
    """Give a role within a unit of work, whoever may. Raises RoleNotFound, BadRole."""
    role, store_id = _role(person.partner_id, code), _store_id(person.partner_id, store)
    if store_id is not None and not role.is_for_stores:
        raise BadRole("This role gives more than can be given for one store.", field="store")
    if repository.insert_grant(person.staff_id, role, store_id):
        record("staff.grant", "staff", person.who, after=_told(role, store_id))


def ensure_roles(partner_id: UUID) -> None:
    """The standard roles, of a business that has none yet. Within a unit of work."""
    if repository.roles_of(partner_id):
        return
    standard = STANDARD_ROLES[_side(partner_id)]
    repository.insert_roles(Role(new_id(), partner_id, each.code, each.name, each.permissions) for each in standard)


def _check_other(clerk: Clerk, staff_id: UUID) -> None:
    """Somebody else's rights, of a business that the clerk manages."""
    authorise(clerk, Permission.STAFF_MANAGE, partner_id=get_staff(staff_id).partner_id)
    if staff_id == clerk.staff.staff_id:
        raise OwnAccount


def _role(partner_id: UUID, code: str) -> Role:
    role = repository.lock_role(partner_id, code)
    if role is None:
        raise RoleNotFound
    return role


def _store_id(partner_id: UUID, code: str | None) -> UUID | None:
    if code is None:
        return None
    store = partners.find_store(partner_id, code)
    if store is None:
        raise BadRole("The business has no such store.", field="store")
    return store.store_id


def _told(role: Role, store_id: UUID | None) -> dict[str, str | None]:
    """For the trail: the store by its id, for its code may be a number as long as somebody's phone."""
    return {"role": role.code, "store": None if store_id is None else show("sto", store_id)}


def _side(partner_id: UUID) -> Side:
    return Side.OPERATOR if partners.get_partner(partner_id).is_operator else Side.PARTNER
