"""What the distance between plan and result so far is made of, and what both teams promised."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np
import pandas as pd

from workshop.analysis.gap import Factors, adding_up, split
from workshop.analysis.intervals import poisson, wilson
from workshop.analysis.landing import landed_by, share_come
from workshop.analysis.simulate import Simulation
from workshop.analysis.underway import expected
from workshop.crm.period_counts import closed, entries, landed
from workshop.crm.tables import Tables
from workshop.questions.agreed_plan import AgreedPlan, Outlook, as_of
from workshop.questions.goal import open_shares
from workshop.questions.pace import Pace

COMMITMENTS = ["team", "measure", "whole", "planned", "actual", "low", "high", "done", "of"]


class Gap(NamedTuple):
    """Actual minus planned so far, split.

    ``rows``: factor, planned, actual, part (money, to the cent). The factors volume, rate, value
    and timing are those of the period's own leads; ``earlier`` is what leads of before it brought,
    ``open`` what deals that were open when it began brought, both in money. The parts add up to
    ``actual`` minus ``planned``. ``entered`` leads came so far, and have had the time for as many
    deals as ``settled`` leads bring in the end: the rate is seen of those.

    ``commitments``: team, measure (volume, rate), whole (of the period), planned and actual so
    far, for a rate its 95% bounds and the ``done`` of the ``of`` behind it.
    """

    rows: pd.DataFrame
    planned: float
    actual: float
    entered: int
    settled: float
    commitments: pd.DataFrame


class _Own(NamedTuple):
    """The period's own leads so far: those that entered, how far they are, and their deals."""

    entered: int
    settled: float
    deals: int
    value: float


def gap(tables: Tables, pace: Pace) -> Gap | None:
    """Split what lies between plan and result so far; ``None`` where a period has no figures."""
    plan = pace.plan
    if plan is None or plan.outlook is None or pace.as_of is None or pace.state == "not_begun":
        return None
    day = min(pace.as_of, plan.period.end)
    own = _own(tables, plan, pace.landed, day)
    planned, actual = _planned(plan, plan.outlook, day), _actual(plan, plan.outlook, own)
    rows = pd.concat(
        [split(planned, actual), _beside(tables, plan, plan.outlook, pace.landed, day)],
        ignore_index=True,
    )
    before = planned.worth + float(rows["planned"].to_numpy(float)[4:].sum())
    total = round(pace.so_far, 2) - round(before, 2)
    return Gap(
        rows=rows.assign(part=adding_up(rows["part"], total)),
        planned=round(before, 2),
        actual=round(pace.so_far, 2),
        entered=own.entered,
        settled=own.settled,
        commitments=_commitments(tables, plan, planned, own, day),
    )


def _planned(plan: AgreedPlan, outlook: Outlook, day: dt.date) -> Factors:
    """Return what the plan expects of the period's own leads by a day."""
    simulation = outlook.simulation
    days = (day - plan.period.start).days + 1
    goal = simulation.plan.goal
    by_then = float(landed_by(simulation.plan.lags, goal.kind, goal.days, [days])[0])
    return Factors(
        volume=plan.planned * days / goal.days,
        rate=_rate(simulation, plan.unit),
        value=simulation.plan.values.mean,
        timing=by_then * goal.days / days,
    )


def _rate(simulation: Simulation, unit: str) -> float:
    """Return the deals that count, a lead, as the plan has it."""
    # Where opportunities are counted, all of them become one.
    rate = 1.0 if unit == "opportunity" else float(simulation.qualification.mean())
    return rate * float(simulation.win.mean()) if _is_revenue(simulation) else rate


def _is_revenue(simulation: Simulation) -> bool:
    return simulation.plan.goal.kind == "revenue"


def _own(tables: Tables, plan: AgreedPlan, came: pd.DataFrame, day: dt.date) -> _Own:
    new = came[came["source"] == "new"]
    deals, value = int(new["deals"].sum()), float(new["value"].sum())
    if plan.unit == "opportunity":
        made, age = _created(tables, plan, came, day)
    else:
        seen = entries(tables, plan.unit, plan.period.start, day)
        made = seen["leads"].to_numpy(int)
        age = np.array([(day - entered).days for entered in seen["entered"]], float)
    if plan.outlook is None or not made.sum():
        return _Own(0, 0.0, deals, value)
    lags = plan.outlook.simulation.plan.lags
    settled = float(made @ share_come(lags, plan.agreed.goal.kind, age))
    return _Own(int(made.sum()), settled, deals, value)


