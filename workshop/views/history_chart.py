"""The whole history as a picture: win rates with their intervals."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from workshop.colors import INK, MUTED, Palette
from workshop.i18n import Translator
from workshop.views.display import Chart
from workshop.views.levels import findings, overall
from workshop.views.look import (
    MARK,
    Look,
    category,
    figure_of,
    lines_of,
    listed,
    opened_with,
    phrase,
    rows_apart,
    short,
    span,
)
from workshop.views.style import UNDECIDED, house_style, percent_axis

DRAWN = 6
MARKED = 2


def drawn_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the levels that the chart shows: the lowest p-values, by rate, marked ones last."""
    enough = rows[(rows["verdict"] != "too_few") & rows["win_rate"].notna()]
    known = enough[enough["known_at_creation"]].head(DRAWN)
    marked = enough[~enough["known_at_creation"] & enough["verdict"].eq("clear")].head(MARKED)
    parts = [
        part.sort_values(["win_rate", "trait", "level"], ascending=[False, True, True])
        for part in (known, marked)
    ]
    return pd.concat(parts, ignore_index=True)


def win_rate_chart(rows: pd.DataFrame, look: Look) -> Chart:
    """Draw the levels that stand out most, beside the rate of all closed deals."""
    t, drawn, rate = look.t, drawn_rows(rows), overall(rows)
    with house_style(look.color, (7.2, 0.85 + 0.23 * len(drawn))) as palette:
        _, ax = plt.subplots()
        win_rates(drawn, rate, t, palette, ax)
    names = [phrase(t, row.trait, row.level) for row in lines_of(findings(rows))]
    title = t("history.chart.silent", rate=rate)
    if names:
        title = opened_with(t("history.chart.clear", n=len(names), items=listed(t, names)))
    reading = t("history.chart.reading")
    if not drawn["known_at_creation"].all():
        reading = f"{reading} {t('label.mark')}"
    points = "; ".join(_point(row, t) for row in lines_of(drawn))
    alt = t("history.chart.alt", rate=rate, points=points)
    return Chart(figure_of(ax), title, alt, None, "win-rates", reading)


def _point(row: Any, t: Translator) -> str:
    mark = "" if row.known_at_creation else f" {MARK}"
    between = span(t, row.ci_low, row.ci_high)
    return f"{phrase(t, row.trait, row.level)}{mark} {t.percent(row.win_rate)} ({between})"


def win_rates(
    drawn: pd.DataFrame, rate: float, t: Translator, palette: Palette, ax: Axes | None = None
) -> Axes:
    """Draw each level's win rate with its interval, and the rate of all deals as a tick."""
    ax = ax or plt.gca()
    ax.axvline(rate, color=MUTED, lw=1, ls=(0, (4, 3)))
    found = findings(drawn).index
    for place, row in enumerate(lines_of(drawn)):
        color = palette.graphic if row.Index in found else UNDECIDED.color
        fill = color if row.Index in found else "white"
        ax.hlines(place, row.ci_low, row.ci_high, color=color, lw=1.8)
        ax.plot(row.win_rate, place, "o", color=color, mfc=fill, mew=1.5)
        ax.plot(row.rate_of_all, place, "|", color=INK, ms=9, mew=1.4)
    names = [
        category(t, row.trait, row.level, known=row.known_at_creation) for row in lines_of(drawn)
    ]
    ax.set_yticks(range(len(drawn)), [short(name) for name in names])
    ax.set(xlim=(0, 1), ylim=rows_apart(drawn), xlabel=t("history.axis.rate"))
    above = ax.get_xaxis_transform()
    label = t("history.chart.overall", rate=rate)
    ax.text(rate, 1.01, label, transform=above, ha="center", va="bottom", fontsize=9, color=MUTED)
    percent_axis(ax.xaxis, t)
    return ax
