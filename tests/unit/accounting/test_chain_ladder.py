"""The chain ladder against the triangle of Mack's paper, and what must not be estimated."""

from decimal import Decimal
from uuid import UUID

import pytest

from network.accounting.domain import Part, chain_ladder, cohorts_of, estimate
from network.accounting.errors import BadTriangle, NothingToEstimate
from network.settlement.domain import Clearing

# Taylor and Ashe (1983), cumulative: the example of Mack (1993), whose table 2 has the results below.
TAYLOR_ASHE = [
    [357848, 1124788, 1735330, 2218270, 2745596, 3319994, 3466336, 3606286, 3833515, 3901463],
    [352118, 1236139, 2170033, 3353322, 3799067, 4120063, 4647867, 4914039, 5339085],
    [290507, 1292306, 2218525, 3235179, 3985995, 4132918, 4628910, 4909315],
    [310608, 1418858, 2195047, 3757447, 4029929, 4381982, 4588268],
    [443160, 1136350, 2128333, 2897821, 3402672, 3873311],
    [396132, 1333217, 2180715, 2985752, 3691712],
    [440832, 1288463, 2419861, 3483130],
    [359480, 1421128, 2864498],
    [376686, 1363294],
    [344014],
]
RESERVES = [0, 94634, 469511, 709638, 984889, 1419459, 2177641, 3920301, 4278972, 4625811]
ERRORS = [0, 75535, 121699, 133549, 261406, 411010, 558317, 875328, 971258, 1363155]


def test_the_triangle_of_the_paper_comes_out_as_published() -> None:
    ladder = chain_ladder(TAYLOR_ASHE)
    assert [round(each.ultimate - each.burned) for each in ladder.projections] == RESERVES
    assert [round(each.standard_error) for each in ladder.projections] == ERRORS
    assert round(ladder.total_standard_error) == 2447095
    assert [round(each, 3) for each in ladder.factors[:2]] == [Decimal("3.491"), Decimal("1.747")]


@pytest.mark.parametrize("triangle", [[], [[1, 2]], [[1], [1, 2]], [[1, 2], []]])
def test_what_is_no_triangle_is_refused(triangle: list[list[int]]) -> None:
    with pytest.raises(BadTriangle):
        chain_ladder(triangle)


def test_breakage_of_a_young_cohort_follows_the_old_one_and_is_never_more_than_can_still_burn() -> None:
    january, february = UUID(int=1), UUID(int=2)
    parts = [
        part(january, Clearing.ISSUE, 1_000),
        part(january, Clearing.DRAW, -800),
        part(january, Clearing.EXPIRE, -200),
        part(february, Clearing.ISSUE, 1_000),
        part(february, Clearing.DRAW, -300),
        part(february, Clearing.EXPIRE, -500),
    ]
    burned = {(january, january): 400, (january, february): 400, (february, february): 300}
    old, young = estimate([january, february], burned, cohorts_of(parts))
    assert (old.rate, young.rate) == (Decimal("0.2"), Decimal("0.5"))  # 600 would burn, but 500 can
    with pytest.raises(NothingToEstimate):
        estimate([january], burned, cohorts_of(parts[:3]))


def part(cohort_id: UUID, kind: Clearing, points: int) -> Part:
    return Part(cohort_id, kind, points, Decimal("0.01"), Decimal(1))
