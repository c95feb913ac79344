-- Numbers of approved statements: given once, in order, and never changed.

-- What was approved before there were numbers gets its own, in the order of the approvals, by Gregorian years.
INSERT INTO statement_number (statement_id, partner_id, year, number, reference, kind, given_at)
SELECT statement_id, partner_id, year, number, code || '-' || year || '-' || lpad(number::text, greatest(4, length(number::text)), '0'),
       CASE WHEN net_minor > 0 THEN 'credit_note' ELSE 'invoice' END, approved_at
FROM (
    SELECT s.statement_id, s.partner_id, s.net_minor, p.code, c.approved_at, y.year,
           row_number() OVER (PARTITION BY s.partner_id, y.year ORDER BY c.approved_at, s.statement_id)::int AS number
    FROM statement s
    JOIN cycle c ON c.cycle_id = s.cycle_id AND c.version = s.version AND c.approved_at IS NOT NULL
    JOIN cycle_calendar k ON k.currency = s.currency
    JOIN partner p ON p.partner_id = s.partner_id
    CROSS JOIN LATERAL (SELECT extract(year FROM c.approved_at AT TIME ZONE k.time_zone)::int AS year) y
) numbered;

INSERT INTO document_series (partner_id, year, last_number)
SELECT partner_id, year, max(number) FROM statement_number GROUP BY partner_id, year;

-- A series begins with 1 and goes on by 1.
CREATE FUNCTION document_series_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR TG_OP = 'INSERT' AND NEW.last_number <> 1 OR TG_OP = 'UPDATE'
        AND (NEW.partner_id, NEW.year, NEW.last_number) IS DISTINCT FROM (OLD.partner_id, OLD.year, OLD.last_number + 1)
    THEN
        RAISE EXCEPTION 'the numbers of a series follow each other' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER document_series_in_order BEFORE INSERT OR UPDATE OR DELETE ON document_series
    FOR EACH ROW EXECUTE FUNCTION document_series_guard();

-- A number is the last of its series, and goes to a statement that is approved, in its present version.
CREATE FUNCTION statement_number_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM statement s JOIN cycle c ON c.cycle_id = s.cycle_id AND c.version = s.version
        WHERE s.statement_id = NEW.statement_id AND s.partner_id = NEW.partner_id AND c.approved_at IS NOT NULL
    ) OR NOT EXISTS (
        SELECT FROM document_series
        WHERE partner_id = NEW.partner_id AND year = NEW.year AND last_number = NEW.number
    ) THEN
        RAISE EXCEPTION 'this is not the next number, or its statement is not approved'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER statement_number_next BEFORE INSERT ON statement_number
    FOR EACH ROW EXECUTE FUNCTION statement_number_guard();
CREATE TRIGGER statement_number_append_only BEFORE UPDATE OR DELETE ON statement_number
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
