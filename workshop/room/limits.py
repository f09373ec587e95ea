"""How often one may ask: buckets that fill again, so that a burst is fine and a flood is not."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_KEYS = 10_000


@dataclass
class Buckets:
    """A bucket a key: ``burst`` at once, refilled by ``rate`` a second."""

    rate: float
    burst: float
    clock: Callable[[], float] = time.monotonic
    _levels: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def take(self, key: str) -> float:
        """Take one; return 0, or how many seconds to wait where there is none left."""
        level, now = self._level(key), self.clock()
        if level < 1:
            self._keep(key, level, now)
            return (1 - level) / self.rate
        self._keep(key, level - 1, now)
        return 0.0

    def wait(self, key: str) -> float:
        """Return how many seconds there are to wait for the next, without taking it."""
        return max(0.0, (1 - self._level(key)) / self.rate)

    def _level(self, key: str) -> float:
        level, since = self._levels.get(key, (self.burst, self.clock()))
        return min(self.burst, level + (self.clock() - since) * self.rate)

    def _keep(self, key: str, level: float, now: float) -> None:
        self._levels[key] = (level, now)
        self._levels.move_to_end(key)
        # Forgotten is as good as full, and whoever asks on stays at the end.
        while len(self._levels) > MOST_KEYS:
            self._levels.popitem(last=False)


@dataclass
class Limits:
    """What the room allows: figures at which no workshop of 100 behind one address is held up."""

    participant: Buckets = field(default_factory=lambda: Buckets(rate=20, burst=60))
    stranger: Buckets = field(default_factory=lambda: Buckets(rate=60, burst=400))
    join: Buckets = field(default_factory=lambda: Buckets(rate=2, burst=150))
    wrong_code: Buckets = field(default_factory=lambda: Buckets(rate=0.5, burst=30))
    # So wide that one address cannot keep the others out, and years too narrow for 31⁶ codes.
    wrong_code_anywhere: Buckets = field(default_factory=lambda: Buckets(rate=5, burst=2_000))

    def wait_for_code(self, address: str) -> float:
        """Return how long an address has to wait before another code is looked at."""
        return max(self.wrong_code.wait(address), self.wrong_code_anywhere.wait(""))

    def count_wrong_code(self, address: str) -> None:
        """Note a code that was none."""
        self.wrong_code.take(address)
        self.wrong_code_anywhere.take("")


def whole_seconds(wait: float) -> int:
    """Return a wait in whole seconds, at least one.

    >>> whole_seconds(0.2), whole_seconds(2.0)
    (1, 2)
    """
    return max(1, math.ceil(wait))
