"""The page that follows the facilitator: wait, answer, done, the room's answers, over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from workshop.errors import InputError, WorkspaceError
from workshop.room.base import Base
from workshop.room.board import Now
from workshop.room.desk import Desk
from workshop.room.entries import checked, from_form
from workshop.room.words import bad_answer, store_error
from workshop.session import answers, people
from workshop.session.floor import INSIDE, TOTAL, foreseen
from workshop.session.people import Participant
from workshop.session.rounds import Round


class Clock(NamedTuple):
    """A time box: when it ends, as seconds for a script and as a time to read."""

    ends: int
    now: int
    text: str


class Page(Base):
    """The round page."""

    async def get(self) -> None:
        """Show what the facilitator opened."""
        await self.show_round()

    async def show_round(
        self,
        note: str | None = None,
        typed: Mapping[str, Any] | None = None,
        wrong: Mapping[str, str] | None = None,
    ) -> None:
        """Show the round as it is, with what was typed where that could not be saved."""
        who, now = self.who, await self.desk.board.now()
        if who is None:
            self.see("/")
            return
        values = {"note": note, "typed": typed or {}, "wrong": wrong or {}}
        if now.session is None or now.session.session_id != who.session_id:
            self.show("over.html.j2", runs=now.session is not None, **values)
        elif now.round is None:
            self.show("waiting.html.j2", **values)
        elif now.round.state == "revealed":
            await self._show_result(who, now, now.round, values)
        elif now.round.named and who.name is None:
            self.show("name.html.j2", round=now.round, **values)
        else:
            await self._show_open(who, now.round, values)

    async def post(self) -> None:
        """Save a whole form: what a phone without scripts sends."""
        who, now = self.who, await self.desk.board.now()
        found = takes_answers(who, now, self.field("round"))
        if who is None:
            self.see("/")
            return
        if found is None:
            self.set_status(409)
            await self.show_round(note=self.t("room.closed"))
            return
        mine = await self.desk.board.read(
            lambda: answers.mine(self.desk.store, found.round_id, who.participant_id)
        )
        entries = from_form(found.content, self.fields, mine)
        verdict = checked(entries, found.content, found.round_id, who.participant_id)
        typed = {entry.item: entry.value for entry in entries}
        try:
            saved = await self.desk.writer.save(verdict.given) if verdict.given else []
        except WorkspaceError as error:
            self.set_status(503)
            await self.show_round(store_error(self.t, error), typed)
            return
        if "closed" in saved:
            self.set_status(409)
            await self.show_round(note=self.t("room.closed"))
            return
        if verdict.refused:
            self.set_status(422)
            wrong = {one.item: bad_answer(self.t, one.reason) for one in verdict.refused}
            await self.show_round(self.t("room.some_wrong"), typed, wrong)
            return
        await self._say_done(who, found)
        self.see("/room?saved=1" if verdict.given else "/room")

    async def _say_done(self, who: Participant, found: Round) -> None:
        done = self.field("done")
        if done in ("yes", "no"):
            store = self.desk.store
            await self.desk.writer.run(
                lambda: answers.say_done(store, found.round_id, who.participant_id, done == "yes")
            )

    async def _show_open(self, who: Participant, found: Round, values: dict[str, Any]) -> None:
        store = self.desk.store

        def look() -> tuple[dict[str, Any], bool, dict[str, int]]:
            return (
                answers.mine(store, found.round_id, who.participant_id),
                answers.is_done(store, found.round_id, who.participant_id),
                people.joined(store, who.session_id),
            )

        mine, done, joined = await self.desk.board.read(look)
        session = self.desk.board.latest.session
        self.show(
            "open.html.j2",
            round=found,
            mine={**mine, **values["typed"]},
            done=done and not values["wrong"],
            left=sum(item.name not in mine for item in found.content.items()),
            few=None
            if found.named or session is None
            else too_few(joined, who.team, session.floor),
            floor=session.floor if session else 0,
            clock=clock(self.desk, found),
            saved=self.get_query_argument("saved", "") == "1",
            **values,
        )

    async def _show_result(
        self, who: Participant, now: Now, found: Round, values: dict[str, Any]
    ) -> None:
        floor = now.session.floor if now.session else 0
        result = await self.desk.result(found, floor, who.language)
        mine = await self.desk.board.read(
            lambda: answers.mine(self.desk.store, found.round_id, who.participant_id)
        )
        self.show("revealed.html.j2", round=found, result=result, mine=mine, **values)


class Name(Base):
    """Where a named round asks the name."""

    async def post(self) -> None:
        """Keep the name, or say what one is."""
        token = self.token
        if self.who is None or token is None:
            self.see("/")
            return
        store, name = self.desk.store, self.field("name")
        try:
            self.who = await self.desk.writer.run(lambda: people.give_name(store, token, name))
        except InputError as error:
            found = (await self.desk.board.now()).round
            self.set_status(422)
            note = self.t("room.name.bad", **error.fields)
            if found is None:
                self.see("/room")
            else:
                self.show("name.html.j2", round=found, note=note)
            return
        self.desk.board.forget(token)
        self.see("/room")


def takes_answers(who: Participant | None, now: Now, given: object) -> Round | None:
    """Return the round that a participant answers, if it is the one meant and is open to them."""
    found, session = now.round, now.session
    if who is None or found is None or session is None or who.session_id != session.session_id:
        return None
    meant = str(found.round_id) == str(given) and found.state == "open"
    return found if meant and not (found.named and who.name is None) else None


def too_few(joined: dict[str, int], team: str, floor: int) -> str | None:
    """Return what an anonymous round would not show if it were shown to those who joined.

    ``all`` for nothing at all, ``own`` for one's own team and what it would be the rest of,
    ``teams`` for the teams apart; ``None`` where all can be shown.
    """
    shown = foreseen(joined, floor)
    if team == "other":
        return None if shown[team] else "own"
    if not shown[TOTAL]:
        return "all"
    return None if all(shown[one] or not joined[one] for one in INSIDE) else "teams"


def clock(desk: Desk, found: Round) -> Clock | None:
    """Return a round's time box, or ``None`` where it has none."""
    if found.minutes is None:
        return None
    ends = found.opened_at + dt.timedelta(minutes=found.minutes)
    text = f"{ends.astimezone(desk.workspace.zone):%H:%M}"
    return Clock(int(ends.timestamp()), int(dt.datetime.now(dt.UTC).timestamp()), text)
