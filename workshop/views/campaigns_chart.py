"""Campaigns as a funnel plot: rate against volume, with the limits of chance."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from workshop.analysis.channels import MIN_MATURE_LEADS, funnel_limits
from workshop.colors import LINE, MUTED, Palette
from workshop.i18n import Translator
from workshop.views.channel_rows import decimals
from workshop.views.display import Chart
from workshop.views.look import Look, figure_of, lines_of, listed, short
from workshop.views.naming import quoted
from workshop.views.style import UNDECIDED, house_style, number_axis, percent_axis

NAMED = 5


def plotted_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the campaigns with enough leads to have a rate, the largest first."""
    enough = rows[rows["mature_leads"] >= MIN_MATURE_LEADS]
    return enough.sort_values(["mature_leads", "channel"], ascending=[False, True])


def volume_chart(rows: pd.DataFrame, rate: float, look: Look) -> Chart:
    """Draw each campaign's rate against its leads, and name those that chance leaves aside."""
    t, aside = look.t, outside(rows, rate)
    with house_style(look.color, (7.2, 2.8)) as palette:
        _, ax = plt.subplots()
        rate_by_volume(rows, rate, t, palette, ax)
    points = "; ".join(
        t(
            "channels.funnel.point",
            name=row.channel,
            rate=t.percent(row.rate, decimals(rate)),
            n=row.mature_leads,
        )
        for row in lines_of(rows.head(NAMED))
    )
    alt = t("channels.funnel.alt", rate=t.percent(rate, decimals(rate)), points=points)
    title = t("channels.funnel.silent")
    if len(aside):
        title = t("channels.funnel.outside", items=listed(t, list(aside["channel"])))
    reading = t("channels.funnel.reading")
    judged = rows[rows["verdict"].isin(["works", "noise"]) & ~rows.index.isin(aside.index)]
    if len(judged):
        names = quoted(t, [str(name) for name in judged["channel"]])
        reading = " ".join([reading, t("channels.funnel.judged", names=names)])
    return Chart(figure_of(ax), title, alt, None, "funnel-plot", reading)


def outside(rows: pd.DataFrame, rate: float) -> pd.DataFrame:
    """Return the campaigns outside the 99.8% limits, the furthest first."""
    if rows.empty:
        return rows
    bounds = funnel_limits(rate, rows["mature_leads"]).set_index(rows.index)
    out = (rows["rate"] < bounds["low_998"]) | (rows["rate"] > bounds["high_998"])
    far = (rows["rate"] - rate).abs()[out].sort_values(ascending=False, kind="stable")
    return rows.loc[far.index]


def rate_by_volume(
    rows: pd.DataFrame, rate: float, t: Translator, palette: Palette, ax: Axes | None = None
) -> Axes:
    """Draw the limits of chance around the overall rate, and a mark for each campaign."""
    ax = ax or plt.gca()
    most, least = int(rows["mature_leads"].max()), int(rows["mature_leads"].min())
    volumes = np.unique(np.linspace(max(1, least // 2), 1.06 * most, 200).astype(int))
    bounds = funnel_limits(rate, volumes)
    for name, dashes, alpha in (("998", (4, 3), 0.08), ("95", (1, 2), 0.12)):
        low, high = bounds[f"low_{name}"], bounds[f"high_{name}"]
        ax.fill_between(volumes, low, high, step="mid", color=palette.graphic, alpha=alpha, lw=0)
        for edge in (low, high):
            ax.step(volumes, edge, where="mid", color=MUTED, lw=0.9, ls=(0, dashes))
    ax.axhline(rate, color=MUTED, lw=1)
    far = outside(rows, rate).index
    for row in lines_of(rows):
        out = row.Index in far
        color = palette.graphic if out else UNDECIDED.color
        ax.plot(
            row.mature_leads,
            row.rate,
            "D" if out else "o",
            color=color,
            mfc=color if out else "white",
            mew=1.4,
        )
        if out:
            right = row.mature_leads > (volumes[0] + volumes[-1]) / 2
            ax.annotate(
                short(row.channel),
                (row.mature_leads, row.rate),
                (-8 if right else 8, 0),
                textcoords="offset points",
                ha="right" if right else "left",
                va="center",
                fontsize=9,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.8},
            )
    top = max(float(rows["rate"].max()), float(bounds["high_95"].max()), 2 * rate)
    ax.set(ylim=(-0.03 * top, min(1.12 * top, 1.03)), xlim=(volumes[0], volumes[-1]))
    ax.set(xlabel=t("channels.axis.volume"), ylabel=t("channels.axis.rate"))
    ax.grid(axis="y", color=LINE)
    number_axis(ax.xaxis, t)
    percent_axis(ax.yaxis, t)
    return ax
