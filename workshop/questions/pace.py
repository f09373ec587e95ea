"""Is the period going as planned: what landed week by week, and the band that the plan leaves."""

from __future__ import annotations

import datetime as dt
from typing import Literal, NamedTuple

import pandas as pd

from workshop.analysis.band import alarms, simultaneous_band, week_ends
from workshop.crm.period_counts import landed
from workshop.crm.readiness import Ready, readiness_of
from workshop.crm.tables import Tables
from workshop.questions.agreed_plan import Agreed, AgreedPlan, agreed_plan, likely_now, reached
from workshop.questions.goal import QUESTION
from workshop.questions.period import parse_period

LEVEL = 0.8
"""A period that goes as planned stays within the band with this probability, in all its weeks.

Wider would wait for what everyone can see; narrower would call the teams together for nothing in
more than one period of five.
"""
State = Literal["unanswered", "too_thin", "not_begun", "first_week", "running", "over"]


class Pace(NamedTuple):
    """A goal's period so far, against the plan as it stood on its eve.

    ``rows``: week (from 1), ends (date), low, median, high (money, cumulative), value (null for a
    week to come), alarm (``within``, ``below``, ``above``, or ``unjudged`` for a week that was
    over when the goal was agreed; null to come). ``so_far`` is what landed by ``as_of``, with
    ``unvalued`` deals among it that have no amount yet. ``then`` and ``now`` are probabilities.
    """

    ready: Ready
    state: State
    plan: AgreedPlan | None
    as_of: dt.date | None
    landed: pd.DataFrame
    rows: pd.DataFrame
    so_far: float
    unvalued: int
    then: float | None
    now: float | None
    currency: str


def pace(tables: Tables, agreed: Agreed, seed: int = 0) -> Pace:
    """Hold a goal's period so far against its plan."""
    ready, today = readiness_of(tables, QUESTION), tables.as_of
    if ready.missing or today is None:
        return _nothing(tables, ready, "unanswered")
    period = parse_period(agreed.goal.period)
    if today < period.start:
        return _nothing(tables, ready, "not_begun")
    plan = agreed_plan(tables, agreed, seed)
    if plan.outlook is None:
        return _nothing(tables, ready, "too_thin", plan)
    seen = landed(tables, agreed.goal.kind, plan.unit, period.start, min(today, period.end))
    # What came without a lead is in no plan that counts leads.
    seen = seen[seen["source"] != "unlinked"]
    so_far = float(seen["value"].sum())
    rows = _weeks(plan, seen, today)
    state: State = "over" if today >= period.end else "running"
    return Pace(
        ready=ready,
        state="first_week" if rows["value"].isna().all() else state,
        plan=plan,
        as_of=today,
        landed=seen,
        rows=rows,
        so_far=so_far,
        unvalued=int(seen["unvalued"].sum()),
        then=reached(plan.outlook.paths, plan.wanted),
        now=likely_now(tables, plan, so_far, seed),
        currency=tables.currency,
    )


def _weeks(plan: AgreedPlan, seen: pd.DataFrame, today: dt.date) -> pd.DataFrame:
    """Return the band with what landed by the end of each week that is over."""
    if plan.outlook is None:
        raise ValueError("no plan to hold the weeks against")
    start = plan.period.start
    band = simultaneous_band(plan.outlook.paths, LEVEL)
    ends = [start + dt.timedelta(days=int(day) - 1) for day in week_ends(plan.period.days)]
    past = [(week, end) for week, end in enumerate(ends, 1) if end <= today]
    values = [float(seen.loc[seen["day"] <= end, "value"].sum()) for _, end in past]
    actual = pd.DataFrame({"week": [week for week, _ in past], "value": values})
    judged = alarms(band, actual)[["week", "value", "alarm"]].astype({"alarm": object})
    rows = band.assign(ends=ends).merge(judged, on="week", how="left")
    agreed_on = plan.agreed.agreed_on
    if agreed_on is not None:
        known = rows["ends"].map(lambda end: end < agreed_on) & rows["value"].notna()
        rows = rows.assign(alarm=rows["alarm"].mask(known, "unjudged"))
    return rows[["week", "ends", "low", "median", "high", "value", "alarm"]]


def _nothing(tables: Tables, ready: Ready, state: State, plan: AgreedPlan | None = None) -> Pace:
    return Pace(
        ready=ready,
        state=state,
        plan=plan,
        as_of=tables.as_of,
        landed=pd.DataFrame(),
        rows=pd.DataFrame(),
        so_far=0.0,
        unvalued=0,
        then=None,
        now=None,
        currency=tables.currency,
    )
