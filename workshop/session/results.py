"""What a revealed round shows, and nothing else of it: the only way to read others' answers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import sqlalchemy as sa

from workshop.errors import InputError
from workshop.session.exercise import Exercise
from workshop.session.floor import APART, TOTAL, verdicts
from workshop.session.rounds import Round, round_of, rounds_in
from workshop.session.schema import TEAMS, answers, participants, people, sessions
from workshop.session.store import Store

COLUMNS = ["person", "name", "team", "item", "value"]


class Results(NamedTuple):
    """The answers of a revealed round, as far as they may be shown.

    ``rows``: person (a number of this reveal only), name (null unless the round was named), team
    (null where only the total may be shown), item, value; in an order that tells nothing.
    ``groups``: item, team (or ``total``), people (0 where hidden), shown.
    """

    round: Round
    rows: pd.DataFrame
    groups: pd.DataFrame


def results(store: Store, round_id: int) -> Results:
    """Return a round's answers; raise ``InputError`` (``sealed``) before its reveal.

    In an anonymous round no group under the session's floor is among them, nor anything from
    which one follows by subtraction: of the total, or of an earlier round of the same question.
    """
    found = round_of(store, round_id)
    if found.state != "revealed":
        raise InputError("sealed", exercise=found.content.title.model_dump())
    with store.read() as connection:
        given = _given(connection, round_id)
        before = [
            (one.content, _given(connection, one.round_id)) for one in _earlier(connection, found)
        ]
        floor = connection.scalar(
            sa.select(sessions.c.floor).where(sessions.c.session_id == found.session_id)
        )
    if found.named:
        items = [item.name for item in found.content.items()]
        rows = _numbered(given, found.round_id)
        return Results(found, rows[COLUMNS], _all_shown(rows, items))
    groups = _groups(given, before, found.content, int(floor or 0))
    rows = _allowed(given.assign(name=None), groups)
    return Results(found, _numbered(rows, found.round_id)[COLUMNS], groups)


def _given(connection: sa.Connection, round_id: int) -> pd.DataFrame:
    """Return a round's last answers: participant_id, name, team, item, value."""
    chosen = (
        sa.select(
            answers.c.participant_id,
            people.c.name,
            participants.c.team,
            answers.c.item,
            answers.c.value,
        )
        .select_from(answers.join(participants).outerjoin(people))
        .where(answers.c.round_id == round_id)
        .order_by(answers.c.answer_id)
    )
    rows = [tuple(row) for row in connection.execute(chosen)]
    columns = ["participant_id", "name", "team", "item", "value"]
    frame = pd.DataFrame(rows, columns=columns, dtype=object)
    last = frame.drop_duplicates(["participant_id", "item"], keep="last")
    return last[last["value"].notna()].reset_index(drop=True)


def _earlier(connection: sa.Connection, found: Round) -> tuple[Round, ...]:
    """Return the rounds of this exercise that its session showed before, the first first.

    Also those that this one does not ask again: who opens an exercise a second time shows the same
    people's answers a second time.
    """
    return tuple(
        one
        for one in rounds_in(connection, found.session_id, found.exercise)
        if one.state == "revealed" and not one.named and one.round_id < found.round_id
    )


def _groups(
    given: pd.DataFrame,
    before: Sequence[tuple[Exercise, pd.DataFrame]],
    asked: Exercise,
    floor: int,
) -> pd.DataFrame:
    """Decide item by item which teams may be shown, after all that was shown before of it."""
    parts = []
    for one in asked.items():
        item = one.name
        same = [frame for content, frame in before if one in tuple(content.items())]
        shown = verdicts([_of(frame, item) for frame in (*same, given)], floor)
        people = _of(given, item)["team"].value_counts().reindex([*TEAMS], fill_value=0)
        people[TOTAL] = int(people.drop(APART).sum())
        counted = people.rename_axis("team").rename("people").reset_index()
        told = counted.merge(shown.rename(columns={"group": "team"}), on="team")
        parts.append(told.assign(item=item))
    table = pd.concat(parts, ignore_index=True)
    table["people"] = table["people"].where(table["shown"], 0)
    return table[["item", "team", "people", "shown"]]


def _of(frame: pd.DataFrame, item: str) -> pd.DataFrame:
    return frame[frame["item"] == item]


def _allowed(given: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows of teams that are shown; where only the total is, without their team."""
    shown = groups[groups["shown"]]
    keys = set(zip(shown["item"], shown["team"], strict=True))
    cells = list(zip(given["item"], given["team"], strict=True))
    by_team = np.array([cell in keys for cell in cells], dtype=bool)
    in_total = np.array([(i, TOTAL) in keys and t != APART for i, t in cells], dtype=bool)
    kept: pd.DataFrame = given[by_team | in_total]
    team = kept["team"].where(by_team[by_team | in_total], None)
    return kept.assign(team=team)


def _numbered(rows: pd.DataFrame, round_id: int) -> pd.DataFrame:
    """Give the people numbers, and the rows an order, that tell nothing of them.

    Someone whose team is shown on one question and hidden on another is two people: one number
    would tell the team. Both follow from the participant's random id, never from who came first.
    """
    who = rows["participant_id"].astype(str) + rows["team"].notna().astype(str)
    marks = who.map(lambda text: hashlib.sha256(f"{round_id}:{text}".encode()).hexdigest())
    rows = rows.assign(person=marks.rank(method="dense").astype("int64"))
    return rows.sort_values(["person", "item"], ignore_index=True)


def _all_shown(rows: pd.DataFrame, items: Sequence[str]) -> pd.DataFrame:
    found = rows.groupby(["item", "team"]).size()
    table = [
        (item, team, int(found.get((item, team), 0)), True) for item in items for team in TEAMS
    ]
    totals = [
        (item, TOTAL, sum(int(found.get((item, team), 0)) for team in TEAMS if team != APART), True)
        for item in items
    ]
    return pd.DataFrame([*table, *totals], columns=["item", "team", "people", "shown"])
