"""The people of a business and their roles. The operator's people look after every business (`?partner=grocer`)."""

from collections.abc import Callable
from uuid import UUID

from flask import Response, request, url_for

from network.kernel.errors import NotFound, PeyvandError
from network.kernel.identifiers import read
from network.partners import service as partners
from network.partners.domain import Partner
from network.portals.kit.addresses import parts_of
from network.portals.kit.flash import Kind, flash
from network.portals.kit.forms import Form
from network.portals.kit.pages import Pages, local_path, see_other
from network.portals.kit.rendering import render
from network.portals.staff.guard import for_staff, house_of, role_name
from network.staff import service as staff
from network.staff.domain import Clerk, Permission, Side, Staff
from network.staff.errors import BadRole, BadStaff, OwnAccount, RoleNotFound, WrongState

pages = Pages("staff_people", __name__, template_folder="templates")

_REFUSALS = (OwnAccount, WrongState, BadRole, BadStaff, RoleNotFound)
_MOVES: dict[str, Callable[[Clerk, UUID], Staff]] = {
    "suspend": staff.suspend_staff,
    "resume": staff.resume_staff,
    "leave": staff.part_with_staff,
}


@pages.get("/staff/people")
@for_staff(Permission.STAFF_READ)
def people(clerk: Clerk) -> Response:
    """Who works here."""
    return _page(clerk, _business(clerk), Form())


@pages.post("/staff/people")
@for_staff(Permission.STAFF_MANAGE)
def invite(clerk: Clerk) -> Response:
    """Let somebody in; the token is shown once, or goes by e-mail."""
    form, business = Form.sent(), _business(clerk)
    roles = [role for role in request.form.getlist("role") if role]
    try:
        made = staff.invite(
            clerk,
            business.partner_id,
            login=form.text("login"),
            name=form.text("name"),
            roles=roles,
            by_mail=form.ticked("mail"),
        )
    except PeyvandError as failure:
        form.blame_for(failure)
        return _page(clerk, business, form, 422)
    return _invited(clerk, business, made)


@pages.post("/staff/people/<person>/reset")
@for_staff(Permission.STAFF_MANAGE)
def reset(clerk: Clerk, person: str) -> Response:
    """Begin anew for somebody who lost password or second factor."""
    try:
        made = staff.invite_again(clerk, read("stf", person), by_mail="mail" in request.form)
    except _REFUSALS as failure:
        return _refused(failure)
    return _invited(clerk, partners.get_partner(made.staff.partner_id), made)


@pages.post("/staff/people/<person>/<move>")
@for_staff(Permission.STAFF_MANAGE)
def move(clerk: Clerk, person: str, move: str) -> Response:
    """Suspend somebody, let it come back, or part with it."""
    if move not in _MOVES:
        raise NotFound
    try:
        moved = _MOVES[move](clerk, read("stf", person))
    except _REFUSALS as failure:
        return _refused(failure)
    flash("staff.people.changed")
    return see_other(_address(partners.get_partner(moved.partner_id)))


@pages.post("/staff/people/<person>/roles")
@for_staff(Permission.STAFF_MANAGE)
def roles(clerk: Clerk, person: str) -> Response:
    """Give somebody a role, or take it (`take`), everywhere or at one store."""
    number, form = read("stf", person), Form.sent()
    act = staff.withdraw_role if form.ticked("take") else staff.grant_role
    try:
        act(clerk, number, form.text("role"), store=form.text("store") or None)
    except _REFUSALS as failure:
        return _refused(failure)
    flash("staff.people.changed")
    return see_other(_address(partners.get_partner(staff.get_staff(number).partner_id)))


def _page(clerk: Clerk, business: Partner, form: Form, status: int = 200) -> Response:
    stores = partners.list_stores(business.partner_id)
    return render(
        "staff/people.html",
        status,
        house=house_of(clerk),
        clerk=clerk,
        business=business,
        businesses=partners.list_partners() if clerk.staff.side is Side.OPERATOR else [],
        people=staff.list_staff(business.partner_id),
        roles=staff.list_roles(business.partner_id),
        stores=stores,
        store_codes={store.store_id: store.code for store in stores},
        manages=clerk.may(Permission.STAFF_MANAGE),
        address=_address(business),
        form=form,
        chosen=request.form.getlist("role"),
        role_name=role_name,
    )


def _refused(failure: PeyvandError) -> Response:
    """Back to the page, which says why not."""
    flash(f"failures.{failure.code}", Kind.DANGER)
    return see_other(local_path(parts_of(request.referrer).path, url_for("staff_people.people")))


def _invited(clerk: Clerk, business: Partner, made: staff.Invitation) -> Response:
    return render("staff/invited.html", house=house_of(clerk), invitation=made, onward=_address(business))


def _business(clerk: Clerk) -> Partner:
    """Whose people; a partner's staff sees its own, whatever is asked for. Raises NotFound."""
    code = request.args.get("partner")
    if clerk.staff.side is Side.PARTNER or code is None:
        return partners.get_partner(clerk.staff.partner_id)
    found = partners.find_partner_by_code(code)
    if found is None:
        raise NotFound
    return found


def _address(business: Partner) -> str:
    return url_for("staff_people.people", partner=business.code)
