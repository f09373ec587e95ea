"""What a phone sent, as answers that their questions allow, and what was wrong with the rest."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workshop.session.answers import LONGEST_KEY, Given
from workshop.session.exercise import BadAnswer, Choices, Dots, Exercise, Item, Ranking

MOST_ENTRIES = 100
_FIELD = "v/"
SHOWN = "shown"
"""The field that names the items whose boxes were on a form: a box left empty is not sent."""
CLEAR = "clear"


class Entry(BaseModel):
    """One answer as a page's script sends it; ``key`` is its own, the same when sent again."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    item: str = Field(max_length=200)
    value: Any = None
    key: str = Field(min_length=8, max_length=LONGEST_KEY, pattern=r"^[A-Za-z0-9_-]+$")


class Sent(BaseModel):
    """What a page's script sends: answers to one round."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    round: int = Field(ge=1, le=2**31 - 1)
    answers: tuple[Entry, ...] = Field(min_length=1, max_length=MOST_ENTRIES)


class Refused(NamedTuple):
    """An answer that its question does not allow, and why."""

    item: str
    key: str
    reason: BadAnswer


class Checked(NamedTuple):
    """Answers that can be saved, and those that cannot."""

    given: list[Given]
    refused: list[Refused]


def from_json(body: bytes) -> Sent | None:
    """Return what a script sent, or ``None`` for anything else."""
    try:
        return Sent.model_validate(json.loads(body))
    except (ValueError, RecursionError, ValidationError):
        return None


def from_form(
    exercise: Exercise, fields: Mapping[str, Sequence[str]], mine: Mapping[str, Any]
) -> tuple[Entry, ...]:
    """Return the answers on a form that are not the ones already saved.

    What a form did not show, or shows untouched, is no answer: only boxes that were shown and
    are empty take one back, or the button that clears it.
    """
    shown = set(fields.get(SHOWN, ()))
    cleared = set(fields.get(CLEAR, ()))
    entries = []
    for item in exercise.items():
        value = None if item.name in cleared else _typed(item, fields, shown)
        if value is _ABSENT or _as_saved(item, value) == mine.get(item.name):
            continue
        entries.append(Entry(item=item.name, value=value, key=secrets.token_urlsafe(16)))
    return tuple(entries)


def checked(
    entries: Sequence[Entry], exercise: Exercise, round_id: int, participant_id: str
) -> Checked:
    """Return which entries can be saved, as their questions store them."""
    questions = {item.name: item.question for item in exercise.items()}
    found = Checked([], [])
    for entry in entries:
        try:
            if entry.item not in questions:
                raise BadAnswer("unknown_item")
            value = questions[entry.item].checked(entry.value)
        except BadAnswer as reason:
            found.refused.append(Refused(entry.item, entry.key, reason))
            continue
        found.given.append(Given(round_id, participant_id, entry.item, value, entry.key))
    return found


_ABSENT = object()


def _typed(item: Item, fields: Mapping[str, Sequence[str]], shown: set[str]) -> Any:
    """Return what stands on a form for an item, or ``_ABSENT``."""
    name = _FIELD + item.name
    question = item.question
    if isinstance(question, Choices):
        return list(fields.get(name, ())) if item.name in shown else _ABSENT
    if isinstance(question, Ranking | Dots):
        typed = {option.id: fields.get(f"{name}/{option.id}") for option in question.options}
        filled = {key: values[-1] for key, values in typed.items() if values}
        return filled or _ABSENT
    values = fields.get(name)
    return values[-1] if values else _ABSENT


def _as_saved(item: Item, value: Any) -> Any:
    """Return a value as it would be stored; what is not allowed stays what it is."""
    try:
        return item.question.checked(value)
    except BadAnswer:
        return value
