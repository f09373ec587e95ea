"""From what the plan expected to what landed, part by part."""

from __future__ import annotations

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from workshop.colors import INK, LINE, MUTED, Palette
from workshop.i18n import Translator
from workshop.questions.gap import Gap
from workshop.questions.pace import Pace
from workshop.views.display import Chart, Column, Table
from workshop.views.look import Look, figure_of, lines_of
from workshop.views.style import SIGNS, house_style, money_axis

_DOWN = SIGNS[1]
_HEIGHT = 0.62


def waterfall_chart(found: Gap, pace: Pace, rows: pd.DataFrame, title: str, look: Look) -> Chart:
    """Return the chart with its words."""
    t = look.t
    with house_style(look.color, (7.2, 1.0 + 0.44 * (len(rows) + 2))) as palette:
        _, ax = plt.subplots()
        waterfall(found, pace, rows, t, palette, ax)
    points = t.clauses(
        [
            t("gap.chart.point", factor=row.name, part=signed(row.shown, pace, t))
            for row in lines_of(rows)
        ]
    )
    alt = t(
        "gap.chart.alt",
        planned=t.money(found.planned, pace.currency),
        actual=t.money(found.actual, pace.currency),
        points=points,
    )
    return Chart(figure_of(ax), title, alt, _table(rows, pace, t), "gap", t("gap.chart.reading"))


def waterfall(
    found: Gap,
    pace: Pace,
    rows: pd.DataFrame,
    t: Translator,
    palette: Palette,
    ax: Axes | None = None,
) -> Axes:
    """Draw both totals as bars from zero, and between them each part where the last one ended."""
    ax = ax or plt.gca()
    level = found.planned
    _total(ax, 0, found.planned, pace, t, MUTED)
    for place, row in enumerate(lines_of(rows), 1):
        _part(ax, place, level, float(row.shown), pace, t, palette)
        level += float(row.shown)
    _total(ax, len(rows) + 1, found.actual, pace, t, palette.graphic)
    names = [f"{row.name}\n{row.detail}" for row in lines_of(rows)]
    ax.set_yticks(range(len(rows) + 2), [t("gap.chart.planned"), *names, t("gap.chart.actual")])
    ax.set_ylim(len(rows) + 1.6, -0.6)
    low, high = ax.get_xlim()
    ax.set_xlim(min(low, 0), high + 0.16 * (high - min(low, 0)))
    money_axis(ax.xaxis, t, pace.currency)
    return ax


def signed(amount: float, pace: Pace, t: Translator) -> str:
    """Return an amount with its sign."""
    sign = "+" if amount > 0 else "−" if amount < 0 else ""
    return f"{sign}{t.money(abs(amount), pace.currency)}"


def _total(ax: Axes, place: int, amount: float, pace: Pace, t: Translator, color: str) -> None:
    ax.barh(place, amount, height=_HEIGHT, color=color)
    _beside(ax, place, amount, t.money(amount, pace.currency))


def _part(
    ax: Axes, place: int, level: float, part: float, pace: Pace, t: Translator, palette: Palette
) -> None:
    """Draw one part; what takes is hatched, so that colour is not its only sign."""
    down = part < 0
    ax.barh(
        place,
        abs(part),
        left=min(level, level + part),
        height=_HEIGHT,
        color=_DOWN.color if down else palette.graphic,
        hatch=_DOWN.hatch if down else "",
        edgecolor="white",
        lw=0,
    )
    ax.plot([level, level], [place - 1 + _HEIGHT / 2, place + _HEIGHT / 2], color=LINE, lw=1)
    _beside(ax, place, max(level, level + part), signed(part, pace, t))


def _beside(ax: Axes, place: int, x: float, text: str) -> None:
    ax.annotate(
        text, (x, place), (5, 0), textcoords="offset points", va="center", color=INK, fontsize=9.5
    )


def _table(rows: pd.DataFrame, pace: Pace, t: Translator) -> Table:
    columns = (
        Column("name", t("gap.header.factor")),
        Column("planned", t("gap.header.planned"), "number-3"),
        Column("actual", t("gap.header.actual"), "number-3"),
        Column("part", t("gap.header.part"), f"money-{pace.currency}"),
    )
    return Table(rows.drop(columns=["detail", "shown"]), "gap", t("gap.table"), columns, t)
