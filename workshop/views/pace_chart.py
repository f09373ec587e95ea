"""The band of a period, the plan within it, and what landed so far."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from workshop.colors import INK, MUTED, Palette
from workshop.i18n import Translator
from workshop.questions.pace import LEVEL, Pace
from workshop.views.display import Chart, Table
from workshop.views.look import Look, figure_of, lines_of
from workshop.views.style import SIGNS, house_style, money_axis

_ROOM = 1.04
_SHADE = 0.16
_OUTSIDE = SIGNS[1]


def band_chart(found: Pace, title: str, table: Table, look: Look) -> Chart:
    """Return the chart with its words."""
    t = look.t
    with house_style(look.color) as palette:
        _, ax = plt.subplots()
        band(found, t, palette, ax)
    points = t.clauses([_point(row, found, t) for row in lines_of(found.rows)])
    alt = t("pace.chart.alt", points=points)
    reading = t("pace.chart.reading", level=LEVEL)
    last = found.rows.loc[found.rows["value"].notna(), "ends"].max()
    if found.as_of is not None and found.state == "running" and found.as_of > last:
        reading = " ".join([reading, t("pace.chart.last", day=last)])
    return Chart(figure_of(ax), title, alt, table, "pace", reading)


def band(found: Pace, t: Translator, palette: Palette, ax: Axes | None = None) -> Axes:
    """Draw the band, the middle of it, and the weeks that are over; those outside are marked."""
    ax = ax or plt.gca()
    rows = found.rows
    weeks, past = np.append(0, rows["week"]), rows[rows["value"].notna()]
    low, middle, high = (np.append(0.0, rows[name]) for name in ("low", "median", "high"))
    ax.fill_between(weeks, low, high, color=palette.graphic, alpha=_SHADE, lw=0)
    ax.plot(weeks, middle, color=MUTED, lw=1.2, ls=(0, (4, 3)))
    values = np.append(0.0, past["value"])
    ax.plot(np.append(0, past["week"]), values, color=palette.graphic, marker="o")
    out = past[past["alarm"].isin(["below", "above"])]
    ax.plot(
        out["week"], out["value"], ls="", marker=_OUTSIDE.marker, color=_OUTSIDE.color, ms=8,
        zorder=4,
    )  # fmt: skip
    _label(ax, found, t)
    ax.set(xlabel=t("pace.axis.week"), xlim=(0, _ROOM * weeks[-1]))
    ax.set_ylim(0, _ROOM * max(high.max(), values.max()))
    ax.set_xticks(_ticks(len(rows)))
    ax.grid(visible=False, axis="x")
    ax.grid(visible=True, axis="y")
    money_axis(ax.yaxis, t, found.currency)
    return ax


def _ticks(weeks: int) -> list[int]:
    """Return each week, or each fourth of a long period."""
    return list(range(1, weeks + 1)) if weeks <= 14 else list(range(4, weeks + 1, 4))


def _label(ax: Axes, found: Pace, t: Translator) -> None:
    """Name the lines where they end, so that no legend has to be looked up."""
    end, last = found.rows.iloc[-1], found.rows[found.rows["value"].notna()].iloc[-1]
    landed = t.money(last["value"], found.currency)
    for text, x, y, color, away, side in (
        (t("pace.chart.plan"), end["week"], end["median"], MUTED, (-6, 7), "right"),
        (landed, last["week"], last["value"], INK, (8, -12), "left"),
    ):
        ax.annotate(
            text, (x, y), away, textcoords="offset points", color=color, ha=side, fontsize=9.5
        )


def _point(row: Any, found: Pace, t: Translator) -> str:
    low, high = (t.money(amount, found.currency) for amount in (row.low, row.high))
    if np.isnan(row.value):
        return t("pace.chart.point.ahead", week=row.week, low=low, high=high)
    value = t.money(row.value, found.currency)
    return t("pace.chart.point", week=row.week, value=value, low=low, high=high)
