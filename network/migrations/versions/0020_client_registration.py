"""OAuth clients of more kinds than one: their keys, where they may be sent back to, what they sign with"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_UP = """
ALTER TABLE oauth_client ALTER COLUMN secret_hash DROP NOT NULL,
    ADD COLUMN kind text DEFAULT 'server' NOT NULL,
    ADD COLUMN auth_method text DEFAULT 'client_secret_basic' NOT NULL,
    ADD COLUMN grant_types text[] DEFAULT '{client_credentials}' NOT NULL,
    ADD COLUMN redirect_uris text[] DEFAULT '{}' NOT NULL,
    ADD COLUMN post_logout_redirect_uris text[] DEFAULT '{}' NOT NULL,
    ADD COLUMN store_ids uuid[] DEFAULT '{}' NOT NULL,
    ADD COLUMN dpop_bound boolean DEFAULT false NOT NULL,
    ADD COLUMN require_par boolean DEFAULT false NOT NULL,
    ADD COLUMN id_token_alg text DEFAULT 'RS256' NOT NULL,
    ADD CONSTRAINT oauth_client_kind CHECK (kind IN ('server', 'app', 'till', 'sandbox')),
    ADD CONSTRAINT oauth_client_auth_method
        CHECK (auth_method IN ('client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none')),
    ADD CONSTRAINT oauth_client_secret
        CHECK ((secret_hash IS NOT NULL) = (auth_method IN ('client_secret_basic', 'client_secret_post'))),
    ADD CONSTRAINT oauth_client_till CHECK (kind <> 'till' OR (dpop_bound AND auth_method = 'none')),
    ADD CONSTRAINT oauth_client_id_token_alg CHECK (id_token_alg IN ('RS256', 'ES256'));

CREATE TABLE oauth_client_key (
    client_id UUID NOT NULL,
    thumbprint TEXT NOT NULL,
    jwk JSONB NOT NULL,
    added_at timestamptz NOT NULL,
    ends_at timestamptz,
    CONSTRAINT oauth_client_key_pkey PRIMARY KEY (client_id, thumbprint),
    CONSTRAINT oauth_client_key_client_id_fkey FOREIGN KEY(client_id)
        REFERENCES oauth_client (client_id) ON DELETE CASCADE
);

CREATE TABLE oauth_seen (
    digest BYTEA NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT oauth_seen_pkey PRIMARY KEY (digest)
);
CREATE INDEX oauth_seen_expires_at ON oauth_seen (expires_at);

CREATE TABLE oauth_initial_token (
    token_hash BYTEA NOT NULL,
    partner_id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    uses_left BIGINT NOT NULL,
    CONSTRAINT oauth_initial_token_pkey PRIMARY KEY (token_hash),
    CONSTRAINT oauth_initial_token_uses_left CHECK (uses_left >= 0)
);
CREATE INDEX oauth_initial_token_partner_id ON oauth_initial_token (partner_id);
"""

# a client without a secret can't be told by the tables of before: it is revoked, and has one that nobody knows
_DOWN = """
DROP TABLE oauth_initial_token, oauth_seen, oauth_client_key;
UPDATE oauth_client SET auth_method = 'client_secret_basic', kind = 'server', status = 'revoked',
    secret_hash = sha256(uuid_send(gen_random_uuid())) WHERE secret_hash IS NULL;
ALTER TABLE oauth_client ALTER COLUMN secret_hash SET NOT NULL, DROP COLUMN kind, DROP COLUMN auth_method,
    DROP COLUMN grant_types, DROP COLUMN redirect_uris, DROP COLUMN post_logout_redirect_uris, DROP COLUMN store_ids,
    DROP COLUMN dpop_bound, DROP COLUMN require_par, DROP COLUMN id_token_alg;
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(_UP)


def downgrade() -> None:
    op.get_bind().exec_driver_sql(_DOWN)
