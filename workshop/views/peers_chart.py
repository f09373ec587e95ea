"""A client among its peers as a picture: its own mark on the band of the middle half."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from workshop.colors import INK, LINE, MUTED
from workshop.i18n import Translator
from workshop.views.display import Chart
from workshop.views.look import Look, figure_of, lines_of, rows_apart
from workshop.views.style import UNDECIDED, house_style, percent_axis

DRAWN = [
    "estimate",
    "ci_low",
    "ci_high",
    "peers_low",
    "peers_middle",
    "peers_high",
    "middle_low",
    "middle_high",
]
MIDDLE = "#a3aebb"
"""The interval of the middle, on the band."""
ROOM = 1.4
"""How far an axis of times goes beyond what it shows, as a factor."""


def peers_chart(
    rows: pd.DataFrame, names: Sequence[str], title: str, points: Sequence[str], look: Look
) -> Chart:
    """Draw figures of one unit, times in days; ``points`` says each in words."""
    t = look.t
    unit = rows["unit"].iloc[0]
    with house_style(look.color, (7.2, 0.9 + 0.42 * len(rows))):
        _, ax = plt.subplots()
        own_marks(rows, names, t, ax)
    return Chart(
        figure_of(ax),
        title,
        t("benchmark.chart.alt", points="; ".join(points)),
        None,
        f"peers-{unit}",
        t("benchmark.chart.reading"),
    )


def own_marks(
    rows: pd.DataFrame, names: Sequence[str], t: Translator, ax: Axes | None = None
) -> Axes:
    """Draw a row per figure: a band with its middle, and the own estimate with its interval."""
    ax = ax or plt.gca()
    for place, row in enumerate(lines_of(rows)):
        apart = row.verdict != "undecided"
        color = INK if apart else UNDECIDED.color
        ax.hlines(place, row.peers_low, row.peers_high, color=LINE, lw=14)
        ax.hlines(place, row.middle_low, row.middle_high, color=MIDDLE, lw=6)
        ax.vlines(row.peers_middle, place - 0.24, place + 0.24, color=MUTED, lw=1.4)
        ax.hlines(place, row.ci_low, row.ci_high, color=color, lw=1.8)
        ax.plot(row.estimate, place, "o", color=color, mfc=color if apart else "white", mew=1.5)
    ax.set_yticks(range(len(rows)), list(names))
    ax.set(ylim=rows_apart(rows))
    if rows["unit"].iloc[0] == "share":
        _share_axis(rows, t, ax)
    else:
        _time_axis(rows, t, ax)
    return ax


def _share_axis(rows: pd.DataFrame, t: Translator, ax: Axes) -> None:
    most = float(rows[DRAWN].to_numpy(float).max())
    ax.set(xlim=(0, min(1.05 * most, 1)), xlabel=t("benchmark.axis.share"))
    percent_axis(ax.xaxis, t)


def _time_axis(rows: pd.DataFrame, t: Translator, ax: Axes) -> None:
    """Draw on a logarithmic scale: twice as long is as far apart wherever it is."""
    drawn: Any = rows[DRAWN].to_numpy(float)
    ax.set_xscale("log")
    ax.set(xlim=(drawn.min() / ROOM, drawn.max() * ROOM), xlabel=t("benchmark.axis.time"))
    ax.xaxis.set_major_locator(LogLocator(10, subs=(1, 2, 5)))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _place: _days(value, t)))
    ax.xaxis.set_minor_formatter(NullFormatter())


def _days(value: float, t: Translator) -> str:
    return t.count(round(value)) if value >= 1 else t.number(value, 1)
