"""The terms of a contract, as options of the commands that sign or change one."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import click

from network.cli.fields import Moment
from network.infrastructure.network_clock import network_now
from network.partners.domain import (
    Conditions,
    ContractLeg,
    ContractTerms,
    Document,
    LegTerms,
    PointType,
    TypeRates,
)

_SOON = timedelta(seconds=1)
_RATES = ("redemption_element", "service_fee", "reimbursement_rate", "member_value", "funded_at_issue")
_TYPE_RATES = ("redemption_element", "service_fee", "reimbursement_rate", "funded_at_issue")
_CONDITIONS = (
    *("fee_per_cycle_minor", "fee_share_of_gross", "late_penalty_rate", "breakage_share", "credit_limit_minor"),
    *("collateral_minor", "low_points", "critical_points", "topup_points"),
)


class Rate(click.ParamType[Decimal]):
    """An exact decimal, such as 0.0115."""

    name = "decimal"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        try:
            return Decimal(value)
        except InvalidOperation:
            self.fail(f"{value!r} is not a decimal number", param, ctx)


class Tax(click.ParamType[LegTerms]):
    """What is taxed and at which rate, such as `fee=0.09`, and the document that tells of it: `fee=0.09:invoice`."""

    name = "LEG=RATE[:DOCUMENT]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> LegTerms:
        leg, _, rest = str(value).partition("=")
        rate, _, document = rest.partition(":")
        try:
            usual = Conditions().leg(ContractLeg(leg))
            return LegTerms(usual.leg, Decimal(rate), Document(document) if document else usual.document)
        except (ValueError, InvalidOperation):
            self.fail(f"{value!r} is not a leg, a rate and a document, such as fee=0.09:invoice", param, ctx)


class TypeRate(click.ParamType[tuple[PointType, dict[str, Decimal]]]):
    """Rates of a type of points that are not the general ones, such as `bonus:service_fee=0.0005,funded_at_issue=0`."""

    name = "TYPE:RATE=DECIMAL,..."

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[PointType, dict[str, Decimal]]:
        point_type, _, rest = str(value).partition(":")
        try:
            pairs = [each.split("=") for each in rest.split(",")]
            told = {name.replace("-", "_"): Decimal(rate) for name, rate in pairs}
            if len(told) < len(pairs) or not told.keys() <= set(_TYPE_RATES):
                raise ValueError(rest)
            return PointType(point_type), told
        except (ValueError, InvalidOperation):
            self.fail(f"{value!r} is no type and its rates, such as bonus:service_fee=0.0005", param, ctx)


_OPTIONS = (
    click.option("--currency", required=True),
    click.option("--redemption-element", type=Rate(), required=True, help="Major units per point."),
    click.option("--service-fee", type=Rate(), required=True, help="Major units per point."),
    click.option("--reimbursement-rate", type=Rate(), required=True, help="Major units per point."),
    click.option("--member-value", type=Rate(), required=True, help="Major units per point."),
    click.option("--funded-at-issue", type=Rate(), default="1", show_default=True, help="From 0 to 1."),
    click.option(
        "--type-rates",
        type=TypeRate(),
        multiple=True,
        help="Rates of bonus or goodwill points where they differ: of redemption_element, service_fee,"
        " reimbursement_rate and funded_at_issue what is left out is the general one.",
    ),
    click.option("--prepaid", is_flag=True, help="Points are issued from blocks that are bought first."),
    click.option("--expires-after-months", type=int, default=24, show_default=True),
    click.option("--expiry-programme", help="By the policies of this programme instead (`network expiry set`)."),
    click.option("--valid-from", type=Moment(), help="ISO 8601 with zone; at once, if left out."),
    click.option("--fee-per-cycle-minor", default=0, help="For each cycle in which points move at its tills."),
    click.option("--fee-share-of-gross", type=Rate(), default="0", help="Of all it owes and is due for points."),
    click.option("--late-penalty-rate", type=Rate(), default="0", help="A year's interest on what is paid late."),
    click.option("--breakage-share", type=Rate(), default="0", help="Of the prefunded points that expire: given back."),
    click.option("--tax", "legs", type=Tax(), multiple=True, help="Of issue, redemption, deferred, fee or breakage."),
    click.option("--credit-limit-minor", type=int, help="What may be owed beyond the collateral; all, if left out."),
    click.option("--collateral-minor", default=0, help="What it has deposited."),
    click.option("--low-points", default=0, help="Tell when prepaid blocks have so few points left."),
    click.option("--critical-points", default=0, help="And again at so few."),
    click.option("--topup-points", default=0, help="Order so many by itself when blocks run low."),
)


def terms_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command all options of a contract's terms; `terms_of` reads what they told."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def terms_of(options: dict[str, Any]) -> ContractTerms:
    """The terms that options of `terms_options` tell, in force from a moment on if no other is told."""
    # a version may not begin in the past, and the present is past by the time it is looked at
    starts: datetime = options["valid_from"] or network_now() + _SOON
    return ContractTerms(
        valid_from=starts,
        currency=options["currency"],
        issuance_price=options["redemption_element"] + options["service_fee"],
        prepaid=options["prepaid"],
        expires_after_months=options["expires_after_months"],
        expiry_programme=options["expiry_programme"],
        conditions=Conditions(**{name: options[name] for name in _CONDITIONS}, legs=options["legs"]),
        rates_by_type=tuple(
            TypeRates(point_type=point_type, **{name: options[name] for name in _TYPE_RATES} | told)
            for point_type, told in options["type_rates"]
        ),
        **{name: options[name] for name in _RATES},
    )
