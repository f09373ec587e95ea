"""The funnel month by month: mature months joined, younger ones hollow."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from workshop.colors import MUTED, Palette
from workshop.i18n import Translator
from workshop.questions.funnel import Funnel
from workshop.views.display import Chart, Column, Note, Shown, Table
from workshop.views.funnel import STEP, step_name, weakest
from workshop.views.look import (
    Look,
    limits,
    lines_of,
    span,
)
from workshop.views.style import house_style, month_axis, percent_axis

ENOUGH = 10
"""Records of a step under which a month says next to nothing of it."""
_MONTHS = 3
"""Months under which nothing is said of how they went."""
_NEXT = {
    "lead": "funnel.next.lead",
    "mql": "funnel.next.mql",
    "sql": "funnel.next.sql",
    "opportunity": "funnel.next.opportunity",
}


def months(answer: Funnel, look: Look) -> tuple[Shown, ...]:
    """Show each month's rate per step, what that leaves open, and what follows from it."""
    if answer.ready.missing or answer.rows.empty:
        return ()
    t, leak = look.t, weakest(answer)
    mature = answer.rows[answer.rows["mature"]]
    charts = (_chart(answer, look),) if mature["cohort"].nunique() >= _MONTHS else ()
    follows = () if leak is None else (Note("next", t(_NEXT[leak["from_stage"]]), t),)
    said = () if leak is None else (limits(look, t("funnel.limits"), answer.caveats),)
    return (*charts, *said, *follows)


def _chart(answer: Funnel, look: Look) -> Chart:
    """Draw a panel per step."""
    t = look.t
    drawn = [rows for _, rows in answer.rows.groupby(STEP, observed=True) if rows["mature"].any()]
    across = 1 if len(drawn) == 1 else 2
    down = math.ceil(len(drawn) / across)
    with house_style(look.color, (7.2, 0.9 + 1.9 * down)) as palette:
        figure, axes = plt.subplots(down, across, squeeze=False, sharey=True, sharex=True)
        for ax, rows in zip(axes.flat, drawn, strict=False):
            monthly_rates(rows, t, palette, ax)
        for ax in axes.flat[len(drawn) :]:
            ax.set_visible(False)
        figure.supylabel(t("funnel.axis.rate"), fontsize=9.5, color=MUTED)
    reading = t("funnel.months.reading")
    if len(drawn) > 1:
        reading = f"{reading} {t('funnel.months.counted', least=ENOUGH)}"
    alt = t("funnel.months.alt", points="; ".join(_ranges(drawn, t)))
    return Chart(figure, _title(answer, t), alt, _table(answer.rows, t), "months", reading)


def monthly_rates(
    rows: pd.DataFrame, t: Translator, palette: Palette, ax: Axes | None = None
) -> Axes:
    """Draw one step's months: mature ones joined, with their interval; younger ones hollow."""
    ax = ax or plt.gca()
    days = pd.to_datetime(rows["cohort"])
    mature = rows["mature"].astype(bool)
    ax.fill_between(days, rows["ci_low"], rows["ci_high"], color=palette.graphic, alpha=0.16, lw=0)
    ax.plot(days[mature], rows.loc[mature, "rate"], color=palette.graphic, marker="o", ms=3.5)
    ax.plot(days[~mature], rows.loc[~mature, "rate"], "o", mfc="white", mec=palette.graphic, ms=4.5)
    first = rows.iloc[0]
    ax.set_title(step_name(t, first["from_stage"], first["to_stage"]))
    ax.set(ylim=(-0.03, 1.03), yticks=[0, 0.25, 0.5, 0.75, 1], xticks=_few(days))
    ax.grid(axis="y")
    ax.grid(False, axis="x")
    month_axis(ax.xaxis, t)
    percent_axis(ax.yaxis, t)
    return ax


def _few(days: pd.Series[pd.Timestamp], most: int = 4) -> list[pd.Timestamp]:
    """Return at most so many of the months, evenly apart, for an axis."""
    unique = sorted(days.unique())
    return unique[:: math.ceil(len(unique) / most)]


def _ranges(drawn: Sequence[pd.DataFrame], t: Translator) -> list[str]:
    texts = []
    for rows in drawn:
        first, mature = rows.iloc[0], rows[rows["mature"]]
        name = step_name(t, first["from_stage"], first["to_stage"])
        between = span(t, mature["rate"].min(), mature["rate"].max())
        texts.append(t("funnel.months.range", step=name, n=len(mature), span=between))
    return texts


def _title(answer: Funnel, t: Translator) -> str:
    """Say in how many months the weakest step was the weakest, or how far one step ranged."""
    leak, enough = weakest(answer), answer.rows["entered"] >= ENOUGH
    mature = answer.rows[answer.rows["mature"] & enough]
    if leak is None or mature.empty:
        return t("funnel.months.title")
    step = step_name(t, leak["from_stage"], leak["to_stage"])
    rates = mature.pivot_table(index="cohort", columns=STEP, values="rate", observed=True).dropna()
    weak = tuple(leak[STEP])
    # of a step that few come to, hardly a month may have enough
    if weak in rates.columns and rates.shape[1] > 1 and len(rates) >= _MONTHS:
        own = rates[weak]
        lowest = int((own <= rates.min(axis=1)).sum())
        return t("funnel.months.weakest", step=step, n=lowest, total=len(rates))
    own = mature.loc[(mature[STEP] == list(leak[STEP])).all(axis=1), "rate"]
    if len(own) < _MONTHS:
        return t("funnel.months.title")
    return t("funnel.months.between", step=step, low=own.min(), high=own.max(), least=ENOUGH)


def _table(rows: pd.DataFrame, t: Translator) -> Table:
    names = [step_name(t, row.from_stage, row.to_stage) for row in lines_of(rows)]
    columns = (
        Column("cohort", t("funnel.header.month")),
        Column("step", t("funnel.header.step")),
        Column("entered", t("funnel.header.entered"), "count"),
        Column("converted", t("funnel.header.converted"), "count"),
        Column("rate", t("funnel.header.rate"), "percent"),
        Column("mature", t("funnel.header.mature")),
    )
    return Table(rows.assign(step=names), "cohorts", t("funnel.cohorts.title"), columns, t)
