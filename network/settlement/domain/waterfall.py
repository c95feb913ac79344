"""Who bears what a partner that does not pay owes: in a fixed order, and never more than the loss."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from network.settlement.errors import BadCover


class Layer(StrEnum):
    """What covers a loss, in this order: the partner's own first, the operator's own before that of the others."""

    PREPAID_BLOCK = "prepaid block"
    COLLATERAL = "collateral"
    OPERATOR_CAPITAL = "operator's capital"
    MUTUAL_FUND = "mutual fund"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """What there is to cover a loss, in minor units; the fund by who contributed to it."""

    prepaid_minor: int = 0
    collateral_minor: int = 0
    capital_minor: int = 0
    fund_minor: Mapping[UUID, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if min(self.prepaid_minor, self.collateral_minor, self.capital_minor, *self.fund_minor.values()) < 0:
            raise BadCover

    def of(self, layer: Layer) -> int:
        """What a layer can bear."""
        return {
            Layer.PREPAID_BLOCK: self.prepaid_minor,
            Layer.COLLATERAL: self.collateral_minor,
            Layer.OPERATOR_CAPITAL: self.capital_minor,
            Layer.MUTUAL_FUND: sum(self.fund_minor.values()),
        }[layer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """A loss, what each layer bears of it, each contributor's part of the fund's, and what nothing covers."""

    loss_minor: int
    drawn_minor: Mapping[Layer, int]
    fund_minor: Mapping[UUID, int]
    uncovered_minor: int


def waterfall(loss_minor: int, cover: Cover) -> Covered:
    """Let each layer in turn bear what it can of a loss; of the fund everybody in proportion to its contribution.

    Raises BadCover for a negative loss.
    """
    if loss_minor < 0:
        raise BadCover
    left, drawn = loss_minor, {}
    for layer in Layer:
        drawn[layer] = min(left, cover.of(layer))
        left -= drawn[layer]
    return Covered(
        loss_minor=loss_minor,
        drawn_minor=drawn,
        fund_minor=pro_rata(drawn[Layer.MUTUAL_FUND], cover.fund_minor),
        uncovered_minor=left,
    )


def pro_rata(amount_minor: int, shares: Mapping[UUID, int]) -> dict[UUID, int]:
    """An amount, at most all shares together, in proportion to them: whole minor units that add up to it.

    The largest remainders get what rounding down leaves, the lower id before the higher; nobody more than its share.
    """
    total = sum(shares.values())
    if not total:
        return dict.fromkeys(shares, 0)
    told = {each: amount_minor * share // total for each, share in shares.items()}
    by_remainder = sorted(shares, key=lambda each: (-(amount_minor * shares[each] % total), each))
    for each in by_remainder[: amount_minor - sum(told.values())]:
        told[each] += 1
    return told
