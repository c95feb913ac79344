"""The coalition as data: departments of one real US grocer, dressed as partners, with invented brands and terms.

The data set has one chain of stores and no other merchant, so the departments stand in for partners; the purchases
are real, the brands and every rate below are made up. The rates keep the arbitrage guard of the coalition:
highest reimbursement rate <= member value <= lowest issuance price.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from network.kernel.calendar import local_midnight
from network.partners.domain import ContractTerms

CURRENCY = "USD"
STARTS_ON = date(2017, 1, 1)
ENDS_ON = date(2017, 3, 31)

DEFAULT_HOUSEHOLDS = 300
"""How many of the 2,280 that bought in these months: 11,670 visits, about 13,800 API calls."""

# The data set's weeks turn over at 05:00 UTC in winter and at 04:00 UTC in summer, on the very days of the United
# States' daylight saving of 2017: its stores keep Eastern time. Their months are the coalition's cycles.
ZONE = ZoneInfo("America/New_York")

POINTS_PER_UNIT = Decimal(1)
"""Points per 1.00 spent, rounded down per purchase, at every partner."""

MEMBER_VALUE = Decimal("0.0100")
"""What a point buys at the till, in major units, at every partner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """One partner of the demo: its code, its names in English and Persian, the departments it is, and its terms."""

    code: str
    name: str
    name_fa: str
    departments: tuple[str, ...]
    terms: ContractTerms


def _terms(price: str, fee: str, reimbursement: str, *, funded: str, months: int) -> ContractTerms:
    return ContractTerms(
        valid_from=local_midnight(STARTS_ON, ZONE),
        currency=CURRENCY,
        issuance_price=Decimal(price),
        redemption_element=Decimal(price) - Decimal(fee),
        service_fee=Decimal(fee),
        reimbursement_rate=Decimal(reimbursement),
        member_value=MEMBER_VALUE,
        funded_at_issue=Decimal(funded),
        prepaid=False,
        expires_after_months=months,
    )


# Price and fee of a point issued, reimbursement of a point burned. Big issuers get a better price, brands that live off
# visits from elsewhere accept less. Three models of funding: at issue (1), when the point burns (0), half and half. The
# florist's points are seasonal: two months, so that some expire within the demo.
BRANDS: tuple[Brand, ...] = (
    Brand(
        code="market",
        name="Sofreh Market",
        name_fa="بازار سفره",
        departments=("GROCERY", "FROZEN GROCERY", "CNTRL/STORE SUP", "PROD-WHS SALES", "ELECT &PLUMBING"),
        terms=_terms("0.0110", "0.0010", "0.0095", funded="1", months=24),
    ),
    Brand(
        code="drugstore",
        name="Nilgoon Drugstore",
        name_fa="آرایشی و بهداشتی نیلگون",
        departments=(
            "DRUG GM",
            "COSMETICS",
            "PHOTO & VIDEO",
            "TOYS",
            "GM MERCH EXP",
            "POSTAL CENTER",
            "AUTOMOTIVE",  # in spite of its name: 36 of its 37 lines are greeting cards
        ),
        terms=_terms("0.0115", "0.0015", "0.0090", funded="0.5", months=24),
    ),
    Brand(
        code="butcher",
        name="Saturi Butcher & Fish",
        name_fa="گوشت و ماهی ساطوری",
        departments=("MEAT", "MEAT-PCKGD", "SEAFOOD", "SEAFOOD-PCKGD"),
        terms=_terms("0.0105", "0.0015", "0.0090", funded="0", months=18),
    ),
    Brand(
        code="fuel",
        name="Rahvar Fuel",
        name_fa="سوخت رهوار",
        departments=("FUEL",),
        terms=_terms("0.0115", "0.0010", "0.0100", funded="1", months=24),
    ),
    Brand(
        code="greens",
        name="Jaliz Greengrocer",
        name_fa="میوه و سبزی جالیز",
        departments=("PRODUCE", "TRAVEL & LEISURE"),  # the latter, in spite of its name, is apples
        terms=_terms("0.0115", "0.0015", "0.0090", funded="0.5", months=12),
    ),
    Brand(
        code="deli",
        name="Tanoor Deli, Bakery & Café",
        name_fa="نان و کافهٔ تنور",
        departments=("DELI", "SALAD BAR", "CHEF SHOPPE", "RESTAURANT", "PASTRY"),
        terms=_terms("0.0110", "0.0015", "0.0085", funded="0", months=12),
    ),
    Brand(
        code="health",
        name="Tavan Health & Nutrition",
        name_fa="سلامت و تغذیهٔ توان",
        departments=("NUTRITION",),
        terms=_terms("0.0125", "0.0020", "0.0090", funded="1", months=12),
    ),
    Brand(
        code="flora",
        name="Arghavan Florist & Garden",
        name_fa="گل و باغ ارغوان",
        departments=("FLORAL", "GARDEN CENTER"),
        terms=_terms("0.0125", "0.0020", "0.0085", funded="1", months=2),
    ),
    Brand(
        code="wine",
        name="Stillwater Wine & Spirits",
        name_fa="نوشیدنی آبِ آرام",
        departments=("SPIRITS",),
        terms=_terms("0.0120", "0.0020", "0.0090", funded="0.5", months=18),
    ),
)

EVERYTHING_ELSE = "market"
"""Who sells what the catalogue does not know: the supermarket."""

PARTNER_OF_DEPARTMENT: dict[str, str] = {name: brand.code for brand in BRANDS for name in brand.departments}
