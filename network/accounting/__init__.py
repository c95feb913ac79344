"""Accounting: the operator's own double-entry books of every cycle, and how much of what is outstanding will burn.

    books       accounts, postings and entries that come to nothing; what a cycle that is approved or paid is booked as
    deposits    prepaid blocks and collateral: received once, used up, given back
    cohorts     points by the cycle in which they were issued: what they were paid with is a liability until they burn
    chain_ladder  how many of a cohort's points will burn, estimated from how older ones did, with its error
    recognition an estimate moves money only when a person recognises it; then the true-up is booked
    exports     CSV, and the plain-text format of beancount, which `bean-check` checks

Entries are only added, one for each (cycle, step), so that a job that runs twice writes once. docs/accounting.md tells
what is booked, and why.
"""
