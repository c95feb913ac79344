"""What must hold of the books, as queries that return no row. `network ledger check` runs them."""

from network.infrastructure.checks import Check

CHECKS = (
    Check(
        "the books balance",
        "every entry comes to nothing, and so does each currency's trial balance",
        """
        SELECT cycle_id, step, sum(amount_minor) AS difference FROM book_posting
        GROUP BY cycle_id, step HAVING sum(amount_minor) <> 0
        """,
    ),
    Check(
        "books = lines",
        "what partners owe and are owed in the books of a cycle is what its final lines say",
        """
        SELECT cycle_id, partner_id, b.net_minor AS booked_minor, l.net_minor AS lines_minor FROM (
            SELECT cycle_id, partner_id, -sum(amount_minor) AS net_minor FROM book_posting
            WHERE account IN ('Assets:Receivable', 'Liabilities:Payable')
              AND step NOT IN ('receipt', 'payout') AND step NOT LIKE 'default %'
            GROUP BY 1, 2
        ) b FULL JOIN (
            SELECT s.cycle_id, s.partner_id, s.net_minor FROM statement s JOIN cycle c USING (cycle_id, version)
            JOIN booked_cycle k ON k.cycle_id = s.cycle_id AND k.phase = 'accrual'
        ) l USING (cycle_id, partner_id)
        WHERE coalesce(b.net_minor, 0) <> coalesce(l.net_minor, 0)
        """,
    ),
    Check(
        "blocks = books",
        "what the prepaid blocks that are booked cost is what stands to their partners' credit for them",
        """
        SELECT cycle_id, partner_id, p.amount_minor AS booked_minor, b.amount_minor AS paid_minor FROM (
            SELECT cycle_id, partner_id, -sum(amount_minor) AS amount_minor FROM book_posting
            WHERE account = 'Liabilities:Prepaid' AND step LIKE 'block %' GROUP BY 1, 2
        ) p FULL JOIN (
            SELECT s.cycle_id, b.partner_id, sum(b.amount_minor) AS amount_minor
            FROM booked_source s JOIN prepaid_block b ON b.block_id = s.source_id GROUP BY 1, 2
        ) b USING (cycle_id, partner_id)
        WHERE coalesce(p.amount_minor, 0) <> coalesce(b.amount_minor, 0)
        """,
    ),
    Check(
        "cohorts = slices",
        "the points of each booked cycle, by the month of their issue, are those that were cleared",
        """
        SELECT cycle_id, issuer_contract_id, kind, h.points AS cohorts, s.points AS slices FROM (
            SELECT cycle_id, issuer_contract_id, kind, sum(points) AS points FROM cohort_slice GROUP BY 1, 2, 3
        ) h FULL JOIN (
            SELECT cycle_id, issuer_contract_id, kind, sum(points) AS points
            FROM clearing_slice JOIN booked_cycle USING (cycle_id) WHERE phase = 'accrual' GROUP BY 1, 2, 3
        ) s USING (cycle_id, issuer_contract_id, kind)
        WHERE h.points IS DISTINCT FROM s.points
        """,
    ),
)
