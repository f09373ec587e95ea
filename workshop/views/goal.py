"""A goal and its probability against the volume."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from scipy import special
from scipy.interpolate import PchipInterpolator

from workshop.analysis.intervals import FloatArray
from workshop.colors import INK, MUTED, Palette
from workshop.i18n import Translator
from workshop.questions.earlier import WINDOW
from workshop.questions.goal import PROPOSED_GROWTH, GoalAnswer
from workshop.questions.period import Period
from workshop.views.display import Chart, Column, Note, Prose, Shown, Table
from workshop.views.look import (
    Look,
    caveats,
    figure_of,
    lines_of,
    probability,
    unanswered,
)
from workshop.views.style import house_style, number_axis, percent_axis

WANTED = 0.8
SURE = 0.995
NEVER = 1e-9
_TOLD = (
    "goal_proposed",
    "no_comparable_period",
    "no_mql_date",
    "too_few",
    "volume_in_leads",
    "volume_in_opportunities",
)
"""Codes that need no words where there is no probability at all."""
_UNITS = {"mql": "goal.unit.mql", "lead": "goal.unit.lead", "opportunity": "goal.unit.opportunity"}
_KINDS = {"pipeline": "goal.kind.pipeline", "revenue": "goal.kind.revenue"}


def goal(answer: GoalAnswer, look: Look) -> tuple[Shown, ...]:
    """Show the probability against the volume, and say what the goal is."""
    t = look.t
    if answer.ready.missing:
        return unanswered(look, answer.ready)
    if answer.kind is None:
        return (Prose(headline(answer, t)), *caveats(look, answer.caveats, _TOLD))
    target, name = _target(answer, t), unit(answer, t)
    text = t("goal.proposed", target=target, growth=PROPOSED_GROWTH, unit=name)
    proposed = (Note("caveat", text, t),)
    return (
        Prose(f"{headline(answer, t)}\n\n{_meaning(answer, t)}"),
        *(proposed if answer.proposed else ()),
        _curve_chart(answer, look),
    )


def headline(answer: GoalAnswer, t: Translator) -> str:
    """Say how likely the goal is at the planned volume, and what 80% takes."""
    if answer.kind is None:
        no_basis = "no_comparable_period" in answer.caveats
        return t("goal.none.basis") if no_basis else t("goal.none")
    values = {
        "unit": unit(answer, t),
        "goal": goal_text(answer, t),
        "needed": answer.needed_at_80,
        "planned": answer.planned,
        "probability": probability(t, answer.planned_probability),
    }
    if answer.needed_at_80 is None:
        key = "goal.out_of_reach" if answer.planned else "goal.never"
        return t(key, **values)
    return t("goal.planned" if answer.planned else "goal.needed", **values)


def goal_text(answer: GoalAnswer, t: Translator) -> str:
    """Return the goal in a few words: the amount, the kind and the period."""
    return t(
        _KINDS[str(answer.kind)],
        target=_target(answer, t),
        period=period_name(answer.period, t),
    )


def period_name(period: Period | None, t: Translator) -> str:
    """Return a quarter, month or year as a reader writes it."""
    if period is None:
        return "–"
    year, _, quarter = period.name.partition("Q")
    if quarter:
        return t("label.quarter", quarter=quarter, year=year)
    return t.month(period.start) if "-" in period.name else period.name


def unit(answer: GoalAnswer, t: Translator) -> str:
    """Return what the volume counts."""
    return t(_UNITS[str(answer.unit)])


def _target(answer: GoalAnswer, t: Translator) -> str:
    return t.money(answer.target, answer.currency)


def _meaning(answer: GoalAnswer, t: Translator) -> str:
    """Say what the amount is on top of, and what lies behind the probability."""
    history = " ".join(part for part in (_earlier(answer, t), _history(answer, t)) if part)
    values = {
        "baseline": t.money(answer.baseline, answer.currency),
        "period": period_name(answer.baseline_period, t),
    }
    if not answer.baseline:
        return f"{t('goal.no_baseline')} {history}"
    key = "goal.baseline" if answer.kind == "pipeline" else "goal.baseline.revenue"
    if answer.baseline_period is None:
        key = "goal.baseline.given"
    return f"{t(key, **values)} {history}"


def _earlier(answer: GoalAnswer, t: Translator) -> str:
    """Say which leads of before the period count, and what comes of them."""
    found = answer.earlier
    if found is None:
        return ""
    key = "goal.earlier.arriving" if round(found.arriving) else "goal.earlier"
    if answer.unit == "opportunity":
        key = "goal.earlier.opportunities"
    values = {"unit": unit(answer, t), "waiting": found.waiting, "arriving": round(found.arriving)}
    bring = "goal.earlier.bring" if answer.kind == "pipeline" else "goal.earlier.bring.revenue"
    return f"{t(key, **values)} {t(bring, low=int(found.low), high=int(found.high))}"


def _history(answer: GoalAnswer, t: Translator) -> str:
    """Say which history the rates come from."""
    rates, name = answer.rates, unit(answer, t)
    values = {key: rates[key] for key in ("won", "closed", "values")}
    came = {"entered": rates["mqls"], "opportunities": rates["opportunities"]}
    key = "goal.history.opportunities" if answer.unit == "opportunity" else "goal.history"
    text = t(key, unit=name, days=WINDOW, **came, **values)
    # Elsewhere the lost deals, and those still open, have an amount as well.
    won_only = answer.kind == "pipeline" and rates["values"] <= rates["won"]
    return f"{text} {t('goal.history.won_only')}" if won_only else text


def _curve_chart(answer: GoalAnswer, look: Look) -> Chart:
    t = look.t
    with house_style(look.color) as palette:
        _, ax = plt.subplots()
        curve(answer, t, palette, ax)
    points = "; ".join(
        t("goal.chart.point", mqls=int(row.mqls), probability=probability(t, row.probability))
        for row in lines_of(answer.rows)
    )
    alt = t("goal.chart.alt", unit=unit(answer, t), points=points)
    return Chart(
        figure_of(ax),
        _curve_title(answer, t),
        alt,
        _curve_table(answer, t),
        "goal",
        t("goal.chart.reading"),
    )


def _curve_title(answer: GoalAnswer, t: Translator) -> str:
    needed, planned, name = answer.needed_at_80, answer.planned, unit(answer, t)
    if needed is None:
        return t("goal.chart.never", unit=name)
    if planned is None:
        return t("goal.chart.needed", needed=needed, unit=name)
    if planned >= needed:
        return t("goal.chart.enough", planned=planned, unit=name)
    return t("goal.chart.more", more=needed - planned, unit=name)


_ROOM = 0.6
"""The part of the axis that a label beside it leaves."""


class _Mark(NamedTuple):
    x: float
    y: float
    label: str
    marker: str
    color: str


def curve(answer: GoalAnswer, t: Translator, palette: Palette, ax: Axes | None = None) -> Axes:
    """Draw the probability against the volume, with the planned one and the one for 80%."""
    ax = ax or plt.gca()
    ax.plot(*smooth(answer), color=palette.graphic)
    ax.set_xlim(0, 1.04 * ax.dataLim.x1)
    ax.axhline(WANTED, color=MUTED, lw=1, ls=(0, (4, 3)), zorder=1)
    marks: list[_Mark] = []
    if answer.planned is not None and answer.planned_probability is not None:
        chance = probability(t, answer.planned_probability)
        label = t("goal.chart.planned", n=answer.planned, probability=chance)
        marks.append(_Mark(answer.planned, answer.planned_probability, label, "s", INK))
    if answer.needed_at_80:
        label = t("goal.chart.eighty", n=answer.needed_at_80)
        marks.append(_Mark(answer.needed_at_80, WANTED, label, "o", palette.graphic))
    _draw(ax, sorted(marks))
    ax.set(
        xlabel=t("goal.axis.volume", unit=unit(answer, t), period=period_name(answer.period, t)),
        ylabel=t("goal.axis.probability"),
        ylim=(0, 1.04),
    )
    ax.grid(axis="y")
    number_axis(ax.xaxis, t)
    percent_axis(ax.yaxis, t)
    return ax


def smooth(answer: GoalAnswer) -> tuple[FloatArray, FloatArray]:
    """Return the curve through all that was simulated, up to where the goal is as good as sure."""
    known = dict(zip(answer.rows["mqls"], answer.rows["probability"], strict=True))
    if answer.planned is not None and answer.planned_probability is not None:
        known[answer.planned] = answer.planned_probability
    if answer.needed_at_80:
        known[answer.needed_at_80] = WANTED
    volumes = np.array(sorted(known), dtype=float)
    chances = np.maximum.accumulate([known[volume] for volume in sorted(known)])
    sure = min(int(np.searchsorted(chances, SURE)), len(volumes) - 1)
    grid = np.linspace(volumes[0], max(volumes[sure], answer.planned or 0), 200)
    # On the normal scale such a curve is close to a line, so that few points give its shape;
    # monotone between them (Fritsch and Carlson 1980), without a wave that was never simulated.
    scores = special.ndtri(chances.clip(NEVER, 1 - NEVER))
    between = PchipInterpolator(volumes, scores)
    return grid, special.ndtr(between(grid.clip(max=volumes[-1])))


def _draw(ax: Axes, marks: Sequence[_Mark]) -> None:
    """Mark points of the curve, from left to right, each label where it meets nothing else.

    Below and to the right a rising curve leaves room. Of two that stand close by, the first has
    its label above and to the left; the axis is as long as the other's takes.
    """
    width = ax.get_xlim()[1]
    close = len(marks) > 1 and marks[-1].x - marks[0].x < 0.45 * width
    if close:
        width = max(width, marks[-1].x / _ROOM)
        ax.set_xlim(0, width)
    for number, mark in enumerate(marks):
        above = close and number == 0
        right = not above and mark.x <= _ROOM * width
        ax.plot([mark.x], [mark.y], marker=mark.marker, color=mark.color, zorder=4)
        ax.annotate(
            mark.label,
            (mark.x, mark.y),
            (10 if right else -10, 13 if above else -13),
            textcoords="offset points",
            fontsize=9.5,
            va="center",
            ha="left" if right else "right",
            # above the dashed line, which runs on behind it, and below the curve
            zorder=1.8,
            bbox={"facecolor": ax.get_facecolor(), "edgecolor": "none", "pad": 1},
        )


def _curve_table(answer: GoalAnswer, t: Translator) -> Table:
    columns = (
        Column("mqls", t("goal.header.volume", unit=unit(answer, t)), "count"),
        Column("probability", t("goal.header.probability"), "percent"),
    )
    return Table(answer.rows, "goal", t("goal.table.title"), columns, t)
