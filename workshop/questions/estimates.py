"""What the CRM says of that which the room guesses about, with its interval."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from workshop.analysis.guesses import median_interval
from workshop.analysis.intervals import share, wilson
from workshop.crm import counts
from workshop.crm.calendar import WorkingTime
from workshop.crm.readiness import readiness_of
from workshop.crm.tables import Tables
from workshop.questions.channels import channels
from workshop.questions.funnel import funnel
from workshop.questions.hand_over import first_touch
from workshop.session.exercise import About


class Estimate(NamedTuple):
    """A figure in the unit that it is guessed in (percent, days, working hours), with its base."""

    value: float
    ci_low: float
    ci_high: float
    records: int


def estimate(tables: Tables | None, about: About, working: WorkingTime) -> Estimate | None:
    """Return the CRM's figure; ``None`` where it has none."""
    if tables is None:
        return None
    if about == "first_touch_hours":
        return _hours_to_touch(tables, working)
    return _ESTIMATES[about](tables)


def _hours_to_touch(tables: Tables, working: WorkingTime) -> Estimate | None:
    waits = first_touch(tables, working)
    known = waits[waits["median_hours"].notna()] if len(waits) else waits
    if known.empty:
        return None
    row = known.iloc[0]
    median, low, high = (float(row[f"median_{name}"]) for name in ("hours", "low", "high"))
    return Estimate(median, low, high, int(row["leads"]))


def _win_rate(tables: Tables) -> Estimate | None:
    if readiness_of(tables, "won-lost").missing:
        return None
    found = counts.outcomes(tables).groupby("state")["deals"].sum()
    won, lost = (int(found.get(state, 0)) for state in ("won", "lost"))
    return _share(won, won + lost)


def _days_to_win(tables: Tables) -> Estimate | None:
    if readiness_of(tables, "velocity").missing:
        return None
    lasted = counts.durations(tables, "outcome")
    won = lasted[lasted["outcome"] == "won"]
    days, deals = won["days"].to_numpy(float), won["deals"].to_numpy(int)
    found = median_interval(days, deals)
    return None if np.isnan(found.median) else Estimate(*found, int(deals.sum()))


def _leads_to_customers(tables: Tables) -> Estimate | None:
    rows = channels(tables).rows
    if rows.empty:
        return None
    return _share(int(rows["mature_won"].sum()), int(rows["mature_leads"].sum()))


def _step(first: str, second: str) -> Callable[[Tables], Estimate | None]:
    def of(tables: Tables) -> Estimate | None:
        steps = funnel(tables).steps
        if steps.empty:
            return None
        found = steps[(steps["from_stage"] == first) & (steps["to_stage"] == second)]
        return _share(int(found["converted"].sum()), int(found["entered"].sum()))

    return of


def _share(part: int, whole: int) -> Estimate | None:
    if not whole:
        return None
    low, high = wilson(part, whole)
    rate = 100 * float(share(part, whole))
    return Estimate(rate, 100 * float(low), 100 * float(high), whole)


_ESTIMATES: dict[About, Callable[[Tables], Estimate | None]] = {
    "win_rate": _win_rate,
    "days_to_won": _days_to_win,
    "lead_to_won": _leads_to_customers,
    "lead_to_mql": _step("lead", "mql"),
    "mql_to_sql": _step("mql", "sql"),
}
