"""What came out: a table for people, and results/latest.json."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

FILE = Path(__file__).with_name("results") / "latest.json"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report. `ratio` is ours to the limit; `met` is None where there is no bar.

    `at_least`: whether the ratio has to reach the bar, or to stay below it.
    """

    name: str
    unit: str
    ours: float | None
    limit: float | None = None
    bar: float | None = None
    reach: float | None = None
    at_least: bool = True
    note: str = ""
    samples: Mapping[str, Sequence[float]] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """Ours to the limit."""
        return self.ours / self.limit if self.ours is not None and self.limit else None

    @property
    def met(self) -> bool | None:
        """Whether the bar was met."""
        if self.bar is None or self.ratio is None:
            return None
        return self.ratio >= self.bar if self.at_least else self.ratio <= self.bar

    def as_json(self) -> dict[str, Any]:
        """All of it, computed values included."""
        return {**asdict(self), "ratio": self.ratio, "met": self.met}


def print_table(console: Console, rows: Sequence[Row]) -> None:
    """A line for each row."""
    table = Table("", "ours", "limit", "unit", "ratio", "bar", "reach for", "met", "note")
    for row in rows:
        met = {None: "", True: "[green]yes[/]", False: "[red]no[/]"}[row.met]
        sign = ">=" if row.at_least else "<="
        table.add_row(
            row.name,
            _shown(row.ours),
            _shown(row.limit),
            row.unit,
            _shown(row.ratio, 3),
            f"{sign} {row.bar:g}" if row.bar is not None else "",
            f"{row.reach:g}" if row.reach is not None else "",
            met,
            row.note,
        )
    console.print(table)


def write(rows: Sequence[Row], about: Mapping[str, Any], file: Path = FILE) -> None:
    """Keep the results, those of measures that this run left out included, each with the time of its own run."""
    measured_at = datetime.now(UTC).isoformat(timespec="seconds")
    kept = {}
    if file.exists():
        kept = {row["name"]: row for row in json.loads(file.read_text())["rows"]}
    kept |= {row.name: {**row.as_json(), "measured_at": measured_at, **about} for row in rows}
    document = {"machine": machine(), "rows": list(kept.values())}
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def machine() -> dict[str, Any]:
    """What it ran on, and how busy that was with other things."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load_average": round(os.getloadavg()[0], 1),
    }


def _shown(value: float | None, digits: int | None = None) -> str:
    if value is None:
        return ""
    if digits is None:
        digits = 0 if abs(value) >= 100 else 2
    return f"{value:,.{digits}f}"
