"""A decision being written down: what is filled in, what is missing, and the ledger. No widget."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError
from traitlets import HasTraits, Instance, Tuple, Unicode

from workshop.disk import said_of
from workshop.errors import InputError, WorkshopError, WorkspaceError
from workshop.questions.agreed_files import Note, version_written, write_holding
from workshop.questions.matters import Matter, draft_of, holds_already, proposed
from workshop.session import ledger
from workshop.session.ledger import Decision, Proposal
from workshop.session.sessions import resume_or_start
from workshop.session.store import Store
from workshop.session.voting import adopt
from workshop.views.forms.form import Keeper
from workshop.workspace import Workspace

FIELDS = (
    "subject",
    "what",
    "why",
    "expects_of_marketing",
    "expects_of_sales",
    "owner",
    "owner_team",
    "review_on",
    "signed_sales",
    "signed_marketing",
)
"""In the order in which a form asks for them."""
TEXTS = tuple(name for name in FIELDS if name != "review_on")
_LIMITS = {"subject": 80, "owner": 120, "signed_sales": 120, "signed_marketing": 120}
LONGEST = 2_000


class DecisionState(HasTraits):
    """A decision in the making; each change is kept, so that another kernel goes on with it.

    ``missing`` are the fields still to be filled in, once somebody asked for the decision;
    ``overlong`` those with too much in them. ``decided`` is the decision when it is in the ledger.
    """

    subject = Unicode("")
    what = Unicode("")
    why = Unicode("")
    expects_of_marketing = Unicode("")
    expects_of_sales = Unicode("")
    owner = Unicode("")
    owner_team = Unicode("")
    signed_sales = Unicode("")
    signed_marketing = Unicode("")
    review_on = Instance(dt.date, allow_none=True)
    missing = Tuple()
    overlong = Tuple()
    problem = Instance(WorkshopError, allow_none=True)
    decided = Instance(tuple, allow_none=True)

    def __init__(
        self, workspace: Workspace, store: Store, matter: Matter, note: Note, today: dt.date
    ) -> None:
        self.workspace, self.store, self.matter, self.note, self.today = (
            workspace, store, matter, note, today,
        )  # fmt: skip
        self.filled: dict[str, str] = {}
        key = f"{matter.kind}:{matter.subject or matter.outline}"
        self.keeper = Keeper(store, workspace.settings.floor, "decision", key)
        super().__init__(**self._left())
        self.observe(lambda _: self._changed(), FIELDS)

    def propose(self, **texts: str) -> None:
        """Fill in what nobody wrote in, such as what a builder says by now."""
        with self.hold_trait_notifications():
            for name, given in texts.items():
                written = self._written(name)
                self.filled[name] = given[:LONGEST]
                if not written:
                    setattr(self, name, given[:LONGEST])

    def decide(self) -> None:
        """Write the decision to the ledger, and from there to its file, unless something lacks."""
        self._note_faults()
        if self.missing or self.overlong:
            return
        self._try(self._decide)

    def begin_anew(self) -> None:
        """Empty the form for a decision about something else."""
        self.missing = self.overlong = ()
        with self.hold_trait_notifications():
            for name in TEXTS:
                setattr(self, name, "")
            self.review_on = suggested(self.today, self.workspace)

    def _decide(self) -> None:
        made = self._adopted() if self.matter.voted else self._taken()
        self.decided = made
        try:
            write_holding(self.workspace, self.store, made, self.note)
        except OSError as error:
            number, problem = made.decision_id, said_of(error)
            raise WorkspaceError("agreed_not_written", number=number, problem=problem) from error

    def _adopted(self) -> Decision:
        matter = self.matter
        draft = draft_of(self.workspace, self.store, matter)
        if draft is None:
            raise InputError("nothing_proposed")
        proposal = self._proposal(proposed(self.workspace, self.store, matter, draft))
        return adopt(
            self.store,
            self._session(),
            proposal,
            draft,
            today=self.today,
            after=version_written(self.workspace, matter.kind, matter.subject),
        )

    def _taken(self) -> Decision:
        proposal = self._proposal(None)
        made = ledger.decide(self.store, self._session(), proposal, today=self.today)
        # The next decision about something else begins with an empty form.
        self.keeper.keep({**dict.fromkeys(TEXTS, ""), "review_on": None})
        return made

    def _proposal(self, content: Any) -> Proposal:
        fields = {name: getattr(self, name).strip() for name in TEXTS}
        fields |= {"subject": self.matter.subject or fields["subject"]}
        fields |= {"review_on": self.review_on, "content": content}
        if holds_already(self.store, self.matter, fields):
            raise InputError("decided_already")
        try:
            return Proposal.model_validate({"kind": self.matter.kind, **fields})
        except ValidationError as error:
            # Everything was checked before but what can only be typed on purpose.
            raise InputError("bad_name", most=_LIMITS["owner"]) from error

    def _session(self) -> int:
        return resume_or_start(self.store, self.workspace.settings.floor).session_id

    def _left(self) -> dict[str, Any]:
        """Return the form as it was left, or with a suggested day for its review."""
        kept = self.keeper.latest()
        if kept is None or not any(kept.content.values()):
            return {"review_on": suggested(self.today, self.workspace)}
        days = kept.content["review_on"]
        return {**kept.content, "review_on": dt.date.fromisoformat(days) if days else None}

    def _changed(self) -> None:
        # What was only filled in is not kept: whoever goes on gets what is proposed by then.
        content = {name: self._written(name) for name in TEXTS}
        day = self.review_on.isoformat() if self.review_on else None
        self.keeper.keep({**content, "review_on": day})
        self.problem = self.keeper.problem
        self.decided = None
        if self.missing or self.overlong:
            self._note_faults()

    def _written(self, name: str) -> str:
        """Return what somebody wrote in a field: not what was filled in for them."""
        text: str = getattr(self, name)
        return "" if text == self.filled.get(name) else text

    def _note_faults(self) -> None:
        asked = [name for name in FIELDS if name != "subject" or not self.matter.subject]
        filled = {name: getattr(self, name) for name in asked}
        empty = {
            n for n, v in filled.items() if v is None or (isinstance(v, str) and not v.strip())
        }
        if self.matter.outline and self._left_open():
            empty.add("what")
        self.missing = tuple(name for name in asked if name in empty)
        self.overlong = tuple(
            name
            for name, value in filled.items()
            if isinstance(value, str) and len(value.strip()) > _LIMITS.get(name, LONGEST)
        )

    def _left_open(self) -> bool:
        """Tell whether a line that the room was to fill in stands there as it was given."""
        given = self.filled.get("what", "").splitlines()
        return any(line in given for line in self.what.splitlines())

    def _try(self, action: Callable[[], object]) -> None:
        try:
            action()
        except WorkshopError as error:
            self.problem = error
        else:
            self.problem = None


def suggested(today: dt.date, workspace: Workspace) -> dt.date:
    """Return a day to look at a decision again: in a week, on a day on which people work."""
    working = workspace.settings.working_hours.weekdays or range(7)
    ahead = (today + dt.timedelta(days=7 + n) for n in range(7))
    return next(day for day in ahead if day.weekday() in working)
