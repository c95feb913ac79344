"""People and their points."""

from __future__ import annotations

from datetime import date

from .._checks import member_id
from .._exchange import get, post
from .._models import Balance, Entry, Member, Statement
from .._pages import Page
from .._raw import as_raw
from ._base import Resource, paging

__all__ = ["Members", "RawMembers"]


class Members(Resource):
    """Enrol and find members, and read their balances and entries."""

    @property
    def with_raw_response(self) -> RawMembers:
        """The same methods, returning the answer itself."""
        return RawMembers(Members(self._send, raw=True))

    def enrol(
        self,
        *,
        name: str | None = None,
        phone: str | None = None,
        email: str | None = None,
        card_number: str | None = None,
        locale: str | None = None,
    ) -> Member:
        """Make a new member; only this answer has the `card_number`, which the network makes when none is given.

        `phone` in E.164 ("+989121234567"), `locale` "fa" or "en". Scope `members:enrol`. Sent under an idempotency
        key. Raises AccountExistsError when phone, e-mail or card belong to a member, ValidationError.
        """
        fields = {"name": name, "phone": phone, "email": email, "card_number": card_number, "locale": locale}
        return self._make(post("/v1/members", fields, keyed=True), Member._read_answer)

    def lookup(self, *, card_number: str | None = None, phone: str | None = None, alias: str | None = None) -> Member:
        """Find the member by exactly one of card number, phone and its QR's alias. None appears in an address or a log.

        Scope `members:lookup`. Raises NotFoundError (`member_not_found`), TypeError for none or several.
        """
        shown = {"card_number": card_number, "phone": phone, "alias": alias}
        told = {name: value for name, value in shown.items() if value is not None}
        if len(told) != 1:
            raise TypeError("lookup takes exactly one of card_number=, phone= and alias=.")
        fields = {"card_number": card_number, "phone": phone}
        return self._make(post("/v1/members/lookup", fields, keyed=False), Member._read_answer)

    def get(self, member: Member | str) -> Member:
        """A member this partner enrolled or was shown the card or phone of.

        Scope `members:read`. Raises NotFoundError (`member_not_found`) for all others.
        """
        return self._make(get("/v1/members/{member}", member=member_id(member)), Member._read_answer)

    def balance(self, member: Member | str) -> Balance:
        """The member's points now. Scope `points:read`. Raises NotFoundError as `get` does."""
        return self._make(get("/v1/members/{member}/balance", member=member_id(member)), Balance._read_answer)

    def statement(self, member: Member | str, *, first: date, last: date) -> Statement:
        """The member's days from `first` to `last`, by the network's time zone. Scope and errors as `balance`."""
        query = {"from": str(first), "to": str(last)}
        call = get("/v1/members/{member}/statement", query=query, member=member_id(member))
        return self._make(call, Statement._read_answer)

    def entries(self, member: Member | str, *, limit: int | None = None, cursor: str | None = None) -> Page[Entry]:
        """This partner's own entries of the member, newest first; iterate the page to get them all.

        `limit`: items a page, 1 to 100, 20 by default. Scope `points:read`. Raises NotFoundError as `get` does.
        """
        query = paging(limit, cursor)
        return self._list(get("/v1/members/{member}/entries", query=query, member=member_id(member)), Entry)


class RawMembers:
    """`Members`, returning the answers themselves."""

    def __init__(self, members: Members) -> None:
        self.enrol = as_raw(members.enrol)
        self.lookup = as_raw(members.lookup)
        self.get = as_raw(members.get)
        self.balance = as_raw(members.balance)
        self.statement = as_raw(members.statement)
        self.entries = as_raw(members.entries)
