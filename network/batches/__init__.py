"""Batches: what tills did while they were offline, or accounting software reports, as one file of lines.

    receive   the body is read as a stream and cut into parts, which are compressed, sealed and stored
    run       a job takes one part after the other; each is one transaction with its progress in it, so that a job
              killed anywhere is simply run again
    read      how far it is; which lines were refused, and why

A line has the name `batch:<till>:<sequence>` for its key, and posts what the single call under that key would have
posted. Plain earns, which are most of all lines, are decided and written together; a wallet with a debt or with points
that are due, and every reversal, goes the way of the single call, in the same transaction.

The lines of a file are sorted by member, a hundred thousand at a time, and cut into parts that several workers share:
a part waits only for earlier ones in which the same members may be. What follows the first reversal waits for all
before it: a reversal does not name the member.
"""
