"""A vote in its facilitator's hands: a round about one draft, by name unless chosen otherwise."""

from __future__ import annotations

from workshop.errors import InputError
from workshop.questions.cards import Filled
from workshop.session import drafts
from workshop.session.drafts import Draft
from workshop.session.exercise import Exercise
from workshop.session.sessions import resume_or_start
from workshop.session.store import Store
from workshop.session.voting import Paper, ballot, call_vote, round_name
from workshop.views.forms.round_state import RoundState


class VoteState(RoundState):
    """One draft in the session: put it to the vote, follow it, show what came of it."""

    def __init__(
        self, store: Store, draft: Draft, paper: Paper, floor: int, *, earlier: bool = False
    ) -> None:
        self.draft = draft
        self.paper = paper
        exercise = ballot(paper)
        name = round_name(draft)
        super().__init__(store, name, exercise, _as_it_stands, floor, earlier=earlier)
        self.named = True

    def _open(self) -> None:
        last = drafts.latest(self.store, self.draft.kind, self.draft.subject, self.draft.side)
        if last is None or last.draft_id != self.draft.draft_id:
            raise InputError("draft_changed")
        session = resume_or_start(self.store, self.floor)
        call_vote(
            self.store,
            session.session_id,
            self.draft,
            self.paper,
            named=self.named,
            minutes=self.minutes or None,
        )


def _as_it_stands(exercise: Exercise, seed: int) -> Filled:
    return Filled(exercise, ())
