"""The rules of all households, and what a member sets for itself or its head sets for it."""

from dataclasses import asdict
from uuid import UUID

from network.audit.service import record
from network.households import repository
from network.households.domain import Policy, check_policy, check_rules
from network.households.service.read import locked_membership
from network.infrastructure.network_clock import network_now
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import show


def policy() -> Policy:
    """What holds for all households."""
    return repository.policy()


def set_policy(new: Policy) -> None:
    """Let other rules hold from now on; who may spend already may go on. Raises BadHouseholdRule."""
    check_policy(new)
    with transaction():
        before = asdict(repository.policy())
        repository.set_policy(new)
        record("households.policy", "settings", "household-policy", before=before, after=asdict(new))


def set_share(member_id: UUID, percent: int) -> None:
    """Let a share of everything that the member earns from now on go into the pool; 0 ends it.

    Raises NotInHousehold, BadHouseholdRule.
    """
    check_rules(percent, None, None)
    with transaction():
        _, membership = locked_membership(member_id)
        repository.set_share(membership.membership_id, percent, network_now())
        record("households.share", "member", show("mbr", member_id), after={"percent": percent})


def set_caps(member_id: UUID, *, spend_cap: int | None, contribute_cap: int | None) -> None:
    """Give a member caps of its own, in points per month; None: what holds for all. Only lower ones have an effect.

    Raises NotInHousehold, BadHouseholdRule.
    """
    check_rules(None, spend_cap, contribute_cap)
    with transaction():
        _, membership = locked_membership(member_id)
        repository.set_caps(membership.membership_id, spend_cap, contribute_cap)
        caps = {"spend_cap": spend_cap, "contribute_cap": contribute_cap}
        record("households.caps", "member", show("mbr", member_id), after=caps)
