"""What changed since an earlier day: what came in since then against what came in before."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import pandas as pd

from workshop.analysis import change as estimators
from workshop.analysis.velocity import HORIZONS
from workshop.crm import since_counts as counts
from workshop.crm.calendar import WorkingTime
from workshop.crm.tables import Tables
from workshop.questions.channels import WINDOW, Channels
from workshop.questions.funnel import Funnel
from workshop.questions.hand_over import HandOver, first_touches_apart
from workshop.questions.velocity import Velocity

UNREACHED_DAYS = 5
"""Working days within which a lead should have had a first contact, or not."""

FIGURES = ("step", "win_rate", "first_contact", "unreached", "won_by", "lead_won", "channel")
"""What is compared: the steps of the funnel, the win rate, the median wait for a first contact,
the leads that had none in time, the deals won in time, the leads won, all and per channel."""

ROWS = [
    "figure",
    "name",
    "unit",
    "days",
    "before_n",
    "before_part",
    "before",
    "since_n",
    "since_part",
    "since",
    "waiting",
    "difference",
    "ci_low",
    "ci_high",
    "p_value",
    "p_adjusted",
    "verdict",
]


class Asked(NamedTuple):
    """What was answered as of today, of which the change is asked."""

    funnel: Funnel
    channels: Channels
    velocity: Velocity
    hand_over: HandOver


def change(tables: Tables, working: WorkingTime, asked: Asked, split: dt.date) -> pd.DataFrame:
    """Compare what came in after a day with what came in up to it, figure by figure.

    Both sides are counted in the present tables, by the same windows. No record is on both sides:
    a lead or deal belongs to the day on which it entered a step or was created, and for the win
    rate to the day on which it was closed.

    Columns: figure (one of `FIGURES`), name (of the step or
    channel), unit (share, hours), days (the window), those of `workshop.analysis.change`, and
    waiting (came in since and have not had the window). All comparisons are one family.
    """
    parts = [
        _steps(tables, asked.funnel, split),
        _win_rate(tables, split),
        *_contacts(tables, working, asked.hand_over, split),
        _won_by(tables, asked.velocity, split),
        _channels(tables, asked.channels, split),
    ]
    known = [part for part in parts if len(part)]
    if not known:
        return pd.DataFrame(columns=ROWS)
    rows = pd.concat([part.reindex(columns=ROWS[:-2]) for part in known], ignore_index=True)
    return estimators.judged(rows)[ROWS]


def _steps(tables: Tables, answer: Funnel, split: dt.date) -> pd.DataFrame:
    if answer.steps.empty:
        return pd.DataFrame()
    stages = zip(answer.steps["from_stage"], answer.steps["to_stage"], strict=True)
    windows = dict(zip(stages, answer.steps["window_days"].astype(int), strict=True))
    counted = counts.steps(tables, split, windows)
    named = counted.assign(name=counted["from_stage"] + ">" + counted["to_stage"])
    order = [">".join(step) for step in windows]
    rows = estimators.shares(_paired(named, order))
    days = {">".join(step): window for step, window in windows.items()}
    return rows.assign(figure="step", unit="share", days=rows["name"].map(days))


def _win_rate(tables: Tables, split: dt.date) -> pd.DataFrame:
    closed = counts.closed_deals(tables, split)
    if closed.empty:
        return pd.DataFrame()
    records = closed.rename(columns={"deals": "records"}).assign(name=None, mature=True)
    records = records.assign(converted=records["records"].where(records["won"].astype(bool), 0))
    rows = estimators.shares(_paired(records, [None]))
    return rows.assign(figure="win_rate", unit="share")


def _contacts(
    tables: Tables, working: WorkingTime, answer: HandOver, split: dt.date
) -> tuple[pd.DataFrame, ...]:
    """Compare the median wait for a first contact, and who had none within some working days."""
    if answer.ready.missing:
        return ()
    limit = UNREACHED_DAYS * working.day_hours
    cells = first_touches_apart(tables, working, split, limit)
    if cells.empty:
        return ()
    waited = estimators.waits(cells).assign(figure="first_contact", unit="hours", waiting=0)
    late = cells["leads"].where(cells["breached"].astype(bool), 0)
    records = cells.rename(columns={"leads": "records"}).assign(name=None, converted=late)
    unreached = estimators.shares(_paired(records, [None]))
    return waited, unreached.assign(figure="unreached", unit="share", days=UNREACHED_DAYS)


def _won_by(tables: Tables, answer: Velocity, split: dt.date) -> pd.DataFrame:
    """Compare the share won within the longest horizon that enough deals since then have had.

    None is longer than that by which half of the wins come.
    """
    if answer.compared_at is None:
        return pd.DataFrame()
    horizons = [day for day in HORIZONS if day <= answer.compared_at]
    pairs = [
        _paired(counts.won_within(tables, split, day).assign(name=None), [None]).assign(days=day)
        for day in horizons
    ]
    enough = [pair for pair in pairs if pair["since_n"].iloc[0] >= estimators.LEAST]
    chosen = enough[-1] if enough else pairs[0]
    return estimators.shares(chosen).assign(figure="won_by", unit="share")


def _channels(tables: Tables, answer: Channels, split: dt.date) -> pd.DataFrame:
    """Compare all leads together, and each channel of which enough have had their time."""
    if answer.rows.empty or answer.window_days is None:
        return pd.DataFrame()
    counted = counts.channel_leads(tables, answer.by, split, WINDOW)
    together = _paired(counted.assign(name=None), [None])
    named = counted.dropna(subset="channel").rename(columns={"channel": "name"})
    apart = _paired(named, sorted(set(named["name"])))
    enough = apart[["before_n", "since_n"]].min(axis=1) >= estimators.LEAST
    parts = [together.assign(figure="lead_won"), apart[enough].assign(figure="channel")]
    rows = estimators.shares(pd.concat(parts, ignore_index=True))
    return rows.assign(unit="share", days=WINDOW)


def _paired(counted: pd.DataFrame, names: list[str] | list[None]) -> pd.DataFrame:
    """Set the records of each name that have had their time side by side: before, and since.

    Columns: ``name``, ``before_n``, ``before_part``, ``since_n``, ``since_part``, ``waiting``.
    """
    rows = []
    for name in names:
        own = counted if name is None else counted[counted["name"] == name]
        since, mature = own["since"].astype(bool), own["mature"].astype(bool)
        row: dict[str, object] = {
            "name": name,
            "waiting": int(own.loc[since & ~mature, "records"].sum()),
        }
        for side, kept in (("before", ~since & mature), ("since", since & mature)):
            row[f"{side}_n"] = int(own.loc[kept, "records"].sum())
            row[f"{side}_part"] = int(own.loc[kept, "converted"].sum())
        rows.append(row)
    columns = ["name", "before_n", "before_part", "since_n", "since_part", "waiting"]
    return pd.DataFrame(rows, columns=columns)
