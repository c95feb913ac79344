"""What would it be? Reads, and writes nothing."""

from network.auth.domain import Principal
from network.earning.commands import AskForQuote
from network.earning.domain import points_for, value_of
from network.earning.errors import NothingToQuote
from network.earning.repository import Till
from network.earning.results import Quote
from network.earning.service.scene import BALANCE_KNOWN_BY, draft_of, enter
from network.infrastructure.database import statement_connection
from network.infrastructure.requests import Answer
from network.members.errors import MemberNotFound
from network.wallet.service import undisturbed


def quote(principal: Principal, command: AskForQuote) -> Quote:
    """What a basket would earn, and what the member could burn here. A promise of nothing: prices are not held.

    Raises what `scene.enter` raises, MemberNotFound for a member unknown to the partner, and NothingToQuote.
    """
    return undisturbed(lambda: _quote(principal, command))


def _quote(principal: Principal, command: AskForQuote) -> Quote:
    till = Till(principal.client_id, principal.partner_id, command.member_id, command.currency)
    connection = statement_connection()
    opening = enter(connection, principal, till)
    assert not isinstance(opening, Answer), "a quote has no key"
    scene, terms = opening.scene, opening.terms
    if scene.known_by is None:
        raise MemberNotFound(field="member")
    if command.amount_minor is None and command.points is None:
        raise NothingToQuote(field="amount_minor")
    available = sum(
        lot.free for lot in draft_of(connection, opening, whole=True).lots if lot.currency == command.currency
    )
    visible = available if scene.known_by in BALANCE_KNOWN_BY else None
    amount, points = command.amount_minor, command.points
    return Quote(
        member_id=command.member_id,
        currency=command.currency,
        point_type=command.point_type,
        earn_points=None if amount is None else points_for(amount, command.currency, opening.rule),
        redeemable_points=visible,
        redeemable_minor=None if visible is None else value_of(visible, terms),
        points=points,
        value_minor=None if points is None else value_of(points, terms),
        sufficient=None if points is None or visible is None else points <= visible,
        as_of=scene.now,
    )
