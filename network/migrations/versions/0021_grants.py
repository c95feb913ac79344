"""Grants: what members consent to, which terminals are let in, and the codes and tokens that come of it"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_UP = """
CREATE TABLE oauth_consent (
    consent_id UUID NOT NULL,
    client_id UUID NOT NULL,
    subject_id UUID NOT NULL,
    scopes TEXT[] NOT NULL,
    given_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_by TEXT,
    CONSTRAINT oauth_consent_pkey PRIMARY KEY (consent_id),
    CONSTRAINT oauth_consent_ended CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
    CONSTRAINT oauth_consent_client_id_fkey FOREIGN KEY(client_id) REFERENCES oauth_client (client_id)
);
CREATE UNIQUE INDEX oauth_consent_live ON oauth_consent (client_id, subject_id) WHERE ended_at IS NULL;
CREATE INDEX oauth_consent_subject_id ON oauth_consent (subject_id);

CREATE TABLE oauth_grant (
    grant_id UUID NOT NULL,
    client_id UUID NOT NULL,
    consent_id UUID,
    subject_id UUID,
    store_ids UUID[] NOT NULL,
    scopes TEXT[] NOT NULL,
    jkt TEXT,
    name TEXT NOT NULL,
    granted_by TEXT NOT NULL,
    granted_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_by TEXT,
    CONSTRAINT oauth_grant_pkey PRIMARY KEY (grant_id),
    CONSTRAINT oauth_grant_ended CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
    CONSTRAINT oauth_grant_subject CHECK ((subject_id IS NULL) = (consent_id IS NULL)),
    CONSTRAINT oauth_grant_client_id_fkey FOREIGN KEY(client_id) REFERENCES oauth_client (client_id),
    CONSTRAINT oauth_grant_consent_id_fkey FOREIGN KEY(consent_id) REFERENCES oauth_consent (consent_id)
);
CREATE INDEX oauth_grant_client_id ON oauth_grant (client_id);
CREATE INDEX oauth_grant_consent_id ON oauth_grant (consent_id);

CREATE TABLE oauth_code (
    code_hash BYTEA NOT NULL,
    client_id UUID NOT NULL,
    grant_id UUID NOT NULL,
    request JSONB NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT oauth_code_pkey PRIMARY KEY (code_hash),
    CONSTRAINT oauth_code_grant_id_fkey FOREIGN KEY(grant_id) REFERENCES oauth_grant (grant_id)
);
CREATE INDEX oauth_code_expires_at ON oauth_code (expires_at);

CREATE TABLE oauth_refresh_token (
    token_hash BYTEA NOT NULL,
    client_id UUID NOT NULL,
    grant_id UUID NOT NULL,
    scopes TEXT[] NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT oauth_refresh_token_pkey PRIMARY KEY (token_hash),
    CONSTRAINT oauth_refresh_token_grant_id_fkey FOREIGN KEY(grant_id) REFERENCES oauth_grant (grant_id)
);
CREATE INDEX oauth_refresh_token_expires_at ON oauth_refresh_token (expires_at);
CREATE INDEX oauth_refresh_token_grant_id ON oauth_refresh_token (grant_id);

CREATE TABLE oauth_authorization (
    authorization_id UUID NOT NULL,
    grant_id UUID NOT NULL,
    partner_id UUID NOT NULL,
    subject_id UUID NOT NULL,
    points BIGINT NOT NULL,
    amount_minor BIGINT,
    currency TEXT,
    given_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    claimed_at timestamptz,
    claimed_for TEXT,
    CONSTRAINT oauth_authorization_pkey PRIMARY KEY (authorization_id),
    CONSTRAINT oauth_authorization_amounts CHECK (points > 0 AND coalesce(amount_minor, 1) > 0),
    CONSTRAINT oauth_authorization_claimed CHECK ((claimed_at IS NULL) = (claimed_for IS NULL)),
    CONSTRAINT oauth_authorization_grant_id_fkey FOREIGN KEY(grant_id) REFERENCES oauth_grant (grant_id)
);
CREATE INDEX oauth_authorization_grant_id ON oauth_authorization (grant_id);

CREATE TABLE oauth_pushed_request (
    uri_hash BYTEA NOT NULL,
    client_id UUID NOT NULL,
    sealed BYTEA NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT oauth_pushed_request_pkey PRIMARY KEY (uri_hash),
    CONSTRAINT oauth_pushed_request_client_id_fkey FOREIGN KEY(client_id) REFERENCES oauth_client (client_id)
);
CREATE INDEX oauth_pushed_request_expires_at ON oauth_pushed_request (expires_at);

CREATE TABLE oauth_interaction (
    interaction_id UUID NOT NULL,
    client_id UUID NOT NULL,
    browser_hash BYTEA NOT NULL,
    pushed_hash BYTEA,
    sealed BYTEA NOT NULL,
    began_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    answered_at timestamptz,
    CONSTRAINT oauth_interaction_pkey PRIMARY KEY (interaction_id),
    CONSTRAINT oauth_interaction_client_id_fkey FOREIGN KEY(client_id) REFERENCES oauth_client (client_id)
);
CREATE INDEX oauth_interaction_expires_at ON oauth_interaction (expires_at);

CREATE TABLE oauth_device_request (
    device_hash BYTEA NOT NULL,
    user_hash BYTEA NOT NULL,
    client_id UUID NOT NULL,
    partner_id UUID NOT NULL,
    scopes TEXT[] NOT NULL,
    jkt TEXT,
    asked_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    interval_seconds BIGINT NOT NULL,
    polled_at timestamptz,
    state TEXT NOT NULL,
    store_ids UUID[] NOT NULL,
    name TEXT NOT NULL,
    decided_by TEXT,
    CONSTRAINT oauth_device_request_pkey PRIMARY KEY (device_hash),
    CONSTRAINT oauth_device_request_state CHECK (state IN ('pending', 'granted', 'denied')),
    CONSTRAINT oauth_device_request_decided CHECK ((state = 'pending') = (decided_by IS NULL)),
    CONSTRAINT oauth_device_request_user_hash_key UNIQUE (user_hash),
    CONSTRAINT oauth_device_request_client_id_fkey FOREIGN KEY(client_id) REFERENCES oauth_client (client_id)
);
CREATE INDEX oauth_device_request_expires_at ON oauth_device_request (expires_at);
"""

_DOWN = """
DROP TABLE oauth_device_request, oauth_interaction, oauth_pushed_request, oauth_authorization, oauth_refresh_token,
    oauth_code, oauth_grant, oauth_consent;
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(_UP)


def downgrade() -> None:
    op.get_bind().exec_driver_sql(_DOWN)
