"""Who asks: OAuth 2.0 client credentials for the partners' machines.

    setup           init_auth(app, settings)
    domain scopes   clients, the principal of a request and its confirmation; what clients may do
    service         clients: create, suspend, resume, revoke, rotate the secret; rotate the signing key
    guards          guard("points:earn") on a view; current_principal() in it
    tokens          access tokens (RFC 9068): verification, and a cache of what was verified
    keys sealing    signing keys: made at first need, sealed at rest, rotated with overlap
    server          Authlib's authorization server, strict where it is lenient
    routes          /oauth/token, /oauth/jwks.json, discovery, /v1/me

A token's signature is checked once per process and kept until it expires; its client's state is read on every request,
so suspending a client ends its tokens at once. A client's secret is 256 random bits, of which we keep the SHA-256: a
slow hash protects secrets that people choose, and this one can't be guessed.
"""
