"""The oracle: the whole ledger once more, as simply as it can be written, to compare the real one with.

Written from docs/economics.md and the guides for partners and operators, with the standard library alone: it shares
no line with `network`, so that a mistake would have to be made twice, in two ways, to go unseen
(tests/unit/oracle/test_oracle.py holds it to that). Where the ledger is lazy, this is eager: time passes for every
wallet at once (`Ledger.advance`), and what was due is only waiting to be written by whoever posts next. Amounts are
fractions, days are found by walking, and every wallet keeps a copy of itself for each moment of its past.

    days        local days, months and midnights
    terms       contracts, earning rules, partners
    expiry      how long points live: policies of programmes and places, and their calendars
    wallet      lots, holds, debts; what moves them; what time alone does to them
    ledger      members, the clock, who may do what, keys and their answers
    till        earn, redeem, authorise, quote
    follow      capture, void, reverse
    transfers   points and debts that go from wallet to wallet, and come home
    homes       households and their pools, caps and standing shares
    merging     two accounts that become one, and two again
    office      adjustments and their four eyes; contracts and rules
    clearing    who owes whom for a cycle, to the cent
    views       what a partner is told

Where to add what comes: a new way to expire goes into `expiry.Policy`, one more thing that time does into
`Wallet.pass_time`, another way to share or join wallets into a file of its own beside `homes` and `merging`,
by `transfers`. The state machine that walks both sides is tests/integration/oracle.
"""
