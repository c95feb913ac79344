-- A ledger in the style of pgledger: accounts with a balance and a version, a function that locks both accounts of a
-- transfer in the order of their ids and writes an entry with the balance before and after to each.
-- psql -v ON_ERROR_STOP=1 -v wallets=100000 -v partners=50 -f pgledger_style.sql
SET client_min_messages = warning;
DROP SCHEMA IF EXISTS peer CASCADE;
CREATE SCHEMA peer;
SET search_path = peer;

CREATE TABLE account (
    id bigint PRIMARY KEY,
    name text NOT NULL,
    currency text NOT NULL,
    balance numeric NOT NULL DEFAULT 0,
    version bigint NOT NULL DEFAULT 0,
    may_be_negative boolean NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE transfer (
    id uuid PRIMARY KEY,
    from_account bigint NOT NULL REFERENCES account,
    to_account bigint NOT NULL REFERENCES account,
    amount numeric NOT NULL CHECK (amount > 0),
    made_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE entry (
    id uuid PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES account,
    transfer_id uuid NOT NULL REFERENCES transfer,
    amount numeric NOT NULL,
    balance_before numeric NOT NULL,
    balance_after numeric NOT NULL,
    account_version bigint NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON entry (account_id);
CREATE INDEX ON entry (transfer_id);

CREATE FUNCTION transfer(source bigint, target bigint, points numeric) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    made uuid := gen_random_uuid();
    held record;
    change numeric;
    after_it numeric;
    version_now bigint;
BEGIN
    -- first of all, because the foreign keys of what is written lock the accounts too, and as readers only
    PERFORM id FROM peer.account WHERE id IN (source, target) ORDER BY id FOR UPDATE;
    INSERT INTO peer.transfer (id, from_account, to_account, amount) VALUES (made, source, target, points);
    FOR held IN SELECT id, balance, may_be_negative FROM peer.account WHERE id IN (source, target)
    LOOP
        change := CASE held.id WHEN source THEN -points ELSE points END;
        IF held.balance + change < 0 AND NOT held.may_be_negative THEN
            RAISE EXCEPTION 'account % would be overdrawn', held.id;
        END IF;
        UPDATE peer.account SET balance = balance + change, version = version + 1, changed_at = now()
            WHERE id = held.id RETURNING balance, version INTO after_it, version_now;
        INSERT INTO peer.entry (id, account_id, transfer_id, amount, balance_before, balance_after, account_version)
            VALUES (gen_random_uuid(), held.id, made, change, held.balance, after_it, version_now);
    END LOOP;
    RETURN made;
END $$;

INSERT INTO account (id, name, currency, may_be_negative)
    SELECT g, 'partner ' || g, 'PTS', true FROM generate_series(1, :partners) g;
INSERT INTO account (id, name, currency, may_be_negative)
    SELECT 1000 + g, 'wallet ' || g, 'PTS', false FROM generate_series(1, :wallets) g;
ANALYZE account;
