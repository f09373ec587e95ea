"""A goal under a hand: target, volume and rate move, the curve follows. No widget."""

from __future__ import annotations

from typing import Any

from traitlets import Enum, Float, HasTraits, Instance, Int

from workshop.analysis.simulate import Simulation
from workshop.crm.tables import Tables
from workshop.errors import InputError, WorkshopError
from workshop.questions.agreed_files import SUBJECTS
from workshop.questions.goal import GoalAnswer, Moved, goal, moved, sliding
from workshop.questions.goal_file import GoalFile
from workshop.questions.matters import RATE
from workshop.questions.period import next_quarter, parse_period
from workshop.session.store import Store
from workshop.views.forms.form import Keeper

KINDS = ("pipeline", "revenue")
RATE_DECIMALS = 3
"""What a hand can tell apart: a tenth of a percent."""


class GoalState(HasTraits):
    """A goal in the making; each change is kept, and answered from draws made once.

    ``rate`` is what sales promises: the share of the volume that becomes an opportunity for a
    pipeline, of opportunities won for revenue; as the history has it at first. ``base`` is the
    answer for the kind and period as they stand, ``answer`` the curve under the hand.
    """

    kind = Enum(KINDS, "pipeline")
    period = Instance(str, ("",))
    target = Float(0.0)
    mqls = Int(0)
    rate = Float(0.0)
    base = Instance(tuple, allow_none=True)
    answer = Instance(tuple, allow_none=True)
    problem = Instance(WorkshopError, allow_none=True)

    def __init__(
        self, store: Store, floor: int, given: GoalFile | None, tables: Tables | None, seed: int
    ) -> None:
        super().__init__()
        self.tables, self.seed = tables, seed
        self.keeper = Keeper(store, floor, "goal", SUBJECTS["goal"])
        self._simulation: Simulation | None = None
        self._volumes: tuple[int, ...] = ()
        self._whole: GoalFile | None = given
        self._begin(given)

    @property
    def history_rate(self) -> float:
        """The rate that sales has had so far."""
        if self._simulation is None:
            return 0.0
        rates = self._simulation.plan.rates
        found = rates.qualification if self.kind == "pipeline" else rates.win
        return round(float(found.mean), RATE_DECIMALS)

    @property
    def promised(self) -> float | None:
        """What sales promises other than what it did so far; ``None`` for no such promise."""
        rate = round(self.rate, RATE_DECIMALS)
        return rate if rate and rate != self.history_rate else None

    @property
    def found(self) -> GoalAnswer | None:
        """What history says of the goal, before a hand moves."""
        return None if self.base is None else GoalAnswer(*self.base)

    def move(self, *, target: float | None = None, mqls: int | None = None,
             rate: float | None = None) -> None:  # fmt: skip
        """Move a hand; the answer follows from the same draws, and the place is kept."""
        with self.hold_trait_notifications():
            self.target = self.target if target is None else float(target)
            self.mqls = self.mqls if mqls is None else int(mqls)
            self.rate = self.rate if rate is None else float(rate)
            self.answer = self._moved()
        self.keep()

    def ask(self, *, kind: str | None = None, period: str | None = None) -> None:
        """Ask for another kind of goal or another period, which reads the CRM again."""
        try:
            name = parse_period((period or self.period).strip()).name
        except InputError as error:
            self.problem = error
            return
        wanted = kind or self.kind
        given = GoalFile(kind=wanted, target=max(self.target, 1.0), period=name)
        self._read(given, keep_hands=wanted == self.kind)
        self.keep()

    def keep(self) -> None:
        """Keep the goal as it stands."""
        self.keeper.keep(self.content())
        self.problem = self.keeper.problem

    def content(self) -> dict[str, Any]:
        """Return the goal as a file would hold it, and what sales promises beside it."""
        baseline = self._whole.baseline if self._whole else None
        stage = self._whole.stage if self._whole else None
        found = {
            "kind": self.kind,
            "target": self.target,
            "period": self.period,
            "baseline": baseline,
            "mqls": self.mqls or None,
            "stage": stage,
        }
        promised = self.promised
        return found if promised is None else {**found, RATE: promised}

    def _begin(self, given: GoalFile | None) -> None:
        """Go on from the last draft, or else from what was written down or is proposed."""
        kept = self.keeper.latest()
        if kept is None:
            self._read(given, keep_hands=False)
            return
        content = dict(kept.content)
        rate = content.pop(RATE, None)
        self._whole = GoalFile.model_validate(content)
        self._read(self._whole, keep_hands=False)
        if rate:
            with self.hold_trait_notifications():
                self.rate = float(rate)
                self.answer = self._moved()

    def _read(self, given: GoalFile | None, *, keep_hands: bool) -> None:
        tables = self.tables
        answer = None if tables is None else goal(tables, given, self.seed)
        self._simulation = None if tables is None else sliding(tables, given, self.seed)
        with self.hold_trait_notifications():
            self.problem = None
            self.base = answer
            self.kind = given.kind if given else KINDS[0]
            self.period = self._period(given, answer)
            if not (keep_hands and self.target):
                self.target = float(given.target if given else (answer and answer.target) or 0.0)
            planned = (given and given.mqls) or (answer and answer.planned) or 0
            self.mqls = self.mqls if keep_hands and self.mqls else int(planned)
            self.rate = self.history_rate
            self._volumes = self._steps()
            self.answer = self._moved()

    def _period(self, given: GoalFile | None, answer: GoalAnswer | None) -> str:
        if given is not None:
            return given.period
        if answer is not None and answer.period is not None:
            return answer.period.name
        as_of = self.tables.as_of if self.tables else None
        return next_quarter(as_of).name if as_of else ""

    def _steps(self) -> tuple[int, ...]:
        """Return the volumes of the curve: they stay where they are while a hand moves."""
        found = self.found
        if found is None or found.rows.empty:
            return ()
        return tuple(int(n) for n in found.rows["mqls"])

    def _moved(self) -> Moved | None:
        if self._simulation is None or self.target <= 0:
            return None
        return moved(self._simulation, self.target, self.mqls, self._volumes, self.promised)
