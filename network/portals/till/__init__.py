"""Letting terminals in: somebody of a partner types the code that the terminal shows, and says where it stands.

Who may do so at which stores, and how it is written down, whoever composes the application says (`ForKeepers`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from flask import Response, request, url_for

from network.auth.domain import Terminal
from network.auth.service import decide_device
from network.kernel.errors import PeyvandError
from network.kernel.identifiers import read, show
from network.partners.service import list_stores
from network.portals.kit.flash import Kind, flash
from network.portals.kit.forms import Form
from network.portals.kit.pages import Pages, see_other
from network.portals.kit.rendering import House, render


@dataclass(frozen=True, slots=True)
class Keeper:
    """Somebody who may let terminals of a partner in. `store_ids`: where they may stand; None for all of its stores.

    `find`: the terminal of the partner that shows a code; it limits how often the person guesses. `house`: the
    frame around the person's pages.
    """

    who: str
    partner_id: UUID
    store_ids: frozenset[UUID] | None
    find: Callable[[str], Terminal]
    house: House


_HALF = 4  # letters of a code before its dash

ForKeepers = Callable[[Callable[..., Response]], Callable[..., Response]]
"""Guards a view for people of staff who may let terminals in, and gives it their Keeper first."""


def activation(for_keepers: ForKeepers) -> Pages:
    """The pages at /activate, to which terminals send people."""
    pages = Pages("activate", __name__, template_folder="templates")

    @pages.get("/activate")
    @for_keepers
    def ask(keeper: Keeper) -> Response:
        """The code. A terminal may have put it into the address; it is compared all the same (RFC 8628, 5.4)."""
        return _ask(keeper, Form({"user_code": request.args.get("user_code", "")}))

    @pages.post("/activate")
    @for_keepers
    def show_terminal(keeper: Keeper) -> Response:
        """Which terminal it is, and where it is to stand."""
        form = Form.sent()
        try:
            found = keeper.find(form.text("user_code"))
        except PeyvandError as failure:
            form.blame_for(failure, "user_code")
            return _ask(keeper, form, 422)
        return _confirm(keeper, found, form)

    @pages.post("/activate/decide")
    @for_keepers
    def decide(keeper: Keeper) -> Response:
        """Let it in, or send it away."""
        form = Form.sent()
        granted = form.text("decision") == "allow"
        try:
            found = keeper.find(form.text("user_code"))
        except PeyvandError as failure:
            form.blame_for(failure, "user_code")
            return _ask(keeper, form, 422)
        try:
            _decide(keeper, form, granted=granted)
        except PeyvandError as failure:
            form.blame_for(failure, "store")
            return _confirm(keeper, found, form, 422)
        flash("activate.let_in" if granted else "activate.sent_away", Kind.SUCCESS if granted else Kind.INFO)
        return see_other(url_for("activate.ask"))

    return pages


def _decide(keeper: Keeper, form: Form, *, granted: bool) -> None:
    store_id = read("sto", form.text("store"), field="store") if granted else None
    if store_id is not None and keeper.store_ids is not None and store_id not in keeper.store_ids:
        store_id = None  # as if there were no such store
    decide_device(
        form.text("user_code"),
        keeper.partner_id,
        granted=granted,
        store_id=store_id,
        name=form.text("name"),
        by=keeper.who,
    )


def _ask(keeper: Keeper, form: Form, status: int = 200) -> Response:
    return render("till/ask.html", status, house=keeper.house, form=form)


def _confirm(keeper: Keeper, terminal: Terminal, form: Form, status: int = 200) -> Response:
    stores = [
        (show("sto", each.store_id), f"{each.name} ({each.code})")
        for each in list_stores(keeper.partner_id)
        if keeper.store_ids is None or each.store_id in keeper.store_ids
    ]
    scopes = [f"till_scopes.{scope.replace(':', '_')}" for scope in terminal.scopes]
    return render(
        "till/confirm.html",
        status,
        house=keeper.house,
        form=form,
        code=_as_shown(form.text("user_code")),
        terminal=terminal,
        stores=stores,
        scopes=scopes,
    )


def _as_shown(user_code: str) -> str:
    """A code as the terminal writes it, however it was typed, so that the two can be compared."""
    letters = "".join(each for each in user_code.upper() if each.isalpha())
    return f"{letters[:_HALF]}-{letters[_HALF:]}"
