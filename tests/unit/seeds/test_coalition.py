from network.partners.domain import Standing, check_code, check_terms, guard_against_arbitrage
from network.seeds.coalition import BRANDS, EVERYTHING_ELSE, MEMBER_VALUE, PARTNER_OF_DEPARTMENT


def test_the_coalition_has_at_least_eight_partners_with_names_in_both_languages() -> None:
    assert len(BRANDS) >= 8
    assert len({brand.code for brand in BRANDS}) == len(BRANDS)
    assert all(brand.name.strip() and brand.name_fa.strip() for brand in BRANDS)


def test_no_point_is_worth_more_at_the_dearest_partner_than_it_cost_at_the_cheapest() -> None:
    dearest = max(brand.terms.reimbursement_rate for brand in BRANDS)
    cheapest = min(brand.terms.issuance_price for brand in BRANDS)
    assert dearest <= MEMBER_VALUE <= cheapest
    assert {brand.terms.member_value for brand in BRANDS} == {MEMBER_VALUE}


def test_the_network_itself_would_sign_every_contract() -> None:
    signed: list[Standing] = []
    for brand in BRANDS:
        check_code(brand.code)
        check_terms(brand.terms)
        new = Standing(partner_code=brand.code, version=1, terms=brand.terms, is_usable=True)
        guard_against_arbitrage(new, signed)
        signed.append(new)


def test_three_of_the_funding_models_are_there() -> None:
    dials = {brand.terms.funded_at_issue for brand in BRANDS}
    assert 0 in dials
    assert 1 in dials
    assert any(0 < dial < 1 for dial in dials)


def test_each_department_belongs_to_one_partner_and_the_rest_to_one_that_exists() -> None:
    assert len(PARTNER_OF_DEPARTMENT) == sum(len(brand.departments) for brand in BRANDS)
    assert EVERYTHING_ELSE in {brand.code for brand in BRANDS}
