-- What is told to the bank and what the bank tells is only added; an instruction makes progress, and nothing else of it
-- changes.

CREATE TRIGGER partner_bank_account_append_only BEFORE UPDATE OR DELETE ON partner_bank_account
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER settlement_file_append_only BEFORE UPDATE OR DELETE ON settlement_file
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER bank_statement_append_only BEFORE UPDATE OR DELETE ON bank_statement
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER bank_booking_append_only BEFORE UPDATE OR DELETE ON bank_booking
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER payment_match_append_only BEFORE UPDATE OR DELETE ON payment_match
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER suspense_item_append_only BEFORE UPDATE OR DELETE ON suspense_item
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Instructions and files are made while their cycle is approved: the step to `instructed` comes last.
CREATE FUNCTION payments_of_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM cycle WHERE cycle_id = NEW.cycle_id AND state = 'approved' AND version = NEW.version
    ) THEN
        RAISE EXCEPTION 'the cycle of this payment is not being instructed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER payment_instruction_approved BEFORE INSERT ON payment_instruction
    FOR EACH ROW EXECUTE FUNCTION payments_of_approved();
CREATE TRIGGER settlement_file_approved BEFORE INSERT ON settlement_file
    FOR EACH ROW EXECUTE FUNCTION payments_of_approved();

CREATE FUNCTION payment_instruction_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - 'progress' - 'gateway_reference')
        IS DISTINCT FROM (to_jsonb(OLD) - 'progress' - 'gateway_reference')
        OR (OLD.gateway_reference IS NOT NULL AND NEW.gateway_reference IS DISTINCT FROM OLD.gateway_reference) THEN
        RAISE EXCEPTION 'what a payment is to be never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.progress <> OLD.progress AND (NEW.progress = 'prepared' OR NEW.progress = 'sent' AND OLD.progress <> 'prepared')
    THEN
        RAISE EXCEPTION 'a payment that is % does not become %', OLD.progress, NEW.progress
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM cycle WHERE cycle_id = NEW.cycle_id AND state IN ('approved', 'instructed')) THEN
        RAISE EXCEPTION 'the payments of a paid cycle never change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER payment_instruction_progress BEFORE UPDATE OR DELETE ON payment_instruction
    FOR EACH ROW EXECUTE FUNCTION payment_instruction_guard();

-- No instruction is ever matched with more than it is, and no booking beyond its amount: whoever matches locks both.
CREATE FUNCTION payment_match_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    expected bigint;
    booked bigint;
    total numeric;
BEGIN
    SELECT amount_minor INTO booked FROM bank_booking WHERE booking_id = NEW.booking_id FOR UPDATE;
    SELECT expected_minor INTO expected FROM payment_instruction
        WHERE instruction_id = NEW.instruction_id FOR UPDATE;
    SELECT coalesce(sum(amount_minor), 0) + NEW.amount_minor INTO total FROM payment_match
        WHERE instruction_id = NEW.instruction_id;
    IF total * sign(expected) NOT BETWEEN 0 AND abs(expected) THEN
        RAISE EXCEPTION 'an instruction is matched once' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT coalesce(sum(amount_minor), 0) + NEW.amount_minor INTO total FROM payment_match
        WHERE booking_id = NEW.booking_id;
    IF total * sign(booked) NOT BETWEEN 1 AND abs(booked) OR sign(NEW.amount_minor) <> sign(booked) THEN
        RAISE EXCEPTION 'a booking is matched once' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER payment_match_once BEFORE INSERT ON payment_match
    FOR EACH ROW EXECUTE FUNCTION payment_match_guard();
