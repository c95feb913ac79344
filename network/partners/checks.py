"""What must always hold of contracts, blocks and signed requests. `network ledger check` runs these queries."""

from network.infrastructure.checks import Check

CHECKS = (
    Check(
        "rates of types = versions",
        "each version has a row for each type of points, alike but for the rates that it names for the type",
        """
        SELECT b.partner_id, b.version, t.point_type FROM contract_version b
        CROSS JOIN unnest(ARRAY['bonus', 'goodwill']) t (point_type)
        CROSS JOIN LATERAL (SELECT b.type_rates -> t.point_type AS told) named
        LEFT JOIN contract_version v
            ON v.partner_id = b.partner_id AND v.version = b.version AND v.point_type = t.point_type
        WHERE b.point_type = 'base' AND (
            v.redemption_element, v.service_fee, v.reimbursement_rate, v.funded_at_issue, v.currency, v.valid_from,
            v.member_value, v.prepaid, v.expires_after_months, v.breakage_share, v.type_rates
        ) IS DISTINCT FROM (
            coalesce((told ->> 'redemption_element')::numeric, b.redemption_element),
            coalesce((told ->> 'service_fee')::numeric, b.service_fee),
            coalesce((told ->> 'reimbursement_rate')::numeric, b.reimbursement_rate),
            coalesce((told ->> 'funded_at_issue')::numeric, b.funded_at_issue), b.currency, b.valid_from,
            b.member_value, b.prepaid, b.expires_after_months, b.breakage_share, b.type_rates
        )
        """,
    ),
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
    Check(
        "a signature = an entry of its partner's, by a key of its own",
        "what issuers are shown was signed by whoever drew their points",
        """
        SELECT s.wallet_id, s.sequence, s.partner_id, s.kid FROM request_signature s
        LEFT JOIN journal j ON j.wallet_id = s.wallet_id AND j.sequence = s.sequence AND j.partner_id = s.partner_id
        LEFT JOIN partner_key k ON k.kid = s.kid AND k.partner_id = s.partner_id
        WHERE j.wallet_id IS NULL OR k.kid IS NULL
        """,
    ),
    Check(
        "what has to be signed is signed",
        "no issuer is asked to pay for an unsigned draw at a partner that signs; some minutes' grace after a new rule",
        """
        SELECT j.wallet_id, j.sequence, j.partner_id, j.operation FROM journal j
        LEFT JOIN request_signature s USING (wallet_id, sequence)
        WHERE s.kid IS NULL AND j.operation IN ('redemption', 'hold', 'capture', 'redemption_reversal')
            AND j.partner_id IN (SELECT partner_id FROM signing_rule)
            AND (SELECT array_agg(r.is_required) FROM signing_rule r WHERE r.partner_id = j.partner_id
                AND r.since <= j.posted_at AND coalesce((SELECT min(n.since) FROM signing_rule n
                    WHERE n.partner_id = r.partner_id AND n.since > r.since), 'infinity')
                    > j.posted_at - interval '10 minutes') = '{true}'
        """,
    ),
)
