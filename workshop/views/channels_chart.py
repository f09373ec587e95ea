"""Channels as a picture: each one's shrunk rate with its interval."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from workshop.analysis.channels import MIN_MATURE_LEADS, overall_rate
from workshop.colors import INK, MUTED, Palette
from workshop.i18n import Translator
from workshop.views.channel_rows import decimals, found, level
from workshop.views.display import Chart
from workshop.views.look import (
    Look,
    figure_of,
    in_sentence,
    lines_of,
    listed,
    rows_apart,
    short,
    span,
)
from workshop.views.style import UNDECIDED, house_style, percent_axis

DRAWN = 12
MARKERS = {"works": "^", "noise": "v"}
"""Up for above, down for below: the verdict without its colour."""


def drawn_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the channels that the chart shows: those that stand out, then the largest, by rate."""
    judged = rows[rows["mature_leads"] >= MIN_MATURE_LEADS]
    placed = judged.assign(last=~judged["verdict"].isin(list(MARKERS)))
    chosen = placed.sort_values(["last", "mature_leads", "channel"], ascending=[True, False, True])
    by_rate = chosen.head(DRAWN).sort_values(["shrunk_rate", "channel"], ascending=[False, True])
    return by_rate.drop(columns="last").reset_index(drop=True)


def forest(rows: pd.DataFrame, look: Look) -> Chart:
    """Draw each channel's shrunk rate with its interval, beside the rate of all leads."""
    t, drawn, rate = look.t, drawn_rows(rows), overall_rate(rows)
    with house_style(look.color, (7.2, 1.0 + 0.26 * len(drawn))) as palette:
        _, ax = plt.subplots()
        rates(drawn, rate, t, palette, ax)
    points = "; ".join(_point(row, decimals(rate), t) for row in lines_of(drawn))
    alt = t("channels.chart.alt", rate=t.percent(rate, decimals(rate)), points=points)
    reading = t("channels.chart.reading")
    if len(drawn) < len(rows):
        reading = f"{reading} {t('channels.chart.drawn', n=len(drawn), total=len(rows))}"
    return Chart(figure_of(ax), _title(rows, rate, t), alt, None, "channels", reading)


def rates(
    drawn: pd.DataFrame, rate: float, t: Translator, palette: Palette, ax: Axes | None = None
) -> Axes:
    """Draw each channel's shrunk rate and interval, its own rate as a tick, and its counts."""
    ax = ax or plt.gca()
    ax.axvline(rate, color=MUTED, lw=1, ls=(0, (4, 3)))
    for place, row in enumerate(lines_of(drawn)):
        stands_out = row.verdict in MARKERS and pd.notna(row.channel)
        color = palette.graphic if stands_out else UNDECIDED.color
        marker = MARKERS.get(row.verdict, "o") if stands_out else "o"
        ax.hlines(place, row.shrunk_low, row.shrunk_high, color=color, lw=1.8)
        fill = color if stands_out else "white"
        ax.plot(row.shrunk_rate, place, marker, color=color, mfc=fill, mew=1.5, ms=7)
        ax.plot(row.rate, place, "|", color=INK, ms=9, mew=1.4)
        ax.annotate(
            t("label.of", part=row.mature_won, whole=row.mature_leads),
            (max(row.shrunk_high, row.rate), place),
            (7, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
            fontweight="bold" if stands_out else "normal",
        )
    ax.set_yticks(range(len(drawn)), [short(level(t, row.channel)) for row in lines_of(drawn)])
    far = max(drawn["shrunk_high"].max(), drawn["rate"].max())
    ax.set(xlim=(0, 1.18 * far), ylim=rows_apart(drawn), xlabel=t("channels.axis.rate"))
    label = t("channels.chart.overall", rate=t.percent(rate, decimals(rate)))
    above = ax.get_xaxis_transform()
    ax.text(rate, 1.01, label, transform=above, ha="center", va="bottom", fontsize=9, color=MUTED)
    percent_axis(ax.xaxis, t)
    return ax


def _title(rows: pd.DataFrame, rate: float, t: Translator) -> str:
    names = {verdict: list(found(rows, verdict)["channel"]) for verdict in MARKERS}
    parts = [
        t(f"channels.chart.{verdict}", items=listed(t, items))
        for verdict, items in names.items()
        if items
    ]
    if parts:
        return "; ".join([parts[0], *(in_sentence(part) for part in parts[1:])])
    return t("channels.chart.silent", rate=t.percent(rate, decimals(rate)))


def _point(row: Any, digits: int, t: Translator) -> str:
    between = span(t, row.shrunk_low, row.shrunk_high, digits)
    return f"{level(t, row.channel)} {t.percent(row.shrunk_rate, digits)} ({between})"
