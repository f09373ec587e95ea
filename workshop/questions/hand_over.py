"""How long do leads wait at the hand-over, and what would the agreed rules have escalated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from workshop.analysis import waiting
from workshop.analysis.intervals import odds_ratio, share, wilson
from workshop.crm import waiting_counts as counts
from workshop.crm.calendar import WorkingTime
from workshop.crm.once import once
from workshop.crm.readiness import Ready, readiness_of
from workshop.crm.tables import Tables
from workshop.crm.waiting_counts import Case
from workshop.crm.watch import Watch, watch_leads
from workshop.session.machine import Defect, lint
from workshop.session.rules import Rule, RuleSet

QUESTION = "hand-over"
OBSERVED = "first touch"
"""The rule by which leads are observed where none was agreed: no limit, so nothing breached."""
WITHIN_HOURS = 8.0
"""Working hours within which a touch counts as quick: a working day."""
WINDOW = 90
"""Days within which a lead moves on, or not."""

KEYS = ["rule", "customer_type"]
ROWS = [
    *KEYS,
    "from_status",
    *waiting.COLUMNS[1:],
    "limit_hours",
    "mature_leads",
    "breached",
    "breached_share",
    "breached_low",
    "breached_high",
]
DELAYS = ["delay", "customer_type", *waiting.COLUMNS[1:]]
SPEED = ["touched", "touched_within", "leads", "converted", "rate", "ci_low", "ci_high"]
_MOVED_ON = ("opportunity", "rejected", "sql")
_NEXT = ("sql", "opportunity", "won")
_ORDER = ("lead", "mql", "assigned", "sql", "opportunity", "won")


class Effect(NamedTuple):
    """How much more often leads touched in time moved on than those touched later.

    The odds ratio has a 95% interval. ``from_status`` starts the clock of ``within_hours``
    (working time) and of ``window_days``; ``to_status`` is what they moved on to. No proof of
    cause: who is called first may have been the better lead.
    """

    from_status: str
    to_status: str
    within_hours: float
    window_days: int
    odds_ratio: float
    ci_low: float
    ci_high: float


class HandOver(NamedTuple):
    """How long leads wait, by rule and type of customer, and what is wrong with the rules.

    ``delays`` tells the system's delay (until the assignment) from the person's (from there to
    the touch). ``speed`` has the leads touched in time, later and never, with the share that
    moved on.
    """

    ready: Ready
    rows: pd.DataFrame
    delays: pd.DataFrame
    speed: pd.DataFrame
    effect: Effect | None
    lint: tuple[Defect, ...]
    caveats: tuple[str, ...]


class _Watched(NamedTuple):
    """A rule's name, its case, and the type of customer it is for (``others``: who has none)."""

    name: str
    case: Case
    customer_type: str | None
    others: frozenset[str]


def hand_over(tables: Tables, working: WorkingTime, rules: RuleSet | None = None) -> HandOver:
    """Answer the question; without rules leads are observed until their first touch."""
    ready = readiness_of(tables, QUESTION)
    defects = lint(rules) if rules else ()
    if ready.missing:
        empty = pd.DataFrame()
        return HandOver(ready, empty, empty, empty, None, defects, ready.caveats)
    watch = watch_leads(tables, working)
    observed = _observed(watch)
    watched = _of_rules(rules, watch) if rules else [observed]
    cells = {case: counts.waits(watch, case) for case in {one.case for one in watched}}
    rows = _rows(watched, cells)
    speed, effect = _speed(watch, observed.case)
    return HandOver(
        ready=ready,
        rows=rows,
        delays=_delays(watch, cells),
        speed=speed,
        effect=effect,
        lint=defects,
        caveats=(*ready.caveats, *_caveats(watch, working, rules, watched, rows, effect)),
    )


