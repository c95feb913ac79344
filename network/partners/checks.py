"""What must always hold of prepaid blocks, as queries that return no row. `network ledger check` runs them."""

from network.infrastructure.checks import Check

CHECKS = (
    Check(
        "block = what is left + what was issued from it",
        "no point of a prepaid block is issued twice, and none is lost between its slots",
        """
        SELECT b.block_id, b.points, s.remaining, u.used FROM prepaid_block b
        LEFT JOIN (SELECT allowance_id, sum(remaining) AS remaining FROM allowance_slot GROUP BY 1) s
            ON s.allowance_id = b.block_id
        LEFT JOIN (SELECT allowance_id, sum(amount) AS used FROM allowance_use GROUP BY 1) u
            ON u.allowance_id = b.block_id
        WHERE (b.points = s.remaining + coalesce(u.used, 0)) IS NOT TRUE
        """,
    ),
    Check(
        "prepaid points = their blocks",
        "of each lot under a prepaid contract, what was issued and not reversed was taken from the issuer's blocks",
        """
        WITH issued AS (
            SELECT m.wallet_id, m.lot_id, m.issuer_id, m.currency, sum(m.points) AS points
            FROM movement m JOIN contract_version c ON c.contract_id = m.issuer_contract_id AND c.prepaid
            WHERE m.kind IN ('issue', 'unissue') GROUP BY 1, 2, 3, 4
        ), taken AS (
            SELECT u.wallet_id, u.lot_id, b.partner_id AS issuer_id, b.currency, sum(u.amount) AS points
            FROM allowance_use u JOIN prepaid_block b ON b.block_id = u.allowance_id GROUP BY 1, 2, 3, 4
        )
        SELECT 'issued' AS side, * FROM (TABLE issued EXCEPT TABLE taken) issued
        UNION ALL SELECT 'taken', * FROM (TABLE taken EXCEPT TABLE issued) taken
        """,
    ),
)
