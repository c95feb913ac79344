"""What must hold at every cycle, as queries that return no row. `network ledger check` runs them on one snapshot.

They compute everything again from the ledger, by SQL of their own: cycles are assigned by comparing each movement with
each cycle, amounts by PostgreSQL's arithmetic, so that a mistake in the Python that settled is not made twice.
"""

from network.infrastructure.checks import Check
from network.settlement.charge_checks import CHARGE_CHECKS, HALF_EVEN
from network.settlement.number_checks import NUMBER_CHECKS
from network.settlement.payment_checks import PAYMENT_CHECKS

# Every cycle with the horizons between which late movements fall into it; see `domain.cycle_of`. While the cycle
# before is open nothing can be late for it, and comparisons with null let nothing through.
_CYCLES = """
SELECT cycle_id, currency, name, state, version, starts_at, ends_at, closed_at_xid,
       CASE WHEN row_number() OVER w = 1 THEN 0 ELSE lag(closed_at_xid) OVER w END AS late_from_xid
FROM cycle WINDOW w AS (PARTITION BY currency ORDER BY starts_at)
"""
_FALLS_INTO = """
m.currency = c.currency AND m.posted_at < c.ends_at AND (m.posted_at >= c.starts_at OR m.xid >= c.late_from_xid)
AND (c.closed_at_xid IS NULL OR m.xid < c.closed_at_xid)
"""
_FOLDED = """
m.kind IN ('issue', 'unissue', 'draw', 'undraw', 'expire') AND m.xid < (SELECT next_xid FROM settlement_horizon)
"""

