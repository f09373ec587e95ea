"""A revealed round added up: what the phones and the projector show, the same figures on both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from workshop.session.exercise import (
    Choice,
    Choices,
    Dots,
    Involvement,
    Label,
    Number,
    Question,
    Ranking,
    Statement,
)
from workshop.session.floor import APART, INSIDE, TOTAL
from workshop.session.results import Results

COLUMNS = ["item", "team", "answer", "people", "amount"]


class _Line(NamedTuple):
    """One answer of one group: how many gave it, and an amount where there is one."""

    answer: str
    people: int
    amount: float | None = None


def tally(found: Results, question: Question) -> pd.DataFrame:
    """Add up the answers to a question, for each team that may be shown and for the total.

    Returns columns item, team (``sales``, ``marketing``, ``other`` or ``total``), answer, people,
    amount. Answers are options, or 1 to 5, each with the people who gave it, also where nobody
    did; of a ranking the amount is the mean place, of dots their number. Of numbers and of
    involvement they are ``lowest``, ``median`` and ``highest``, with the value as amount. Of texts
    they are the texts themselves; under ``total`` stand those whose team is not shown.
    """
    parts = [
        pd.DataFrame([(item, team, *line) for line in _lines(question, values)], columns=COLUMNS)
        for item in question.items()
        for team, values in _groups(found, item, question)
    ]
    frames = [part for part in parts if len(part)]
    if not frames:
        return pd.DataFrame(columns=COLUMNS)
    return pd.concat(frames, ignore_index=True).astype({"amount": float})


def drawn_groups(shown: Collection[str]) -> list[str]:
    """Return the teams that may be shown, or the two together where they may not be told apart."""
    teams = [team for team in INSIDE if team in shown]
    together = [] if teams or TOTAL not in shown else [TOTAL]
    return [*teams, *together, *(team for team in (APART,) if team in shown)]


def _groups(found: Results, item: str, question: Question) -> Iterator[tuple[str, list[Any]]]:
    groups = found.groups[(found.groups["item"] == item) & found.groups["shown"]]
    rows = found.rows[found.rows["item"] == item]
    said_by_team = rows["team"].notna()
    counted = type(question) in _COUNTED
    for team in groups["team"]:
        if team != TOTAL:
            chosen = rows[rows["team"] == team]
        elif counted:
            chosen = rows[rows["team"] != APART]
        else:
            chosen = rows[~said_by_team]
        if len(chosen):
            yield str(team), list(chosen["value"])


def _lines(question: Question, values: list[Any]) -> Iterator[_Line]:
    count = _COUNTED.get(type(question))
    if count is not None:
        yield from count(question, values)
        return
    yield from (_Line(text, 1) for text in unlinked(values))


def lines(value: Any) -> list[str]:
    """Return what somebody wrote, as lines."""
    return [str(text) for text in (value if isinstance(value, list) else [value])]


def gathered(values: Iterable[Any]) -> list[tuple[str, int]]:
    """Return each line that people wrote once, with how many wrote it: what most wrote first.

    >>> gathered(["no", ["Yes", "a"], ["no", "b"]])
    [('no', 2), ('a', 1), ('b', 1), ('Yes', 1)]
    """
    return Counter(unlinked(values)).most_common()


def unlinked(values: Iterable[Any]) -> list[str]:
    """Return what people wrote, line by line, in an order that tells nothing.

    In the order of the people the third text on one question would be by who wrote the third on
    another, and the lines of one person would stand together.

    >>> unlinked(["no", ["Yes", "a"]])
    ['a', 'no', 'Yes']
    """
    texts = [text for value in values for text in lines(value)]
    return sorted(texts, key=lambda text: (text.casefold(), text))


def _statement(question: Any, values: list[Any]) -> Iterator[_Line]:
    for answer in range(1, 6):
        yield _Line(str(answer), values.count(answer))


def _chosen(question: Any, values: list[Any]) -> Iterator[_Line]:
    several = [value if isinstance(value, list) else [value] for value in values]
    for option in question.options:
        yield _Line(option.id, sum(option.id in value for value in several))


def _spread(question: Any, values: list[Any]) -> Iterator[_Line]:
    for name, share in (("lowest", 0.0), ("median", 0.5), ("highest", 1.0)):
        yield _Line(name, len(values), float(np.quantile(values, share)))


def _places(question: Any, values: list[Any]) -> Iterator[_Line]:
    for option in question.options:
        places = [value.index(option.id) + 1 for value in values]
        yield _Line(option.id, len(values), float(np.mean(places)))


def _dots(question: Any, values: list[Any]) -> Iterator[_Line]:
    for option in question.options:
        given = [value.get(option.id, 0) for value in values]
        yield _Line(option.id, sum(n > 0 for n in given), float(sum(given)))


_COUNTED: dict[type[Any], Callable[[Any, list[Any]], Iterator[_Line]]] = {
    Statement: _statement,
    Choice: _chosen,
    Choices: _chosen,
    Label: _chosen,
    Number: _spread,
    Involvement: _spread,
    Ranking: _places,
    Dots: _dots,
}
