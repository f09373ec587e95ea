"""Play the example session: fictional people answer, vote, sign and look back, through the store.

What is played is the same each time: the script's answers, the people's ids and the moments at
which everything happens.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from workshop.crm.tables import open_tables
from workshop.demo.agreeing import Agreeing
from workshop.demo.answering import answers
from workshop.demo.script import Person, Script, Sitting, Step, of
from workshop.questions.cards import fill, needs_crm
from workshop.session import people, rounds, sessions
from workshop.session.answers import Given, save, say_done
from workshop.session.exercise_file import read_exercise
from workshop.session.rounds import Round
from workshop.session.schema import at
from workshop.session.store import Store
from workshop.session.voting import REASON, VOTE
from workshop.workspace import Workspace

JOINING = dt.timedelta(minutes=4)
SAYING = dt.timedelta(seconds=20)
TALKING = dt.timedelta(minutes=8)
VOTING = dt.timedelta(minutes=2)
WRITING = dt.timedelta(minutes=3)


@dataclass
class Clock:
    """The moment in a played sitting, which only goes on when it is told to."""

    moment: dt.datetime

    @contextmanager
    def going_on(self, by: dt.timedelta) -> Iterator[None]:
        """Let what is stored within have been now, and go on."""
        with at(self.moment):
            yield
        self.moment += by


@dataclass(frozen=True)
class Room:
    """One sitting as it is played: the session, its people's ids, and the clock."""

    workspace: Workspace
    store: Store
    script: Script
    agreeing: Agreeing
    session_id: int
    ids: dict[Person, str]
    clock: Clock

    @property
    def today(self) -> dt.date:
        """The day of the sitting."""
        return self.clock.moment.date()

    def ask(self, name: str) -> None:
        """Ask an exercise, have everyone answer, and show the answers."""
        exercise = read_exercise(self.workspace, name)
        tables = open_tables(self.workspace) if needs_crm(exercise) else None
        filled = fill(exercise, tables, self.session_id).exercise
        with self.clock.going_on(SAYING):
            found = rounds.open_round(self.store, self.session_id, name, filled)
        given = {who: dict(answers(self.script, name, filled, who)) for who in self.ids}
        self._answered(found, given, dt.timedelta(minutes=filled.minutes or 3))

    def vote(self, kind: str, name: str) -> None:
        """Put a matter to the vote of both teams."""
        with self.clock.going_on(SAYING):
            found = self.agreeing.put(self.session_id, name, kind)
        votes = self.script.play.votes[name]
        reasons = self.script.spoken.reasons.get(name, {})
        given = {who: {VOTE: of(votes, who), REASON: of(reasons, who)} for who in self.ids}
        self._answered(found, given, VOTING)

    def do(self, action: Callable[[int, str, dt.date], None], name: str) -> None:
        """Write something down, as the room agreed it."""
        with self.clock.going_on(WRITING):
            action(self.session_id, name, self.today)

    def _answered(
        self, found: Round, given: dict[Person, dict[str, Any]], took: dt.timedelta
    ) -> None:
        """Save what everyone answers, each says to be done, and show it."""
        rows = [
            Given(found.round_id, self.ids[who], item, value, f"{found.round_id}/{item}")
            for who, said in given.items()
            for item, value in said.items()
            if value is not None
        ]
        with self.clock.going_on(took):
            save(self.store, rows)
            for whose in self.ids.values():
                say_done(self.store, found.round_id, whose)
        with self.clock.going_on(TALKING):
            rounds.reveal(self.store, found.round_id)


def play(workspace: Workspace, store: Store, script: Script, sitting: Sitting,
         agreeing: Agreeing) -> int:  # fmt: skip
    """Play one sitting and end it; return the session's number."""
    clock = Clock(sitting.start(workspace.zone))
    with clock.going_on(JOINING):
        session = sessions.start(store, workspace.settings.floor)
        ids = {who: _join(store, session.session_id, script, who) for who in script.people}
    room = Room(workspace, store, script, agreeing, session.session_id, ids, clock)
    for step in sitting.done():
        _do(room, step)
    with clock.going_on(SAYING):
        sessions.end(store, session.session_id)
    return session.session_id


def _do(room: Room, step: Step) -> None:
    agreeing = room.agreeing
    written = {
        "decide": agreeing.decide,
        "promise": agreeing.promise,
        "review": agreeing.review,
        "experiment": agreeing.experiment,
    }
    if step.verb == "ask":
        room.ask(*step.what)
    elif step.verb == "vote":
        room.vote(*step.what)
    else:
        room.do(written[step.verb], *step.what)


def _join(store: Store, session_id: int, script: Script, who: Person) -> str:
    """Join as a person of the script, under an id that is the same each time."""
    mark = hashlib.sha256(f"{session_id}/{who.number}".encode()).hexdigest()[:32]
    token = people.new_token()
    people.join(store, session_id, token, who.team, script.language, participant_id=mark)
    people.give_name(store, token, script.name(who.number))
    return mark