# The lines that follow from the slices by the formulas of docs/economics.md, in exact minor units.
_CLAIMS = """
SELECT s.cycle_id, s.issuer_id, s.redeemer_id, leg.leg, leg.points,
       leg.amount * power(10::numeric, k.minor_digits) AS minor
FROM clearing_slice s
JOIN cycle c USING (cycle_id)
JOIN cycle_calendar k ON k.currency = c.currency
JOIN contract_version i ON i.contract_id = s.issuer_contract_id
LEFT JOIN contract_version v ON v.contract_id = s.redeemer_contract_id
LEFT JOIN contract_version r
    ON r.partner_id = v.partner_id AND r.version = v.version AND r.point_type = i.point_type
CROSS JOIN LATERAL (
    SELECT 'issue' AS leg, s.points, s.points * i.funded_at_issue * i.issuance_price AS amount
    WHERE s.kind IN ('issue', 'unissue') AND NOT i.prepaid
    UNION ALL
    SELECT 'redemption', -s.points, -s.points * r.reimbursement_rate
        * CASE WHEN s.redeemer_id = s.issuer_id THEN i.funded_at_issue ELSE 1 END
    WHERE s.kind IN ('draw', 'undraw')
    UNION ALL
    SELECT 'deferred', -s.points, -s.points * (1 - i.funded_at_issue) * i.issuance_price
    WHERE s.kind IN ('draw', 'undraw') AND s.redeemer_id <> s.issuer_id AND i.funded_at_issue < 1
) leg
"""
CHECKS = (
    Check(
        "every movement is in exactly one cycle",
        "no points are cleared twice, and none never",
        f"""
        SELECT m.wallet_id, m.sequence, m.line, count(c.cycle_id) AS cycles
        FROM movement m LEFT JOIN ({_CYCLES}) c ON {_FALLS_INTO}
        WHERE {_FOLDED} GROUP BY m.wallet_id, m.sequence, m.line HAVING count(c.cycle_id) <> 1
        """,
    ),
    Check(
        "slices = movements",
        "each cycle's sums are those of the movements that fall into it, in points and in number; closed ones' still",
        f"""
        WITH told AS (
            SELECT cycle_id, kind, issuer_id, redeemer_id, issuer_contract_id, redeemer_contract_id, points, movements
            FROM clearing_slice
        ), counted AS (
            SELECT c.cycle_id, m.kind, m.issuer_id, m.redeemer_id, m.issuer_contract_id, m.redeemer_contract_id,
                   sum(m.points)::bigint AS points, count(*) AS movements
            FROM movement m JOIN ({_CYCLES}) c ON {_FALLS_INTO} WHERE {_FOLDED} GROUP BY 1, 2, 3, 4, 5, 6
        )
        SELECT 'stored' AS side, * FROM (TABLE told EXCEPT TABLE counted) stored
        UNION ALL SELECT 'recomputed', * FROM (TABLE counted EXCEPT TABLE told) recomputed
        """,
    ),
    Check(
        "lines = slices",
        "each line of a netted cycle has the points of its slices, and their amount, rounded once, half to even",
        f"""
        WITH told AS (
            SELECT l.cycle_id, l.issuer_id, l.redeemer_id, l.leg, l.points, l.amount_minor::numeric
            FROM settlement_line l JOIN cycle c USING (cycle_id, version)
            WHERE c.state NOT IN ('open', 'cut') AND l.leg IN ('issue', 'redemption', 'deferred')
        ), counted AS (
            SELECT * FROM (
                SELECT cycle_id, issuer_id, redeemer_id, leg, points::bigint, {HALF_EVEN} AS amount_minor FROM (
                    SELECT cycle_id, issuer_id, redeemer_id, leg, sum(points) AS points, sum(minor) AS minor
                    FROM ({_CLAIMS}) claims GROUP BY 1, 2, 3, 4
                ) sums
            ) lines JOIN (SELECT cycle_id FROM cycle WHERE state NOT IN ('open', 'cut')) netted USING (cycle_id)
            WHERE points <> 0 OR amount_minor <> 0
        )
        SELECT 'stored' AS side, * FROM (TABLE told EXCEPT TABLE counted) stored
        UNION ALL SELECT 'recomputed', * FROM (TABLE counted EXCEPT TABLE told) recomputed
        """,
    ),
    *CHARGE_CHECKS,
    Check(
        "lines = adjustments",
        "each netted cycle pays a partner in one line what was adjusted while it was open, no more and no less",
        """
        WITH told AS (
            SELECT cycle_id, issuer_id AS partner_id, amount_minor::numeric, debtor_id, creditor_id
            FROM settlement_line l JOIN cycle c USING (cycle_id, version)
            WHERE c.state NOT IN ('open', 'cut') AND l.leg = 'adjustment'
        ), counted AS (
            SELECT a.cycle_id, a.partner_id, sum(a.amount_minor), o.partner_id, a.partner_id
            FROM settlement_adjustment a JOIN cycle c USING (cycle_id) JOIN partner o ON o.is_operator
            WHERE c.state NOT IN ('open', 'cut') GROUP BY a.cycle_id, a.partner_id, o.partner_id
            HAVING sum(a.amount_minor) <> 0
        )
        SELECT 'stored' AS side, * FROM (TABLE told EXCEPT TABLE counted) stored
        UNION ALL SELECT 'recomputed', * FROM (TABLE counted EXCEPT TABLE told) recomputed
        """,
    ),
    Check(
        "statements = lines",
        "each partner's statement adds up to its lines, rejected versions' too, and every partner with a line has one",
        """
        SELECT cycle_id, partner_id, version, s.net_minor, l.net_minor AS lines_minor
        FROM statement s FULL JOIN (
            SELECT cycle_id, settlement_line.version, partner_id,
                   coalesce(sum(amount_minor) FILTER (WHERE leg = 'issue'), 0) AS issue_minor,
                   coalesce(sum(amount_minor) FILTER (WHERE leg = 'redemption'), 0) AS redemption_minor,
                   coalesce(sum(amount_minor) FILTER (WHERE leg = 'deferred'), 0) AS deferred_minor,
                   coalesce(sum(amount_minor) FILTER (WHERE leg = 'breakage'), 0) AS breakage_minor,
                   coalesce(sum(amount_minor) FILTER (WHERE leg = 'fee'), 0) AS fee_minor,
                   coalesce(sum(CASE WHEN debtor_id = partner_id THEN amount_minor ELSE -amount_minor END)
                       FILTER (WHERE leg = 'tax'), 0) AS tax_minor,
                   coalesce(sum(amount_minor) FILTER (WHERE leg = 'penalty'), 0) AS penalty_minor,
                   coalesce(sum(amount_minor) FILTER (WHERE leg = 'adjustment'), 0) AS adjustment_minor,
                   sum(CASE WHEN creditor_id = partner_id THEN amount_minor ELSE -amount_minor END) AS net_minor
            FROM settlement_line
            CROSS JOIN LATERAL (SELECT CASE leg WHEN 'redemption' THEN redeemer_id ELSE issuer_id END) p(partner_id)
            JOIN cycle c USING (cycle_id)
            WHERE NOT (c.state = 'netted' AND c.version = settlement_line.version)
              AND partner_id <> (SELECT partner_id FROM partner WHERE is_operator)
            GROUP BY cycle_id, settlement_line.version, partner_id
        ) l USING (cycle_id, version, partner_id)
        WHERE (s.issue_minor, s.redemption_minor, s.deferred_minor, s.breakage_minor, s.fee_minor, s.tax_minor,
               s.penalty_minor, s.adjustment_minor, s.net_minor)
            IS DISTINCT FROM (l.issue_minor, l.redemption_minor, l.deferred_minor, l.breakage_minor, l.fee_minor,
                              l.tax_minor, l.penalty_minor, l.adjustment_minor, l.net_minor)
        """,
    ),
    Check(
        "partners' nets + operator = 0",
        "netting makes and loses no money: what partners are to receive is what the operator's own entries pay",
        """
        SELECT c.name, c.version, n.net_minor AS partners_minor, o.net_minor AS operator_minor
        FROM cycle c
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(net_minor), 0) AS net_minor FROM statement s
            WHERE s.cycle_id = c.cycle_id AND s.version = c.version
        ) n
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(amount_minor) FILTER (WHERE creditor_id = p.partner_id), 0)
                 - coalesce(sum(amount_minor) FILTER (WHERE debtor_id = p.partner_id), 0) AS net_minor
            FROM settlement_line l, partner p
            WHERE l.cycle_id = c.cycle_id AND l.version = c.version AND p.is_operator
        ) o
        WHERE c.state NOT IN ('open', 'cut', 'netted') AND n.net_minor + o.net_minor <> 0
        """,
    ),
    Check(
        "issued = outstanding + burned + expired + reversed",
        "per issuer: what all cycles count, and what no cut has reached yet, is what is left in the issuer's lots",
        f"""
        WITH cleared AS (
            SELECT c.currency, s.issuer_id, s.kind, s.points FROM clearing_slice s JOIN cycle c USING (cycle_id)
            UNION ALL
            SELECT m.currency, m.issuer_id, m.kind, m.points FROM movement m
            WHERE m.kind IN ('issue', 'unissue', 'draw', 'undraw', 'expire') AND NOT coalesce({_FOLDED}, false)
        ), rolled AS (
            SELECT currency, issuer_id,
                   coalesce(sum(points) FILTER (WHERE kind = 'issue'), 0) AS issued,
                   -coalesce(sum(points) FILTER (WHERE kind IN ('draw', 'undraw')), 0) AS burned,
                   -coalesce(sum(points) FILTER (WHERE kind = 'expire'), 0) AS expired,
                   -coalesce(sum(points) FILTER (WHERE kind = 'unissue'), 0) AS reversed
            FROM cleared GROUP BY 1, 2
        ), kept AS (SELECT currency, issuer_id, sum(remaining) AS outstanding FROM lot GROUP BY 1, 2)
        SELECT currency, issuer_id, issued, outstanding, burned, expired, reversed
        FROM rolled FULL JOIN kept USING (currency, issuer_id)
        WHERE (issued = outstanding + burned + expired + reversed) IS NOT TRUE
        """,
    ),
    Check(
        "proofs = slices",
        "each proven cycle has an entry for every partner, of as many lines as movements of its own were folded",
        """
        SELECT cycle_id, partner_id, e.lines, s.movements
        FROM proof_entry e FULL JOIN (
            SELECT cycle_id, partner_id, sum(movements)::bigint AS movements
            FROM clearing_slice JOIN cycle_proof USING (cycle_id) CROSS JOIN LATERAL (
                SELECT issuer_id UNION SELECT redeemer_id WHERE redeemer_id IS NOT NULL
            ) party(partner_id) JOIN partner p USING (partner_id) WHERE NOT p.is_operator
            GROUP BY cycle_id, partner_id
        ) s USING (cycle_id, partner_id)
        WHERE e.lines IS DISTINCT FROM s.movements
        """,
    ),
    Check(
        "cycles follow each other",
        "a currency's cycles leave no gap, are cut in order, and each cut is in the log",
        """
        SELECT name, 'gap' AS fault FROM (
            SELECT name, starts_at, lag(ends_at) OVER (PARTITION BY currency ORDER BY starts_at) AS before FROM cycle
        ) g WHERE starts_at <> before
        UNION ALL
        SELECT name, 'cut before the one before it' FROM (
            SELECT name, closed_at_xid, count(*) OVER w AS cycles, max(closed_at_xid) OVER w AS before,
                   count(closed_at_xid) OVER w AS closed
            FROM cycle WINDOW w AS (PARTITION BY currency ORDER BY starts_at
                                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
        ) o WHERE closed_at_xid IS NOT NULL AND (closed < cycles OR closed_at_xid < before)
        UNION ALL
        SELECT c.name, 'not exactly one cut' FROM cycle c LEFT JOIN settlement_cut s ON s.closes_cycle_id = c.cycle_id
        WHERE c.state <> 'open' GROUP BY c.cycle_id
        HAVING count(s.to_xid) <> 1 OR min(s.to_xid) <> min(c.closed_at_xid)
        """,
    ),
    Check(
        "the audit trail is whole",
        "every step's hash follows from its text and the hash before it, and the last one says what the cycle is",
        """
        SELECT cycle_id, step, 'hash' AS fault FROM (
            SELECT cycle_id, step, hash, row_number() OVER w AS place, entry,
                   sha256(lag(hash, 1, decode(repeat('00', 32), 'hex')) OVER w || convert_to(entry, 'UTF8')) AS follows
            FROM settlement_trail WINDOW w AS (PARTITION BY cycle_id ORDER BY step)
        ) t WHERE step <> place OR step <> (entry::json ->> 'step')::int OR hash <> follows
        UNION ALL
        SELECT cycle_id, step, 'state' FROM (
            SELECT DISTINCT ON (cycle_id) cycle_id, step, entry::json -> 'after' ->> 'state' AS told
            FROM settlement_trail WHERE entry::json -> 'after' ->> 'state' IS NOT NULL ORDER BY cycle_id, step DESC
        ) last JOIN cycle USING (cycle_id) WHERE state <> told
        """,
    ),
    Check(
        "every movement is within a cut's reach",
        "no movement has a transaction id that this server has yet to give out, or one without the present offset",
        """
        SELECT m.wallet_id, m.sequence, m.line, m.xid FROM movement m
        WHERE m.xid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
            + coalesce((SELECT xid_offset FROM settlement_horizon), 0)
        """,
    ),
    Check(
        "the horizon is this server's",
        "transaction ids of another server mean nothing here; after a restore: network settlement adopt-server",
        """
        SELECT h.system_identifier AS recorded, s.system_identifier AS present
        FROM settlement_horizon h, pg_control_system() s WHERE h.system_identifier <> s.system_identifier
        """,
    ),
    *NUMBER_CHECKS,
    *PAYMENT_CHECKS,
)
