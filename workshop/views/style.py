"""The house style: one look for every chart, made from the client's colour.

Colour is never the only sign: a `Sign` carries a marker, a dash pattern and a hatch beside it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import matplotlib as mpl
import numpy as np
import seaborn as sns
from cycler import cycler
from matplotlib import font_manager
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, MaxNLocator

from workshop.colors import INK, LINE, MUTED, Palette, palette
from workshop.i18n import Translator

CHART_SIZE = (7.2, 3.6)
"""Width and height in inches: the text column on a screen, a tenth smaller on A4."""

FONTS = ("Inter", "Source Sans 3", "Segoe UI", "Helvetica Neue", "Arial", "Liberation Sans")
"""The page's stack; matplotlib's own DejaVu Sans is what is left when none is installed."""


@dataclass(frozen=True)
class Sign:
    """One series' look: a colour, and three ways to tell it without colour."""

    color: str
    marker: str
    dashes: tuple[float, ...]
    hatch: str

    @property
    def linestyle(self) -> tuple[int, tuple[float, ...]]:
        """The dashes as matplotlib takes them; none is a solid line."""
        return 0, self.dashes


SIGNS = (
    Sign("#0072b2", "o", (), ""),
    Sign("#d55e00", "s", (5.0, 2.0), "///"),
    Sign("#009e73", "^", (1.5, 1.5), "..."),
    Sign("#882255", "D", (6.0, 2.0, 1.5, 2.0), "\\\\\\"),
    Sign("#cc79a7", "v", (3.0, 1.5), "xxx"),
    Sign("#332288", "P", (8.0, 2.0), "++"),
)
"""In the order of use; far enough apart for every kind of colour vision (the tests compute it)."""

UNDECIDED = Sign("#6b7683", "o", (1.0, 2.0), "")
"""What the data cannot decide: grey, never coloured as a result."""

OUTCOME_SIGNS = {
    "won": SIGNS[0],
    "lost": SIGNS[1],
    "stalled": SIGNS[3],
    "open": UNDECIDED,
}


@contextmanager
def house_style(brand_color: str, size: tuple[float, float] = CHART_SIZE) -> Iterator[Palette]:
    """Draw in the house style within the block; yield the palette of the client's colour."""
    style: dict[Any, Any] = {
        "figure.figsize": size,
        "figure.constrained_layout.use": True,
        "axes.prop_cycle": cycler(color=[sign.color for sign in SIGNS]),
        "axes.grid.axis": "x",
        "axes.titlesize": 10.5,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.axisbelow": True,
        "grid.linewidth": 0.6,
        "hatch.linewidth": 0.6,
        "legend.fontsize": 9.5,
        "legend.frameon": False,
        "lines.linewidth": 1.8,
        "lines.markersize": 6,
    }
    with sns.axes_style("white", _COLORS), mpl.rc_context({**fixed_rendering(), **style}):
        yield palette(brand_color)


_COLORS = {
    "axes.edgecolor": LINE,
    "axes.grid": True,
    "axes.labelcolor": MUTED,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "grid.color": LINE,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": INK,
}


def fixed_rendering() -> dict[Any, Any]:
    """Return what must hold while a figure is drawn as well as while it is written.

    Text is drawn as outlines, so that a reader's machine needs no font; the salt keeps the ids in
    the file the same from run to run.
    """
    return {
        "font.family": ["sans-serif"],
        "font.sans-serif": _installed_fonts(),
        "font.size": 10,
        # Two amounts in dollars are no formula.
        "text.parse_math": False,
        "axes.labelsize": 9.5,
        "xtick.labelsize": 9.5,
        "ytick.labelsize": 9.5,
        "axes.formatter.use_mathtext": False,
        "axes.unicode_minus": True,
        "figure.dpi": 96,
        "savefig.bbox": None,
        "svg.fonttype": "path",
        "svg.hashsalt": "samenspel",
    }


def number_axis(axis: Axis, t: Translator, decimals: int = 0) -> None:
    """Label an axis in the reader's numbers; whole ones only where no decimals are asked for."""
    if not decimals:
        axis.set_major_locator(MaxNLocator("auto", integer=True))
    _label(axis, lambda value: t.number(value, decimals))


def percent_axis(axis: Axis, t: Translator, decimals: int = 0) -> None:
    """Label an axis of fractions of 1 as percentages, with the decimals that its ticks need."""

    def text(value: float) -> str:
        ticks = 100 * axis.get_majorticklocs()
        enough = (n for n in range(decimals, decimals + 3) if np.allclose(ticks, ticks.round(n)))
        return t.percent(value, next(enough, decimals))

    _label(axis, text)


def points_axis(axis: Axis, t: Translator) -> None:
    """Label an axis of differences of fractions in percentage points, signed."""
    _label(axis, t.points)


def money_axis(axis: Axis, t: Translator, currency: str) -> None:
    """Label an axis with amounts of a currency."""
    _label(axis, lambda value: t.money(value, currency))


def month_axis(axis: Axis, t: Translator) -> None:
    """Label an axis of dates with months and years."""
    _label(axis, lambda value: t.month(_EPOCH + dt.timedelta(days=value)))


_EPOCH = dt.date(1970, 1, 1)
"""Where matplotlib counts days from."""


def _label(axis: Axis, text: Callable[[float], str]) -> None:
    axis.set_major_formatter(FuncFormatter(lambda value, _position: text(float(value))))


@cache
def _installed_fonts() -> list[str]:
    """Return the stack without what is missing: matplotlib warns of every name it cannot find."""
    installed = set(font_manager.get_font_names())
    return [*(name for name in FONTS if name in installed), "DejaVu Sans"]
