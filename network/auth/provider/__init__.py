"""The OAuth 2.0 and OpenID provider: Authlib's authorization server, strict where it is lenient. The HTTP of this room.

    server          the server: which grants, extensions and endpoints there are
    requests        requests as Authlib sees them; failures as RFC 6749 writes them
    authentication  who a client is: a secret, an assertion signed with its key (RFC 7523), or nothing
    tokens          access tokens (RFC 9068), bound to a key if one was shown (RFC 9449); id tokens
    own_grant code_grant refresh_grant device_grant
                    what is exchanged for tokens, each once
    authorize       authorization requests, pushed (RFC 9126) or not, and the way back
    endpoints       introspection (RFC 7662), revocation (RFC 7009)
    logout          RP-initiated logout
    registration    dynamic client registration (RFC 7591), for the sandbox
    metadata        what discovery tells (RFC 8414)

Every override has its reason: what the stock class does was tried, and is a test of its own (tests/integration/auth/
test_traps.py).
"""
