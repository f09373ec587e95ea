"""Try many files, as `make torture` does, from the command line: kinds, from where, how many."""

from __future__ import annotations

import argparse
import time
from collections import Counter
from contextlib import suppress

from tests.torture.fuzz.cases import KINDS, SHARED_KINDS
from tests.torture.fuzz.importer import Importer, Tried

_EACH = 200


class Told:
    """The counts so far, said now and then."""

    def __init__(self) -> None:
        self.came = Counter[str]()
        self.problems = 0
        self.slowest, self.highest = 0.0, 0
        self._started = time.monotonic()

    def add(self, kind: str, number: int, tried: Tried) -> None:
        """Count a case, and say what is wrong with it."""
        self.came[tried.came] += 1
        self.slowest, self.highest = max(self.slowest, tried.seconds), max(self.highest, tried.peak)
        if tried.problem:
            self.problems += 1
            print(f"--- {kind} {number}: {tried.came}\n{tried.problem}", flush=True)
        if self.came.total() % _EACH == 0:
            self.say()

    def say(self) -> None:
        """Print one line."""
        imported = self.came["imported"]
        print(
            f"{self.came.total()} files, {imported} imported, {self.problems} problems, slowest "
            f"{self.slowest:.1f} s, most memory {self.highest >> 20} MiB, "
            f"{time.monotonic() - self._started:.0f} s in all",
            flush=True,
        )


def main() -> None:
    """Print each problem as it comes, and the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kinds", nargs="+", default=[*KINDS, *SHARED_KINDS])
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--times", type=int, default=100)
    call = parser.parse_args()
    importer, told = Importer(), Told()
    with suppress(KeyboardInterrupt):
        for number in range(call.first, call.first + call.times):
            for kind in call.kinds:
                told.add(kind, number, importer(kind, number))
    importer.close()
    told.say()
    print(dict(told.came.most_common()))


if __name__ == "__main__":
    main()
