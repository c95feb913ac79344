"""The terms of a contract: the dial between the four models, and what a point costs, pays and buys."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from network.kernel.codes import is_programme
from network.kernel.money import is_currency
from network.partners.domain.conditions import USUAL_CONDITIONS, Conditions, check_conditions
from network.partners.domain.point_types import PointType, TypeRates, rates_of
from network.partners.errors import BadTerms, ContractTooEarly

LATE_PURCHASE_DAYS = 400
"""How long after a purchase it may be reported: for so long, points can still be issued under a replaced version."""

LATE_BURN_DAYS = 35
"""How long after a burn it may be reported: for so long, points can still be burned under a replaced version."""

_MOST_DECIMALS = 12
_MOST_DIGITS = 12  # before the point: more than a point of any currency is worth
_MOST_MONTHS = 1200
_RATES = ("issuance_price", "redemption_element", "service_fee", "reimbursement_rate", "member_value")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractTerms:
    """What one version of a contract says. Rates are exact, in major units of `currency` per point.

    issuance_price      what the issuer pays per point = redemption_element + service_fee
    reimbursement_rate  what the partner is paid per point burned at its tills
    member_value        what a point buys there
    expires_after_months, expiry_programme
                        how long points live: by the expiry policy of this programme, or else so many months
    funded_at_issue     0 to 1: which part of the price is due at issue; the rest when the point burns elsewhere
    prepaid             the issuer buys blocks of points first; only with funded_at_issue 1
    conditions          fees, tax and credit
    rates_by_type       the rates of points that are not base points, where they differ from these
    """

    valid_from: datetime
    currency: str
    issuance_price: Decimal
    redemption_element: Decimal
    service_fee: Decimal
    reimbursement_rate: Decimal
    member_value: Decimal
    funded_at_issue: Decimal
    prepaid: bool
    expires_after_months: int
    expiry_programme: str | None = None
    conditions: Conditions = USUAL_CONDITIONS
    rates_by_type: tuple[TypeRates, ...] = ()

    def of(self, point_type: PointType) -> "ContractTerms":
        """The same terms with the rates of a type; the general ones, if nothing is said of it."""
        rates = rates_of(self.rates_by_type, point_type)
        if rates is None:
            return self
        return replace(
            self,
            issuance_price=rates.issuance_price,
            redemption_element=rates.redemption_element,
            service_fee=rates.service_fee,
            reimbursement_rate=rates.reimbursement_rate,
            funded_at_issue=rates.funded_at_issue,
        )

    @property
    def highest_reimbursement(self) -> Decimal:
        """The most that a point of any type is reimbursed at."""
        return max(self.of(point_type).reimbursement_rate for point_type in PointType)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One version of a partner's contract, for ever the same.

    In force until the partner's next version in the same currency begins. Versions are numbered per partner.

    A version is kept once for each type of points, under an id of its own, with the rates that hold for the type: a
    lot names its rates and its type by that one id. The one for base points stands for the version.
    """

    contract_id: UUID
    partner_id: UUID
    version: int
    signed_at: datetime
    terms: ContractTerms
    point_type: PointType = PointType.BASE

    def for_each_type(self, new_id: Callable[[], UUID]) -> list["Contract"]:
        """This version, which is that of base points, and the same for each other type."""
        others = (each for each in PointType if each is not PointType.BASE)
        return [
            self,
            *(replace(self, contract_id=new_id(), terms=self.terms.of(each), point_type=each) for each in others),
        ]

    def reimbursement_of(self, point_type: PointType) -> Decimal:
        """What a point of a type is reimbursed at when it burns at this partner, of which this is the base version."""
        return self.terms.of(point_type).reimbursement_rate


def check_terms(terms: ContractTerms) -> None:
    """Whether one version makes sense by itself. Raises BadTerms with the field that does not."""
    if terms.valid_from.tzinfo is None:
        raise BadTerms("An instant needs its time zone.", field="valid_from")
    if not is_currency(terms.currency):
        raise BadTerms("A currency is three capital letters (ISO 4217).", field="currency")
    for name in (*_RATES, "funded_at_issue"):
        _check_digits(name, getattr(terms, name))
    for name in ("fee_share_of_gross", "late_penalty_rate", "breakage_share"):
        _check_digits(name, getattr(terms.conditions, name))
    for each in terms.conditions.legs:
        _check_digits("tax_rate", each.tax_rate)
    for name in _RATES:
        rate = getattr(terms, name)
        if rate < 0 or (rate == 0 and name != "service_fee"):
            raise BadTerms("A rate is positive; only the service fee may be 0.", field=name)
    if terms.issuance_price != terms.redemption_element + terms.service_fee:
        raise BadTerms("The issuance price is the redemption element plus the service fee.", field="issuance_price")
    if not 0 <= terms.funded_at_issue <= 1:
        raise BadTerms("The part funded at issue lies between 0 and 1.", field="funded_at_issue")
    if terms.prepaid and terms.funded_at_issue != 1:
        raise BadTerms("Prepaid points are funded in full at issue.", field="funded_at_issue")
    if not 1 <= terms.expires_after_months <= _MOST_MONTHS:
        raise BadTerms(f"Points expire after 1 to {_MOST_MONTHS} months.", field="expires_after_months")
    if terms.expiry_programme is not None and not is_programme(terms.expiry_programme):
        raise BadTerms("A programme is 1 to 32 of a-z, 0-9, - and _.", field="expiry_programme")
    check_conditions(terms.conditions, prepaid=terms.prepaid)
    _check_types(terms)


def check_start(valid_from: datetime, *, previous: datetime | None, now: datetime) -> None:
    """When a version may begin: the first of a currency at any time, later ones after the one before, not in the past.

    The first may be dated back because nothing can have been posted in its place. Raises ContractTooEarly.
    """
    if previous is None:
        return
    if valid_from <= previous:
        raise ContractTooEarly(f"The version before it begins at {previous.isoformat()}.", field="valid_from")
    if valid_from < now:
        raise ContractTooEarly(f"It is {now.isoformat()} already.", field="valid_from")


def _check_types(terms: ContractTerms) -> None:
    named = [each.point_type for each in terms.rates_by_type]
    if PointType.BASE in named:
        raise BadTerms("The general rates are those of base points.", field="rates_by_type")
    if len(set(named)) < len(named):
        raise BadTerms("A type of points has one set of rates.", field="rates_by_type")
    for each in terms.rates_by_type:
        check_terms(replace(terms.of(each.point_type), rates_by_type=()))
        if terms.prepaid and each.issuance_price != terms.issuance_price:
            raise BadTerms("Points from a block have one price: it was paid with the block.", field="rates_by_type")


def _check_digits(name: str, rate: Decimal) -> None:
    exponent = rate.as_tuple().exponent
    if not isinstance(exponent, int):
        raise BadTerms("A rate is a finite number.", field=name)
    if -exponent > _MOST_DECIMALS:
        raise BadTerms(f"A rate has at most {_MOST_DECIMALS} decimals.", field=name)
    if rate and rate.adjusted() >= _MOST_DIGITS:
        raise BadTerms(f"A rate has at most {_MOST_DIGITS} digits before the point.", field=name)
