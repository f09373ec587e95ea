"""The figures that clients are compared on: counted alike for everyone, over one year."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy import stats

from workshop.analysis import waiting
from workshop.analysis.guesses import median_interval
from workshop.analysis.intervals import ALPHA, share
from workshop.crm import since_counts as counts
from workshop.crm.calendar import WorkingTime
from workshop.crm.counts import stage_days
from workshop.crm.peer_counts import days_to_won
from workshop.crm.tables import Tables
from workshop.questions.change import UNREACHED_DAYS
from workshop.questions.hand_over import first_touches_apart

YEAR = 365
STEP_DAYS = 90
"""Days within which a step counts, for every client."""
WON_DAYS = 180
"""Days within which a deal is won, to count in how long that takes."""
LEAST = 10
"""Records under which a client has no figure to be compared on."""
SHORTEST_HOURS = 0.1
LEAST_ERROR = 0.05
"""Of the logarithm of a time: nobody's middle wait is known better."""

FIGURES = ("step", "win_rate", "first_contact", "unreached", "days_to_won")
COLUMNS = ["figure", "name", "unit", "days", "part", "whole", "value", "error"]
TYPES = dict.fromkeys(COLUMNS[:3], "str") | dict.fromkeys(COLUMNS[3:], "float")


def key_figures(tables: Tables, working: WorkingTime) -> pd.DataFrame:
    """Return a client's figures of the year up to the as-of date, with the same windows for all.

    What came in is of the last year in which everyone has had the window; the win rate is of the
    deals closed in the last year. Columns: figure (one of `FIGURES`), name (of a step), unit
    (share, time), days (the window), part and whole (counts; of times whole alone), value (a share,
    working hours, or days), error (of times the standard error of the logarithm). Figures of fewer
    than ten records are left out.
    """
    day = tables.as_of
    if day is None:
        return pd.DataFrame(columns=COLUMNS).astype(TYPES)
    year = day - dt.timedelta(days=YEAR)
    parts = [
        _steps(tables, year - dt.timedelta(days=STEP_DAYS)),
        _win_rate(tables, year),
        *_contacts(tables, working, year),
        _won(tables, year - dt.timedelta(days=WON_DAYS)),
    ]
    known = [part.reindex(columns=COLUMNS).astype(object) for part in parts if len(part)]
    if not known:
        return pd.DataFrame(columns=COLUMNS).astype(TYPES)
    rows = pd.concat(known, ignore_index=True).astype(TYPES)
    told = (rows["whole"] >= LEAST) & ((rows["unit"] == "share") | rows["error"].notna())
    return rows[told].reset_index(drop=True)


def _steps(tables: Tables, since: dt.date) -> pd.DataFrame:
    stages = stage_days(tables).stages
    windows = dict.fromkeys(pairwise(stages), STEP_DAYS)
    counted = counts.steps(tables, since, windows)
    if counted.empty:
        return pd.DataFrame()
    named = counted.assign(name=counted["from_stage"] + ">" + counted["to_stage"])
    rows = _shares(named, [">".join(step) for step in windows])
    return rows.assign(figure="step", days=STEP_DAYS)


def _win_rate(tables: Tables, since: dt.date) -> pd.DataFrame:
    closed = counts.closed_deals(tables, since)
    if closed.empty:
        return pd.DataFrame()
    won = closed["deals"].where(closed["won"].astype(bool), 0)
    records = closed.assign(records=closed["deals"], converted=won, mature=True, name=None)
    return _shares(records, [None]).assign(figure="win_rate")


def _contacts(tables: Tables, working: WorkingTime, since: dt.date) -> tuple[pd.DataFrame, ...]:
    """Return the median wait for a first contact, and who had none within five working days."""
    limit = UNREACHED_DAYS * working.day_hours
    cells = first_touches_apart(tables, working, since, limit)
    cells = cells[cells["since"].astype(bool)] if len(cells) else cells
    if cells.empty:
        return ()
    middle = waiting.quantile(waiting.survival(cells[cells["leads"] > 0]), 0.5)
    row = _time(middle.hours, middle.low, middle.high, int(cells["leads"].sum()))
    late = cells["leads"].where(cells["breached"].astype(bool), 0)
    records = cells.assign(records=cells["leads"], converted=late, name=None)
    unreached = _shares(records, [None]).assign(figure="unreached", days=UNREACHED_DAYS)
    return row.assign(figure="first_contact"), unreached


def _won(tables: Tables, since: dt.date) -> pd.DataFrame:
    counted = days_to_won(tables, since, WON_DAYS)
    if counted.empty:
        return pd.DataFrame()
    middle = median_interval(counted["days"], counted["deals"])
    row = _time(*middle, int(counted["deals"].sum()))
    return row.assign(figure="days_to_won", days=WON_DAYS)


def _shares(counted: pd.DataFrame, names: list[str] | list[None]) -> pd.DataFrame:
    """Add up who came in since and have had the window, and who of them got there, per name."""
    kept = counted[counted["since"].astype(bool) & counted["mature"].astype(bool)]
    rows = []
    for name in names:
        own = kept if name is None else kept[kept["name"] == name]
        part, whole = int(own["converted"].sum()), int(own["records"].sum())
        rows.append({"name": name, "part": part, "whole": whole})
    found = pd.DataFrame(rows)
    return found.assign(unit="share", value=share(found["part"], found["whole"]))


def _time(middle: float, low: float, high: float, whole: int) -> pd.DataFrame:
    """Return a median with the standard error of its logarithm, from its interval."""
    ends = np.maximum([middle, low, high], SHORTEST_HOURS)
    width = 2 * stats.norm.isf(ALPHA / 2)
    error = np.maximum(np.log(ends[2] / ends[1]) / width, LEAST_ERROR)
    return pd.DataFrame([{"unit": "time", "whole": whole, "value": ends[0], "error": error}])
