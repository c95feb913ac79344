"""Households for the storm: `python -m tests.storm.homes <member>...` makes one of each two members.

A fifth of what they earn goes into their pool, which both may spend from.
"""

import sys
from uuid import UUID

from network.cli.context import application
from network.households import service
from network.households.domain import Consent
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import read

_CONSENT = Consent("2017-01", "form 17", "laleh")
_PERCENT = 20


def main(members: list[UUID]) -> None:
    with application().app_context(), transaction():
        for head, other in zip(members[::2], members[1::2], strict=True):
            home = service.found(head, _CONSENT).household_id
            service.invite(home, other, person="laleh")
            service.join(home, other, _CONSENT)
            for member in (head, other):
                service.set_share(member, _PERCENT)


if __name__ == "__main__":
    main([read("mbr", each) for each in sys.argv[1:]])
