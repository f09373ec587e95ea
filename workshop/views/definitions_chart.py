"""The versions of each term as a picture: how many of the leads they pass got there."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from workshop.colors import INK, Palette
from workshop.i18n import Translator
from workshop.questions.definitions import Definitions
from workshop.views.definition_text import term_name
from workshop.views.display import Chart
from workshop.views.look import MARK, Look, figure_of, lines_of, opened_with, rows_apart, span
from workshop.views.style import UNDECIDED, house_style, percent_axis

APART = 0.17
"""How far the earlier and the later leads of one version stand apart."""


def drawn_rows(answer: Definitions) -> pd.DataFrame:
    """Return the versions that passed a later lead: their scores, the base rate, the early rate.

    Columns beyond those of ``rows``: ``base``, ``earlier`` and ``vouched``, which is false where
    a criterion uses a field that may have been filled in after the outcome.
    """
    keys = ["term", "side"]
    early = answer.rows[answer.rows["period"] == "fit"].set_index(keys)["precision"]
    rows = answer.rows[(answer.rows["period"] == "check") & (answer.rows["true"] > 0)]
    return (
        rows.join(early.rename("earlier"), on=keys)
        .assign(base=rows["won"] / rows["leads"], vouched=vouched(answer, rows))
        .reset_index(drop=True)
    )


def vouched(answer: Definitions, rows: pd.DataFrame) -> list[bool]:
    """Tell which rows are of a version whose every field was known before the outcome."""
    doubtful = {(row.term, row.side) for row in lines_of(answer.not_vouched)}
    return [(row.term, row.side) not in doubtful for row in lines_of(rows)]


def precision_chart(answer: Definitions, look: Look) -> Chart:
    """Draw each version beside the rate of all leads."""
    t, drawn = look.t, drawn_rows(answer)
    with house_style(look.color, (7.2, 1.0 + 0.42 * len(drawn))) as palette:
        _, ax = plt.subplots()
        precisions(drawn, t, palette, ax)
    better = drawn[_better(drawn)]
    names = [side_name(row, t) for row in lines_of(better)]
    title = t("definitions.chart.silent")
    if names:
        title = t("definitions.chart.better", n=len(names), names=t.join(names))
    reading = t("definitions.chart.reading", leads=_tested_on(answer, t))
    if not drawn["vouched"].all():
        reading = f"{reading} {t('definitions.chart.mark')}"
    points = "; ".join(_point(row, t) for row in lines_of(drawn))
    alt = t("definitions.chart.alt", points=points)
    return Chart(figure_of(ax), title, alt, None, "definitions", reading)


def _tested_on(answer: Definitions, t: Translator) -> str:
    """Say which leads are kept apart: the latest, or any where leads have no dates."""
    days = answer.terms["check_from"].dropna()
    if days.empty:
        return t("definitions.tested_on.random")
    return t("definitions.tested_on.since", day=days.max())


def precisions(
    drawn: pd.DataFrame, t: Translator, palette: Palette, ax: Axes | None = None
) -> Axes:
    """Draw each version's rate on the later leads, on the earlier ones, and that of all leads."""
    ax = ax or plt.gca()
    better = _better(drawn)
    for place, row in enumerate(lines_of(drawn)):
        color = palette.graphic if better[place] else UNDECIDED.color
        fill = color if better[place] else "white"
        late, early = place - APART, place + APART
        ax.hlines(late, row.precision_low, row.precision_high, color=color, lw=1.8)
        ax.plot(row.precision, late, "o", color=color, mfc=fill, mew=1.5)
        ax.plot(row.earlier, early, "D", color=UNDECIDED.color, mfc="white", ms=4, mew=1)
        ax.plot(row.base, late, "|", color=INK, ms=11, mew=1.4)
    names = [opened_with(side_name(row, t)) for row in lines_of(drawn)]
    ax.set_yticks(range(len(drawn)), names)
    ax.set(ylim=rows_apart(drawn), xlabel=t("definitions.axis.rate"))
    ax.set_xlim(0, min(1, 1.08 * float(drawn[["precision_high", "base", "earlier"]].max().max())))
    percent_axis(ax.xaxis, t)
    return ax


def side_name(row: Any, t: Translator) -> str:
    """Return a version as its term and whose it is, marked where nobody vouched for a field."""
    name = t("definitions.side", term=term_name(t, row.term), side=t(f"definitions.by.{row.side}"))
    return name if row.vouched else f"{name} {MARK}"


def _better(drawn: pd.DataFrame) -> pd.Series[bool]:
    """Tell which versions do clearly better than all leads, on fields that can be trusted."""
    return (drawn["lift_low"] > 1) & drawn["vouched"]


def _point(row: Any, t: Translator) -> str:
    return t(
        "definitions.chart.point",
        name=side_name(row, t),
        rate=row.precision,
        span=span(t, row.precision_low, row.precision_high),
        base=row.base,
    )
