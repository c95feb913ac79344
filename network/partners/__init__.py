"""Who takes part in the coalition, on which terms, and in which stores.

A contract version is signed once and never edited: a change of terms is the next version, in force from its own
`valid_from` on. What may be signed is guarded for the whole coalition at once (`domain.guard_against_arbitrage`).
The operator is a partner too: it can issue, with a contract of its own.

    terms        the rates of a point; conditions: fees, tax by leg, credit
    proposal     a change of them, in force once both sides have signed
    prepaid      blocks of points that are bought first; what is left of one stands in the wallet's allowances
"""
