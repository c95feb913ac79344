"""`python -m bench`: how fast the network posts, beside the least that a points ledger must write.

servers      an own PostgreSQL and Valkey, an own folder, databases, pgbench
yardstick    the reference posting in its scratch database
coalition    partners, contracts, clients: made through the services
filling      wallets by the hundred thousand: decided by the domain, written by COPY
web          the product's own web processes, and their tokens
load         closed loops: wrk with `till.lua`, or `generator` where wrk is missing
generator    our own load generator: closed loop, fixed number of requests, or constant rate
batch        a file of earns over HTTP, and the workers that post it
usage        processor time and memory of processes
rounds       taking turns
measures     what is measured, one module for each question
results      the table, and results/latest.json

Everything listens on loopback or on Unix sockets, and ends with the run.
"""
