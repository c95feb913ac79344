-- What is never changed once it is written, held by the database itself.

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE ON journal
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER movement_append_only BEFORE UPDATE OR DELETE ON movement
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER contract_version_append_only BEFORE UPDATE OR DELETE ON contract_version
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Rows of a log, and of what was netted and stated, are only added.
CREATE TRIGGER settlement_cut_append_only BEFORE UPDATE OR DELETE ON settlement_cut
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER settlement_line_append_only BEFORE UPDATE OR DELETE ON settlement_line
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER statement_append_only BEFORE UPDATE OR DELETE ON statement
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Slices grow while their cycle is open, and never after. The cut closes its cycle after its own last fold.
CREATE FUNCTION clearing_slice_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'clearing_slice is never deleted from' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.slice_id, NEW.cycle_id, NEW.kind, NEW.issuer_id, NEW.redeemer_id,
                             NEW.issuer_contract_id, NEW.redeemer_contract_id)
        IS DISTINCT FROM (OLD.slice_id, OLD.cycle_id, OLD.kind, OLD.issuer_id, OLD.redeemer_id,
                          OLD.issuer_contract_id, OLD.redeemer_contract_id) THEN
        RAISE EXCEPTION 'the key of a slice never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM cycle WHERE cycle_id = NEW.cycle_id AND state = 'open') THEN
        RAISE EXCEPTION 'the cycle of this slice is closed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER clearing_slice_closed BEFORE INSERT OR UPDATE OR DELETE ON clearing_slice
    FOR EACH ROW EXECUTE FUNCTION clearing_slice_guard();

-- A cycle keeps its period for ever, and its horizon from the cut on; it is never opened again.
CREATE FUNCTION cycle_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a cycle is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.cycle_id, NEW.currency, NEW.name, NEW.starts_at, NEW.ends_at)
        IS DISTINCT FROM (OLD.cycle_id, OLD.currency, OLD.name, OLD.starts_at, OLD.ends_at) THEN
        RAISE EXCEPTION 'the period of a cycle never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.closed_at_xid IS NOT NULL AND (NEW.closed_at_xid, NEW.boundary_xid, NEW.folded_from_xid, NEW.cut_at)
        IS DISTINCT FROM (OLD.closed_at_xid, OLD.boundary_xid, OLD.folded_from_xid, OLD.cut_at) THEN
        RAISE EXCEPTION 'what was cut stays cut' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER cycle_fixed BEFORE UPDATE OR DELETE ON cycle FOR EACH ROW EXECUTE FUNCTION cycle_guard();
