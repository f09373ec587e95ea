"""A promise being written down: who does what by when, so that what. No widget."""

from __future__ import annotations

import datetime as dt
from typing import Any

from traitlets import HasTraits, Instance, Tuple, Unicode

from workshop.errors import WorkshopError
from workshop.session.ledger import Decision
from workshop.session.promises import MOST, Promise, promise, promises_of
from workshop.session.sessions import resume_or_start, running
from workshop.session.store import Store
from workshop.views.forms.decision_state import suggested
from workshop.views.forms.form import Keeper
from workshop.workspace import Workspace

TEXTS = ("what", "so_that", "owner", "owner_team")
FIELDS = ("what", "owner", "owner_team", "by", "so_that")
"""In the order in which a form asks for them."""
LIMITS = {"what": 300, "so_that": 300, "owner": 120}


class PromiseState(HasTraits):
    """A promise in the making, and those that this session made already.

    ``missing`` are the fields still to be filled in, once somebody wanted to record it;
    ``overlong`` those with too much in them.
    """

    what = Unicode("")
    so_that = Unicode("")
    owner = Unicode("")
    owner_team = Unicode("")
    by = Instance(dt.date, allow_none=True)
    missing = Tuple()
    overlong = Tuple()
    made = Tuple()
    problem = Instance(WorkshopError, allow_none=True)

    def __init__(self, workspace: Workspace, store: Store, today: dt.date) -> None:
        self.workspace, self.store, self.today = workspace, store, today
        self.keeper = Keeper(store, workspace.settings.floor, "decision", "promise")
        super().__init__(**self._left(), made=self._made())
        self.observe(lambda _: self._changed(), FIELDS)

    @property
    def full(self) -> bool:
        """Whether this session has promised enough."""
        return len(self.made) >= MOST

    def record(self) -> None:
        """Write the promise to the ledger, unless something lacks; the form is then empty."""
        self._note_faults()
        if self.missing or self.overlong:
            return
        try:
            session = resume_or_start(self.store, self.workspace.settings.floor)
            given = Promise.model_validate({name: getattr(self, name) for name in FIELDS})
            promise(self.store, session.session_id, given, today=self.today)
            self._clear()
            self.made = self._made()
        except WorkshopError as error:
            self.problem = error

    def _made(self) -> tuple[Decision, ...]:
        session = running(self.store)
        return () if session is None else promises_of(self.store, session.session_id)

    def _left(self) -> dict[str, Any]:
        """Return the form as it was left, or with a suggested day."""
        kept = self.keeper.latest()
        if kept is None or not any(kept.content.values()):
            return {"by": suggested(self.today, self.workspace)}
        day = kept.content["by"]
        return {**kept.content, "by": dt.date.fromisoformat(day) if day else None}

    def _clear(self) -> None:
        with self.hold_trait_notifications():
            for name in TEXTS:
                setattr(self, name, "")
            self.by = suggested(self.today, self.workspace)
        # What was on the form is a promise by now: the next kernel begins with an empty one.
        self.keeper.keep({**dict.fromkeys(TEXTS, ""), "by": None})
        self.missing, self.overlong, self.problem = (), (), self.keeper.problem

    def _changed(self) -> None:
        day = self.by.isoformat() if self.by else None
        self.keeper.keep({**{name: getattr(self, name) for name in TEXTS}, "by": day})
        self.problem = self.keeper.problem
        if self.missing or self.overlong:
            self._note_faults()

    def _note_faults(self) -> None:
        filled = {name: getattr(self, name) for name in FIELDS}
        texts = {name: str(value or "").strip() for name, value in filled.items()}
        self.missing = tuple(name for name, text in texts.items() if not text)
        self.overlong = tuple(name for name, most in LIMITS.items() if len(texts[name]) > most)
