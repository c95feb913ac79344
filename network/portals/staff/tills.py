"""The terminals that a business has let in, and their end. Somebody with tills at one store sees that store's alone."""

from collections.abc import Sequence

from flask import Response, url_for

from network.auth.domain import Grant
from network.auth.service import end_terminal, list_terminals
from network.kernel.identifiers import read, show
from network.partners import service as partners
from network.partners.domain import Partner
from network.portals.kit.flash import Kind, flash
from network.portals.kit.pages import Pages, see_other
from network.portals.kit.rendering import render
from network.portals.staff.business import business_of, businesses_of
from network.portals.staff.guard import for_staff, house_of
from network.staff import service as staff
from network.staff.domain import Clerk, Permission

pages = Pages("staff_tills", __name__, template_folder="templates")


@pages.get("/staff/terminals")
@for_staff(Permission.TILLS_MANAGE)
def terminals(clerk: Clerk) -> Response:
    """Which terminals stand where, and who let them in."""
    business = business_of(clerk)
    found = _within_reach(clerk, business)
    names = staff.names_of([each.granted_by for each in found])
    codes = {store.store_id: store.code for store in partners.list_stores(business.partner_id)}
    rows = [
        (each, show("grt", each.grant_id), [codes.get(store, "") for store in each.store_ids], names[each.granted_by])
        for each in found
    ]
    return render(
        "staff/terminals.html",
        house=house_of(clerk),
        business=business,
        businesses=businesses_of(clerk),
        rows=rows,
    )


@pages.post("/staff/terminals/<terminal>/end")
@for_staff(Permission.TILLS_MANAGE)
def end(clerk: Clerk, terminal: str) -> Response:
    """End a terminal: its tokens die at once."""
    business, number = business_of(clerk), read("grt", terminal)
    if all(each.grant_id != number for each in _within_reach(clerk, business)):
        flash("terminals.gone", Kind.DANGER)
    else:
        end_terminal(business.partner_id, number, clerk.who)
        flash("terminals.ended", Kind.SUCCESS)
    return see_other(url_for("staff_tills.terminals", partner=business.code))


def _within_reach(clerk: Clerk, business: Partner) -> Sequence[Grant]:
    """The terminals of a business that this person looks after."""
    stores = clerk.stores(Permission.TILLS_MANAGE)
    found = list_terminals(business.partner_id)
    return [each for each in found if stores is None or stores.issuperset(each.store_ids)]
