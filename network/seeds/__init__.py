"""The demo's coalition: real purchases of The Complete Journey, replayed as tills would report them.

    journey     the data set, read: one visit per basket and partner
    coalition   the partners and their terms, as data
    plan        visits -> steps (enrol, earn, burn), a pure function
    till        what the replay asks of a partner's till; `partner_sdk.Partner` answers to it
    replay      the steps, sent through the tills day by day while the network's clock follows
    progress    what the operator sees while it runs
    report      who owes whom, each partner's net, what netting saved, and whether the ledger agrees

No purchase is ever made up here: where the data set is not installed, the demo says so and how to get it.
"""
