"""Next month's experiment: its test of success before it starts, and what became of it after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from workshop.analysis.experiment import Finding, Foresight, Seen, Trial, foresee, judge
from workshop.crm.measures import MEASURES, SHARES, WAIT, counted
from workshop.crm.tables import Tables
from workshop.session import drafts
from workshop.session.ledger import Decision, Proposal
from workshop.session.store import Store

KIND: Literal["experiment"] = "experiment"
Team = Literal["sales", "marketing"]
BY_HAND = "by_hand"
ALL_MEASURES = (*MEASURES, BY_HAND)
REFERENCE_DAYS = 90
"""Days behind the figure of now: enough to know it, recent enough to be of now."""
SHOWN_FOR = dt.timedelta(days=62)
"""A retro looks back on what ended within two months."""
_LESS_IS_BETTER = ("untouched",)

Measure = Literal["leads", "to_mql", "to_sql", "to_opportunity", "untouched", "by_hand"]
_Text = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]


class Experiment(BaseModel):
    """What is written down before an experiment starts, as the ledger holds it.

    ``at_least`` is the figure from which it has worked (``untouched``: at most): a fraction for a
    share, a number over the whole experiment for a count. ``hits`` of ``of`` is the figure of
    before: of leads for a share, in days for a count. ``source`` keeps to the leads of one source;
    ``counts`` says what is counted by hand.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    tries: _Text
    with_whom: _Text
    measure: Measure
    source: str | None = None
    counts: str | None = None
    at_least: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    hits: Annotated[int, Field(ge=0)]
    of: Annotated[int, Field(ge=1)]
    starts_on: dt.date
    ends_on: dt.date
    if_not: _Text

    @model_validator(mode="after")
    def _goes_together(self) -> Experiment:
        if self.ends_on <= self.starts_on:
            raise ValueError("an experiment ends after it starts")
        if self.is_share and self.at_least > 1:
            raise ValueError("a share is at most 1")
        return self

    @property
    def is_share(self) -> bool:
        """Whether the measure is a share of leads."""
        return self.measure in SHARES

    @property
    def more(self) -> bool:
        """Whether more is better."""
        return self.measure not in _LESS_IS_BETTER

    @property
    def days(self) -> int:
        """The days that it lasts."""
        return (self.ends_on - self.starts_on).days + 1

    @property
    def judged_on(self) -> dt.date:
        """The first day on which an export can tell."""
        wait = WAIT if self.is_share else 0
        return self.ends_on + dt.timedelta(days=wait)

    @property
    def trial(self) -> Trial:
        """The test that was agreed."""
        family: Literal["share", "count"] = "share" if self.is_share else "count"
        return Trial(family, Seen(self.hits, self.of), self.at_least, self.more)

    def plain(self) -> dict[str, Any]:
        """Return it as the ledger holds it."""
        return self.model_dump(mode="json")


class Now(NamedTuple):
    """The figure of before: hits of so many leads, or in so many days, and the leads a day."""

    hits: int
    of: int
    first: dt.date
    until: dt.date
    leads_a_day: float


class Told(NamedTuple):
    """An experiment of the ledger, and what the newest data say of it.

    ``state``: ``to_come``, ``running``, ``waiting`` (it ended, but its last leads still have their
    days), ``to_count`` (by hand), ``no_data``, ``judged``. ``seen`` is what was counted so far.
    """

    decision: Decision
    experiment: Experiment
    state: str
    seen: Seen | None
    finding: Finding | None


def now(tables: Tables, measure: str, source: str | None) -> Now:
    """Measure how things are before an experiment, over the last 90 days that can be judged."""
    if tables.as_of is None:
        raise ValueError("no dated leads")
    last = tables.as_of - dt.timedelta(days=WAIT if measure in SHARES else 0)
    first = last - dt.timedelta(days=REFERENCE_DAYS - 1)
    found = counted(tables, measure, source, first, last)
    leads = found.of if measure in SHARES else found.hits
    return Now(found.hits, found.of, first, found.until, leads / REFERENCE_DAYS)


