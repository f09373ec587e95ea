"""The figures of an audit: what the next one is held against."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from pandas.api.types import is_numeric_dtype

from workshop.crm.calendar import WorkingTime
from workshop.crm.readiness import Ready
from workshop.crm.tables import Tables
from workshop.questions.change import FIGURES, Asked
from workshop.questions.hand_over import first_touch

COLUMNS = ["figure", "name", "days", "part", "whole", "value", "said"]

TYPES = dict.fromkeys(COLUMNS[:2], "str") | dict.fromkeys(COLUMNS[2:6], "float") | {"said": "str"}
READY = "ready"
"""The figure that says whether a question can be answered."""
ROUNDING = 1e-9


def figures(
    tables: Tables,
    working: WorkingTime,
    asked: Asked,
    ready: Sequence[Ready],
    outcomes: pd.DataFrame,
) -> pd.DataFrame:
    """Return the figures of an audit as they stand.

    Columns: figure (as `workshop.questions.change.FIGURES`, or `READY`), name (of a step,
    channel or question), days (the window), part and whole (counts), value (share, or hours),
    said (a channel's verdict, a question's status).
    """
    parts = [
        _steps(asked),
        _win_rate(outcomes),
        _first_contact(tables, working),
        _won_by(asked),
        _channels(asked),
        pd.DataFrame(
            {
                "figure": READY,
                "name": [one.question for one in ready],
                "said": [one.status for one in ready],
            }
        ),
    ]
    known = [part.reindex(columns=COLUMNS).astype(object) for part in parts if len(part)]
    rows = pd.concat(known, ignore_index=True)
    return rows.astype(TYPES)


def moved(then: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Return the figures that are not the same in two lists, or are in one of them only.

    Columns: figure, name, and ``then_`` and ``now_`` with days, part, whole, value and said.
    """
    sides = [
        frame.rename(columns={name: f"{side}_{name}" for name in COLUMNS[2:]})
        for side, frame in (("then", then[COLUMNS]), ("now", now[COLUMNS]))
    ]
    both = sides[0].merge(sides[1], on=COLUMNS[:2], how="outer")
    places = {figure: place for place, figure in enumerate((*FIGURES, READY))}
    both = both.assign(_place=both["figure"].map(places)).sort_values(["_place", "name"])
    different = pd.Series(False, index=both.index)
    for name in COLUMNS[3:]:
        different |= ~_same(both[f"then_{name}"], both[f"now_{name}"])
    return both[different].drop(columns="_place").reset_index(drop=True)


def _same(one: pd.Series[Any], other: pd.Series[Any]) -> pd.Series[bool]:
    """Tell which values are the same, but for the last digits of what was written to a file."""
    equal = one.isna() & other.isna()
    if is_numeric_dtype(one) and is_numeric_dtype(other):
        return equal | ((one - other).abs() <= ROUNDING * one.abs().clip(lower=1))
    return equal | (one == other)


def _steps(asked: Asked) -> pd.DataFrame:
    steps = asked.funnel.steps
    if steps.empty:
        return pd.DataFrame()
    return pd.DataFrame(
        {
            "figure": "step",
            "name": steps["from_stage"].astype(str) + ">" + steps["to_stage"].astype(str),
            "days": steps["window_days"],
            "part": steps["converted"],
            "whole": steps["entered"],
            "value": steps["rate"],
        }
    )


def _win_rate(outcomes: pd.DataFrame) -> pd.DataFrame:
    deals = outcomes.groupby("state")["deals"].sum()
    won, lost = int(deals.get("won", 0)), int(deals.get("lost", 0))
    if not won + lost:
        return pd.DataFrame()
    row = {"figure": "win_rate", "part": won, "whole": won + lost, "value": won / (won + lost)}
    return pd.DataFrame([row])


def _first_contact(tables: Tables, working: WorkingTime) -> pd.DataFrame:
    found = first_touch(tables, working)
    if found.empty:
        return pd.DataFrame()
    touched = found["leads"] - found["untouched"]
    row = {"part": touched, "whole": found["leads"], "value": found["median_hours"]}
    return pd.DataFrame({"figure": "first_contact", **row})


def _won_by(asked: Asked) -> pd.DataFrame:
    answer = asked.velocity
    if answer.compared_at is None:
        return pd.DataFrame()
    row = answer.whole[answer.whole["horizon_days"] == answer.compared_at]
    return pd.DataFrame(
        {
            "figure": "won_by",
            "days": row["horizon_days"],
            "whole": row["deals"],
            "value": row["won_share"],
        }
    )


def _channels(asked: Asked) -> pd.DataFrame:
    rows = asked.channels.rows
    if rows.empty:
        return pd.DataFrame()
    known = rows.dropna(subset="channel")
    return pd.DataFrame(
        {
            "figure": "channel",
            "name": known["channel"],
            "days": asked.channels.window_days,
            "part": known["mature_won"],
            "whole": known["mature_leads"],
            "value": known["rate"],
            "said": known["verdict"],
        }
    )
