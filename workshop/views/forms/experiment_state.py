"""An experiment being written down, with its test of success. No widget."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from traitlets import HasTraits, Instance, Tuple, Unicode

from workshop.crm.measures import SHARES, measurable
from workshop.crm.tables import Tables
from workshop.errors import InputError, WorkshopError
from workshop.questions.experiment import (
    BY_HAND,
    KIND,
    Experiment,
    Now,
    Owed,
    foresight,
    now,
    proposed_trial,
)
from workshop.session import ledger
from workshop.session.ledger import Decision
from workshop.session.sessions import resume_or_start
from workshop.session.store import Store
from workshop.views.forms.form import Keeper
from workshop.workspace import Workspace

TEXTS = (
    "tries",
    "with_whom",
    "because",
    "measure",
    "source",
    "counts",
    "before",
    "at_least",
    "if_not",
    "marketing",
    "marketing_does",
    "sales",
    "sales_does",
    "looks",
)
DAYS = ("starts_on", "ends_on")
FIELDS = (*TEXTS[:8], *DAYS, *TEXTS[8:])
"""In the order in which a form asks for them."""
LIMITS = dict.fromkeys(("tries", "with_whom", "because", "if_not", "counts"), 500) | dict.fromkeys(
    ("marketing_does", "sales_does"), 1_000
)
LONGEST = 120
MONTH = dt.timedelta(days=29)
_ONE_DAY = dt.timedelta(days=1)
_OF_HAND = ("counts", "before")
Words = Callable[[Experiment, str], str]
"""What makes a sentence of an experiment and its reason."""


class ExperimentState(HasTraits):
    """An experiment in the making; each change is kept, so that another kernel goes on with it.

    ``found`` is how things are now, by the CRM; ``trial`` the experiment as far as it is whole.
    ``missing`` and ``overlong`` are fields, once somebody wanted to record it; ``decided`` is the
    decision when it is in the ledger.
    """

    tries = Unicode("")
    with_whom = Unicode("")
    because = Unicode("")
    measure = Unicode("")
    source = Unicode("")
    counts = Unicode("")
    before = Unicode("")
    at_least = Unicode("")
    if_not = Unicode("")
    marketing = Unicode("")
    marketing_does = Unicode("")
    sales = Unicode("")
    sales_does = Unicode("")
    looks = Unicode("")
    starts_on = Instance(dt.date, allow_none=True)
    ends_on = Instance(dt.date, allow_none=True)
    missing = Tuple()
    overlong = Tuple()
    problem = Instance(WorkshopError, allow_none=True)
    found = Instance(tuple, allow_none=True)
    decided = Instance(tuple, allow_none=True)

    def __init__(
        self,
        workspace: Workspace,
        store: Store,
        tables: Tables | None,
        words: Words,
        today: dt.date,
    ) -> None:
        self.workspace, self.store, self.tables = workspace, store, tables
        self.words, self.today = words, today
        self.measures = (*(measurable(tables) if tables is not None else ()), BY_HAND)
        self.keeper = Keeper(store, workspace.settings.floor, "decision", KIND)
        super().__init__(**self._left())
        self._measure()
        self.observe(lambda change: self._changed(change.name), FIELDS)

    @property
    def asked(self) -> tuple[str, ...]:
        """The fields that this experiment needs: who counts by hand says what, and how it was."""
        by_hand = self.measure == BY_HAND
        left_out = ("source",) if by_hand else _OF_HAND
        return tuple(name for name in FIELDS if name not in left_out)

    @property
    def is_share(self) -> bool:
        """Whether the measure is a share of leads."""
        return self.measure in SHARES

    @property
    def now(self) -> Now | None:
        """How things are before the experiment, by the CRM."""
        return None if self.found is None else Now(*self.found)

    @property
    def leads(self) -> int:
        """The leads that the experiment's days are expected to bring."""
        if self.now is None or self.starts_on is None or self.ends_on is None:
            return 0
        return round(self.now.leads_a_day * ((self.ends_on - self.starts_on).days + 1))

    def trial(self) -> Experiment | None:
        """Return the experiment as far as its test is whole; ``None`` before."""
        try:
            return self._built()
        except WorkshopError:
            return None

    def foresight(self) -> Any:
        """Return what it can tell, or ``None`` while its test is not whole."""
        trial = self.trial()
        if trial is None:
            return None
        return foresight(trial, self.now.leads_a_day if self.now is not None else 0.0)

    def record(self) -> None:
        """Write it to the ledger, unless something lacks; it must not have started yet."""
        self._note_faults()
        if self.missing or self.overlong:
            return
        try:
            self.decided = self._recorded()
            self.problem = None
        except WorkshopError as error:
            self.problem = error
        else:
            # The next experiment begins with an empty form.
            self.keeper.keep({**dict.fromkeys(TEXTS, ""), **dict.fromkeys(DAYS)})

    def _recorded(self) -> Decision:
        trial = self._built()
        if trial.starts_on < self.today:
            raise InputError("experiment_started", given=trial.starts_on, today=self.today)
        session = resume_or_start(self.store, self.workspace.settings.floor)
        owed = Owed(
            self.marketing,
            self.marketing_does,
            self.sales,
            self.sales_does,
            "marketing" if self.looks == "marketing" else "sales",
        )
        proposal = proposed_trial(trial, self.words(trial, self.because), self.because, owed)
        return ledger.decide(self.store, session.session_id, proposal, today=self.today)

    def _built(self) -> Experiment:
        """Return the experiment; raise ``InputError`` for a figure or days that are none."""
        if self.starts_on is None or self.ends_on is None or not self.measure:
            raise InputError("experiment_days", starts=self.starts_on, ends=self.ends_on)
        if self.ends_on <= self.starts_on:
            raise InputError("experiment_days", starts=self.starts_on, ends=self.ends_on)
        aim = self._figure(self.at_least)
        hits, of = self._before((self.ends_on - self.starts_on).days + 1)
        return Experiment(
            tries=self.tries.strip() or "…",
            with_whom=self.with_whom.strip() or "…",
            measure=self.measure,
            source=self.source or None,
            counts=self.counts.strip() or None,
            at_least=aim / 100 if self.is_share else aim,
            hits=hits,
            of=of,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            if_not=self.if_not.strip() or "…",
        )

    def _before(self, days: int) -> tuple[int, int]:
        """Return the figure of before: by the CRM, or by hand over as many days."""
        if self.measure == BY_HAND:
            return round(self._figure(self.before)), days
        if self.now is None or not self.now.of:
            raise InputError("nothing_to_compare")
        return self.now.hits, self.now.of

    def _figure(self, text: str) -> float:
        """Read a number as people type it; of a share as a percentage."""
        bare = text.strip().removesuffix("%").strip().replace(",", ".")
        most = 100 if self.is_share else 10**9
        try:
            number = float(bare)
        except ValueError:
            number = -1.0
        if not 0 <= number <= most:
            code = "bad_share" if self.is_share else "bad_count"
            raise InputError(code, given=text.strip())
        return number

    def _measure(self) -> None:
        """Ask the CRM how things are now."""
        known = self.tables is not None and self.measure in self.measures
        if self.tables is None or not known or self.measure == BY_HAND:
            self.found = None
        else:
            self.found = now(self.tables, self.measure, self.source or None)

    def _left(self) -> dict[str, Any]:
        """Return the form as it was left, or with a month from tomorrow on."""
        kept = self.keeper.latest()
        start = self.today + _ONE_DAY
        if kept is None or not any(kept.content.values()):
            return {"starts_on": start, "ends_on": start + MONTH}
        days = {name: kept.content[name] for name in DAYS}
        read = {name: dt.date.fromisoformat(day) if day else None for name, day in days.items()}
        left = {**kept.content, **read}
        return {**left, "measure": left["measure"] if left["measure"] in self.measures else ""}

    def _changed(self, name: str) -> None:
        if name in ("measure", "source"):
            self._measure()
        days = {one: getattr(self, one).isoformat() if getattr(self, one) else None for one in DAYS}
        self.keeper.keep({**{one: getattr(self, one) for one in TEXTS}, **days})
        self.problem, self.decided = self.keeper.problem, None
        if self.missing or self.overlong:
            self._note_faults()

    def _note_faults(self) -> None:
        texts = {name: str(getattr(self, name) or "").strip() for name in self.asked}
        optional = ("source",)
        self.missing = tuple(n for n, text in texts.items() if not text and n not in optional)
        self.overlong = tuple(
            name for name, text in texts.items() if len(text) > LIMITS.get(name, LONGEST)
        )