def _created(
    tables: Tables, plan: AgreedPlan, came: pd.DataFrame, day: dt.date
) -> tuple[np.ndarray, np.ndarray]:
    """Return the deals created so far by their age: the volume where opportunities are counted."""
    made = came
    if plan.agreed.goal.kind == "revenue":
        made = landed(tables, "pipeline", "opportunity", plan.period.start, day)
    age = np.array([(day - one).days for one in made["day"]], float)
    return made["deals"].to_numpy(int), age


def _actual(plan: AgreedPlan, outlook: Outlook, own: _Own) -> Factors:
    """Return the factors as seen so far; their product is what the period's own leads brought.

    A lead counts for the rate as far as those before it had become a deal at its age, so that one
    of yesterday is not held to what it cannot have brought yet. What cannot be seen is NaN.
    """
    value = own.value / own.deals if own.deals else np.nan
    if own.settled > 0:
        rate, timing = own.deals / own.settled, own.settled / own.entered
    else:
        planned = _rate(outlook.simulation, plan.unit)
        rate, timing = np.nan, own.deals / (own.entered * planned) if own.entered else np.nan
    return Factors(float(own.entered), rate, value, timing)


def _beside(
    tables: Tables, plan: AgreedPlan, outlook: Outlook, came: pd.DataFrame, day: dt.date
) -> pd.DataFrame:
    """Return what came from leads of before the period, and from deals open when it began."""
    days = (day - plan.period.start).days + 1
    simulation, rows = outlook.simulation, []
    by_source = came.groupby("source")["value"].sum()
    earlier, kind = simulation.plan.earlier, simulation.plan.goal.kind
    if earlier is not None:
        deals = expected(earlier, simulation.plan.lags, kind, simulation.chances, [days])
        rows.append(("earlier", float(deals[0]) * simulation.plan.values.mean))
    opened = simulation.plan.open_deals
    if opened is not None:
        likely = float((opened["probability"] * opened["amount"]).sum())
        left = np.array([plan.period.days - days])
        by_then = open_shares(as_of(tables, plan.eve), plan.period, left)
        rows.append(("open", likely * float(by_then[0])))
    frame = pd.DataFrame(rows, columns=["factor", "planned"])
    actual = frame["factor"].map(by_source).fillna(0.0).astype(float)
    return frame.assign(actual=actual, part=actual - frame["planned"])


def _commitments(
    tables: Tables, plan: AgreedPlan, planned: Factors, own: _Own, day: dt.date
) -> pd.DataFrame:
    """Return what each team promised, beside what it is so far."""
    rows: list[tuple[object, ...]] = [
        ("marketing", "volume", plan.planned, planned.volume, own.entered, *[np.nan] * 4)
    ]
    if plan.rated and plan.outlook is not None:
        rows.append(("sales", "rate", *_rate_so_far(tables, plan, plan.outlook, own, day)))
    return pd.DataFrame(rows, columns=COMMITMENTS)


def _rate_so_far(
    tables: Tables, plan: AgreedPlan, outlook: Outlook, own: _Own, day: dt.date
) -> tuple[float, ...]:
    """Return the rate as planned, twice, and as seen, with its bounds and what is behind it."""
    simulation = outlook.simulation
    if _is_revenue(simulation):
        of, won = closed(tables, plan.period.start, day)
        low, high = (float(bound) for bound in wilson(won, of))
        planned = float(simulation.win.mean())
        return (planned, planned, won / of if of else np.nan, low, high, won, of)
    planned, settled = _rate(simulation, plan.unit), own.settled
    low, high = (float(b) / settled if settled else np.nan for b in poisson(own.deals))
    seen = own.deals / settled if settled else np.nan
    return (planned, planned, seen, low, min(high, 1.0), own.deals, settled)
