"""What does the goal ask of both teams, and how likely is it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from workshop.analysis import funnel, velocity
from workshop.analysis import goal as estimators
from workshop.analysis.landing import Lags
from workshop.analysis.plan import Goal, Plan, Rates, Values
from workshop.analysis.simulate import Simulation, probability, retarget, simulate, with_rate
from workshop.analysis.underway import Earlier
from workshop.crm import counts
from workshop.crm.once import once
from workshop.crm.readiness import Ready, readiness_of
from workshop.crm.tables import Tables
from workshop.questions.earlier import WINDOW, earlier_leads
from workshop.questions.goal_file import GoalFile
from workshop.questions.period import Period, next_quarter, parse_period

QUESTION = "goal"
PROPOSED_GROWTH = 0.1
"""Where nothing was agreed: a tenth above the comparable period, as a first number to discuss."""
LEAST_VALUES = 2
_LINKED_SHARE = 0.5


class Flow(NamedTuple):
    """How leads became opportunities: from which stage, how many, and after how many days.

    ``since`` is the first day of the period in which the first of them entered.
    """

    unit: str
    entered: int
    opportunities: int
    lags: pd.DataFrame | None
    since: dt.date


class Before(NamedTuple):
    """What leads of before the period bring in it: ``deals`` that count, between two bounds of 95%.

    ``waiting`` leads are on their way; ``arriving`` are expected before the period begins.
    """

    waiting: int
    arriving: float
    deals: float
    low: float
    high: float


class GoalAnswer(NamedTuple):
    """The probability of a goal against the volume, and what each side owes.

    ``rows``: mqls, probability. ``unit`` is what the volume counts: ``mql``, or ``lead`` or
    ``opportunity`` where this CRM does not date MQLs. ``planned`` MQLs have
    ``planned_probability``, with what leads of before the period bring (``earlier``; null where
    none can bring any). ``proposed`` tells that nobody agreed on this goal yet.
    """

    ready: Ready
    rows: pd.DataFrame
    kind: str | None
    target: float | None
    currency: str
    period: Period | None
    baseline: float | None
    baseline_period: Period | None
    needed_at_80: int | None
    planned: int | None
    planned_probability: float | None
    earlier: Before | None
    unit: str | None
    sensitivity: pd.DataFrame
    commitments: pd.DataFrame
    rates: dict[str, int]
    proposed: bool
    caveats: tuple[str, ...]


class Moved(NamedTuple):
    """The curve (``rows``: mqls, probability, standard_error) and the probability on it."""

    rows: pd.DataFrame
    probability: float


@once
def goal(tables: Tables, given: GoalFile | None = None, seed: int = 0) -> GoalAnswer:
    """Answer the question for a goal, or for a proposal where none was agreed."""
    ready = readiness_of(tables, QUESTION)
    if ready.missing or tables.as_of is None:
        return _unanswered(ready, tables, ready.caveats)
    basis, simulation = _drawn(tables, ready, tables.as_of, given, seed)
    if simulation is None:
        return _unanswered(ready, tables, (*basis.caveats, "too_few"))
    plan, period, flow = simulation.plan, basis.period, basis.flow
    before = period.year_before()
    planned = given.mqls if given and given.mqls else volume(tables, before, flow.unit)
    answer = estimators.answer(
        simulation, mqls=planned or None, stage=given.stage if given else None
    )
    return GoalAnswer(
        ready=ready,
        rows=answer.rows,
        kind=plan.goal.kind,
        target=plan.goal.target,
        currency=tables.currency,
        period=period,
        baseline=plan.goal.baseline,
        baseline_period=before if given is None or given.baseline is None else None,
        needed_at_80=answer.needed_at_80,
        planned=planned or None,
        planned_probability=probability(simulation, planned).probability if planned else None,
        earlier=_before(simulation),
        unit=flow.unit,
        sensitivity=answer.sensitivity,
        commitments=answer.commitments,
        rates=plan.rates.__dict__ | {"values": basis.valued},
        proposed=given is None,
        caveats=basis.caveats,
    )


class Basis(NamedTuple):
    """What history says about a goal, before any draw; no ``plan`` where it is too thin."""

    plan: Plan | None
    period: Period
    flow: Flow
    valued: int
    baseline: float
    caveats: tuple[str, ...]


def basis_of(tables: Tables, ready: Ready, as_of: dt.date, given: GoalFile | None) -> Basis:
    """Gather what history says about a goal, or about the one that would be proposed."""
    kind = given.kind if given else "pipeline"
    period = parse_period(given.period) if given else next_quarter(as_of)
    before = period.year_before()
    flow = _flow(tables)
    earlier, with_lead = _earlier(tables, before, kind, flow.unit)
    baseline = given.baseline if given and given.baseline is not None else earlier
    values = counts.deal_values(tables, "won" if kind == "revenue" else None)
    caveats = _caveats(tables, ready, flow, with_lead, earlier, given)
    target = given.target if given else _round(PROPOSED_GROWTH * baseline)
    valued = int(values.loc[values["amount"] > 0, "deals"].sum())
    if valued < LEAST_VALUES or flow.opportunities == 0 or target <= 0:
        return Basis(None, period, flow, valued, baseline, caveats)
    plan = Plan(
        goal=Goal(kind=kind, target=target, days=period.days, baseline=baseline),
        rates=_rates(tables, flow),
        values=Values.from_history(values),
        lags=_lags(tables, flow, kind),
        open_deals=_open_deals(tables, period) if kind == "revenue" else None,
        earlier=earlier_leads(tables, flow.unit, kind, period, flow.since),
    )
    return Basis(plan, period, flow, valued, baseline, caveats)


def _before(simulation: Simulation) -> Before | None:
    """Sum up what was drawn for the leads of before the period."""
    given: Earlier | None = simulation.plan.earlier
    if given is None:
        return None
    low, high = np.quantile(simulation.earlier, [0.025, 0.975])
    return Before(
        waiting=int(given.waiting["leads"].sum()),
        arriving=given.arriving,
        deals=float(simulation.earlier.mean()),
        low=float(low),
        high=float(high),
    )


def sliding(tables: Tables, given: GoalFile | None = None, seed: int = 0) -> Simulation | None:
    """Draw what a goal may bring, for `moved`; ``None`` where `goal` has no answer.

    It reads the CRM: once, before the hand moves.
    """
    ready = readiness_of(tables, QUESTION)
    if ready.missing or tables.as_of is None:
        return None
    return _drawn(tables, ready, tables.as_of, given, seed)[1]


@once
def _drawn(
    tables: Tables, ready: Ready, as_of: dt.date, given: GoalFile | None, seed: int
) -> tuple[Basis, Simulation | None]:
    """Draw what a goal may bring, from what history says about it where that is enough."""
    basis = basis_of(tables, ready, as_of, given)
    return basis, None if basis.plan is None else simulate(basis.plan, seed=seed)


def moved(
    simulation: Simulation,
    target: float,
    mqls: int,
    volumes: Sequence[int] | None = None,
    rate: float | None = None,
) -> Moved:
    """Answer for another target and another number of MQLs, on the same draws.

    ``volumes`` are those of the curve: 12 that suit the target, unless given. ``rate`` is what
    sales promises, see `with_rate`. The same as `goal` answers for this target, volume and seed.
    """
    aimed = retarget(simulation, target)
    aimed = aimed if rate is None else with_rate(aimed, rate)
    return Moved(estimators.curve(aimed, volumes), probability(aimed, mqls).probability)


def _unanswered(ready: Ready, tables: Tables, caveats: tuple[str, ...]) -> GoalAnswer:
    empty = pd.DataFrame()
    nothing = dict.fromkeys(("kind", "target", "period", "baseline", "baseline_period"))
    return GoalAnswer(
        ready=ready,
        rows=pd.DataFrame({"mqls": [], "probability": []}),
        currency=tables.currency,
        needed_at_80=None,
        planned=None,
        planned_probability=None,
        earlier=None,
        unit=None,
        sensitivity=empty,
        commitments=empty,
        rates={},
        proposed=True,
        caveats=caveats,
        **nothing,
    )


def _flow(tables: Tables) -> Flow:
    """Follow the first stage that this CRM dates to its opportunities, mature cohorts only."""
    linked = counts.quarterly(tables)
    created = linked[linked["kind"] == "pipeline"]
    total = int(created["deals"].sum())
    with_lead = int(created.loc[created["from_lead"].astype(bool), "deals"].sum())
    for unit in ("mql", "lead"):
        if tables.leads is None or with_lead < _LINKED_SHARE * total:
            break
        followed = counts.cohorts(tables, [unit, "opportunity"])
        if followed.empty or tables.as_of is None or followed["from_stage"].iloc[0] != unit:
            continue
        rows = funnel.by_cohort(followed, tables.as_of, {(unit, "opportunity"): WINDOW})
        mature = rows[rows["mature"]]
        if not mature["converted"].sum():
            continue
        lags = followed[
            followed["cohort"].isin(mature["cohort"]) & (followed["lag_days"] <= WINDOW)
        ]
        days = lags.groupby("lag_days")["entered"].sum()
        return Flow(
            unit,
            int(mature["entered"].sum()),
            int(mature["converted"].sum()),
            pd.DataFrame({"days": days.index, "n": days.to_numpy()}),
            parse_period(followed["cohort"].min()).start,
        )
    since = parse_period(created["quarter"].min()).start if total else dt.date.max
    return Flow("opportunity", total, total, None, since)


def _earlier(tables: Tables, period: Period, kind: str, unit: str) -> tuple[float, float]:
    """Return the value of the comparable period, and the share of it with a known lead.

    Where the volume is one of leads, only deals with a lead count: the rest is no lever here.
    """
    rows = counts.quarterly(tables)
    rows = rows[rows["kind"] == kind]
    share = rows.loc[rows["from_lead"].astype(bool), "value"].sum() / max(rows["value"].sum(), 1)
    if unit != "opportunity":
        rows = rows[rows["from_lead"].astype(bool)]
    within = rows[rows["quarter"].isin(period.quarters)]
    amount = float(within["value"].sum())
    return amount * period.days / sum(parse_period(q).days for q in period.quarters), float(share)


def volume(tables: Tables, period: Period, unit: str) -> int:
    """Count the leads or deals that entered in a period."""
    if unit == "opportunity":
        rows = counts.quarterly(tables)
        mine = (rows["kind"] == "pipeline") & rows["quarter"].isin(period.quarters)
        return int(rows.loc[mine, "deals"].sum())
    entered = counts.cohorts(tables, [unit, "opportunity"])
    first, last = f"{period.start:%Y-%m}", f"{period.end:%Y-%m}"
    return int(entered.loc[entered["cohort"].between(first, last), "entered"].sum())


def _rates(tables: Tables, flow: Flow) -> Rates:
    levels = counts.outcomes(tables).groupby("state")["deals"].sum()
    won, lost = int(levels.get("won", 0)), int(levels.get("lost", 0))
    return Rates(mqls=flow.entered, opportunities=flow.opportunities, closed=won + lost, won=won)


def _lags(tables: Tables, flow: Flow, kind: str) -> Lags:
    if kind == "pipeline":
        return Lags(to_opportunity=flow.lags)
    days, shares = _incidence(tables)
    steps = np.diff(shares, prepend=0.0)
    won = pd.DataFrame({"days": days[steps > 0], "n": steps[steps > 0] * 1000})
    return Lags(to_opportunity=flow.lags, to_won=won if len(won) else None)


def _incidence(tables: Tables) -> tuple[np.ndarray, np.ndarray]:
    """Return the days and the share won by each, losing being the competing outcome."""
    days, table = _daily(tables)
    return days, velocity.incidence(table).won


def _daily(tables: Tables) -> tuple[np.ndarray, np.ndarray]:
    seen = counts.durations(tables, "outcome").groupby(["days", "outcome"])["deals"].sum()
    wide = seen.unstack(fill_value=0).reindex(columns=velocity.OUTCOMES, fill_value=0)
    return wide.index.to_numpy(np.int64), wide.to_numpy(np.int64)


def _open_deals(tables: Tables, period: Period) -> pd.DataFrame:
    """Give each open deal the probability of being won within the period, given its age."""
    rows, chance = _open_chances(tables, period, np.array([0]))
    chance = chance[:, 0].clip(0, 1)
    found = pd.DataFrame({"probability": chance, "amount": rows["amount"]})
    return found.loc[found.index.repeat(rows["deals"])].reset_index(drop=True)


def open_shares(tables: Tables, period: Period, days_left: np.ndarray) -> np.ndarray:
    """Return the share of what open deals are expected to bring in a period that comes by a day.

    ``days_left`` are the days of the period after each. Where they bring nothing, all days count
    alike.
    """
    rows, chance = _open_chances(tables, period, np.append(days_left, 0))
    value = (rows["deals"] * rows["amount"]).to_numpy(float) @ chance
    if not value[-1] > 0:
        return np.asarray(1 - days_left / period.days)
    return np.asarray((value[:-1] / value[-1]).clip(0, 1))


def _open_chances(
    tables: Tables, period: Period, days_left: np.ndarray
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the open deals, and for each the probability of being won in the period by a day."""
    days, table = _daily(tables)
    won, lost = velocity.incidence(table)
    open_deals = counts.open_deals(tables)
    as_of = tables.as_of
    if as_of is None or open_deals.empty:
        empty = pd.DataFrame({"amount": [], "deals": pd.Series(dtype=int)})
        return empty, np.zeros((0, len(days_left)))

    def at(shares: np.ndarray, age: np.ndarray) -> np.ndarray:
        position = np.searchsorted(days, age, side="right") - 1
        return np.where(position < 0, 0.0, shares[np.maximum(position, 0)])

    age = open_deals["days"].to_numpy()[:, None]
    still_open = 1 - at(won, age) - at(lost, age)
    start = age + max((period.start - as_of).days, 0)
    last = np.maximum(age + max((period.end - as_of).days, 0) - days_left, start)
    gained = at(won, last) - at(won, start)
    return open_deals, np.where(still_open > 0, gained / np.maximum(still_open, 1e-12), 0.0)


def _caveats(
    tables: Tables,
    ready: Ready,
    flow: Flow,
    with_lead: float,
    earlier: float,
    given: GoalFile | None,
) -> tuple[str, ...]:
    unvalued = int(counts.quarterly(tables)["unvalued"].sum())
    found = {
        "goal_proposed": given is None,
        "no_comparable_period": earlier == 0,
        "volume_in_opportunities": flow.unit == "opportunity",
        "volume_in_leads": flow.unit == "lead",
        "deals_without_lead": flow.unit != "opportunity" and with_lead < 1,
        "other_currencies_left_out": unvalued > 0,
        "converted_at_one_rate": tables.rates is not None,
    }
    return (*ready.caveats, *(code for code, holds in found.items() if holds))


def _round(amount: float) -> float:
    """Round to two significant digits: a proposal should look like one."""
    if amount <= 0:
        return 0.0
    step = 10 ** (math.floor(math.log10(amount)) - 1)
    return float(round(amount / step) * step)