class Owed(NamedTuple):
    """What each team does for an experiment, who of it, and which of both looks at the result."""

    marketing: str
    marketing_does: str
    sales: str
    sales_does: str
    looks: Team


def proposed_trial(trial: Experiment, what: str, because: str, owed: Owed) -> Proposal:
    """Return an experiment as the ledger takes it; ``what`` says it in a sentence."""
    return Proposal(
        kind=KIND,
        subject=trial.tries[:80],
        what=what,
        why=because,
        expects_of_marketing=f"{owed.marketing}: {owed.marketing_does}",
        expects_of_sales=f"{owed.sales}: {owed.sales_does}",
        owner=owed.marketing if owed.looks == "marketing" else owed.sales,
        owner_team=owed.looks,
        review_on=trial.ends_on,
        content=trial.plain(),
        signed_sales=owed.sales,
        signed_marketing=owed.marketing,
    )


def foresight(experiment: Experiment, leads_a_day: float) -> Foresight:
    """Say whether this can be told from chance, with the leads that so many days bring."""
    of = round(leads_a_day * experiment.days) if experiment.is_share else experiment.days
    return foresee(experiment.trial, max(of, 0))


def experiments(
    decisions: Sequence[Decision], tables: Tables | None, store: Store | None, today: dt.date
) -> tuple[Told, ...]:
    """Return the experiments that a retro looks at: the latest ended ones, and those that run."""
    mine = [one for one in decisions if one.kind == KIND and one.replaced_by is None]
    counts, found = kept_counts(store, [one.decision_id for one in mine]), []
    for one in mine:
        experiment = Experiment.model_validate(one.content)
        if experiment.judged_on + SHOWN_FOR >= today:
            found.append(told(one, experiment, tables, counts.get(one.decision_id), today))
    return tuple(sorted(found, key=lambda each: each.experiment.ends_on))


def counted_key(number: int) -> str:
    """Return what the draft is called that holds what was counted by hand."""
    return f"counted:{number}"


def kept_counts(store: Store | None, numbers: Iterable[int]) -> dict[int, int]:
    """Return what was counted by hand, by the number of the decision."""
    if store is None:
        return {}
    kept = {number: drafts.latest(store, "decision", counted_key(number)) for number in numbers}
    return {number: int(one.content["counted"]) for number, one in kept.items() if one}


def told(
    decision: Decision,
    experiment: Experiment,
    tables: Tables | None,
    count: int | None,
    today: dt.date,
) -> Told:
    """Judge one experiment by the newest data, as far as these can tell yet."""
    if experiment.measure == BY_HAND:
        return _by_hand(decision, experiment, count, today)
    as_of = tables.as_of if tables is not None else None
    if tables is None or as_of is None:
        return Told(decision, experiment, "no_data", None, None)
    if as_of < experiment.starts_on:
        return Told(decision, experiment, "to_come", None, None)
    found = counted(
        tables, experiment.measure, experiment.source, experiment.starts_on, experiment.ends_on
    )
    seen = Seen(found.hits, found.of)
    if as_of < experiment.judged_on:
        state = "running" if as_of < experiment.ends_on else "waiting"
        return Told(decision, experiment, state, seen, None)
    return Told(decision, experiment, "judged", seen, judge(experiment.trial, seen))


def _by_hand(decision: Decision, experiment: Experiment, count: int | None, today: dt.date) -> Told:
    if today < experiment.starts_on:
        return Told(decision, experiment, "to_come", None, None)
    if today < experiment.ends_on:
        return Told(decision, experiment, "running", None, None)
    if count is None:
        return Told(decision, experiment, "to_count", None, None)
    seen = Seen(count, experiment.days)
    return Told(decision, experiment, "judged", seen, judge(experiment.trial, seen))
