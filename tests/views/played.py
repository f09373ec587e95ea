"""A session on a file of its own, and rounds of it played by people made up."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from workshop.session import people, rounds, sessions
from workshop.session.answers import Given, save, say_done
from workshop.session.exercise import Exercise
from workshop.session.results import Results, results
from workshop.session.store import Store

_numbers = itertools.count()


def words(text: str) -> dict[str, str]:
    """Return a text in both languages."""
    return {"nl": f"{text} (nl)", "en": text}


def options(*ids: str) -> list[dict[str, Any]]:
    """Return options that are called as their ids, with a capital."""
    return [{"id": name, "text": words(name.capitalize())} for name in ids]


def exercise(*questions: dict[str, Any], **fields: Any) -> Exercise:
    """Return an exercise of questions given as in a file; a text that is missing is the id."""
    filled = [{"text": words(f"About {q['id']}"), **q} for q in questions]
    return Exercise.model_validate({"title": words("Title"), "questions": filled, **fields})


def answer(
    store: Store,
    found: rounds.Round,
    team: str,
    given: Mapping[str, Any],
    *,
    done: bool = True,
    name: str | None = None,
) -> str:
    """Let someone join and answer; return the participant's id."""
    token = people.new_token()
    who = people.join(store, found.session_id, token, team, "en")
    if name:
        people.give_name(store, token, name)
    rows = [
        Given(found.round_id, who.participant_id, item, value, f"key{next(_numbers)}")
        for item, value in given.items()
    ]
    assert set(save(store, rows)) <= {"saved"}
    if done:
        say_done(store, found.round_id, who.participant_id)
    return who.participant_id


def play(
    store: Store,
    content: Exercise,
    answers: Mapping[str, Sequence[Mapping[str, Any]]],
    *,
    named: bool = False,
    name: str = "exercise",
) -> Results:
    """Open, answer and show an exercise: by team, a mapping of answers for each person."""
    session = sessions.resume_or_start(store)
    found = rounds.open_round(store, session.session_id, name, content, named=named)
    for team, everyone in answers.items():
        for n, given in enumerate(everyone):
            answer(store, found, team, given, name=f"{team} {n}" if named else None)
    rounds.reveal(store, found.round_id, early=True)
    return results(store, found.round_id)
