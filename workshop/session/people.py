"""Who takes part: an unguessable token a device, a team, a language, and a name only if needed."""

from __future__ import annotations

import hashlib
import secrets
from typing import Literal, NamedTuple

import sqlalchemy as sa

from workshop.errors import InputError
from workshop.session.schema import LANGUAGES, TEAMS, answers, now, participants, people
from workshop.session.store import Store, insert_new

Means = Literal["phone", "shared", "card"]
LONGEST_NAME = 120


class Participant(NamedTuple):
    """Someone in a session; ``name`` is null until a named round asked for it."""

    participant_id: str
    session_id: int
    team: str
    language: str
    means: str
    person_id: int | None
    name: str | None


def new_token() -> str:
    """Return a token for a device: 256 bits, of which only the hash is stored."""
    return secrets.token_urlsafe(32)


def join(
    store: Store,
    session_id: int,
    token: str,
    team: str,
    language: str,
    means: Means = "phone",
    participant_id: str | None = None,
) -> Participant:
    """Join a session; a device that joined before is who it was.

    ``participant_id`` is drawn by lot unless given: only a played session gives its own, so that
    it is the same each time. Raises ``InputError`` for a team or language that is none.
    """
    _check(team, language)
    found = participant(store, token)
    if found is not None:
        if found.session_id != session_id:
            raise ValueError("a token is one session's: a new session takes a new token")
        return found
    with store.write() as connection:
        connection.execute(
            insert_new(connection, participants).values(
                participant_id=participant_id or secrets.token_hex(16),
                session_id=session_id,
                token_hash=_hash(token),
                team=team,
                language=language,
                means=means,
                joined_at=now(),
            )
        )
    return _known(store, token)


def renew(store: Store, token: str, fresh: str) -> None:
    """Give a participant another token, after which the old one is nobody's."""
    with store.write() as connection:
        connection.execute(
            sa.update(participants)
            .where(participants.c.token_hash == _hash(token))
            .values(token_hash=_hash(fresh))
        )


def participant(store: Store, token: str) -> Participant | None:
    """Return whose token this is, or ``None``."""
    with store.read() as connection:
        row = connection.execute(_select().where(participants.c.token_hash == _hash(token))).first()
    return None if row is None else Participant(*row)


def change(
    store: Store, token: str, *, team: str | None = None, language: str | None = None
) -> Participant:
    """Change a participant's language, or the team as long as nothing was answered in it.

    Raises ``InputError``: ``team_fixed`` after a first answer.
    """
    who = _known(store, token)
    team, language = team or who.team, language or who.language
    _check(team, language)
    with store.write() as connection:
        given = sa.select(answers.c.answer_id).where(answers.c.participant_id == who.participant_id)
        if team != who.team and connection.execute(given.limit(1)).first():
            raise InputError("team_fixed", team=who.team)
        connection.execute(
            sa.update(participants)
            .where(participants.c.participant_id == who.participant_id)
            .values(team=team, language=language)
        )
    return who._replace(team=team, language=language)


def give_name(store: Store, token: str, name: str) -> Participant:
    """Give a participant a name, for rounds in which answers stand beside it.

    Raises ``InputError`` for an empty or overlong name.
    """
    who, name = _known(store, token), checked_name(name)
    with store.write() as connection:
        if who.person_id is None:
            person_id = add_person(connection, name, who.team)
            connection.execute(
                sa.update(participants)
                .where(participants.c.participant_id == who.participant_id)
                .values(person_id=person_id)
            )
        else:
            person_id = who.person_id
            connection.execute(
                sa.update(people).where(people.c.person_id == person_id).values(name=name)
            )
    return who._replace(person_id=person_id, name=name)


def joined(store: Store, session_id: int) -> dict[str, int]:
    """Return how many joined a session, by team; every team is there."""
    count = (
        sa.select(participants.c.team, sa.func.count().label("people"))
        .where(participants.c.session_id == session_id)
        .group_by(participants.c.team)
    )
    with store.read() as connection:
        found = {row.team: row.people for row in connection.execute(count)}
    return {team: found.get(team, 0) for team in TEAMS}


def find_person(connection: sa.Connection, name: str, team: str) -> int:
    """Return the id of a person by name and team, who is added where there is none."""
    name = checked_name(name)
    row = connection.execute(
        sa.select(people.c.person_id)
        .where(people.c.name == name, people.c.team == team)
        .order_by(people.c.person_id)
    ).first()
    return row[0] if row else add_person(connection, name, team)


def add_person(connection: sa.Connection, name: str, team: str) -> int:
    """Add a person and return the id."""
    made = sa.insert(people).values(name=name, team=team).returning(people.c.person_id)
    return int(connection.execute(made).scalar_one())


def checked_name(name: str) -> str:
    """Return a name on one line; raise ``InputError`` for an empty or overlong one."""
    text = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not 0 < len(text) <= LONGEST_NAME:
        raise InputError("bad_name", most=LONGEST_NAME)
    return text


def _known(store: Store, token: str) -> Participant:
    found = participant(store, token)
    if found is None:
        raise InputError("not_joined")
    return found


def _check(team: str, language: str) -> None:
    if team not in TEAMS:
        raise InputError("unknown_team", given=team, allowed=list(TEAMS))
    if language not in LANGUAGES:
        raise InputError("unknown_language", given=language, allowed=list(LANGUAGES))


def _select() -> sa.Select[str, int, str, str, str, int | None, str | None]:
    columns = [participants.c[name] for name in Participant._fields[:-1]]
    return sa.select(*columns, people.c.name).select_from(participants.outerjoin(people))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
