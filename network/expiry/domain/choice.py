"""Which policy holds: the programme's, unless the law of the member's place says otherwise."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from network.expiry.domain.policy import ExpiryPolicy, Life, longer
from network.expiry.errors import BadPolicy, PolicyTooEarly
from network.kernel.codes import country_of, is_jurisdiction, is_programme

EVERYWHERE = ""
"""Stands for every programme, or for every jurisdiction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVersion:
    """What holds for a programme in a jurisdiction from `valid_from` until the next version for the two.

    `policy` None: what was said before is taken back. `is_minimum`: points live at least so long, or as long as the
    programme says, if that is longer; only for a jurisdiction.
    """

    programme: str
    jurisdiction: str
    valid_from: datetime
    policy: ExpiryPolicy | None
    is_minimum: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """The policy that holds, and the law's minimum, if it sets one."""

    policy: ExpiryPolicy
    minimum: ExpiryPolicy | None = None

    def life(self, earned_at: datetime) -> Life:
        """How long points live that were earned at an instant."""
        own = self.policy.life(earned_at)
        return own if self.minimum is None else longer(own, self.minimum.life(earned_at))


def choose(versions: Iterable[PolicyVersion], at: datetime, otherwise: ExpiryPolicy) -> Choice:
    """What holds for points earned at an instant; `otherwise`: what their contract says.

    `versions`: only those of the contract's programme or of every one, and of the member's jurisdiction, of its country
    or of everywhere. The narrower place comes first, and in a place the programme before all programmes.
    """
    latest: dict[tuple[str, str], PolicyVersion] = {}
    for version in versions:
        before = latest.get((version.jurisdiction, version.programme))
        if version.valid_from <= at and (before is None or before.valid_from < version.valid_from):
            latest[version.jurisdiction, version.programme] = version
    general, law = otherwise, None
    # everywhere "" sorts before a country, a country before its parts; of two, the later replaces the earlier
    for _, version in sorted(latest.items()):
        if version.policy is None:
            continue
        if version.jurisdiction == EVERYWHERE:
            general = version.policy
        else:
            law = version
    if law is None or law.policy is None:
        return Choice(general)
    return Choice(general, law.policy) if law.is_minimum else Choice(law.policy)


def applicable(
    versions: Iterable[PolicyVersion], programme: str | None, jurisdiction: str | None
) -> list[PolicyVersion]:
    """Those of a programme, or of none, and of a jurisdiction, None for the network's own, that `choose` takes."""
    programmes = {EVERYWHERE, programme or EVERYWHERE}
    places = {EVERYWHERE} if jurisdiction is None else {EVERYWHERE, jurisdiction, country_of(jurisdiction)}
    return [each for each in versions if each.programme in programmes and each.jurisdiction in places]


def check_version(version: PolicyVersion, *, previous: datetime | None, now: datetime) -> None:
    """Whether a version may be added. The first of its kind may begin at any time, later ones not in the past.

    Raises BadPolicy, PolicyTooEarly.
    """
    if version.programme != EVERYWHERE and not is_programme(version.programme):
        raise BadPolicy("A programme is 1 to 32 of a-z, 0-9, - and _.", field="programme")
    if version.jurisdiction != EVERYWHERE and not is_jurisdiction(version.jurisdiction):
        raise BadPolicy("A jurisdiction is a country, or a part of one, by ISO 3166.", field="jurisdiction")
    if version.programme == version.jurisdiction == EVERYWHERE:
        raise BadPolicy("Name a programme, a jurisdiction, or both.", field="programme")
    if version.is_minimum and version.jurisdiction == EVERYWHERE:
        raise BadPolicy("Only a jurisdiction sets a minimum.", field="is_minimum")
    if previous is None:
        return
    if version.valid_from <= previous:
        raise PolicyTooEarly(f"The version before it begins at {previous.isoformat()}.", field="valid_from")
    if version.valid_from < now:
        raise PolicyTooEarly(f"It is {now.isoformat()} already.", field="valid_from")
