"""Waits at the hand-over as a picture: how long they are, or how often they are too long."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from workshop.colors import LINE, Palette
from workshop.i18n import Translator
from workshop.views.display import Chart
from workshop.views.hours import agreed, waited
from workshop.views.look import Look, figure_of, lines_of, rows_apart, short, span
from workshop.views.style import UNDECIDED, house_style, number_axis, percent_axis

ROOM = 1.12
"""How far an axis goes beyond what it shows."""


def breaches_chart(
    rows: pd.DataFrame, names: list[str], day_hours: float, title: str, clear: bool, look: Look
) -> Chart:
    """Draw how often each time limit would have been passed, the first in colour if clear."""
    t = look.t
    with house_style(look.color, (7.2, 0.8 + 0.36 * len(rows))) as palette:
        _, ax = plt.subplots()
        breaches(rows, names, day_hours, t, palette.graphic if clear else None, ax)
    points = [
        f"{name} {t.percent(row.breached_share)} ({span(t, row.breached_low, row.breached_high)})"
        for name, row in zip(names, lines_of(rows), strict=True)
    ]
    alt = t("hand_over.breaches.alt", points="; ".join(points))
    reading = t("hand_over.breaches.reading")
    return Chart(figure_of(ax), title, alt, None, "breaches", reading)


def breaches(
    rows: pd.DataFrame,
    names: list[str],
    day_hours: float,
    t: Translator,
    first: str | None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a dot per rule and type of customer with its interval, the ``first`` in a colour."""
    ax = ax or plt.gca()
    for place, row in enumerate(lines_of(rows)):
        color = first if first and not place else UNDECIDED.color
        ax.hlines(place, 0, row.breached_share, color=LINE, lw=4)
        ax.hlines(place, row.breached_low, row.breached_high, color=color, lw=2)
        ax.plot(row.breached_share, place, "o", color=color, ms=7)
        label = t(
            "hand_over.breaches.label",
            share=row.breached_share,
            limit=agreed(t, row.limit_hours, day_hours),
        )
        ax.annotate(
            label, (row.breached_high, place), (8, 0), textcoords="offset points", va="center"
        )
    ax.set_yticks(range(len(rows)), [short(name) for name in names])
    ax.set(
        xlim=(0, 1.35),
        ylim=rows_apart(rows),
        xticks=[0, 0.25, 0.5, 0.75, 1],
        xlabel=t("hand_over.axis.late"),
    )
    percent_axis(ax.xaxis, t)
    return ax


def waits_chart(
    rows: pd.DataFrame, names: list[str], day_hours: float, title: str, look: Look
) -> Chart:
    """Draw how long the middle lead waits, and by when nine in ten were attended to."""
    t = look.t
    with house_style(look.color, (7.2, 0.9 + 0.42 * len(rows))) as palette:
        _, ax = plt.subplots()
        waits(rows, names, day_hours, t, palette, ax)
    points = [
        _point(name, row, day_hours, t) for name, row in zip(names, lines_of(rows), strict=True)
    ]
    alt = t("hand_over.waits.alt", points="; ".join(points))
    return Chart(figure_of(ax), title, alt, None, "waits", t("hand_over.waits.reading"))


def waits(
    rows: pd.DataFrame,
    names: list[str],
    day_hours: float,
    t: Translator,
    palette: Palette,
    ax: Axes | None = None,
) -> Axes:
    """Draw a line from the median to the 90th percentile; an arrow where that is not reached."""
    ax = ax or plt.gca()
    longest = float(np.nanmax(rows[["median_hours", "p90_hours"]].to_numpy(float)))
    end = ROOM * max(longest / day_hours, 1)
    for place, row in enumerate(lines_of(rows)):
        middle, slowest = row.median_hours / day_hours, row.p90_hours / day_hours
        if pd.isna(middle):
            continue
        reached = pd.notna(slowest)
        ax.hlines(place, middle, slowest if reached else 0.985 * end, color=LINE, lw=4)
        ax.plot(
            slowest if reached else 0.985 * end,
            place,
            "|" if reached else ">",
            color=UNDECIDED.color,
            ms=11 if reached else 7,
            mew=2,
        )
        ax.plot(middle, place, "o", color=palette.graphic, ms=8)
    ax.set_yticks(range(len(rows)), [short(name) for name in names])
    ax.set(xlim=(0, end), ylim=rows_apart(rows), xlabel=t("hand_over.axis.days"))
    number_axis(ax.xaxis, t)
    return ax


def _point(name: str, row: Any, day_hours: float, t: Translator) -> str:
    if pd.isna(row.median_hours):
        return t("hand_over.waits.point.most", name=name)
    middle = waited(t, row.median_hours, day_hours)
    if pd.isna(row.p90_hours):
        return t("hand_over.waits.point.many", name=name, middle=middle)
    slowest = waited(t, row.p90_hours, day_hours)
    return t("hand_over.waits.point", name=name, middle=middle, slowest=slowest)
