"""The storm in numbers."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Report:
    """What was done, what befell it, and what was found when it was over."""

    clients: int
    seconds: float
    outcomes: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    late: int = 0
    office: dict[str, int] = field(default_factory=dict)
    weather: Counter[str] = field(default_factory=Counter)
    cuts: Counter[str] = field(default_factory=Counter)
    failpoints: Counter[str] = field(default_factory=Counter)
    ledger: dict[str, int] = field(default_factory=dict)

    def done(self, verb: str) -> int:
        """How often an operation was acknowledged."""
        return sum(count for outcome, count in self.outcomes.items() if outcome.split()[:2] == [verb, "201"])

    def __str__(self) -> str:
        parts: dict[str, Counter[str] | dict[str, int]] = {
            "operations, each sent twice": self.outcomes,
            "answers that did not come": self.lost,
            "acknowledged to the office": self.office,
            "what befell": self.weather,
            "connections cut": self.cuts,
            "killed at failpoints": self.failpoints,
            "the ledger afterwards": self.ledger,
        }
        lines = [f"Storm: {self.clients} clients, {self.seconds:.0f} seconds"]
        for title, numbers in parts.items():
            lines.append(f"  {title}: {sum(numbers.values())}" if isinstance(numbers, Counter) else f"  {title}")
            lines += [f"    {number:8,}  {name}" for name, number in sorted(numbers.items())]
        lines.append(f"  repeated once more at the end: {self.late}")
        return "\n".join(lines)
