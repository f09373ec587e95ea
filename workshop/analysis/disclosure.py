"""Whether a group may be told of anew, seeing what was told of it before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from workshop.analysis.peers import CELL


def standing_in(members: Iterable[str], told: Sequence[Iterable[str]]) -> int | None:
    """Return which earlier telling has to stand in for a group; ``None`` if it may be told anew.

    Two tellings whose groups differ in one client tell of that client by their difference. So a
    group is told of anew only where at least five clients' figures differ from those of each
    earlier telling; otherwise the latest of those that it is too close to stands.

    Parameters
    ----------
    members
        A sign for each client's figure, the same for the same figure only.
    told
        The same of each earlier telling, in their order.

    >>> first = ["a", "b", "c", "d", "e", "f", "g"]
    >>> standing_in([*first, "x"], [first])
    0
    >>> standing_in([*first, "v", "w", "x", "y", "z"], [first]) is None
    True
    """
    now = Counter(members)
    close = [place for place, then in enumerate(told) if _different(now, Counter(then)) < CELL]
    same = [place for place in close if not _different(now, Counter(told[place]))]
    return max(same or close, default=None)


def _different(one: Counter[str], other: Counter[str]) -> int:
    """Count the clients that came or left; one whose figure changed did both."""
    return max((one - other).total(), (other - one).total())
