"""Text that has to fit: how wide it is in print, and where it breaks."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NamedTuple

import matplotlib as mpl
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

POINTS = 72
"""Points in an inch."""


class Text(NamedTuple):
    """How a text is printed: its size in points, and its weight."""

    size: float
    weight: Literal["normal", "bold"] = "normal"


def extent(text: str, printed: Text) -> float:
    """Return the width of a text in inches, in the font that is set now."""
    return _extent(text, printed, tuple(mpl.rcParams["font.sans-serif"]))


@lru_cache(maxsize=2048)
def _extent(text: str, printed: Text, family: tuple[str, ...]) -> float:
    font = FontProperties(family=list(family), weight=printed.weight, size=printed.size)
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width) / POINTS


def wrapped(text: str, printed: Text, width: float, most: int) -> tuple[str, ...]:
    """Break a text into lines of a width in inches; what is beyond the last ends in a dot-dot-dot.

    A word that is too wide by itself is broken where it has to be.
    """
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and extent(joined, printed) <= width:
            lines[-1] = joined
        else:
            lines += _pieces(word, printed, width)
    if len(lines) <= most:
        return tuple(lines)
    last = lines[most - 1]
    while last and extent(f"{last}…", printed) > width:
        last = last[:-1]
    return (*lines[: most - 1], f"{last.rstrip(' ,;:')}…")


def _pieces(word: str, printed: Text, width: float) -> list[str]:
    """Break a word into pieces that fit, each but the last with a hyphen."""
    pieces = []
    while extent(word, printed) > width and len(word) > 1:
        fits = next(
            (n for n in range(len(word) - 1, 1, -1) if extent(f"{word[:n]}-", printed) <= width), 1
        )
        pieces.append(f"{word[:fits]}-")
        word = word[fits:]
    return [*pieces, word]
