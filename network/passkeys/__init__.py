"""Passkeys (WebAuthn, level 2) of people, members and staff alike; it knows a person as an opaque id of a realm.

    domain      a passkey, a ceremony, what a passkey proves
    checking    what `py_webauthn` is asked
    service     begin and finish a registration or an assertion, list, remove

A ceremony has two halves, and between them stands a challenge in the database, which is taken out by the one statement
that uses it: an answer is checked once, right or wrong. So the second half is not called within a unit of work, whose
end in an error would put the challenge back.
"""
