"""What fits on a page: items kept to so many lines, and the number of those that were left out."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from workshop.views.outcomes import shortened

WIDTH = 100
"""Characters that surely fit on a line of minutes."""
LONGEST = 3 * WIDTH
"""What is longer is cut after a word, and ends in an ellipsis."""


class Fitted(NamedTuple):
    """The items that fit, shortened where one is too long, and how many did not."""

    items: tuple[str, ...]
    left_out: int


def lines_of(text: str) -> int:
    """Return how many lines a text takes, once it is shortened."""
    return max(1, math.ceil(_width(cut(text)) / WIDTH))


def cut(text: str) -> str:
    """Return a text on one line, cut where it is too long for a page of minutes."""
    plain = " ".join(text.split())
    short = shortened(plain, LONGEST)
    # A word without an end is cut too, wherever that is; and some letters are two wide.
    return short if short != "…" and _width(short) <= LONGEST else plain[: LONGEST // 2 - 1] + "…"


def fitted(texts: Sequence[str], room: int, *, beside: bool = False) -> Fitted:
    """Keep the first texts that take at most so many lines; one left out takes a line to say so.

    Unless that is said ``beside`` their title.

    >>> fitted(["a", "b", "c"], 3).left_out, fitted(["a", "b", "c"], 2)
    (0, Fitted(items=('a',), left_out=2))
    """
    whole = sum(lines_of(text) for text in texts)
    left = room if beside or whole <= room else room - 1
    kept: list[str] = []
    for text in texts:
        left -= lines_of(text)
        if left < 0:
            break
        kept.append(cut(text))
    return Fitted(tuple(kept), len(texts) - len(kept))


def shares(wanted: Mapping[str, int], least: Mapping[str, int], room: int) -> dict[str, int]:
    """Share lines among parts: each its least, and what others leave goes to the first that asks.

    >>> shares({"a": 9, "b": 2}, {"a": 4, "b": 4}, 8)
    {'a': 6, 'b': 2}
    """
    given = {name: min(lines, least[name]) for name, lines in wanted.items()}
    left = room - sum(given.values())
    for name, lines in wanted.items():
        more = max(0, min(lines - given[name], left))
        given[name] += more
        left -= more
    return given


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
