"""The formulas of docs/economics.md as SQL, for what is computed again without the Python that settled.

Both sides of a comparison read them here, so that they are one text: sums `s` of movements by contract versions, the
issuer's version `i`, the redeemer's `r`.
"""

LEGS = """
    SELECT 'issue' AS leg, s.points, s.points * i.funded_at_issue * i.issuance_price AS amount
    WHERE s.kind IN ('issue', 'unissue')
    UNION ALL
    SELECT 'redemption', -s.points, -s.points * r.reimbursement_rate
        * CASE WHEN s.redeemer_id = s.issuer_id THEN i.funded_at_issue ELSE 1 END
    WHERE s.kind IN ('draw', 'undraw')
    UNION ALL
    SELECT 'deferred', -s.points, -s.points * (1 - i.funded_at_issue) * i.issuance_price
    WHERE s.kind IN ('draw', 'undraw') AND s.redeemer_id <> s.issuer_id AND i.funded_at_issue < 1
"""
HALF_EVEN = "CASE WHEN abs(minor - trunc(minor)) = 0.5 THEN 2 * round(minor / 2) ELSE round(minor) END"
