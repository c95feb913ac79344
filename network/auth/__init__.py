"""Who asks: the OAuth 2.0 and OpenID provider of partners' machines and apps, of terminals, and of members' consent.

    setup           init_auth(app, settings)
    domain scopes   clients, requests, grants, the principal of a request and its confirmation; what may be done
    service         clients, interactions with a member, consents, terminals, what is exchanged once, what signs
    ports           what this room asks of those who know people
    guards dpop     guard("points:earn") on a view; current_principal() in it; proofs of possession
    tokens          access tokens (RFC 9068): verification, and a cache of what was verified
    keys sealing    signing keys: made at first need, sealed at rest, rotated with overlap
    cookies         the browser that an interaction is bound to
    provider        Authlib's authorization server, strict where it is lenient
    routes          token, pushed requests, terminals, introspection, revocation, keys, discovery, /v1/me
    browser_routes  authorization, logout, userinfo

A token's signature is checked once per process and kept until it expires; the state of its client, and of the grant it
is of, if it is of one, is read on every request: suspending a client, withdrawing a consent or ending a terminal ends
their tokens at once. A client's secret is 256 random bits, of which we keep the SHA-256: a
slow hash protects secrets that people choose, and this one can't be guessed.
"""
