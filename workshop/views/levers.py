"""What moves the probability of a goal, and what each team owes for it."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from workshop.colors import INK, Palette
from workshop.i18n import NOTHING, Translator
from workshop.questions.goal import GoalAnswer
from workshop.views.display import Chart, Column, Shown, Table
from workshop.views.goal import period_name, unit
from workshop.views.look import (
    Look,
    figure_of,
    in_sentence,
    limits,
    lines_of,
    probability,
    rows_apart,
    span,
)
from workshop.views.style import UNDECIDED, house_style, percent_axis

LEAST_MOVE = 0.005
"""A lever that moves the probability by less than this does nothing."""
_LEVERS = {
    "volume": "goal.lever.volume",
    "qualification_rate": "goal.lever.qualification_rate",
    "win_rate": "goal.lever.win_rate",
    "value": "goal.lever.value",
    "timing": "goal.lever.timing",
}
_TOLD = ("goal_proposed", "no_comparable_period")
_TEAMS = {"marketing": "goal.team.marketing", "sales": "goal.team.sales"}


def levers(answer: GoalAnswer, look: Look) -> tuple[Shown, ...]:
    """Show what moves the probability, what each team owes, and what this does not show."""
    t = look.t
    if answer.kind is None:
        return ()
    rows = moving(answer)
    charts = (_chart(answer, rows, look),) if len(rows) else ()
    return (
        *charts,
        _commitments(answer, t),
        limits(look, t("goal.limits"), answer.caveats, _TOLD),
    )


def moving(answer: GoalAnswer) -> pd.DataFrame:
    """Return the levers that do anything to this goal, the strongest first."""
    rows = answer.sensitivity
    reach = (rows["probability_high"] - rows["probability_low"]).abs()
    # Where opportunities are what is counted, all of them become one.
    fixed = rows["lever"].eq("qualification_rate") & (answer.unit == "opportunity")
    return rows[(reach >= LEAST_MOVE) & ~fixed].reset_index(drop=True)


def _chart(answer: GoalAnswer, rows: pd.DataFrame, look: Look) -> Chart:
    t, first = look.t, rows.iloc[0]
    with house_style(look.color, (7.2, 0.9 + 0.5 * len(rows))) as palette:
        _, ax = plt.subplots()
        tornado(answer, rows, t, palette, ax)
    ends = sorted((first["probability_low"], first["probability_high"]))
    title = t(
        "goal.levers.title",
        lever=in_sentence(_name(first["lever"], answer, t)),
        low=probability(t, ends[0]),
        high=probability(t, ends[1]),
    )
    reading = t("goal.levers.reading")
    if answer.kind == "pipeline":
        reading = f"{reading} {t('goal.levers.no_win_rate')}"
    points = "; ".join(_point(row, answer, t) for row in lines_of(rows))
    alt = t("goal.levers.alt", points=points)
    return Chart(figure_of(ax), title, alt, _table(answer, t), "levers", reading)


def _point(row: Any, answer: GoalAnswer, t: Translator) -> str:
    return t(
        "goal.levers.point",
        lever=_name(row.lever, answer, t),
        values=_bounds(row, answer, t),
        low=probability(t, row.probability_low),
        high=probability(t, row.probability_high),
    )


def tornado(
    answer: GoalAnswer, rows: pd.DataFrame, t: Translator, palette: Palette, ax: Axes | None = None
) -> Axes:
    """Draw, per lever, the probabilities at the low and the high end of what is known of it."""
    ax = ax or plt.gca()
    for place, row in enumerate(lines_of(rows)):
        low, high = sorted((row.probability_low, row.probability_high))
        color = palette.graphic if place == 0 else UNDECIDED.color
        ax.barh(place, high - low, left=low, height=0.5, color=color)
        for value, side, away in ((low, "right", -5), (high, "left", 5)):
            ax.annotate(
                probability(t, value),
                (value, place),
                (away, 0),
                textcoords="offset points",
                ha=side,
                va="center",
            )
    if answer.planned_probability is not None:
        ax.axvline(answer.planned_probability, color=INK, lw=1)
    names = [f"{_name(row.lever, answer, t)}\n{_bounds(row, answer, t)}" for row in lines_of(rows)]
    ax.set_yticks(range(len(rows)), names)
    ax.set(xlim=(0, 1), ylim=rows_apart(rows), xlabel=t("goal.axis.probability"))
    percent_axis(ax.xaxis, t)
    return ax


def _name(lever: str, answer: GoalAnswer, t: Translator) -> str:
    return t(_LEVERS[lever], unit=unit(answer, t))


def _is_volume(row: Any, answer: GoalAnswer) -> bool:
    """Tell whether a team owes the very number that is planned: nothing then lies between."""
    counted = answer.unit == "opportunity" and row.measure == "opportunities" and not row.stage
    return counted and answer.kind == "pipeline" and answer.planned is not None


def _bounds(row: Any, answer: GoalAnswer, t: Translator) -> str:
    """Return a lever's low and high in its own unit."""
    texts = [t.percent(row.low), t.percent(row.high)]
    if row.lever == "volume":
        texts = [t.count(row.low), t.count(row.high)]
    if row.lever == "value":
        texts = [t.money(row.low, answer.currency), t.money(row.high, answer.currency)]
    return t("label.from_to", low=texts[0], high=texts[1])


def _table(answer: GoalAnswer, t: Translator) -> Table:
    rows = answer.sensitivity
    frame = rows.assign(name=[_name(lever, answer, t) for lever in rows["lever"]])
    columns = (
        Column("name", t("goal.header.lever")),
        Column("low", t("goal.header.low"), "number-3"),
        Column("high", t("goal.header.high"), "number-3"),
        Column("probability_low", t("goal.header.probability_low"), "percent"),
        Column("probability_high", t("goal.header.probability_high"), "percent"),
    )
    return Table(frame, "levers", t("goal.levers.table"), columns, t)


def _commitments(answer: GoalAnswer, t: Translator) -> Table:
    """Show what marketing and sales owe, each in its own measure."""
    lines = lines_of(answer.commitments)
    frame = answer.commitments.assign(
        team_text=[t(_TEAMS[str(row.team)]) for row in lines],
        owes=[_owes(row, answer, t) for row in lines],
        expected_text=[_expected(row, answer, t) for row in lines],
        interval=[_interval(row, answer, t) for row in lines],
    )
    columns = (
        Column("team_text", t("goal.header.team")),
        Column("owes", t("goal.header.owes")),
        Column("expected_text", t("goal.header.expected"), align="end"),
        Column("interval", t("label.interval"), align="end"),
    )
    title = t("goal.commitments.proposed") if answer.proposed else t("goal.commitments")
    return Table(frame, "commitments", title, columns, t, (t("goal.commitments.note"),))


def _owes(row: Any, answer: GoalAnswer, t: Translator) -> str:
    if row.measure == "win_rate":
        return t("goal.owes.win_rate")
    period = period_name(answer.period, t)
    if row.stage:
        return t("goal.owes.stage", stage=row.stage, period=period)
    return t("goal.owes.opportunities", period=period)


def _expected(row: Any, answer: GoalAnswer, t: Translator) -> str:
    if row.measure == "win_rate":
        return t.percent(row.expected)
    return t.count(answer.planned if _is_volume(row, answer) else row.expected)


def _interval(row: Any, answer: GoalAnswer, t: Translator) -> str:
    if row.measure == "win_rate":
        return span(t, row.low, row.high)
    if _is_volume(row, answer):
        return NOTHING
    return t("label.from_to", low=t.count(row.low), high=t.count(row.high))
