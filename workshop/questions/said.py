"""What a revealed round comes to: the teams set against each other, and beside the data."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from workshop.analysis.agreement import TEAMS, alpha, splitting
from workshop.analysis.guesses import Guesses, compare_guesses
from workshop.analysis.separating import separating
from workshop.analysis.statements import compare_teams
from workshop.crm.fact_fields import is_count, is_happening
from workshop.session.exercise import Label, Number, Statement
from workshop.session.floor import APART, TOTAL
from workshop.session.results import Results

CLEAR = 0.05
LARGE = 0.71
"""A random answer of one team is above one of the other this often: a large effect (Vargha and
Delaney, 2000)."""


class LabelsSaid(NamedTuple):
    """How far the room labels alike, which cards split it, and what its labels follow.

    ``agreement`` is that of `workshop.analysis.agreement.alpha`, ``split`` of `splitting`,
    ``followed`` of `separating`, with ``clear`` beside it. Cards are known by their place.
    ``by_team`` is false where only everyone together may be shown.
    """

    agreement: pd.DataFrame
    split: pd.DataFrame
    followed: pd.DataFrame
    by_team: bool


def statements(found: Results) -> pd.DataFrame:
    """Compare the teams on the statements of which both may be shown.

    The columns of `compare_teams`, and ``gap``: ``clear`` where the difference is more than
    chance over all statements, ``leaning`` where it is large but could be chance, else ``none``.
    The widest difference comes first.
    """
    asked = [q.id for q in found.round.content.questions if isinstance(q, Statement)]
    rows = found.rows[found.rows["item"].isin(asked) & found.rows["team"].isin(TEAMS)]
    given = rows.rename(columns={"item": "statement", "value": "answer"})
    table = compare_teams(given[["person", "team", "statement", "answer"]])
    both = table[(table["sales"] > 0) & (table["marketing"] > 0)]
    away = (both["exceeds"] - 0.5).abs()
    gap = np.select([both["q_value"] < CLEAR, away >= LARGE - 0.5], ["clear", "leaning"], "none")
    ranked = both.assign(gap=gap, _away=away).sort_values(
        ["_away", "statement"], ascending=[False, True], ignore_index=True
    )
    return ranked.drop(columns="_away")


def labels(found: Results, question: Label, seed: int = 0) -> LabelsSaid:
    """Measure how far the same cards were labelled alike, and by which of their facts."""
    place = {item: n for n, item in enumerate(question.items())}
    rows = found.rows[found.rows["item"].isin(list(place))]
    rows = rows[rows["team"] != APART]
    by_team = bool(rows["team"].notna().any())
    # Where the teams may not be told apart everyone counts as one group, whatever it is called.
    team = rows["team"] if by_team else pd.Series(TEAMS[0], rows.index)
    given = pd.DataFrame(
        {
            "person": rows["person"],
            "team": team,
            "lead_id": rows["item"].map(place),
            "label": rows["value"],
        }
    )
    followed = separating(given, _criteria(question), seed=seed)
    agreement = alpha(given, seed=seed)
    if not by_team:
        agreement = agreement[agreement["group"] == "overall"]
    return LabelsSaid(
        agreement,
        splitting(given),
        followed.assign(clear=followed["p_familywise"] < CLEAR),
        by_team,
    )


def guesses(
    found: Results, question: Number, estimate: tuple[float, float, float]
) -> dict[str, Guesses]:
    """Set what each group that may be shown guessed beside an estimate and its interval.

    By group: ``total`` and the teams.
    """
    rows = found.rows[found.rows["item"] == question.id]
    groups = found.groups[(found.groups["item"] == question.id) & found.groups["shown"]]
    values = {
        team: rows["value"][rows["team"] != APART if team == TOTAL else rows["team"] == team]
        for team in (TOTAL, *TEAMS, APART)
        if team in set(groups["team"])
    }
    return {
        team: compare_guesses(given.to_numpy(float), *estimate)
        for team, given in values.items()
        if len(given)
    }


def _criteria(question: Label) -> pd.DataFrame:
    """Return the facts of the cards as criteria: a number of activities as none or some."""
    rows = [
        (n, field, _value(field, value))
        for n, card in enumerate(question.cards)
        for field, value in card.facts
    ]
    return pd.DataFrame(rows, columns=["lead_id", "criterion", "value"])


def _value(field: str, value: str | None) -> str | None:
    if not is_happening(field) or value is None:
        return value
    return "none" if is_count(field) and value == "0" else "some"
