"""What a contract says besides the rates of points: fees, tax, credit, and what is ordered ahead."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from network.partners.errors import BadTerms

_MOST_MINOR = 10**15
_SHARES = ("fee_share_of_gross", "breakage_share")


class Document(StrEnum):
    """Which document a leg is told by: the operator's invoice, one that it writes for the partner, or a credit note."""

    INVOICE = "invoice"
    SELF_BILLED = "self_billed"
    CREDIT_NOTE = "credit_note"


class ContractLeg(StrEnum):
    """What settlement bills under a contract, each with its tax and its document."""

    ISSUE = "issue"
    REDEMPTION = "redemption"
    DEFERRED = "deferred"
    FEE = "fee"
    BREAKAGE = "breakage"


_USUAL_DOCUMENT = {
    ContractLeg.ISSUE: Document.INVOICE,
    ContractLeg.REDEMPTION: Document.SELF_BILLED,
    ContractLeg.DEFERRED: Document.INVOICE,
    ContractLeg.FEE: Document.INVOICE,
    ContractLeg.BREAKAGE: Document.CREDIT_NOTE,
}


@dataclass(frozen=True, slots=True)
class LegTerms:
    """The tax on a leg, as a part of its amount (0.09 is nine per cent), and the document that tells of it."""

    leg: ContractLeg
    tax_rate: Decimal
    document: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Amounts are whole minor units of the contract's currency, shares exact parts of 1.

    fee_per_cycle_minor   owed for each cycle in which points moved at the partner's tills
    fee_share_of_gross    owed besides, of all that the partner owes and is due for points in a cycle
    late_penalty_rate     a year's simple interest on what is paid late, charged by the next cycle
    breakage_share        which part of the prefunded redemption element of points that expired goes back to the issuer
    legs                  tax and document of each leg that differs from the usual: untaxed
    credit_limit_minor    how much may be owed in the open cycles, beyond the collateral, before earning stops;
                          None: as much as there is
    collateral_minor      what the partner has deposited
    low_points, critical_points
                          what is left of prepaid blocks when it is told that they run low; 0: it is not
    topup_points          how many points are ordered by themselves when blocks run low; 0: none
    """

    fee_per_cycle_minor: int = 0
    fee_share_of_gross: Decimal = Decimal(0)
    late_penalty_rate: Decimal = Decimal(0)
    breakage_share: Decimal = Decimal(0)
    legs: tuple[LegTerms, ...] = ()
    credit_limit_minor: int | None = None
    collateral_minor: int = 0
    low_points: int = 0
    critical_points: int = 0
    topup_points: int = 0

    def leg(self, leg: ContractLeg) -> LegTerms:
        """Tax and document of a leg."""
        usual = LegTerms(leg, Decimal(0), _USUAL_DOCUMENT[leg])
        return next((each for each in self.legs if each.leg is leg), usual)


USUAL_CONDITIONS = Conditions()
"""No fees, no tax, no limit."""


def check_conditions(conditions: Conditions, *, prepaid: bool) -> None:
    """Whether conditions make sense by themselves. Raises BadTerms with the field that does not."""
    for name in ("fee_per_cycle_minor", "collateral_minor", "low_points", "critical_points", "topup_points"):
        if not 0 <= getattr(conditions, name) <= _MOST_MINOR:
            raise BadTerms(f"This is a whole number from 0 to {_MOST_MINOR}.", field=name)
    for name in _SHARES:
        if not 0 <= getattr(conditions, name) <= 1:
            raise BadTerms("A share lies between 0 and 1.", field=name)
    if not 0 <= conditions.late_penalty_rate <= 1:
        raise BadTerms("A penalty's yearly rate lies between 0 and 1.", field="late_penalty_rate")
    if len({each.leg for each in conditions.legs}) < len(conditions.legs):
        raise BadTerms("A leg has one tax rate and one document.", field="legs")
    if any(not 0 <= each.tax_rate <= 1 for each in conditions.legs):
        raise BadTerms("A tax rate lies between 0 and 1.", field="tax_rate")
    _check_credit(conditions, prepaid=prepaid)


def _check_credit(conditions: Conditions, *, prepaid: bool) -> None:
    limit = conditions.credit_limit_minor
    if limit is not None and not 0 <= limit <= _MOST_MINOR:
        raise BadTerms(f"A credit limit is a whole number from 0 to {_MOST_MINOR}.", field="credit_limit_minor")
    if limit is not None and prepaid:
        raise BadTerms("Prepaid points are not issued on credit.", field="credit_limit_minor")
    if not prepaid and (conditions.low_points or conditions.critical_points or conditions.topup_points):
        raise BadTerms("Only blocks that are bought first can run low.", field="low_points")
    if conditions.critical_points > conditions.low_points:
        raise BadTerms("Blocks are low before they are critical.", field="critical_points")
    if conditions.topup_points and not conditions.low_points:
        raise BadTerms("What orders by itself when blocks run low has to know when they do.", field="topup_points")
