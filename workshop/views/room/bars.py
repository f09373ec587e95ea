"""Choices and dots: how often each option was given, both teams beside each other."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from workshop.i18n import Translator
from workshop.questions.which import ANOTHER, Known
from workshop.session.exercise import Choice, Choices, Dots
from workshop.session.results import Results
from workshop.session.tally import drawn_groups, tally
from workshop.views.fragment import Shown
from workshop.views.look import Look, lines_of
from workshop.views.room.canvas import SMALL_TYPE, blocks, chart, drawing
from workshop.views.room.chosen import crm_verdict, crm_words
from workshop.views.room.groups import GROUP_SIGNS, group_name, of_item, people_of

MOST_OPTIONS = 7
"""Options that fit on a screen."""


class _Bar(NamedTuple):
    """One bar: its length, 1 at most, and what stands at its end."""

    length: float
    label: str


def options_chart(
    found: Results,
    question: Choice | Choices | Dots,
    look: Look,
    known: Known | None = None,
    most: int = MOST_OPTIONS,
) -> list[Shown]:
    """Show the options, those given most first, and beside each what the CRM says of it."""
    t, said = look.t, tally(found, question)
    groups = drawn_groups(set(said["team"]))
    if not groups:
        return []
    texts = {option.id: option.text.of(t.language) for option in question.options}
    order = _order(said, groups)
    bars = _bars(said, question, people_of(found, question.id), groups, t)
    drawn = order[:most]
    beside = {} if known is None else crm_words(known, t)
    headings = [" · ".join(filter(None, (texts[n], beside.get(texts[n])))) for n in drawn]
    laid = blocks(headings, [groups] * len(drawn))
    with drawing(laid, look, axis=False) as ax:
        for name, block in zip(drawn, laid, strict=True):
            for group, y in block.rows.items():
                bar, sign = bars[name, group], GROUP_SIGNS[group]
                ax.barh(y, bar.length, 0.38, color=sign.color, hatch=sign.hatch, edgecolor="white")
                ax.text(bar.length + 0.008, y, bar.label, va="center", fontsize=SMALL_TYPE)
        ax.set_xlim(0, 1.2)
    points = [
        t(
            "said.point",
            name=f"{texts[name]}, {group_name(t, group)}",
            value=bars[name, group].label,
        )
        for name in order
        for group in groups
    ]
    rest = len(order) - len(drawn)
    reading = t("said.options.rest", n=rest) if rest else None
    alt = t("said.alt", question=question.text.of(t.language), points="; ".join(points))
    shown: list[Shown] = [chart(ax, _title(said, groups, texts, t), alt, reading)]
    if known is not None:
        first = dict.fromkeys(_order(said, [group])[0] for group in groups)
        shown.append(crm_verdict(known, [texts[name] for name in first if name != ANOTHER], t))
    return shown


def _order(said: pd.DataFrame, groups: list[str]) -> list[str]:
    """Return the options by how often the groups drawn gave them, the most first."""
    amount = said["amount"].fillna(said["people"])
    given = said.assign(given=amount)[said["team"].isin(groups)].groupby("answer", sort=False)[
        "given"
    ]
    return list(given.sum().sort_values(ascending=False, kind="stable").index)


def _bars(
    said: pd.DataFrame,
    question: Choice | Choices | Dots,
    people: dict[str, int],
    groups: list[str],
    t: Translator,
) -> dict[tuple[str, str], _Bar]:
    bars = {}
    for group in groups:
        rows = of_item(said, question.id, group)
        most = max(float(said["amount"].max()), 1) if isinstance(question, Dots) else people[group]
        for row in lines_of(rows):
            if isinstance(question, Dots):
                label = t("said.dots", n=int(row.amount))
                bars[str(row.answer), group] = _Bar(row.amount / most, label)
            else:
                label = t("said.of", n=int(row.people), total=people[group])
                bars[str(row.answer), group] = _Bar(row.people / most, label)
    return bars


def _title(said: pd.DataFrame, groups: list[str], texts: dict[str, str], t: Translator) -> str:
    """Say what came first: for both teams, for each of them, or in the room."""
    first = {group: _order(said, [group])[0] for group in groups}
    if {"sales", "marketing"} <= set(first):
        one, other = texts[first["sales"]], texts[first["marketing"]]
        if one == other:
            return t("said.first.both", option=one)
        return t("said.first.differ", sales=one, marketing=other)
    group = groups[0]
    return t("said.first.one", group=group_name(t, group), option=texts[first[group]])
