"""The plan behind the goal as it stood on the eve of its period: nothing of what it is held to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from workshop.analysis.band import week_ends, weekly_paths
from workshop.analysis.plan import Goal, Plan
from workshop.analysis.posterior import FloatArray
from workshop.analysis.simulate import Simulation, simulate, with_rate
from workshop.analysis.underway import Earlier
from workshop.crm.readiness import readiness_of
from workshop.crm.tables import Tables
from workshop.questions.earlier import on_their_way
from workshop.questions.goal import QUESTION, Basis, basis_of, open_shares, volume
from workshop.questions.goal_file import GoalFile
from workshop.questions.matters import RATE
from workshop.questions.period import Period, parse_period
from workshop.session.ledger import Decision
from workshop.session.store import Store
from workshop.session.voting import draft_behind

_ONE_DAY = dt.timedelta(days=1)


class Agreed(NamedTuple):
    """A goal with what the ledger knows of it: the day, and what sales promised beside it.

    ``agreed_on`` is null for a goal that was written down without a decision; ``rate`` where sales
    promised no other rate than history's.
    """

    goal: GoalFile
    agreed_on: dt.date | None = None
    rate: float | None = None


class Outlook(NamedTuple):
    """What a period may bring, seen from the end of a day; ``paths`` are draws x weeks."""

    day: dt.date
    simulation: Simulation
    paths: FloatArray


class AgreedPlan(NamedTuple):
    """The goal, and what history said of it on the eve of its period.

    ``outlook`` is null where that history was too thin. ``planned`` counts the ``unit`` over the
    whole period; ``wanted`` is what must land in it: baseline and target together.
    """

    agreed: Agreed
    period: Period
    eve: dt.date
    unit: str
    planned: int
    baseline: float
    baseline_period: Period | None
    outlook: Outlook | None
    caveats: tuple[str, ...]

    @property
    def wanted(self) -> float:
        """Money that must land within the period."""
        return self.baseline + self.agreed.goal.target

    @property
    def rated(self) -> bool:
        """Whether sales holds a rate: where opportunities are counted all become one."""
        return self.agreed.goal.kind == "revenue" or self.unit != "opportunity"


def agreed_goal(
    goal: GoalFile, decisions: Sequence[Decision], store: Store | None, zone: dt.tzinfo
) -> Agreed:
    """Return a goal with its day and promise, from the decision that holds and says the same.

    A goal that somebody wrote or changed by hand has neither.
    """
    found = [one for one in decisions if one.kind == "goal" and one.replaced_by is None]
    if not found or store is None or GoalFile.model_validate(found[-1].content) != goal:
        return Agreed(goal)
    draft = draft_behind(store, found[-1])
    rate = draft.content.get(RATE) if draft is not None else None
    return Agreed(goal, found[-1].decided_at.astimezone(zone).date(), rate)


def as_of(tables: Tables, day: dt.date) -> Tables:
    """Return the same CRM as of another day."""
    return replace(tables, as_of=day)


def agreed_plan(tables: Tables, agreed: Agreed, seed: int) -> AgreedPlan:
    """Return the plan as of the day before the period: the last that holds nothing of it.

    A goal agreed earlier is planned with what was known by then, and one agreed later is not
    judged by weeks that it was made with. Of the CRM only what is dated can be put back to that
    day: an amount is the one of the newest export.
    """
    goal, period = agreed.goal, parse_period(agreed.goal.period)
    eve = period.start - _ONE_DAY
    then = as_of(tables, eve)
    basis = basis_of(then, readiness_of(then, QUESTION), eve, goal)
    before = period.year_before()
    planned = goal.mqls or volume(then, before, basis.flow.unit)
    plan = basis.plan if planned else None
    return AgreedPlan(
        agreed=agreed,
        period=period,
        eve=eve,
        unit=basis.flow.unit,
        planned=planned,
        baseline=basis.baseline,
        baseline_period=before if goal.baseline is None else None,
        outlook=None if plan is None else outlook(then, plan, basis, planned, agreed.rate, seed),
        caveats=basis.caveats,
    )


def outlook(
    tables: Tables, plan: Plan, basis: Basis, mqls: int, rate: float | None, seed: int
) -> Outlook:
    """Draw what a plan may bring after the as-of date."""
    day = tables.as_of
    if day is None:
        raise ValueError("no dated deals")
    simulation = simulate(plan, seed=seed)
    simulation = simulation if rate is None else with_rate(simulation, rate)
    length = plan.goal.days
    shares = None
    if plan.open_deals is not None:
        shares = open_shares(tables, basis.period, length - week_ends(length))
    return Outlook(day, simulation, weekly_paths(simulation, mqls, shares))


def likely_now(tables: Tables, plan: AgreedPlan, so_far: float, seed: int) -> float | None:
    """Return the probability of the goal after what landed so far, the rest going as planned.

    ``None`` where the newest export cannot tell; 1 where the goal is reached, 0 where the period
    is over without.
    """
    missing, today = plan.wanted - so_far, tables.as_of
    if missing <= 0:
        return 1.0
    if today is None or today >= plan.period.end:
        return 0.0
    goal = plan.agreed.goal
    basis = basis_of(tables, readiness_of(tables, QUESTION), today, goal)
    if basis.plan is None or basis.flow.unit != plan.unit:
        return None
    left = (plan.period.end - today).days
    rest = replace(
        basis.plan,
        goal=Goal(goal.kind, missing, left),
        earlier=Earlier(on_their_way(tables, plan.unit, today)),
    )
    mqls = round(plan.planned * left / plan.period.days)
    found = outlook(tables, rest, basis, mqls, plan.agreed.rate, seed)
    return reached(found.paths, missing)


def reached(paths: FloatArray, wanted: float) -> float:
    """Return the share of the paths that end at an amount or above it."""
    # Money is added up in floating point.
    return float((paths[:, -1] >= wanted * (1 - 1e-9)).mean())
