"""The state of a round for its facilitator: what may be done, and what came of it. No widget."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from traitlets import Bool, Enum, HasTraits, Instance, Int, Tuple, Unicode

from workshop.errors import InputError, WorkshopError
from workshop.questions.cards import Filled
from workshop.session import rounds
from workshop.session.exercise import Exercise
from workshop.session.rounds import Round
from workshop.session.schema import now
from workshop.session.sessions import Session, resume_or_start
from workshop.session.store import Store
from workshop.views.forms.round_snapshot import NOTHING, Snapshot, snapshot

Fill = Callable[[Exercise, int], Filled]
"""Fill an exercise from this CRM, with a session's number as the seed."""


class RoundState(HasTraits):
    """One exercise in the session: open it, follow it, show its answers, ask again.

    What stands here comes from the store, whichever kernel opened the round. What fails changes
    nothing, and is there to be said.
    """

    phase = Enum(["waiting", "open", "revealed"], "waiting")
    seen = Instance(Snapshot, NOTHING)
    confirming = Enum(["", "reveal", "close"], "")
    """What a second press would do: end early, or close without showing."""
    problem = Instance(WorkshopError, allow_none=True)
    """What the last press came to nothing by."""
    trouble = Instance(WorkshopError, allow_none=True)
    """Why the store could not be looked at; it goes once it can."""
    named = Bool()
    minutes = Int(0)
    """The time box; 0 is none."""
    left_out = Tuple()
    """The questions that could not be asked for want of leads."""
    notice = Unicode("")
    """What was just done, as a code."""

    def __init__(
        self,
        store: Store,
        name: str,
        exercise: Exercise,
        fill: Fill,
        floor: int,
        *,
        earlier: bool = False,
    ) -> None:
        super().__init__(named=exercise.named, minutes=exercise.minutes or 0)
        self.store = store
        self.name = name
        self.exercise = exercise
        self.fill = fill
        self.floor = floor
        self.earlier = earlier
        """Whether an earlier session's answers stand here until this one asks."""
        self.look()

    @property
    def round(self) -> Round | None:
        """The round that counts."""
        return self.seen.round

    @property
    def session(self) -> Session | None:
        """The session that runs, or in which the exercise was last shown."""
        return self.seen.session

    def look(self) -> None:
        """Take over what the store holds now."""
        self.take(self.read())

    def read(self) -> Snapshot | WorkshopError:
        """Read the store, in whichever thread; return what went wrong where it cannot be read."""
        try:
            return snapshot(self.store, self.name, earlier=self.earlier)
        except WorkshopError as error:
            return error

    def take(self, seen: Snapshot | WorkshopError) -> None:
        """Take over what was read; what cannot be read leaves everything as it was."""
        if isinstance(seen, WorkshopError):
            self.trouble = seen
            return
        with self.hold_trait_notifications():
            self.trouble = None
            self.seen = seen
            found = seen.round
            self.phase = "waiting" if found is None else found.state
            ready = self.confirming == "reveal" and seen.progress.pending <= 0
            if self.phase != "open" or ready:
                self.confirming = ""

    def seconds_left(self, at: dt.datetime | None = None) -> int | None:
        """Return what is left of the time box, below 0 once it is over; ``None`` without one."""
        found = self.round
        if found is None or not found.minutes:
            return None
        passed = (at or now()) - found.opened_at
        return round(found.minutes * 60 - passed.total_seconds())

    def open(self) -> None:
        """Open the exercise for answers, named or anonymous as chosen before."""
        self._do(self._open)

    def reveal(self) -> None:
        """Show the answers; while people still write, only when pressed a second time."""
        self._do(self._reveal)

    def close(self) -> None:
        """Close the round without showing anything of it, when pressed a second time."""
        if self.confirming != "close":
            self.confirming = "close"
            return
        self._do(lambda: rounds.close(self.store, self._known().round_id), "closed")

    def reopen(self) -> None:
        """Ask again, as a new round that starts from everyone's answers.

        What another session asked starts empty: its people are not those of this one.
        """
        session, found = self.session, self.round
        if session is not None and found is not None and found.session_id != session.session_id:
            self.open()
        else:
            self._do(lambda: rounds.reopen(self.store, self._known().round_id))

    def cancel(self) -> None:
        """Take back the first press."""
        self.confirming = ""

    def _open(self) -> None:
        session = resume_or_start(self.store, self.floor)
        filled = self.fill(self.exercise, session.session_id)
        # A time box taken out here must not come back from the exercise.
        content = filled.exercise.model_copy(update={"minutes": self.minutes or None})
        rounds.open_round(self.store, session.session_id, self.name, content, named=self.named)
        self.left_out = filled.left_out

    def _reveal(self) -> None:
        try:
            rounds.reveal(self.store, self._known().round_id, early=self.confirming == "reveal")
        except InputError as error:
            if error.code != "round_pending":
                raise
            self.confirming = "reveal"

    def _known(self) -> Round:
        if self.round is None:
            raise InputError("round_over")
        return self.round

    def _do(self, action: Callable[[], object], notice: str = "") -> None:
        """Do something with the store, and keep what went wrong to say it."""
        try:
            action()
        except WorkshopError as error:
            self.problem = error
        else:
            self.problem, self.notice = None, notice
        self.look()
