"""How long points live: policies by programme and jurisdiction, and notices ahead of the end.

A policy is looked up when points are issued, and what follows from it is frozen into their lot: a date, or a rule of
inactivity, which the ledger keeps to by itself. A later policy changes nothing about points that are there; letting
those live longer is an extension (`adjustments`).
"""
