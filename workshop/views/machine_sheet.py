"""A state machine's layers on paper: which way they go, and where each begins and ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from workshop.views.layers import Layers, Link, layers
from workshop.views.style import CHART_SIZE
from workshop.views.wrapped import Text, extent, wrapped

LABEL_TEXT = 8.0
"""The size of a label in points."""
LINE_HEIGHT = 0.145
BEND = 0.05
"""The room that a line takes where it only passes, in inches as all that follows."""
PAD = 0.05
START = 0.3
"""What the dot where a lead begins takes before the first layer."""
ZONE = 0.15
"""Where lines bend, before and after labels."""
_TALLEST = 4 / 3
"""How much taller than wide a picture may be."""
_MARGIN, _GAP = 0.06, 0.1
_LABEL_LINES = 5
_LABEL_WIDTHS = (1.9, 1.6, 1.35, 1.15, 0.95)

Point = tuple[float, float]


class Sheet(NamedTuple):
    """The layers laid on paper: which way they go, and where each rank begins and ends along."""

    placed: Layers
    upright: bool
    begins: tuple[float, ...]
    ends: tuple[float, ...]
    box: Point
    across: float

    def at(self, along: float, across: float) -> Point:
        """Return a point from its distances along and across."""
        place = across + self.across
        return (place, along) if self.upright else (along, place)

    def size(self) -> Point:
        """Return the width and height of the paper."""
        wide = self.placed.extent + 2 * self.across
        long = self.ends[-1] + _MARGIN
        return (wide, long) if self.upright else (max(CHART_SIZE[0], long), wide)


def laid_out(
    nodes: int,
    ways: Sequence[tuple[int, int]],
    labels: Sequence[str],
    box: Point,
    *,
    upright: bool,
) -> tuple[Sheet, list[tuple[str, ...]]]:
    """Choose how wide labels are, and lay the layers on paper."""
    bare = layers(nodes, [Link(*way, 0) for way in ways], node=1, bend=0, gap=0)
    widths = _LABEL_WIDTHS if upright else (_label_width(bare, box),)
    for width in widths:
        texts = [wrapped(one, Text(LABEL_TEXT), width - PAD, _LABEL_LINES) for one in labels]
        sizes = [room_across(lines, upright=upright) for lines in texts]
        links = [Link(*way, size) for way, size in zip(ways, sizes, strict=True)]
        placed = layers(nodes, links, node=box[not upright], bend=BEND, gap=_GAP)
        sheet = _laid(placed, texts, width, box, upright=upright)
        if placed.extent <= CHART_SIZE[0] - 2 * _MARGIN:
            break
    return sheet, texts


def _label_width(bare: Layers, box: Point) -> float:
    """Return the width that labels get beside each other, never less than a long word takes."""
    ranks = _ranks(bare)
    between = max(ranks // 2, 1)
    room = CHART_SIZE[0] - START - _MARGIN - (ranks - ranks // 2) * box[0]
    return min(max(room / between - 2 * ZONE, _LABEL_WIDTHS[-1]), _LABEL_WIDTHS[0])


def room_across(lines: tuple[str, ...], *, upright: bool) -> float:
    """Return the room across that a label takes."""
    if upright:
        return max(extent(line, Text(LABEL_TEXT)) for line in lines) + 2 * PAD
    return len(lines) * LINE_HEIGHT


def _laid(
    placed: Layers, texts: Sequence[tuple[str, ...]], width: float, box: Point, *, upright: bool
) -> Sheet:
    begins, ends = [], []
    along = START
    for rank in range(_ranks(placed)):
        here = [lines for lines, at in zip(texts, placed.labels, strict=True) if at.rank == rank]
        depth = box[upright]
        if rank % 2:
            tallest = max((len(lines) for lines in here), default=0) * LINE_HEIGHT
            depth = 2 * ZONE + (tallest if upright else width)
        begins.append(along)
        along += depth
        ends.append(along)
    # A taller picture is set smaller to fit a page: it gets room at both sides.
    width = max(CHART_SIZE[0], (along + _MARGIN) / _TALLEST) if upright else 0
    across = max(_MARGIN, (width - placed.extent) / 2)
    return Sheet(placed, upright, tuple(begins), tuple(ends), box, across)


def _ranks(placed: Layers) -> int:
    """Return how many ranks there are, a last one that only holds labels included."""
    return 1 + max(place.rank for place in (*placed.nodes, *placed.labels))


def middle_of(sheet: Sheet, rank: int) -> float:
    """Return the middle of a rank along."""
    return (sheet.begins[rank] + sheet.ends[rank]) / 2
