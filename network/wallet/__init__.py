"""The points ledger: wallets, lots, journal, movements. Knows neither partners nor members: a wallet belongs to an
opaque owner, a lot to an opaque issuer.

How a posting works, and why it is safe without holding a lock while Python thinks:

    load     one SELECT, no lock: the wallet's head (balances, sequence, hash) and the lots that may be needed
    decide   `domain`: plain Python, given the time; makes a `Posting` or raises a refusal
    save     one statement. It begins with UPDATE wallet ... WHERE sequence = <the one loaded>; everything else hangs
             on that row. Whoever changes a lot moves the sequence on, so an unmoved sequence proves that what was
             decided on is still so. If it moved, nothing is written: load and decide again.

Only the wallet's row is locked, and only while its own statement runs: never a partner's, a contract's or a cycle's.
"""
