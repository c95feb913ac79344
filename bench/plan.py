"""How much is measured."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Plan:
    """Sizes of a run. `seconds` is the length of one round."""

    rounds: int = 7
    seconds: float = 4.0
    warm_up_seconds: float = 3.0
    connections: int = 32
    many_connections: int = 128
    wallets: int = 100_000
    lots: int = 20
    lot_points: int = 100
    earn_points: int = 10
    burn_points: int = 250
    partners: int = 50
    many_wallets: int = 1_000_000
    few_wallets: int = 10_000
    web_processes: int = 4
    batch_rows: int = 100_000
    workers: int = 4
    memory_before: int = 10_000
    memory_after: int = 100_000
    proof_lines: int = 1_000_000
    movements: int = 10_000_000
    few_movements: int = 100_000
    minute_movements: int = 10_000

    def quick(self) -> "Plan":
        """The same with everything smaller: a rehearsal, whose numbers prove nothing."""
        return replace(
            self,
            rounds=2,
            seconds=1.5,
            warm_up_seconds=1.0,
            wallets=10_000,
            many_wallets=50_000,
            few_wallets=5_000,
            batch_rows=10_000,
            memory_before=1_000,
            memory_after=5_000,
            proof_lines=50_000,
            movements=1_000_000,
        )
