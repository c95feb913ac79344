"""One run: the servers, the plan, and what several measures share, made when it is first needed."""

from contextlib import ExitStack
from dataclasses import dataclass, field

from rich.console import Console

from bench.filling import Shape
from bench.house import House, make_house
from bench.plan import Plan
from bench.servers import Servers
from bench.web import Web
from bench.yardstick import Yardstick, find_reference


@dataclass(slots=True)
class Run:
    """Handed to every measure."""

    servers: Servers
    plan: Plan
    console: Console
    stack: ExitStack
    _house: House | None = None
    _web: Web | None = None
    _yardstick: Yardstick | None = None
    _asked_for_yardstick: bool = False
    made: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Tell people what goes on."""
        self.console.print(text, highlight=False)

    @property
    def house(self) -> House:
        """The product's database that most measures share."""
        if self._house is None:
            self.say(f"filling {self.plan.wallets:,} wallets with {self.plan.lots} lots each")
            self._house = make_house(
                self.servers,
                self.plan,
                "bench_product",
                self.plan.wallets,
                Shape(self.plan.lots, self.plan.lot_points),
            )
        return self._house

    @property
    def web(self) -> Web:
        """The product's web server on that database."""
        if self._web is None:
            self._web = self.stack.enter_context(self.house.serve(self.plan))
        return self._web

    @property
    def yardstick(self) -> Yardstick | None:
        """The reference posting; None where its files are not there."""
        if not self._asked_for_yardstick:
            self._asked_for_yardstick = True
            folder = find_reference()
            if folder is None:
                self.say("[yellow]The reference posting is not there (BENCH_REFERENCE): ours is measured alone.[/]")
            else:
                self.say("filling the reference")
                self._yardstick = Yardstick(self.servers, folder, self.plan)
                self._yardstick.fill()
        return self._yardstick
