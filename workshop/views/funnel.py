"""The funnel and where it leaks: the rate of each step."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from workshop.colors import LINE, Palette
from workshop.i18n import Translator
from workshop.questions.funnel import Funnel
from workshop.views.display import Chart, Column, Prose, Shown, Table
from workshop.views.look import (
    Look,
    caveats,
    figure_of,
    lines_of,
    rows_apart,
    span,
    unanswered,
)
from workshop.views.style import UNDECIDED, house_style, percent_axis

STEP = ["from_stage", "to_stage"]


def steps(answer: Funnel, look: Look) -> tuple[Shown, ...]:
    """Show the rate of each step, the weakest first in words."""
    t = look.t
    if answer.ready.missing:
        return unanswered(look, answer.ready)
    if weakest(answer) is None:
        return (Prose(t("funnel.none")), *caveats(look, answer.caveats))
    known = answer.steps[answer.steps["entered"] > 0]
    paragraphs = [" ".join([*headline(answer, t), *_numbers(answer, t)]), *_website(answer, t)]
    charts = (_chart(known, answer.leaks, look),) if len(known) > 1 else ()
    return (Prose("\n\n".join(paragraphs)), *charts, _table(answer.steps, t))


def weakest(answer: Funnel) -> pd.Series[Any] | None:
    """Return the step that the smallest share gets through; none without a mature month."""
    return _leak(answer.leaks, "lowest_rate")


def headline(answer: Funnel, t: Translator) -> tuple[str, ...]:
    """Say which step the smallest share gets through; nothing without a mature month."""
    step = weakest(answer)
    if step is None:
        return ()
    key = "funnel.weakest" if step["verdict"] == "clear" else "funnel.undecided"
    if _is_only_step(answer):
        key = "funnel.one_step"
    same = (answer.steps[STEP] == list(step[STEP])).all(axis=1)
    values = {
        "step": step_name(t, step["from_stage"], step["to_stage"]),
        "rate": step["rate"],
        "span": span(t, step["ci_low"], step["ci_high"]),
        "days": int(answer.steps.loc[same, "window_days"].iloc[0]),
    }
    return (t(key, **values),)


def step_name(t: Translator, before: object, after: object) -> str:
    """Return a step by its two stages."""
    return f"{t(f'stage.{before}')} → {t(f'stage.{after}')}"


def _leak(leaks: pd.DataFrame, code: str) -> pd.Series[Any] | None:
    found = leaks[leaks["code"] == code] if len(leaks) else leaks
    return None if found.empty or pd.isna(found["rate"].iloc[0]) else found.iloc[0]


def _is_only_step(answer: Funnel) -> bool:
    return int(answer.steps["entered"].gt(0).sum()) == 1


def _numbers(answer: Funnel, t: Translator) -> tuple[str, ...]:
    """Say where most drop out by number, which is often another step."""
    most, least = (_leak(answer.leaks, code) for code in ("most_lost", "lowest_rate"))
    if most is None or least is None or _is_only_step(answer):
        return ()
    if list(most[STEP]) == list(least[STEP]):
        return (t("funnel.same_step", n=most["lost_per_cohort"]),)
    step = step_name(t, most["from_stage"], most["to_stage"])
    return (t("funnel.most_lost", step=step, n=most["lost_per_cohort"]),)


def _website(answer: Funnel, t: Translator) -> tuple[str, ...]:
    """Say what came before a lead had a name."""
    if answer.visitors.empty:
        return ()
    visitors, engaged, leads = answer.visitors[["visitors", "engaged_visitors", "leads"]].sum()
    if not (visitors and engaged and leads):
        return ()
    share, ratio = engaged / visitors, 100 * leads / engaged
    return (t("funnel.website", visitors=int(visitors), engaged=share, leads=ratio),)


def _chart(known: pd.DataFrame, leaks: pd.DataFrame, look: Look) -> Chart:
    t = look.t
    with house_style(look.color, (7.2, 0.75 + 0.45 * len(known))) as palette:
        _, ax = plt.subplots()
        step_rates(known, leaks, t, palette, ax)
    least, title = _leak(leaks, "lowest_rate"), t("funnel.chart.undecided")
    if least is not None and least["verdict"] == "clear":
        step = step_name(t, least["from_stage"], least["to_stage"])
        title = t("funnel.chart.weakest", step=step, rate=least["rate"])
    points = [
        f"{step_name(t, row.from_stage, row.to_stage)} {t.percent(row.rate)} "
        f"({span(t, row.ci_low, row.ci_high)})"
        for row in lines_of(known)
    ]
    alt = t("funnel.chart.alt", points="; ".join(points))
    return Chart(figure_of(ax), title, alt, None, "steps", t("funnel.chart.reading"))


def step_rates(
    known: pd.DataFrame,
    leaks: pd.DataFrame,
    t: Translator,
    palette: Palette,
    ax: Axes | None = None,
) -> Axes:
    """Draw each step's rate with its interval, the weakest in colour where it is clear."""
    ax = ax or plt.gca()
    clear = leaks[(leaks["code"] == "lowest_rate") & (leaks["verdict"] == "clear")]
    for place, row in enumerate(lines_of(known)):
        is_leak = row.from_stage in set(clear["from_stage"])
        color = palette.graphic if is_leak else UNDECIDED.color
        ax.hlines(place, 0, row.rate, color=LINE, lw=4)
        ax.hlines(place, row.ci_low, row.ci_high, color=color, lw=2)
        ax.plot(row.rate, place, "o", color=color, ms=8)
        ax.annotate(
            t("funnel.chart.label", rate=row.rate, n=row.converted, total=row.entered),
            (row.ci_high, place),
            (8, 0),
            textcoords="offset points",
            va="center",
            fontweight="bold" if is_leak else "normal",
        )
    names = [step_name(t, row.from_stage, row.to_stage) for row in lines_of(known)]
    ax.set_yticks(range(len(known)), names)
    ax.set(
        xlim=(0, 1.3),
        ylim=rows_apart(known),
        xticks=[0, 0.25, 0.5, 0.75, 1],
        xlabel=t("funnel.axis.rate"),
    )
    percent_axis(ax.xaxis, t)
    return ax


def _table(known: pd.DataFrame, t: Translator) -> Table:
    frame = known.assign(
        step=[step_name(t, row.from_stage, row.to_stage) for row in lines_of(known)],
        interval=[span(t, row.ci_low, row.ci_high) for row in lines_of(known)],
    )
    columns = (
        Column("step", t("funnel.header.step")),
        Column("entered", t("funnel.header.entered"), "count"),
        Column("converted", t("funnel.header.converted"), "count"),
        Column("rate", t("funnel.header.rate"), "percent"),
        Column("interval", t("label.interval"), align="end"),
        Column("window_days", t("funnel.header.window"), "count"),
        Column("cohorts", t("funnel.header.cohorts"), "count"),
    )
    notes = [t("funnel.table.note")]
    notes += [t("funnel.table.between")] if len(known) > 1 else []
    last = known[(known["to_stage"] == "won") & (known["from_stage"] == "opportunity")]
    notes += [t("funnel.table.won", days=int(row.window_days)) for row in lines_of(last)]
    return Table(frame, "steps", t("funnel.table.title"), columns, t, tuple(notes))