@once
def first_touch(tables: Tables, working: WorkingTime) -> pd.DataFrame:
    """Estimate how long all leads together wait for their first touch, in working hours.

    One row with the columns of `workshop.analysis.waiting.by_group`; none without such dates.
    """
    if readiness_of(tables, QUESTION).missing:
        return pd.DataFrame()
    watch = watch_leads(tables, working)
    return waiting.by_group(counts.waits(watch, _observed(watch).case).assign(group=0))


def first_touches_apart(
    tables: Tables, working: WorkingTime, split: dt.date, limit_hours: float
) -> pd.DataFrame:
    """Count the waits for a first touch of the leads before and after a day.

    Columns as those of `workshop.crm.waiting_counts.waits_apart`; no rows without such dates.
    """
    if readiness_of(tables, QUESTION).missing:
        return pd.DataFrame()
    watch = watch_leads(tables, working)
    case = replace(_observed(watch).case, limit_hours=limit_hours)
    return counts.waits_apart(watch, case, split)


def _observed(watch: Watch) -> _Watched:
    """Watch leads from the hand-over on, as closely as this CRM dates it, to their first touch."""
    start = next(s for s in ("assigned", "mql", "lead") if s in watch.statuses)
    return _Watched(OBSERVED, Case(start, _MOVED_ON), None, frozenset())


def _of_rules(rules: RuleSet, watch: Watch) -> list[_Watched]:
    """Return the rules that this CRM can tell of, each with what ends the wait in its status.

    Sales acts by touching a lead, or by moving it on; marketing, whose activities are mostly
    what the lead did, by moving it on.
    """
    watched = []
    for rule in rules.rules:
        ways = _ways_out(rules, rule)
        by_touch = rule.owner != "marketing"
        if rule.from_status in watch.statuses and (by_touch or ways & watch.statuses):
            until = tuple(sorted(ways.union(_MOVED_ON) - _up_to(rule.from_status)))
            case = Case(rule.from_status, until, by_touch, rule.time_limit)
            own = rule.customer_type and rule.customer_type.casefold()
            watched.append(_Watched(rule.name, case, own, _replaced_for(rules, rule)))
    return watched


def _replaced_for(rules: RuleSet, rule: Rule) -> frozenset[str]:
    """Return the types of customer for which another rule stands in this one's place."""
    types = rules.customer_types
    return frozenset(name.casefold() for name in types if rule not in rules.applying(name))


def _ways_out(rules: RuleSet, rule: Rule) -> frozenset[str]:
    """Return where a lead can go from a rule's status, the ways back left out."""
    applying = rules.applying(rule.customer_type)
    ways = {way.to_status for way in applying if way.from_status == rule.from_status}
    return frozenset(ways - _up_to(rule.from_status))


def _up_to(status: str) -> set[str]:
    """Return a status and those before it: a way back is not dated, since first entries count."""
    before = _ORDER[: _ORDER.index(status)] if status in _ORDER else _ORDER[:1]
    return {status, *before}


def _rows(watched: Sequence[_Watched], cases: Mapping[Case, pd.DataFrame]) -> pd.DataFrame:
    parts = [
        _applying(cases[one.case], one).assign(
            rule=one.name, from_status=one.case.status, limit_hours=one.case.limit_hours
        )
        for one in watched
    ]
    parts = [part.astype({"limit_hours": float}) for part in parts if len(part)]
    if not parts:
        return pd.DataFrame(columns=ROWS)
    cells = pd.concat(parts, ignore_index=True)
    by = [*KEYS, "from_status", "limit_hours"]
    found = _kaplan_meier(cells, by)
    mature = _added(cells[cells["mature"]], by, found)
    breached = _added(cells[cells["breached"]], by, found)
    low, high = wilson(breached, mature)
    limited = found["limit_hours"].notna()
    return found.assign(
        mature_leads=mature.astype("Int64").where(limited),
        breached=breached.astype("Int64").where(limited),
        breached_share=share(breached, mature),
        breached_low=low,
        breached_high=high,
    )[ROWS]


