"""Of the Pythons named, print the fastest; the first one, unless another is a fifth faster at a little work.

Interpreters of one version differ by half, by how they were compiled: with what a profile of them taught, or without.
Alone it prints how many microseconds the work takes. Only the standard library is used here.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from time import process_time_ns

ROUNDS = 3  # in turns, since other work on the machine comes and goes
NOTABLY = 1.2


@dataclass(frozen=True)
class Lot:
    number: int
    name: str


def work() -> int:
    begun, lots = process_time_ns(), {}
    for number in range(1500):
        lot = Lot(number, f"lot {number:04d}")
        lots[lot.name] = json.loads(json.dumps({"points": number, "names": [lot.name], "at": None}))["points"]
    assert sum(sorted(lots.values())) == 1500 * 1499 // 2
    return (process_time_ns() - begun) // 1000


def fastest(pythons: list[str]) -> str:
    real = {subprocess.check_output([each, "-c", "import sys; print(sys.executable)"]): each for each in pythons[::-1]}
    took = dict.fromkeys([each for each in pythons if each in real.values()], sys.maxsize)
    if len(took) > 1:
        for each in list(took) * ROUNDS:
            took[each] = min(took[each], int(subprocess.check_output([each, __file__])))
    best = min(took, key=lambda each: took[each])
    return best if took[best] * NOTABLY < took[pythons[0]] else pythons[0]


if __name__ == "__main__":
    print(fastest(sys.argv[1:]) if sys.argv[1:] else min(work() for _ in range(10)))
