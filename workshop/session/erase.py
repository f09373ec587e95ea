"""Take a person out of the session: the name, the device, and what was answered by name.

What someone answered in a round without names stays, as nobody's: a figure that was shown to all
would tell, beside the one without it, what that person had said. It stands under a new number,
without the time, the device or the name.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, NamedTuple

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict

from workshop.errors import InputError
from workshop.redaction import REMOVED, Redaction, folded
from workshop.session.exercise import Exercise, FreeText, Lines
from workshop.session.schema import (
    answers,
    decisions,
    finished,
    participants,
    people,
    rounds,
    sessions,
)
from workshop.session.store import Store

LEAST_OF_ID = 6
"""So much of a participant's number tells it from all others."""
_MOST_NEAR = 4
NOBODY = ""
"""The name of someone who was forgotten."""


class Someone(BaseModel):
    """Who is to be forgotten: by their rows in the session database."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str | None = None
    people: tuple[int, ...] = ()
    participants: tuple[str, ...] = ()


class Known(NamedTuple):
    """Someone a workspace knows: a name with its team, or a device without a name."""

    name: str | None
    team: str
    participant_id: str | None
    joined_at: str | None


class Erased(NamedTuple):
    """How much went: names, devices and answers; and answers that are now nobody's."""

    names: int
    devices: int
    answers: int
    unlinked: int


def known(store: Store) -> tuple[Known, ...]:
    """Return everyone who can be forgotten: names first, then devices that never gave one."""
    named = (
        sa.select(people.c.name, people.c.team).where(people.c.name != NOBODY).distinct()
    ).order_by(people.c.name, people.c.team)
    devices = (
        sa.select(participants.c.team, participants.c.participant_id, participants.c.joined_at)
        .where(participants.c.person_id.is_(None))
        .order_by(participants.c.joined_at, participants.c.participant_id)
    )
    with store.read() as connection:
        names = [Known(row.name, row.team, None, None) for row in connection.execute(named)]
        others = [
            Known(None, row.team, row.participant_id[:LEAST_OF_ID], row.joined_at.isoformat())
            for row in connection.execute(devices)
        ]
    return (*names, *others)


def someone_called(store: Store, name: str, team: str | None = None) -> Someone:
    """Find whoever has a name; of several in different teams, the one of ``team``.

    Raises ``InputError``: ``no_such_person``, or ``person_nearly`` with the names that look like
    it; ``several_people`` with their teams.
    """
    with store.read() as connection:
        rows = connection.execute(sa.select(people).where(people.c.name != NOBODY)).all()
        same = [row for row in rows if row.name == name and team in (None, row.team)]
        if not same:
            raise _nobody(name, {row.name for row in rows})
        teams = sorted({row.team for row in same})
        if len(teams) > 1:
            raise InputError("several_people", given=name, teams=teams)
        ids = tuple(row.person_id for row in same)
        devices = sa.select(participants.c.participant_id).where(participants.c.person_id.in_(ids))
        return Someone(
            name=name, people=ids, participants=tuple(connection.execute(devices).scalars())
        )


def _nobody(name: str, names: set[str]) -> InputError:
    """Return the error for a name that nobody has, with those that look like it."""
    spelled = {folded(one): one for one in sorted(names)}
    near = [spelled[one] for one in get_close_matches(folded(name), spelled, n=_MOST_NEAR)]
    if near:
        return InputError("person_nearly", given=name, near=near)
    return InputError("no_such_person", given=name)


def someone_with(store: Store, number: str) -> Someone:
    """Find a participant by the beginning of its number; raise ``no_such_participant``."""
    with store.read() as connection:
        found = [
            row
            for row in connection.execute(
                sa.select(participants.c.participant_id, people.c.person_id, people.c.name)
                .select_from(participants.outerjoin(people))
                .order_by(participants.c.participant_id)
            )
            if row.participant_id.startswith(number)
        ]
        if len(number) < LEAST_OF_ID or len(found) != 1:
            raise InputError("no_such_participant", given=number, least=LEAST_OF_ID)
    (row,) = found
    if row.name:
        return Someone(name=row.name, people=(row.person_id,), participants=(row.participant_id,))
    return Someone(participants=(row.participant_id,))


def own_texts(store: Store, who: Someone) -> tuple[str, ...]:
    """Return what someone wrote in their own words, in rounds that were shown."""
    with store.read() as connection:
        return tuple(
            text
            for row, texts in _answered(connection, who)
            if texts and row.revealed_at is not None
            for text in (row.value if isinstance(row.value, list) else [row.value])
            if isinstance(text, str)
        )


