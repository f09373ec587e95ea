"""The customer journey as the room sees it: how much each team does, and who leads."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from workshop.analysis.leading import Move, beside, leading, moves
from workshop.session.exercise import SIDES, Involvement
from workshop.session.floor import APART, INSIDE, TOTAL
from workshop.session.results import Results
from workshop.session.tally import tally

BASES = (TOTAL, *INSIDE, APART)
"""Whose answers a stage is read from: everybody's, or else of whom may be shown."""


class Journey(NamedTuple):
    """One type of customer, with the stages that may be shown.

    ``rows`` is of `leading`: a row a stage, its ``marketing`` and ``sales`` the middle of the
    answers of ``base`` (``total`` or a team). ``views`` has the same two as each team put them, by
    ``stage`` and ``team``. ``beside`` are the stages at which a team works while the other leads.
    """

    customer_type: str
    rows: pd.DataFrame
    views: pd.DataFrame
    moves: tuple[Move, ...]
    beside: dict[str, tuple[str, ...]]


def journeys(found: Results, question: Involvement) -> tuple[Journey, ...]:
    """Return each type of customer of which something may be shown, in the order asked."""
    said = tally(found, question)
    middles = said[said["answer"] == "median"].set_index(["item", "team"])["amount"]
    types = enumerate(question.customer_types or ("",))
    all_of_them = (_journey(question, number, name, middles) for number, name in types)
    return tuple(one for one in all_of_them if len(one.rows))


def _journey(
    question: Involvement, number: int, customer_type: str, middles: pd.Series[float]
) -> Journey:
    views = pd.DataFrame(
        [
            (stage.id, group, *values)
            for stage in question.stages
            for group in BASES
            if len(values := _both(question, number, stage.id, group, middles)) == len(SIDES)
        ],
        columns=["stage", "team", *SIDES],
    )
    base = views.drop_duplicates("stage").rename(columns={"team": "base"})
    teams = views[views["team"].isin(INSIDE)].reset_index(drop=True)
    rows = leading(base.reset_index(drop=True), teams)
    return Journey(
        customer_type, rows, teams, moves(rows), {team: beside(rows, team) for team in SIDES}
    )


def _both(
    question: Involvement, number: int, stage: str, group: str, middles: pd.Series[float]
) -> list[float]:
    """Return how much marketing and sales do at a stage in a group's eyes, as far as shown."""
    items = [(question.item(number, stage, side), group) for side in SIDES]
    return [float(middles[item]) for item in items if item in middles.index]
