"""How fast deals move as a picture: a small panel a group, won from below, lost from above."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from workshop.colors import INK, MUTED
from workshop.i18n import Translator
from workshop.questions.velocity import Curves, Velocity
from workshop.views.display import Chart, Table
from workshop.views.look import Look, in_sentence, lines_of, listed, named, short
from workshop.views.style import OUTCOME_SIGNS, house_style, number_axis, percent_axis

GROUPS = 6
"""Panels on a page: the largest groups."""
_ACROSS = 3


def speed_chart(
    rows: pd.DataFrame, curves: Curves, answer: Velocity, table: Table, look: Look
) -> Chart:
    """Draw the share won and lost day by day, a panel for each of the largest groups.

    ``rows`` are the groups on the day they are compared, ``table`` is what stands behind it.
    """
    t, day = look.t, answer.compared_at or 0
    drawn = [row for row in lines_of(rows) if len(_of(curves.groups, row.group))]
    across = min(_ACROSS, len(drawn))
    down = math.ceil(len(drawn) / across)
    with house_style(look.color, (7.2, 0.7 + 1.1 * down)):
        figure, axes = plt.subplots(down, across, squeeze=False, sharex=True, sharey=True)
        for place, (ax, row) in enumerate(zip(axes.flat, drawn, strict=False)):
            outcomes(_of(curves.groups, row.group), curves.together, day, t, ax, worded=not place)
            ax.set_title(_panel_title(row, len(drawn), t), fontweight=_weight(row))
        for ax in axes.flat[len(drawn) :]:
            ax.set_visible(False)
        figure.supxlabel(t("velocity.axis.day"), fontsize=9.5, color=MUTED)
    points = "; ".join(_points(drawn, t))
    alt = t("velocity.chart.alt", days=day, points=points)
    reading = t("velocity.chart.reading", days=day)
    if len(drawn) < rows["group"].nunique(dropna=True):
        reading = f"{reading} {t('velocity.chart.drawn', n=len(drawn))}"
    return Chart(figure, _title(rows, answer, t), alt, table, "speed", reading)


def outcomes(
    curve: pd.DataFrame,
    together: pd.DataFrame,
    day: int,
    t: Translator,
    ax: Axes | None = None,
    *,
    worded: bool = True,
) -> Axes:
    """Draw one group's share won as a band from below, its share lost as one from above.

    What lies between is open; a thin line is the share won of all groups together.
    """
    ax = ax or plt.gca()
    won, lost = OUTCOME_SIGNS["won"], OUTCOME_SIGNS["lost"]
    days = curve["day"]
    ax.fill_between(days, 0, curve["won"], step="post", color=won.color, alpha=0.25, lw=0)
    ax.step(days, curve["won"], where="post", color=won.color, lw=1.8)
    ax.fill_between(
        days,
        1 - curve["lost"],
        1,
        step="post",
        facecolor="none",
        edgecolor=lost.color,
        hatch="///",
        lw=0,
    )
    ax.step(days, 1 - curve["lost"], where="post", color=lost.color, lw=1.8, ls=lost.linestyle)
    ax.step(together["day"], together["won"], where="post", color=INK, lw=0.9, ls=(0, (1, 1.5)))
    ax.axvline(day, color=MUTED, lw=0.8)
    last = int(together["day"].max())
    if worded:
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1.2, "alpha": 0.85}
        for share, code in ((0.08, "won"), (0.9, "lost")):
            ax.text(
                0.97 * last,
                share,
                t(f"outcome.{code}"),
                ha="right",
                va="center",
                fontsize=9,
                bbox=box,
            )
    ax.grid(False)
    percent_axis(ax.yaxis, t)
    number_axis(ax.xaxis, t)
    ax.set(xlim=(0, last), ylim=(0, 1), yticks=[0, 0.5, 1], xticks=_ticks(last))
    return ax


def _of(curves: pd.DataFrame, group: str | None) -> pd.DataFrame:
    """Return one group's curve; the nameless one's where no group has a name."""
    return curves[curves["group"].isna() if pd.isna(group) else curves["group"] == group]


def _ticks(last: int) -> list[int]:
    return list(range(0, last + 1, 60 if last > 90 else 30))


def _weight(row: Any) -> str:
    return "bold" if row.verdict == "clear" else "normal"


def _panel_title(row: Any, panels: int, t: Translator) -> str:
    """Return a group's name with its deals; all deals where there is but one nameless group."""
    if pd.isna(row.group):
        return t("velocity.chart.all", n=row.deals) if panels == 1 else ""
    return t("velocity.chart.panel", name=short(row.group), n=row.deals)


def _points(drawn: Sequence[Any], t: Translator) -> list[str]:
    return [
        t(
            "velocity.chart.point",
            name=t("label.unknown") if pd.isna(row.group) else row.group,
            won=t.percent(row.won_share),
            lost=t.percent(row.lost_share),
        )
        for row in drawn
    ]


def _title(rows: pd.DataFrame, answer: Velocity, t: Translator) -> str:
    clear = rows[rows["verdict"] == "clear"]
    more = clear["won_share"] > clear["rest_share"]
    parts = [
        t(key, items=listed(t, list(names)), days=answer.compared_at)
        for key, names in (
            ("velocity.chart.faster", clear.loc[more, "group"]),
            ("velocity.chart.slower", clear.loc[~more, "group"]),
        )
        if len(names)
    ]
    if parts:
        return "; ".join([parts[0], *(in_sentence(part) for part in parts[1:])])
    if rows["group"].nunique() < 2:
        return t("velocity.chart.one")
    return t("velocity.chart.silent", by=named(t, answer.by))
