"""Batches: what tills did while they were offline, or accounting software reports, as one file of lines.

    receive   the body is read as a stream and cut into parts, which are compressed, sealed and stored
    run       a job takes one part after the other; each is one transaction with its progress in it, so that a job
              killed anywhere is simply run again
    read      how far it is; which lines were refused, and why

A line has the name `batch:<till>:<sequence>` for its key, and posts what the single call under that key would have
posted. Plain earns, which are most of all lines, are decided and written together; a wallet with a debt or with points
that are due, and every reversal, goes the way of the single call, in the same transaction.

The parts of a file lie in lanes, a member's lines all in one, so that several workers share the work. What follows
the first reversal lies in a last lane, which waits for the others: a reversal does not name the member.
"""
