"""What changed since the previous audit as a picture: differences with their intervals."""

from __future__ import annotations

import datetime as dt

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from workshop.colors import INK, MUTED
from workshop.i18n import Translator
from workshop.views.display import Chart
from workshop.views.figure_words import figure_name
from workshop.views.look import Look, figure_of, lines_of, listed, rows_apart, span_of_points
from workshop.views.style import UNDECIDED, house_style, points_axis


def change_chart(rows: pd.DataFrame, day: dt.date, look: Look) -> Chart:
    """Draw the difference of every share that could be compared."""
    t = look.t
    with house_style(look.color, (7.2, 0.8 + 0.28 * len(rows))):
        _, ax = plt.subplots()
        differences(rows, t, ax)
    points = [
        t(
            "change.chart.point",
            figure=figure_name(row, t),
            difference=row.difference,
            span=span_of_points(t, row.ci_low, row.ci_high),
        )
        for row in lines_of(rows)
    ]
    return Chart(
        figure_of(ax),
        _title(rows, t),
        t("change.chart.alt", points="; ".join(points)),
        None,
        "change",
        t("change.chart.reading", day=day),
    )


def differences(rows: pd.DataFrame, t: Translator, ax: Axes | None = None) -> Axes:
    """Draw a row per figure: since minus before, grey where it could be chance."""
    ax = ax or plt.gca()
    ax.axvline(0, color=MUTED, lw=1)
    for place, row in enumerate(lines_of(rows)):
        changed = row.verdict == "changed"
        color = INK if changed else UNDECIDED.color
        ax.hlines(place, row.ci_low, row.ci_high, color=color, lw=1.8)
        ax.plot(row.difference, place, "o", color=color, mfc=color if changed else "white", mew=1.5)
    reach = 1.08 * rows[["ci_low", "ci_high"]].abs().to_numpy().max()
    ax.set_yticks(range(len(rows)), [figure_name(row, t) for row in lines_of(rows)])
    ax.set(xlim=(-reach, reach), ylim=rows_apart(rows), xlabel=t("change.axis"))
    points_axis(ax.xaxis, t)
    return ax


def _title(rows: pd.DataFrame, t: Translator) -> str:
    """Say which of the drawn figures changed."""
    changed = rows[rows["verdict"] == "changed"]
    if changed.empty:
        return t("change.chart.none")
    names = [t("label.quoted", text=figure_name(row, t)) for row in lines_of(changed)]
    return t("change.chart.some", items=listed(t, names))