def _applying(cells: pd.DataFrame, one: _Watched) -> pd.DataFrame:
    """Keep the types of customer that a rule is for."""
    types = cells["customer_type"].astype("string").str.casefold().fillna("")
    if one.customer_type is not None:
        return cells[types == one.customer_type]
    return cells[~types.isin(one.others)]


def _delays(watch: Watch, cases: Mapping[Case, pd.DataFrame]) -> pd.DataFrame:
    if "assigned" not in watch.statuses:
        return pd.DataFrame(columns=DELAYS)
    system = counts.assignments(watch).assign(delay="system")
    touch = Case("assigned", _MOVED_ON)
    person = cases[touch] if touch in cases else counts.waits(watch, touch)
    person = person.assign(delay="person")
    cells = pd.concat([system, person[system.columns]], ignore_index=True)
    order = pd.CategoricalDtype(["system", "person"], ordered=True)
    found = _kaplan_meier(cells.astype({"delay": order}), ["delay", "customer_type"])
    return found.astype({"delay": "str"})[DELAYS]


def _kaplan_meier(cells: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Estimate waits by several columns at once."""
    groups = cells.groupby(by, dropna=False, observed=True, sort=False)
    numbered = cells.assign(group=groups.ngroup())
    keys = numbered.drop_duplicates("group").set_index("group")[by]
    return keys.join(waiting.by_group(numbered).set_index("group")).reset_index(drop=True)


def _added(cells: pd.DataFrame, by: list[str], rows: pd.DataFrame) -> pd.Series[int]:
    """Add up the leads of cells, per row."""
    leads = cells.groupby(by, dropna=False, observed=True)["leads"].sum().reset_index()
    return rows[by].merge(leads, on=by, how="left")["leads"].fillna(0).astype("int64")


def _speed(watch: Watch, case: Case) -> tuple[pd.DataFrame, Effect | None]:
    """Compare leads touched within a working day with the others, where any can have moved on."""
    nothing = pd.DataFrame(columns=SPEED)
    to_status = next((s for s in _NEXT if s in watch.statuses), None)
    if to_status is None:
        return nothing, None
    touched = Case(case.status)
    cells = counts.touch_effect(watch, touched, to_status, WITHIN_HOURS, WINDOW)
    cells = cells.sort_values(["touched_within", "touched"], ascending=False, ignore_index=True)
    low, high = wilson(cells["converted"], cells["leads"])
    rows = cells.assign(rate=share(cells["converted"], cells["leads"]), ci_low=low, ci_high=high)
    quick, later = (
        cells[cells["touched"] & (cells["touched_within"] == within)][["leads", "converted"]].sum()
        for within in (True, False)
    )
    estimate = odds_ratio(
        quick["converted"],
        quick["leads"] - quick["converted"],
        later["converted"],
        later["leads"] - later["converted"],
    )
    effect = Effect(case.status, to_status, WITHIN_HOURS, WINDOW, *map(float, estimate))
    return rows[SPEED], effect if np.isfinite(effect.odds_ratio) else None


def _caveats(
    watch: Watch,
    working: WorkingTime,
    rules: RuleSet | None,
    watched: Sequence[_Watched],
    rows: pd.DataFrame,
    effect: Effect | None,
) -> tuple[str, ...]:
    used = {one.case.status for one in watched} | ({"touch"} & watch.statuses)
    found = {
        "no_rules": rules is None,
        "rules_not_replayed": rules is not None and len(watched) < len(rules.rules),
        "rules_for_unknown_type": bool(rules and _absent_types(watched, rows)),
        "days_without_times": bool(used - watch.timed),
        "activities_without_team": not watch.teams and watch.tables.activities is not None,
        "no_holidays": not working.holidays_known,
        "speed_is_no_proof": effect is not None,
    }
    return tuple(code for code, holds in found.items() if holds)


def _absent_types(watched: Iterable[_Watched], rows: pd.DataFrame) -> set[str]:
    """Return the types of customer that rules name and no lead has."""
    present = {str(name).casefold() for name in rows["customer_type"]}
    return {one.customer_type for one in watched if one.customer_type} - present
