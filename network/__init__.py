"""Peyvand: a coalition loyalty network. One points currency, one wallet, several businesses.

The folder list is the business. Imports only point down; every room of one kind has the same furniture
(errors, events, domain, models, repository, service, schemas, jobs, handlers, routes: all optional).

    cli  worker  scheduler      processes: operator commands, RQ worker, recurring jobs
    app  api  schedule          composition root, table of JSON blueprints, table of recurring jobs
    portals                     pages for people: the kit that they are built of, static files, each audience's own
    seeds                       a coalition made of real purchases, built through the services
    -- points move --
    batches                     a day's earns and returns of a till that was offline, as one file
    adjustments                 points that no purchase gave: goodwill and corrections, with four eyes
    earning                     a purchase becomes points; a basket is quoted; points become money at the till
    expiry                      how long points live: policies by programme and jurisdiction, notices ahead
    households                  members who put points into one pool and spend from it
    -- the coalition --
    signin                      members get in, by code or passkey; what they let be spent; the code at the till
    staff                       people of the operator and of partners: how they sign in, what they may do
    members                     people, enrolment, cards, and which partner knows whom
    accounting                  the operator's books of every cycle, and how much of what is outstanding will burn
    settlement                  cycles, cuts, netting, statements
    partners                    partners, contracts, stores
    wallet                      the points ledger: wallets, lots, journal, movements
    auth                        the OAuth and OpenID provider: clients, consents, terminals, tokens; guards
    -- ground --
    audit                       what staff changed: one chain of hashes, its head exported daily
    passkeys                    keys that people have on their devices, and their proof
    sessions                    who is signed in: members and staff, in their browsers
    delivery                    SMS and e-mail to people, the port to those who carry them
    payments                    bank files, bank statements, the port to payment services
    web                         problem details, idempotency, pagination, request ids
    settings                    one frozen tree, read once from the environment; leases the embedded servers
    infrastructure              database, transaction, outbox, job queue, network clock, embedded servers
    kernel                      clock, errors, events, identifiers, money, calendar; no third-party imports
"""
