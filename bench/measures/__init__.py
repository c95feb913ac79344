"""What is measured. A measure takes a `Run` and returns rows; `ALL` names them in the order in which they run."""

from collections.abc import Callable

from bench.measures import batch, flatness, latency, memory, own_sql, peers, postings, proof, settlement
from bench.results import Row
from bench.run import Run

Measure = Callable[[Run], list[Row]]

ALL: dict[str, Measure] = {
    "earn": postings.earn,
    "burn": postings.burn,
    "earn-many": postings.earn_many,
    "burn-many": postings.burn_many,
    "own-sql": own_sql.statements,
    "peers": peers.others,
    "latency": latency.tails,
    "partners": flatness.one_partner,
    "history": flatness.history,
    "lots": flatness.live_lots,
    "wallets": flatness.many_wallets,
    "memory": memory.resident,
    "batch": batch.earns,
    "proof": proof.building,
    "settlement": settlement.settling,
}
