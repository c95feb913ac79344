"""What must hold of payments: queries that return no row, run with those of `checks`."""

from network.infrastructure.checks import Check

PAYMENT_CHECKS = (
    Check(
        "payments = nets",
        "the first instructions of a cycle bring each statement's net to nothing",
        """
        SELECT s.cycle_id, s.partner_id, s.net_minor, coalesce(p.net_minor, 0) AS paid_minor
        FROM statement s JOIN cycle c USING (cycle_id, version)
        LEFT JOIN (
            SELECT cycle_id, version, partner_id, sum(minor) AS net_minor FROM (
                SELECT cycle_id, version, payee_id AS partner_id, amount_minor AS minor FROM payment_instruction
                WHERE replaces_id IS NULL
                UNION ALL SELECT cycle_id, version, payer_id, -amount_minor FROM payment_instruction
                WHERE replaces_id IS NULL
            ) sides GROUP BY 1, 2, 3
        ) p USING (cycle_id, version, partner_id)
        WHERE s.net_minor <> coalesce(p.net_minor, 0)
          AND (c.state IN ('instructed', 'paid', 'closed') OR p.partner_id IS NOT NULL)
          AND EXISTS (SELECT FROM payment_instruction i WHERE i.cycle_id = c.cycle_id)
        """,
    ),
    Check(
        "booked = matched + suspense",
        "each booking of the bank is matched in whole, or in suspense with what is left of it; no more than it is",
        """
        SELECT b.booking_id, b.amount_minor, m.matched_minor FROM bank_booking b
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(amount_minor), 0) AS matched_minor FROM payment_match
            WHERE booking_id = b.booking_id
        ) m
        WHERE b.amount_minor <> m.matched_minor AND (
            NOT EXISTS (SELECT FROM suspense_item s WHERE s.booking_id = b.booking_id)
            OR m.matched_minor * sign(b.amount_minor) NOT BETWEEN 0 AND abs(b.amount_minor)
        )
        UNION ALL
        SELECT t.bank_statement_id, t.booked_minor, coalesce(sum(b.amount_minor), 0)
        FROM bank_statement t LEFT JOIN bank_booking b USING (bank_statement_id)
        GROUP BY t.bank_statement_id
        HAVING t.booked_minor <> coalesce(sum(b.amount_minor), 0) OR t.bookings <> count(b.booking_id)
        """,
    ),
    Check(
        "settled = matched",
        "an instruction is settled by bookings of exactly its amount, or by the payment service's own word",
        """
        SELECT i.instruction_id, i.progress, i.expected_minor, m.matched_minor FROM payment_instruction i
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(amount_minor), 0) AS matched_minor FROM payment_match
            WHERE instruction_id = i.instruction_id
        ) m
        WHERE m.matched_minor * sign(i.expected_minor) NOT BETWEEN 0 AND i.amount_minor
           OR i.progress = 'settled' AND m.matched_minor <> i.expected_minor AND i.gateway_reference IS NULL
           OR i.gateway_reference IS NOT NULL AND i.method <> 'gateway'
        """,
    ),
    Check(
        "paid anew = came back",
        "what was made anew replaces, once, what came back whole, or what a partner in default leaves to be paid",
        """
        SELECT o.instruction_id, o.progress, n.instruction_id AS anew_id, n.amount_minor, m.matched_minor
        FROM payment_instruction o LEFT JOIN payment_instruction n ON n.replaces_id = o.instruction_id
        LEFT JOIN covered_default d ON d.cycle_id = o.cycle_id AND d.partner_id = o.payer_id
        CROSS JOIN LATERAL (
            SELECT abs(coalesce(sum(amount_minor), 0)) AS matched_minor FROM payment_match
            WHERE instruction_id = o.instruction_id
        ) m
        WHERE n.instruction_id IS NOT NULL AND (o.progress NOT IN ('replaced', 'covered')
              OR n.payee_id <> o.payee_id OR n.amount_minor <> o.amount_minor - m.matched_minor)
           OR o.progress = 'replaced' AND (n.instruction_id IS NULL OR m.matched_minor <> 0)
           OR o.progress = 'covered' AND d.partner_id IS NULL
           OR o.progress = 'covered' AND n.instruction_id IS NULL AND o.amount_minor > m.matched_minor
              AND o.payee_id <> (SELECT partner_id FROM partner WHERE is_operator)
        """,
    ),
    Check(
        "closed = all settled",
        "a cycle is paid and closed when every payment of it has been seen, was replaced, or is covered",
        """
        SELECT c.name, i.instruction_id, i.progress FROM cycle c JOIN payment_instruction i USING (cycle_id, version)
        WHERE c.state IN ('paid', 'closed') AND i.progress NOT IN ('settled', 'replaced', 'covered')
        """,
    ),
)
