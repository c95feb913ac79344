"""Who is signed in: sessions of people, members and staff alike. It knows a person as an opaque id, and no credential.

    domain      realms, a session, when it ends
    service     open, find, step up, list, end
    cookies     the cookie of a realm, and the session of the running request

A session's token is 256 random bits, of which we keep the SHA-256. It is rotated whenever the person proves again who
they are, so that a token seen before is worth nothing after. Sessions follow the system's clock, not the network's.
"""
