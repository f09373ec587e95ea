"""Charts for a projector: blocks under each other, a heading each, a bar or a mark per group."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from workshop.colors import INK, MUTED
from workshop.i18n import Translator
from workshop.views.display import Chart
from workshop.views.fragment import Shown, fill
from workshop.views.look import Look, figure_of
from workshop.views.room.groups import group_name
from workshop.views.style import house_style

WIDTH = 16.0
"""Inches; 1536 pixels of a projector's 1920."""
TYPE = 22
"""Points: 29 pixels, a fortieth of a projected picture's height."""
SMALL_TYPE = 19
LINE = 0.46
ROW = 0.5
GAP = 0.22
LONGEST_LINE = 78
LONGEST_NAME = 16


class Block(NamedTuple):
    """A heading, and where its rows stand (inches from the top), by group."""

    lines: tuple[str, ...]
    top: float
    rows: dict[str, float]


@dataclass(frozen=True)
class Projected(Shown):
    """Parts shown large enough for a room."""

    parts: tuple[Shown, ...]

    def html(self) -> str:
        """Return the parts in a frame that makes them large."""
        return fill("projector.html.j2", parts=[part.html() for part in self.parts])

    def plain(self) -> str:
        """Return the parts as text, apart by a blank line."""
        return "\n\n".join(part.plain() for part in self.parts)


def blocks(headings: Sequence[str], groups: Sequence[Sequence[str]]) -> list[Block]:
    """Lay out a block for each heading, with a row for each of its groups."""
    found: list[Block] = []
    top = 0.0
    for heading, names in zip(headings, groups, strict=True):
        lines = tuple(textwrap.wrap(heading, LONGEST_LINE))
        first = top + LINE * len(lines)
        found.append(
            Block(lines, top, {name: first + ROW * (n + 0.5) for n, name in enumerate(names)})
        )
        top = first + ROW * len(names) + GAP
    return found


@contextmanager
def drawing(laid: Sequence[Block], look: Look, *, axis: bool = True) -> Iterator[Axes]:
    """Draw blocks: their headings, and the groups' names beside their rows."""
    height = _bottom(laid)
    size = (WIDTH, height + (1.1 if axis else 0.6))
    # A client's $ is money, never the beginning of a formula.
    with house_style(look.color, size), mpl.rc_context({"text.parse_math": False}):
        _, ax = plt.subplots()
        ax.set_ylim(height, 0)
        for block in laid:
            for n, line in enumerate(block.lines):
                y = block.top + LINE * (n + 0.5)
                ax.text(
                    0, y, line, transform=ax.get_yaxis_transform(), va="center", color=INK,
                    fontsize=TYPE, fontweight="bold", clip_on=False, zorder=5,
                )  # fmt: skip
        places = [(y, name) for block in laid for name, y in block.rows.items()]
        ax.set_yticks([y for y, _ in places], [_short(look.t, name) for _, name in places])
        ax.tick_params(labelsize=SMALL_TYPE, length=0)
        ax.xaxis.label.set_fontsize(SMALL_TYPE)
        if not axis:
            ax.set_xticks([])
        yield ax


def middle_line(ax: Axes, x: float, block: Block) -> None:
    """Draw a line through the rows of a block, but not through its heading."""
    rows = list(block.rows.values())
    ax.vlines(x, rows[0] - ROW / 2, rows[-1] + ROW / 2, color=MUTED, lw=2, zorder=3)


def chart(ax: Axes, title: str, alt: str, reading: str | None = None) -> Chart:
    """Return the drawn axes as a chart."""
    return Chart(figure_of(ax), title, alt, None, None, reading)


def _bottom(laid: Sequence[Block]) -> float:
    return max(max(block.rows.values()) for block in laid) + ROW / 2 + 0.05


def _short(t: Translator, group: str) -> str:
    return textwrap.shorten(group_name(t, group), LONGEST_NAME, placeholder="…")
