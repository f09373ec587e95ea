"""Ten against ten as a picture: shares side by side, and their difference with its interval."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from workshop.colors import INK, LINE, MUTED
from workshop.i18n import Translator
from workshop.views.display import Chart
from workshop.views.look import (
    MARK,
    Look,
    category,
    lines_of,
    listed,
    opened_with,
    phrase,
    rows_apart,
    short,
    span_of_points,
)
from workshop.views.style import OUTCOME_SIGNS, UNDECIDED, house_style, percent_axis, points_axis

DRAWN = 6
MARKED = 2
ALPHA = 0.05
_TITLES = {"clear": "ten.chart.clear", "promising": "ten.chart.promising"}


def ten_chart(rows: pd.DataFrame, other: str, look: Look) -> Chart:
    """Draw the levels that stand out most; ``other`` names the side that was not won."""
    t, drawn = look.t, drawn_rows(rows)
    with house_style(look.color, (7.2, 1.1 + 0.27 * len(drawn))):
        figure, axes = plt.subplots(1, 2, sharey=True, width_ratios=(1, 1.15))
        figure.set_layout_engine("constrained", wspace=0.06)
        shares(drawn, other, t, axes[0])
        differences(drawn, t, axes[1])
    reading = t("ten.chart.reading")
    if not drawn["known_at_creation"].all():
        reading = f"{reading} {t('label.mark')}"
    alt = t("ten.chart.alt", points="; ".join(_point(row, t) for row in lines_of(drawn)))
    return Chart(figure, _title(rows, t), alt, None, "ten-against-ten", reading)


def drawn_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the levels that the chart shows: the lowest p-values, few of them not vouched for."""
    enough = rows[(rows["verdict"] != "too_few") & rows["difference"].notna()]
    doubtful = enough[~enough["known_at_creation"] & (enough["p_value"] < ALPHA)]
    known = enough[enough["known_at_creation"]].head(DRAWN)
    return pd.concat([known, doubtful.head(MARKED)], ignore_index=True)


def shares(drawn: pd.DataFrame, other: str, t: Translator, ax: Axes | None = None) -> Axes:
    """Draw the share of won deals and of the ``other`` side with each level, joined by a line."""
    ax = ax or plt.gca()
    places = range(len(drawn))
    won = drawn["won_with"] / drawn["won_total"]
    lost = drawn["lost_with"] / drawn["lost_total"]
    ax.hlines(places, won, lost, color=LINE, lw=3)
    for values, code, label in ((won, "won", t("outcome.won")), (lost, "lost", other)):
        sign = OUTCOME_SIGNS[code]
        ax.plot(values, places, ls="", marker=sign.marker, color=sign.color, label=label)
    names = [
        category(t, row.trait, row.level, known=row.known_at_creation) for row in lines_of(drawn)
    ]
    ax.set_yticks(places, [short(name) for name in names])
    ax.set(
        xlim=(-0.05, 1.05), ylim=rows_apart(drawn), xticks=[0, 0.5, 1], xlabel=t("ten.axis.share")
    )
    ax.legend(ncols=2, loc="lower left", bbox_to_anchor=(-0.05, 1), handletextpad=0.1)
    percent_axis(ax.xaxis, t)
    return ax


def differences(drawn: pd.DataFrame, t: Translator, ax: Axes | None = None) -> Axes:
    """Draw the difference of the shares with its interval; what is undecided is grey."""
    ax = ax or plt.gca()
    ax.axvline(0, color=MUTED, lw=1)
    for place, row in enumerate(lines_of(drawn)):
        decided = row.known_at_creation and row.verdict in ("clear", "promising")
        color = INK if decided else UNDECIDED.color
        fill = INK if decided and row.verdict == "clear" else "white"
        ax.hlines(place, row.ci_low, row.ci_high, color=color, lw=1.8)
        ax.plot(row.difference, place, "o", color=color, mfc=fill, mew=1.5)
    ax.set(xlim=(-1.05, 1.05), xticks=[-1, -0.5, 0, 0.5, 1], xlabel=t("ten.axis.difference"))
    points_axis(ax.xaxis, t)
    return ax


def _title(rows: pd.DataFrame, t: Translator) -> str:
    """Say what stands out among the traits known from the start."""
    known = rows[rows["known_at_creation"]]
    for code, key in _TITLES.items():
        found = known[known["verdict"] == code]
        if len(found):
            names = [phrase(t, row.trait, row.level) for row in lines_of(found)]
            return opened_with(t(key, n=len(names), items=listed(t, names)))
    return t("ten.chart.nothing")


def _point(row: Any, t: Translator) -> str:
    mark = "" if row.known_at_creation else f" {MARK}"
    return t(
        "ten.chart.point",
        category=phrase(t, row.trait, row.level) + mark,
        won=row.won_with,
        won_total=row.won_total,
        lost=row.lost_with,
        lost_total=row.lost_total,
        difference=row.difference,
        span=span_of_points(t, row.ci_low, row.ci_high),
    )
