"""Try many files from the command line, by the hundred, in the proportions of `make torture`.

Each hundred has a number, and holds the same files each time: 0 to 499 are those that
`make torture` tries. With ``--kinds`` they are files of these kinds, by their own numbers.
"""

from __future__ import annotations

import argparse
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress

from tests.torture.fuzz.cases import SHARES
from tests.torture.fuzz.importer import Importer, Tried

_EACH = 200


class Told:
    """The counts so far, said now and then."""

    def __init__(self) -> None:
        self.came = Counter[str]()
        self.kinds = Counter[tuple[str, bool]]()
        self.problems = 0
        self.slowest, self.highest = (0.0, ""), 0
        self._started = time.monotonic()

    def add(self, kind: str, number: int, tried: Tried) -> None:
        """Count a case, and say what is wrong with it."""
        self.slowest = max(self.slowest, (tried.seconds, f"{kind} {number}"))
        self.came[tried.came] += 1
        self.kinds[kind, tried.came == "imported"] += 1
        self.highest = max(self.highest, tried.peak)
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
            f"{self.slowest[0]:.1f} s ({self.slowest[1]}), most memory {self.highest >> 20} MiB, "
            f"{time.monotonic() - self._started:.0f} s in all",
            flush=True,
        )

    def sum_up(self) -> None:
        """Print what came of the files of each kind, and by which code."""
        self.say()
        for kind in dict.fromkeys(kind for kind, _ in self.kinds):
            imported, refused = self.kinds[kind, True], self.kinds[kind, False]
            print(f"{kind}: {imported + refused} files, {imported} imported, {refused} refused")
        print(dict(self.came.most_common()))


def cases(kinds: Sequence[str] | None, first: int, times: int) -> Iterator[tuple[str, int]]:
    """Yield kinds and numbers: by the hundred, or ``times`` of each kind that is asked for."""
    for at in range(first, first + times):
        if kinds:
            yield from ((kind, at) for kind in kinds)
        else:
            for kind, share in SHARES.items():
                yield from ((kind, number) for number in range(at * share, (at + 1) * share))


def main() -> None:
    """Print each problem as it comes, and the counts, also where it is told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kinds", nargs="+", choices=SHARES)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--times", type=int, default=1)
    call = parser.parse_args()
    importer, told = Importer(), Told()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        for kind, number in cases(call.kinds, call.first, call.times):
            told.add(kind, number, importer(kind, number))
    importer.close()
    told.sum_up()


if __name__ == "__main__":
    main()
