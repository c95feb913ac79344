"""Households: members who put points into one pool and spend from it.

    domain      who may join, when, how much: rules in plain Python
    service     found, join, contribute, leave, dissolve; and for the till, what a member may spend of the pool
    handlers    the standing shares of purchases, noted as they are earned
    jobs        the same, moved

The pool is a wallet like any other. Points come into it by transfers from its members' own wallets and go home by
transfers, only ever to where they came from; otherwise they can only be spent at a till, and expire. So a household is
no way to hand points to a stranger: one household at a time, a delay before the first spending, caps by member and
month, and a time of waiting after leaving. See docs/adr/0010.
"""
