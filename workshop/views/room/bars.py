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
from workshop.views.look import Look, lines_of, listed
from workshop.views.room.canvas import SMALL_TYPE, blocks, chart, drawing
from workshop.views.room.chosen import crm_verdict, crm_words
from workshop.views.room.groups import GROUP_SIGNS, group_name, of_item, people_of
from workshop.views.room.leading import leading

MOST_OPTIONS = 7
"""Options that fit on a screen."""
MOST_NAMED = 4
"""As many options that nobody gave as are named."""


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
    """Show the options, those given most first, and beside each what the CRM says of it.

    Where not all of them fit, those that nobody gave are named below.
    """
    t, said = look.t, tally(found, question)
    groups = drawn_groups(set(said["team"]))
    if not groups:
        return []
    texts = {option.id: option.text.of(t.language) for option in question.options}
    given = _given(said, groups)
    order = list(given.index)
    bars = _bars(said, question, people_of(found, question.id), groups, t)
    drawn, reading = _that_fit(given, texts, most, t)
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
    alt = t("said.alt", question=question.text.of(t.language), points="; ".join(points))
    first = {group: _first(said, group) for group in groups}
    title = leading({group: [texts[n] for n in names] for group, names in first.items()}, "most", t)
    shown: list[Shown] = [chart(ax, title, alt, reading)]
    if known is not None:
        named = dict.fromkeys(name for names in first.values() for name in names)
        shown.append(crm_verdict(known, [texts[name] for name in named if name != ANOTHER], t))
    return shown


def _given(said: pd.DataFrame, groups: list[str]) -> pd.Series[float]:
    """Return how often the groups drawn gave each option, the most first."""
    amount = said["amount"].fillna(said["people"])
    given = said.assign(given=amount)[said["team"].isin(groups)].groupby("answer", sort=False)[
        "given"
    ]
    return given.sum().sort_values(ascending=False, kind="stable")


def _that_fit(
    given: pd.Series[float], texts: dict[str, str], most: int, t: Translator
) -> tuple[list[str], str | None]:
    """Return the options to draw, and in words what became of the others."""
    if len(given) <= most:
        return list(given.index), None
    chosen, nobody = given.index[given > 0], given.index[given == 0]
    drawn, rest = list(chosen[:most]), len(chosen[most:])
    parts = [
        t("said.options.rest", n=rest) if rest else "",
        t("said.options.nobody", options=listed(t, [texts[n] for n in nobody], MOST_NAMED))
        if len(nobody)
        else "",
    ]
    return drawn, " ".join(filter(None, parts))


def _first(said: pd.DataFrame, group: str) -> list[str]:
    """Return what a group gave most: several where these are equal."""
    given = _given(said, [group])
    return list(given.index[given == given.iloc[0]])


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
