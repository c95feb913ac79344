"""Settlement: what the partners owe each other for the points of a cycle, and how that becomes one net each.

    calendar    one per currency; cycles follow each other without gap; posting knows nothing of them
    cut         folds what is finished for ever in the ledger into additive slices, one per cycle, issuer, redeemer,
                kind and pair of contract versions. Its edge is a transaction id, the horizon, not a time
    close       open -> cut -> netted -> stated; each step is one transaction that looks at the cycle's state first,
                so it may run twice, side by side, or be killed anywhere
    approval    one person submits what is stated, another approves it; amounts are measured again. A rejection goes
                back to the cut; an approved cycle goes on to instructed, paid, closed
    documents   a statement as an invoice or a credit note: one view model (`domain.document`), written as HTML, PDF,
                CSV and JSON (`rendering`); numbers are given with the approval, without gaps (`service.numbering`)
    payments    the fewest that settle the nets, by bank file, mandate, invoice or payment service; each told once
    reconciling what the bank says it booked, matched with payments once; the rest waits in suspense for a person
    reissuing   payments in the place of others: of those that came back, and of those a partner in default leaves
    asking      the payment service: what it refuses is asked for later and later, and then when a person says so
    disputes    what a partner holds against a statement; what is granted is an adjustment in the open cycle; large
                grants take two persons (`granting`)
    tails       what a partner that left still owes as its points burn, or buys out; defaults and exits, tried out
    trail       who did what with a cycle, in a chain of hashes
    charges     what contracts charge on a netted cycle: a share of breakage back, fees, tax; `preview` tries new terms
    penalties   interest on what was paid late, by the day, charged by the cycle that is cut next
    credit      what partners with a limit may still issue, measured after each cut and leased to slots
    prove       what a cut cycle consists of, committed to line by line, signed, and chained to the cycle before
    export      a cycle as an auditor needs it, to recompute it without us

Which cycle a movement belongs to follows from its posting time, its transaction id and the cycles' `closed_at_xid`
alone (`domain.cycle_of`): nothing is ever written to the movement, and everybody can work it out again.
"""
