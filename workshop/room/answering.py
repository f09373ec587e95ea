"""Where a page's script sends answers: acknowledged once they are on disk, counted once."""

from __future__ import annotations

from tornado.web import HTTPError

from workshop.room.base import Base
from workshop.room.entries import Checked, Sent, checked, from_json
from workshop.room.rounds_page import takes_answers
from workshop.room.words import bad_answer
from workshop.session.answers import Saved


class Answers(Base):
    """Answers to the open round, each with a key of its sender's."""

    async def post(self) -> None:
        """Save them and say, by key, what became of each."""
        if self.who is None:
            raise HTTPError(401)
        sent = from_json(self.request.body) if self.wants_json else None
        if sent is None:
            raise HTTPError(400)
        verdict = await self._checked(sent)
        saved = await self.desk.writer.save(verdict.given) if verdict.given else []
        self.set_header("Content-Type", "application/json")
        self.finish({"answers": [*_told(verdict, saved), *self._refused(verdict)]})

    async def _checked(self, sent: Sent) -> Checked:
        """Hold the answers to the round as it was opened.

        What the server saw last may be a moment old, but whether the round still takes answers
        is asked of the store when they are saved.
        """
        board, who = self.desk.board, self.who
        found = takes_answers(who, board.latest, sent.round)
        if found is None:
            found = takes_answers(who, await board.now(), sent.round)
        if found is None or who is None:
            raise HTTPError(409)
        return checked(sent.answers, found.content, found.round_id, who.participant_id)

    def _refused(self, verdict: Checked) -> list[dict[str, str]]:
        t = self.t
        return [
            {"key": one.key, "state": "refused", "text": bad_answer(t, one.reason)}
            for one in verdict.refused
        ]


def _told(verdict: Checked, saved: list[Saved]) -> list[dict[str, str]]:
    return [
        {"key": one.key, "state": state} for one, state in zip(verdict.given, saved, strict=True)
    ]
