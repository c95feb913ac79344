"""What must hold of the numbers of invoices and credit notes, as queries that return no row."""

from network.infrastructure.checks import Check

NUMBER_CHECKS = (
    Check(
        "numbers without gaps",
        "each partner's numbers of a year are 1, 2, 3, ... up to the last one of their series",
        """
        SELECT coalesce(n.partner_id, s.partner_id) AS partner_id, coalesce(n.year, s.year) AS year, s.last_number,
               n.numbers, n.highest
        FROM document_series s FULL JOIN (
            SELECT partner_id, year, count(*) AS numbers, max(number) AS highest FROM statement_number GROUP BY 1, 2
        ) n ON n.partner_id = s.partner_id AND n.year = s.year
        WHERE s.last_number IS DISTINCT FROM n.numbers OR s.last_number IS DISTINCT FROM n.highest
        """,
    ),
    Check(
        "numbers = approved statements",
        "a statement has a number exactly if its cycle is approved in its version, and is a credit note if it receives",
        """
        SELECT s.statement_id, s.version, c.state, n.reference, n.kind
        FROM statement s JOIN cycle c USING (cycle_id) LEFT JOIN statement_number n USING (statement_id)
        WHERE (n.statement_id IS NOT NULL) <> (c.approved_at IS NOT NULL AND c.version = s.version)
           OR n.partner_id <> s.partner_id OR (n.kind = 'credit_note') <> (s.net_minor > 0)
        """,
    ),
)
