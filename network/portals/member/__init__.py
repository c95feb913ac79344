"""A member's own pages.

    house       what the frame shows around them
    goal        where somebody is led who comes in, and the cookies of that
    sign_in     in by a code, or by a passkey; proving it again; out
    sign_up     joining
    passkeys    what the script for passkeys asks
    consent     what an application may do in a member's name
    account     the card with its code, sessions, consents
    security    what may be spent, passkeys, the phone
    allow       one payment above the limit, a shop where one has never been

They decide nothing: what may be done, and with how fresh a proof, the services say that they call.
"""
