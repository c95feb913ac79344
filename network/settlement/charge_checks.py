"""What must hold of fees, tax, penalties and the share of breakage; see `checks`, of which these are a part."""

from network.infrastructure.checks import Check

HALF_EVEN = "CASE WHEN abs(minor - trunc(minor)) = 0.5 THEN 2 * round(minor / 2) ELSE round(minor) END"
"""A column `minor`, rounded half to even: for numeric PostgreSQL rounds halves away from zero."""

# Lines as the partner's side of them, and the contract version in force at the cycle's last instant.
_LINES = """
SELECT l.cycle_id, p.partner_id, l.leg, l.base_leg, l.amount_minor, v.contract_id
FROM settlement_line l
JOIN cycle c USING (cycle_id, version)
CROSS JOIN LATERAL (SELECT CASE l.leg WHEN 'redemption' THEN l.redeemer_id ELSE l.issuer_id END) p(partner_id)
LEFT JOIN LATERAL (
    SELECT contract_id FROM contract_version
    WHERE partner_id = p.partner_id AND currency = c.currency AND valid_from < c.ends_at AND point_type = 'base'
    ORDER BY valid_from DESC LIMIT 1
) v ON true
WHERE c.state NOT IN ('open', 'cut') AND l.debtor_id <> l.creditor_id
"""
_ACTIVE = """
SELECT cycle_id, CASE WHEN kind IN ('issue', 'unissue') THEN issuer_id ELSE redeemer_id END AS partner_id
FROM clearing_slice WHERE kind <> 'expire'
"""

CHARGE_CHECKS = (
    Check(
        "penalties = late payments",
        "each penalty is the days that its cycle charges, at the payments' rates, by 365, half to even",
        f"""
        WITH told AS (
            SELECT cycle_id, partner_id, amount_minor::numeric FROM ({_LINES}) lines WHERE leg = 'penalty'
        ), counted AS (
            SELECT * FROM (
                SELECT cycle_id, partner_id, {HALF_EVEN} AS amount_minor FROM (
                    SELECT t.cycle_id, i.payer_id AS partner_id,
                           sum(t.minor_days * t.rate)::numeric(80, 30) / 365 AS minor
                    FROM late_penalty t JOIN payment_instruction i USING (instruction_id)
                    JOIN cycle c ON c.cycle_id = t.cycle_id AND c.state NOT IN ('open', 'cut')
                    GROUP BY t.cycle_id, i.payer_id
                ) sums
            ) penalties WHERE amount_minor <> 0
        )
        SELECT 'stored' AS side, * FROM (TABLE told EXCEPT TABLE counted) stored
        UNION ALL SELECT 'recomputed', * FROM (TABLE counted EXCEPT TABLE told) recomputed
        """,
    ),
    Check(
        "tax = its legs",
        "each tax is the rate of the contract in force at the cycle's end times the lines of its leg, half to even",
        f"""
        WITH lines AS ({_LINES}), told AS (
            SELECT cycle_id, partner_id, base_leg AS leg, amount_minor::numeric FROM lines WHERE leg = 'tax'
        ), counted AS (
            SELECT * FROM (
                SELECT cycle_id, partner_id, leg, {HALF_EVEN} AS amount_minor FROM (
                    SELECT cycle_id, lines.partner_id, leg,
                           sum(amount_minor) * (v.leg_terms -> leg ->> 'tax_rate')::numeric AS minor
                    FROM lines JOIN contract_version v USING (contract_id)
                    WHERE leg <> 'tax' AND v.leg_terms ? leg GROUP BY cycle_id, lines.partner_id, leg, v.leg_terms
                ) sums
            ) taxes WHERE amount_minor <> 0
        )
        SELECT 'stored' AS side, * FROM (TABLE told EXCEPT TABLE counted) stored
        UNION ALL SELECT 'recomputed', * FROM (TABLE counted EXCEPT TABLE told) recomputed
        """,
    ),
    Check(
        "fees = contracts",
        "each fee is the fixed one and the share of the gross lines for points, of partners whose tills moved points",
        f"""
        WITH lines AS ({_LINES}), told AS (
            SELECT cycle_id, partner_id, amount_minor::numeric FROM lines WHERE leg = 'fee'
        ), counted AS (
            SELECT * FROM (
                SELECT cycle_id, partner_id, {HALF_EVEN} AS amount_minor FROM (
                    SELECT c.cycle_id, a.partner_id, v.fee_per_cycle_minor + v.fee_share_of_gross * coalesce((
                        SELECT sum(abs(amount_minor)) FROM lines l WHERE l.cycle_id = c.cycle_id
                            AND l.partner_id = a.partner_id AND l.leg IN ('issue', 'redemption', 'deferred')
                    ), 0) AS minor
                    FROM (SELECT DISTINCT * FROM ({_ACTIVE}) each) a
                    JOIN cycle c ON c.cycle_id = a.cycle_id AND c.state NOT IN ('open', 'cut')
                    JOIN partner p ON p.partner_id = a.partner_id AND NOT p.is_operator
                    CROSS JOIN LATERAL (
                        SELECT * FROM contract_version WHERE partner_id = a.partner_id AND currency = c.currency
                            AND valid_from < c.ends_at AND point_type = 'base' ORDER BY valid_from DESC LIMIT 1
                    ) v
                ) sums
            ) fees WHERE amount_minor <> 0
        )
        SELECT 'stored' AS side, * FROM (TABLE told EXCEPT TABLE counted) stored
        UNION ALL SELECT 'recomputed', * FROM (TABLE counted EXCEPT TABLE told) recomputed
        """,
    ),
    Check(
        "breakage given back = contracts",
        "each issuer gets the share of the prefunded redemption element of its expired points that its lots' terms say",
        f"""
        WITH told AS (
            SELECT cycle_id, partner_id, amount_minor::numeric FROM ({_LINES}) lines WHERE leg = 'breakage'
        ), counted AS (
            SELECT cycle_id, partner_id, {HALF_EVEN} AS amount_minor FROM (
                SELECT s.cycle_id, s.issuer_id AS partner_id, sum(
                    -s.points * v.funded_at_issue * v.redemption_element * v.breakage_share
                ) * power(10::numeric, k.minor_digits) AS minor
                FROM clearing_slice s
                JOIN cycle c ON c.cycle_id = s.cycle_id AND c.state NOT IN ('open', 'cut')
                JOIN cycle_calendar k ON k.currency = c.currency
                JOIN contract_version v ON v.contract_id = s.issuer_contract_id
                JOIN partner p ON p.partner_id = s.issuer_id AND NOT p.is_operator
                WHERE s.kind = 'expire' AND v.funded_at_issue * v.breakage_share > 0
                GROUP BY s.cycle_id, s.issuer_id, k.minor_digits
            ) sums
        )
        SELECT 'stored' AS side, * FROM (TABLE told EXCEPT TABLE counted) stored
        UNION ALL SELECT 'recomputed', * FROM (TABLE counted EXCEPT TABLE told) recomputed
        """,
    ),
)
