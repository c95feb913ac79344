"""Who lets terminals in: people of staff with the permission for tills, at the stores where they have it."""

from collections.abc import Callable
from functools import wraps

from flask import Response

from network.auth.domain import Terminal
from network.auth.service import find_device_request
from network.portals.staff.guard import for_staff, house_of
from network.portals.till import Keeper
from network.staff import service as staff
from network.staff.domain import Clerk, Permission


def for_keepers(view: Callable[..., Response]) -> Callable[..., Response]:
    """Guards a view of /activate."""

    @for_staff(Permission.TILLS_MANAGE)
    @wraps(view)
    def guarded(clerk: Clerk) -> Response:
        def find(user_code: str) -> Terminal:
            with staff.counted_guess(clerk):
                return find_device_request(user_code, clerk.staff.partner_id)

        stores = clerk.stores(Permission.TILLS_MANAGE)
        return view(Keeper(clerk.who, clerk.staff.partner_id, stores, find, house_of(clerk)))

    return guarded
