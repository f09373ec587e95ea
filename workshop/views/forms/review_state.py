"""Going through what was promised, one at a time: what is due, and what became of it. No widget."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from traitlets import HasTraits, Instance, Int, Tuple, Unicode

from workshop.errors import WorkshopError
from workshop.session.ledger import Decision
from workshop.session.promises import KIND, Listed, listed
from workshop.session.reviews import Outcome, review
from workshop.session.sessions import resume_or_start
from workshop.session.store import Store
from workshop.views.forms.decision_state import suggested
from workshop.workspace import Workspace

LATER_WEEKS = 4
"""How long a decision that is kept is left alone, unless another day is chosen."""


class ReviewState(HasTraits):
    """What is due, one at a time; what was said stands in the store before the next one shows.

    ``current`` is the number of the decision that is looked at, 0 where none is left.
    """

    listed = Instance(Listed)
    current = Int(0)
    note = Unicode("")
    next_on = Instance(dt.date, allow_none=True)
    problem = Instance(WorkshopError, allow_none=True)
    last = Tuple()
    """The number of what was said last, for who wants to put it right."""

    def __init__(self, workspace: Workspace, store: Store, today: dt.date) -> None:
        self.workspace, self.store, self.today = workspace, store, today
        super().__init__(listed=listed(self.store, self.today))
        self._turn_to(self._first())

    @property
    def decision(self) -> Decision | None:
        """The decision that is looked at."""
        return self.listed.find(self.current)

    def look(self) -> None:
        """Take over what the store holds now."""
        self._try(self._look)

    def say(self, outcome: Outcome) -> None:
        """Write down what became of the one that is looked at, and go to the next."""
        self._try(lambda: self._say(outcome))

    def back(self) -> None:
        """Go back to the one of which something was said last."""
        if self.last:
            (number,) = self.last
            self.last = ()
            self._turn_to(number)

    def _say(self, outcome: Outcome) -> None:
        number = self.current
        session = resume_or_start(self.store, self.workspace.settings.floor)
        review(
            self.store,
            session.session_id,
            number,
            outcome,
            today=self.today,
            next_on=self.next_on,
            note=self.note,
        )
        self.last = (number,)
        self._look()

    def _look(self) -> None:
        with self.hold_trait_notifications():
            self.listed = listed(self.store, self.today)
            self._turn_to(self._first())

    def _first(self) -> int:
        return self.listed.waiting[0].decision_id if self.listed.waiting else 0

    def _turn_to(self, number: int) -> None:
        found = self.listed.find(number)
        said = found.review if found is not None and found in self.listed.handled else None
        with self.hold_trait_notifications():
            self.current = number
            self.note = said.note if said is not None else ""
            self.next_on = self._suggested(found)

    def _suggested(self, found: Decision | None) -> dt.date | None:
        if found is None:
            return None
        weeks = 1 if found.kind == KIND else LATER_WEEKS
        return suggested(self.today + dt.timedelta(weeks=weeks - 1), self.workspace)

    def _try(self, action: Callable[[], object]) -> None:
        try:
            action()
        except WorkshopError as error:
            self.problem = error
        else:
            self.problem = None
