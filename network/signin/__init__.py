"""How members get in, and what has to be proved before their points are spent.

    domain      one-time codes, limits, the code at the till, what a member allows to be spent
    keeping     what of all this is hashed or sealed, and how
    service     sign in and up, by code or passkey; step up; another phone; spending rules; the code at the till
    handlers    what goes with a member that was forgotten

Codes, sessions and limits follow the system's clock: they protect people who live by it, whatever the network's says.
A code is counted before it is compared, and each count is its own unit of work: so none of this is called within one.
"""
