-- A payment that came back, or that its payer in default will not make, is made anew while its cycle is instructed:
-- once, and under ids of its own.

CREATE OR REPLACE FUNCTION payments_of_approved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    in_place_of uuid;
BEGIN
    IF TG_TABLE_NAME = 'payment_instruction' THEN
        in_place_of := NEW.replaces_id;
    ELSE
        SELECT replaces_id INTO in_place_of FROM payment_instruction
            WHERE instruction_id = NEW.instruction_id AND cycle_id = NEW.cycle_id;
    END IF;
    IF NOT EXISTS (
        SELECT FROM cycle WHERE cycle_id = NEW.cycle_id AND version = NEW.version
            AND (state = 'approved' OR state = 'instructed' AND in_place_of IS NOT NULL)
    ) THEN
        RAISE EXCEPTION 'the cycle of this payment is not being instructed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF in_place_of IS NOT NULL AND NOT EXISTS (
        SELECT FROM payment_instruction o
        WHERE o.instruction_id = in_place_of AND o.cycle_id = NEW.cycle_id AND o.version = NEW.version
            AND (o.progress IN ('returned', 'covered') OR EXISTS (
                SELECT FROM covered_default d WHERE d.cycle_id = o.cycle_id AND d.partner_id = o.payer_id
            ))
    ) THEN
        RAISE EXCEPTION 'a payment that did not come back is not made anew' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE FUNCTION payment_instruction_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - 'progress' - 'gateway_reference')
        IS DISTINCT FROM (to_jsonb(OLD) - 'progress' - 'gateway_reference')
        OR (OLD.gateway_reference IS NOT NULL AND NEW.gateway_reference IS DISTINCT FROM OLD.gateway_reference) THEN
        RAISE EXCEPTION 'what a payment is to be never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.progress <> OLD.progress AND (
        NEW.progress = 'prepared' OR NEW.progress = 'sent' AND OLD.progress <> 'prepared'
        OR OLD.progress IN ('replaced', 'covered') OR NEW.progress = 'replaced' AND OLD.progress <> 'returned'
        OR NEW.progress = 'covered' AND OLD.progress = 'settled'
    ) THEN
        RAISE EXCEPTION 'a payment that is % does not become %', OLD.progress, NEW.progress
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM cycle WHERE cycle_id = NEW.cycle_id AND state IN ('approved', 'instructed')) THEN
        RAISE EXCEPTION 'the payments of a paid cycle never change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER covered_default_append_only BEFORE UPDATE OR DELETE ON covered_default
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER booked_source_append_only BEFORE UPDATE OR DELETE ON booked_source
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER payment_attempt_append_only BEFORE UPDATE OR DELETE ON payment_attempt
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What a disputed tax is on stays too.
CREATE OR REPLACE FUNCTION dispute_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decision CONSTANT text[] := ARRAY['verdict', 'granted_minor', 'answer', 'decided_by', 'decided_at'];
BEGIN
    IF TG_OP = 'DELETE' OR OLD.verdict <> 'open'
        OR (to_jsonb(NEW) - decision) IS DISTINCT FROM (to_jsonb(OLD) - decision) THEN
        RAISE EXCEPTION 'a dispute is decided once, and stays' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION dispute_grant_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decision CONSTANT text[] := ARRAY['verdict', 'decided_by', 'decided_at'];
BEGIN
    IF TG_OP = 'DELETE' OR OLD.verdict <> 'submitted'
        OR (to_jsonb(NEW) - decision) IS DISTINCT FROM (to_jsonb(OLD) - decision) THEN
        RAISE EXCEPTION 'a grant is decided once, and stays' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER dispute_grant_decided BEFORE UPDATE OR DELETE ON dispute_grant
    FOR EACH ROW EXECUTE FUNCTION dispute_grant_guard();
