"""Who lets terminals in and sends them away: people of staff with the permission for it, where they have it."""

from collections.abc import Callable
from functools import wraps

from flask import Response, request, url_for

from network.auth import service as auth
from network.auth.domain import Grant, Terminal
from network.auth.errors import GrantNotFound
from network.kernel.identifiers import read, show
from network.partners.service import list_stores
from network.portals.kit.flash import flash
from network.portals.kit.pages import Pages, see_other
from network.portals.kit.rendering import render
from network.portals.staff.guard import for_staff, house_of
from network.portals.till import Keeper
from network.staff import service as staff
from network.staff.domain import Clerk, Permission

pages = Pages("staff_terminals", __name__, template_folder="templates")


@pages.get("/staff/terminals")
@for_staff(Permission.TILLS_MANAGE)
def terminals(clerk: Clerk) -> Response:
    """Those that are let in."""
    found = _terminals(clerk)
    return render(
        "staff/terminals.html",
        house=house_of(clerk),
        terminals=[(show("grt", each.grant_id), each) for each in found],
        stores={each.store_id: each.name for each in list_stores(clerk.staff.partner_id)},
        names=staff.names_of({each.granted_by for each in found}),
    )


@pages.post("/staff/terminals/end")
@for_staff(Permission.TILLS_MANAGE)
def end(clerk: Clerk) -> Response:
    """Send one away: its tokens die at once."""
    grant_id = read("grt", request.form.get("terminal", ""))
    if grant_id not in {each.grant_id for each in _terminals(clerk)}:
        raise GrantNotFound
    auth.end_terminal(clerk.staff.partner_id, grant_id, clerk.who)
    flash("staff.terminals.ended")
    return see_other(url_for("staff_terminals.terminals"))


def for_keepers(view: Callable[..., Response]) -> Callable[..., Response]:
    """Guards a view of /activate."""

    @for_staff(Permission.TILLS_MANAGE)
    @wraps(view)
    def guarded(clerk: Clerk) -> Response:
        def find(user_code: str) -> Terminal:
            with staff.counted_guess(clerk):
                return auth.find_device_request(user_code, clerk.staff.partner_id)

        stores = clerk.stores(Permission.TILLS_MANAGE)
        return view(Keeper(clerk.who, clerk.staff.partner_id, stores, find, house_of(clerk)))

    return guarded


def _terminals(clerk: Clerk) -> list[Grant]:
    """Those at the stores where a person has the permission."""
    stores = clerk.stores(Permission.TILLS_MANAGE)
    found = auth.list_terminals(clerk.staff.partner_id)
    return [each for each in found if stores is None or stores.issuperset(each.store_ids)]
