-- Books are only added to, and every entry comes to nothing when its transaction ends.

CREATE FUNCTION book_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(amount_minor) FROM book_posting WHERE cycle_id = NEW.cycle_id AND step = NEW.step) <> 0 THEN
        RAISE EXCEPTION 'the entry % does not balance', NEW.step USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER book_posting_balanced AFTER INSERT ON book_posting DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION book_balances();

CREATE TRIGGER booked_cycle_append_only BEFORE UPDATE OR DELETE ON booked_cycle
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER book_entry_append_only BEFORE UPDATE OR DELETE ON book_entry
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER book_posting_append_only BEFORE UPDATE OR DELETE ON book_posting
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER cohort_slice_append_only BEFORE UPDATE OR DELETE ON cohort_slice
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER breakage_recognition_append_only BEFORE UPDATE OR DELETE ON breakage_recognition
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tail_buyout_append_only BEFORE UPDATE OR DELETE ON tail_buyout
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
