"""What must always hold of households: nobody has points that are a stranger's."""

from network.infrastructure.checks import Check

# Whose each wallet is now: of a merged account, the member that it was merged into, and so on.
_OWNERS = """
WITH RECURSIVE person AS (
    SELECT wallet_id, member_id AS present_id, merged_into FROM member
    UNION ALL
    SELECT p.wallet_id, m.member_id, m.merged_into FROM person p JOIN member m ON m.member_id = p.merged_into
), owner AS (SELECT wallet_id, present_id FROM person WHERE merged_into IS NULL)
"""

CHECKS = (
    Check(
        "moved points are their owner's, or in its pool",
        "points that were moved lie with the member they were issued to, or in the pool of a household it is in",
        f"""
        {_OWNERS}
        SELECT l.wallet_id, l.lot_id, l.remaining, giver.present_id AS giver FROM lot l
        JOIN transfer_leg t USING (wallet_id, lot_id, sequence)
        LEFT JOIN lot root ON root.lot_id = t.root_lot_id
        LEFT JOIN owner giver ON giver.wallet_id = root.wallet_id
        LEFT JOIN owner keeper ON keeper.wallet_id = l.wallet_id
        LEFT JOIN household h ON h.wallet_id = l.wallet_id
        LEFT JOIN household_member m ON m.household_id = h.household_id AND m.member_id = giver.present_id
            AND m.standing = 'active'
        WHERE l.remaining > 0
            AND (giver.present_id = coalesce(keeper.present_id, m.member_id)) IS NOT TRUE
        """,
    ),
    Check(
        "member in a household = its membership",
        "a member's row names the household that it is in, and an active membership is in one that is not dissolved",
        """
        SELECT member_id, a.household_id AS told, m.household_id, h.dissolved_at FROM member a
        FULL JOIN (SELECT * FROM household_member WHERE standing = 'active') m USING (member_id)
        LEFT JOIN household h ON h.household_id = m.household_id
        WHERE a.household_id IS DISTINCT FROM m.household_id OR h.dissolved_at IS NOT NULL
        """,
    ),
)
