"""What an application of a partner may do in a member's name: asked once, remembered, and withdrawn at any time."""

from flask import Response, request, url_for

from network.auth.cookies import current_browser
from network.auth.domain import Interaction, Need
from network.auth.service import answer_interaction, get_interaction, needs
from network.members.domain import mask_name
from network.members.service import contact_of
from network.partners.domain import Partner
from network.partners.service import get_partner
from network.portals.kit.languages import Language, current_language, suggest
from network.portals.kit.pages import Pages, see_other
from network.portals.kit.rendering import render
from network.sessions.cookies import current_session
from network.sessions.domain import Realm
from network.web.access import public

pages = Pages("consent", __name__, template_folder="templates")

ALWAYS = "openid"
"""That the application knows who it is: without it there is nothing to consent to."""


@pages.get("/consent/<interaction_id>")
@public
def consent(interaction_id: str) -> Response:
    """Who asks, for what, and in which words of ours."""
    interaction = get_interaction(interaction_id, current_browser())
    suggest(interaction.request.ui_locales)
    session = current_session(Realm.MEMBER)
    need = needs(interaction, session)
    if session is None or need is Need.SIGN_IN:
        return see_other(url_for("sign_in.sign_in", interaction=interaction.shown_id))
    if need is None:
        return see_other(f"/oauth/continue/{interaction.shown_id}")
    name = contact_of(session.subject_id).person.name
    return render(
        "consent/consent.html",
        leads_to=interaction.request.redirect_uri,
        interaction=interaction,
        partner_name=name_of(get_partner(interaction.partner_id)),
        name=mask_name(name) if name else None,
        scopes=_asked(interaction),
        always=ALWAYS,
    )


@pages.post("/consent/<interaction_id>")
@public
def decide(interaction_id: str) -> Response:
    """The decision, and back to the application with it."""
    interaction = get_interaction(interaction_id, current_browser())
    session = current_session(Realm.MEMBER)
    granted = request.form.get("decision") == "allow"
    if granted and needs(interaction, session) is Need.SIGN_IN:
        return see_other(url_for("sign_in.sign_in", interaction=interaction.shown_id))
    scopes = {ALWAYS, *request.form.getlist("scope")}
    return see_other(
        answer_interaction(interaction.interaction_id, current_browser(), session, granted=granted, scopes=scopes)
    )


def name_of(partner: Partner) -> str:
    """A partner's name for readers of the page's language."""
    return partner.name_fa if current_language() is Language.FA else partner.name


def _asked(interaction: Interaction) -> list[tuple[str, str]]:
    """Each scope with the key of the words for it."""
    return [(scope, f"scopes.{scope.replace(':', '_')}") for scope in interaction.request.scopes]
