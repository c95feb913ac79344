"""The audit trail: every change that staff made, in one chain of hashes for the network.

    domain      an entry, its text, its link; what is wrong with a chain
    actor       who acts here and now, and in which request
    keeper      the key that seals entries, and the signature of heads
    service     record a change, list, verify, export; the head of each day

An entry tells who did what to which thing, what it was before and what it is after: ids, numbers, digests, nothing
personal. The rooms record their own changes; who acts is known where the person came in (`acting`). What a cycle went
through has a home of its own (`settlement.trail`): here stands that a person moved it, with the head of that trail.
"""