def redaction_of(store: Store, who: Someone, *, texts: bool) -> Redaction:
    """Return what is to go from every text: the name, and with ``texts`` what they wrote.

    Of one word, a name is taken out of running text only with ``texts``: *Will* is a word too.
    """
    name = (who.name,) if who.name else ()
    within = tuple(one for one in name if texts or len(one.split()) > 1)
    own = own_texts(store, who) if texts else ()
    whole = dict.fromkeys(own, REMOVED) | dict.fromkeys(name, NOBODY)
    return Redaction(whole=whole, within=within)


def erase(connection: sa.Connection, who: Someone, *, texts: bool) -> Erased:
    """Erase someone, in a transaction of the caller's; done twice it changes nothing."""
    gone, unlinked = 0, 0
    for row, is_text in list(_answered(connection, who)):
        if row.named or row.revealed_at is None or (texts and is_text):
            connection.execute(sa.delete(answers).where(answers.c.answer_id == row.answer_id))
            gone += 1
        else:
            unlinked += 1
    devices = [_unlink(connection, one) for one in who.participants]
    names = sum(_blank(connection, one) for one in who.people)
    return Erased(names, sum(devices), gone, unlinked)


def _answered(connection: sa.Connection, who: Someone) -> Iterator[tuple[Any, bool]]:
    """Yield every answer of someone with its round's state, and whether it is in own words."""
    chosen = (
        sa.select(
            answers.c.answer_id,
            answers.c.item,
            answers.c.value,
            rounds.c.round_id,
            rounds.c.named,
            rounds.c.revealed_at,
            rounds.c.content,
        )
        .join(rounds)
        .where(answers.c.participant_id.in_(who.participants))
        .order_by(answers.c.answer_id)
    )
    written: dict[int, set[str]] = {}
    for row in connection.execute(chosen).all():
        if row.round_id not in written:
            asked = Exercise.model_validate(row.content)
            written[row.round_id] = {
                name for name, question in asked.items() if isinstance(question, FreeText | Lines)
            }
        yield row, row.item in written[row.round_id]


def _unlink(connection: sa.Connection, participant_id: str) -> bool:
    """Put what a device left under a number that was never anyone's; remove the device."""
    same = participants.c.participant_id == participant_id
    row = connection.execute(sa.select(participants).where(same)).first()
    if row is None:
        return False
    left = sa.select(answers.c.answer_id).where(answers.c.participant_id == participant_id)
    connection.execute(sa.delete(finished).where(finished.c.participant_id == participant_id))
    if connection.execute(left.limit(1)).first() is not None:
        began = sa.select(sessions.c.opened_at).where(sessions.c.session_id == row.session_id)
        fresh = {
            "participant_id": secrets.token_hex(16),
            "token_hash": secrets.token_hex(32),
            "person_id": None,
            "means": "card",
            "joined_at": connection.execute(began).scalar_one(),
        }
        connection.execute(sa.insert(participants).values({**row._mapping, **fresh}))
        opened = sa.select(rounds.c.opened_at).where(rounds.c.round_id == answers.c.round_id)
        connection.execute(
            sa.update(answers)
            .where(answers.c.participant_id == participant_id)
            .values(
                participant_id=fresh["participant_id"],
                # The phone's own key for it would still be the phone's.
                key=sa.literal("forgotten:") + sa.cast(answers.c.answer_id, sa.String),
                given_at=opened.scalar_subquery(),
            )
        )
    connection.execute(sa.delete(participants).where(same))
    return True


def _blank(connection: sa.Connection, person_id: int) -> bool:
    """Blank a name that the ledger points at; remove one that it does not."""
    same = people.c.person_id == person_id
    if not connection.execute(sa.select(people.c.name).where(same)).scalar():
        return False
    connection.execute(
        sa.update(participants).where(participants.c.person_id == person_id).values(person_id=None)
    )
    pointing = [
        decisions.c[name] for name in ("owner_id", "signed_sales_id", "signed_marketing_id")
    ]
    held = sa.select(decisions.c.decision_id).where(
        sa.or_(*(column == person_id for column in pointing))
    )
    if connection.execute(held.limit(1)).first() is not None:
        connection.execute(sa.update(people).where(same).values(name=NOBODY))
    else:
        connection.execute(sa.delete(people).where(same))
    return True
