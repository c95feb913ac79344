-- The states of a cycle, and what must never change once it is decided, held by the database itself.

-- The table of steps is that of `settlement.domain.states`. What a cycle has reached keeps its instant; a rejection
-- takes a stated cycle back to cut; a closed one never changes again.
CREATE OR REPLACE FUNCTION cycle_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    states CONSTANT text[] := ARRAY['open', 'cut', 'netted', 'stated', 'approved', 'instructed', 'paid', 'closed'];
    kept int;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a cycle is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state = 'closed' THEN
        RAISE EXCEPTION 'a closed cycle never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.cycle_id, NEW.currency, NEW.name, NEW.starts_at, NEW.ends_at)
        IS DISTINCT FROM (OLD.cycle_id, OLD.currency, OLD.name, OLD.starts_at, OLD.ends_at) THEN
        RAISE EXCEPTION 'the period of a cycle never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.closed_at_xid IS NOT NULL AND (NEW.closed_at_xid, NEW.boundary_xid, NEW.folded_from_xid, NEW.cut_at)
        IS DISTINCT FROM (OLD.closed_at_xid, OLD.boundary_xid, OLD.folded_from_xid, OLD.cut_at) THEN
        RAISE EXCEPTION 'what was cut stays cut' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('open', 'cut'), ('cut', 'netted'), ('netted', 'stated'), ('stated', 'approved'), ('stated', 'cut'),
        ('approved', 'instructed'), ('instructed', 'paid'), ('paid', 'closed')
    ) THEN
        RAISE EXCEPTION 'a cycle that is % cannot become %', OLD.state, NEW.state USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.version <> OLD.version + (OLD.state = 'cut' AND NEW.state = 'netted')::int THEN
        RAISE EXCEPTION 'a cycle has a new version when it is netted' USING ERRCODE = 'restrict_violation';
    END IF;
    kept := least(array_position(states, OLD.state), array_position(states, NEW.state)) - 1;
    IF (ARRAY[NEW.cut_at, NEW.netted_at, NEW.stated_at, NEW.approved_at, NEW.instructed_at, NEW.paid_at])[1:kept]
        IS DISTINCT FROM
       (ARRAY[OLD.cut_at, OLD.netted_at, OLD.stated_at, OLD.approved_at, OLD.instructed_at, OLD.paid_at])[1:kept] THEN
        RAISE EXCEPTION 'what a cycle has reached keeps its instant' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION cycle_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'open' OR NEW.version <> 0 THEN
        RAISE EXCEPTION 'a cycle begins open' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER cycle_open BEFORE INSERT ON cycle FOR EACH ROW EXECUTE FUNCTION cycle_begins();

-- Lines are written while a cycle is netted, statements while it is stated, adjustments while it is open; never after.
CREATE FUNCTION settlement_line_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM cycle WHERE cycle_id = NEW.cycle_id AND state = 'cut' AND version + 1 = NEW.version
    ) THEN
        RAISE EXCEPTION 'the cycle of this line is not being netted' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER settlement_line_netted BEFORE INSERT ON settlement_line
    FOR EACH ROW EXECUTE FUNCTION settlement_line_guard();

CREATE FUNCTION statement_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM cycle WHERE cycle_id = NEW.cycle_id AND state = 'netted' AND version = NEW.version
    ) THEN
        RAISE EXCEPTION 'the cycle of this statement is not being stated' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER statement_stated BEFORE INSERT ON statement FOR EACH ROW EXECUTE FUNCTION statement_guard();

CREATE FUNCTION settlement_adjustment_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM cycle WHERE cycle_id = NEW.cycle_id AND state = 'open') THEN
        RAISE EXCEPTION 'the cycle of this adjustment is closed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER settlement_adjustment_open BEFORE INSERT ON settlement_adjustment
    FOR EACH ROW EXECUTE FUNCTION settlement_adjustment_guard();
CREATE TRIGGER settlement_adjustment_append_only BEFORE UPDATE OR DELETE ON settlement_adjustment
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER settlement_trail_append_only BEFORE UPDATE OR DELETE ON settlement_trail
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER settlement_notice_append_only BEFORE UPDATE OR DELETE ON settlement_notice
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER statement_paid_append_only BEFORE UPDATE OR DELETE ON statement_paid
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What was put before somebody is decided on once, and stays what it was.
CREATE FUNCTION cycle_submission_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.verdict <> 'submitted' OR (NEW.cycle_id, NEW.version, NEW.prepared_by, NEW.prepared_at)
        IS DISTINCT FROM (OLD.cycle_id, OLD.version, OLD.prepared_by, OLD.prepared_at) THEN
        RAISE EXCEPTION 'a submission is decided once, and stays' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER cycle_submission_decided BEFORE UPDATE OR DELETE ON cycle_submission
    FOR EACH ROW EXECUTE FUNCTION cycle_submission_guard();

CREATE FUNCTION dispute_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.verdict <> 'open'
        OR (NEW.dispute_id, NEW.statement_id, NEW.cycle_id, NEW.partner_id, NEW.currency, NEW.line, NEW.leg,
            NEW.counterparty, NEW.claimed_minor, NEW.reason, NEW.evidence, NEW.attachment, NEW.opened_at)
        IS DISTINCT FROM
           (OLD.dispute_id, OLD.statement_id, OLD.cycle_id, OLD.partner_id, OLD.currency, OLD.line, OLD.leg,
            OLD.counterparty, OLD.claimed_minor, OLD.reason, OLD.evidence, OLD.attachment, OLD.opened_at) THEN
        RAISE EXCEPTION 'a dispute is decided once, and stays' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER dispute_decided BEFORE UPDATE OR DELETE ON dispute FOR EACH ROW EXECUTE FUNCTION dispute_guard();
