"""What the operator sees while the purchases are replayed: a bar, the date the network has reached, and the counts."""

from datetime import date
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from network.seeds.replay import Tally


class ReplayProgress:
    """A context manager to give to `replay` as `on_day`. Where no terminal is, one line per month is printed."""

    def __init__(self, console: Console, steps: int) -> None:
        self._console = console
        self._bar = Progress(
            TextColumn("{task.fields[day]}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("", total=steps, day="")
        self._month: tuple[date, str] | None = None

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._tell_month(None)
        self._bar.stop()

    def __call__(self, day: date, tally: Tally) -> None:
        """One more day of the plan is done; `tally` counts from the beginning."""
        self._tell_month(day)
        self._month = (day, f"{describe(tally)}, {tally.calls:,} calls")
        self._bar.update(self._task, completed=tally.steps, description=describe(tally), day=f"{day:%Y-%m-%d}")

    def _tell_month(self, day: date | None) -> None:
        """One line for the month that has just ended, or for the end of all (None)."""
        if self._month and (day is None or day.month != self._month[0].month):
            self._console.print(f"{self._month[0]:%Y-%m-%d}  {self._month[1]}", highlight=False)


def describe(tally: Tally) -> str:
    """The counts in one short line: `120 members, 4,310 earns, 61 burns, 51,022 points issued, 17,400 burned`."""
    refused = f", {tally.refusals.total():,} refused" if tally.refusals else ""
    return (
        f"{tally.enrolments:,} members, {tally.earns:,} earns, {tally.burns:,} burns, "
        f"{tally.points_issued:,} points issued, {tally.points_burned:,} burned{refused}"
    )
