"""Draw what was done: marketing's signals and sales' contacts, on leads and on deals."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from example_company.draws import numbered, pick
from example_company.working_time import Times, days, from_working, times, to_working, waking

_SIGNALS = {"Websitebezoek": 0.34, "E-mail geopend": 0.3, "Download": 0.2, "Nieuwsbrief": 0.16}
_TOUCHES = {"Telefoon": 0.65, "E-mail": 0.35}
_CONTACTS = {"Telefoon": 0.4, "E-mail": 0.32, "Afspraak": 0.18, "Offerte": 0.1}
_SUPPORT = {"Case gestuurd": 0.5, "Uitnodiging event": 0.5}
_DEAL_GAP = 9.0  # mean days between two contacts on a deal that is alive


def draw_activities(rng: Generator, leads: pd.DataFrame, deals: pd.DataFrame) -> pd.DataFrame:
    """Return one row an activity in order of time: id, record, record_id, at, kind, team."""
    parts = [_signals(rng, leads), _touches(leads), _follow_up(rng, leads), _on_deals(rng, deals)]
    rows = pd.concat(parts, ignore_index=True)
    shares = {"signal": _SIGNALS, "touch": _TOUCHES, "contact": _CONTACTS, "support": _SUPPORT}
    for name, kinds in shares.items():
        chosen = rows["kind"] == name
        rows.loc[chosen, "kind"] = pick(rng, kinds, int(chosen.sum()))
    return rows.sort_values(["at", "record_id", "kind"], ignore_index=True).assign(
        activity_id=numbered("A", len(rows), 5)
    )


Names = str | NDArray[np.str_]


def _rows(record: str, ids: ArrayLike, at: Times, kind: Names, team: Names) -> pd.DataFrame:
    frame = pd.DataFrame({"record_id": np.asarray(ids), "at": at})
    return frame.assign(record=record, kind=kind, team=team)


def _signals(rng: Generator, leads: pd.DataFrame) -> pd.DataFrame:
    """Draw interest: up to the day a lead becomes an MQL, less of it for the others."""
    created = times(leads["created_at"])
    mql = times(leads["mql_at"])
    end = np.where(np.isnat(mql), created + days(40), mql)
    row = np.repeat(np.arange(len(leads)), rng.poisson(np.where(np.isnat(mql), 0.9, 2.3)))
    offset = ((end - created).astype(int)[row] * rng.random(len(row))).astype(int)
    ids = leads["lead_id"].to_numpy()[row]
    return _rows("Lead", ids, waking(created[row] + offset), "signal", "Marketing")


def _touches(leads: pd.DataFrame) -> pd.DataFrame:
    touched = leads[leads["first_touch_at"].notna()]
    at = times(touched["first_touch_at"])
    return _rows("Lead", touched["lead_id"], at, "touch", "Verkoop")


def _follow_up(rng: Generator, leads: pd.DataFrame) -> pd.DataFrame:
    touched = leads[leads["first_touch_at"].notna()]
    start = to_working(touched["first_touch_at"])
    row = np.repeat(np.arange(len(touched)), rng.poisson(1.1, len(touched)))
    at = from_working(start[row] + 60 + rng.exponential(2400, len(row)).astype(int))
    return _rows("Lead", touched["lead_id"].to_numpy()[row], at, "contact", "Verkoop")


def _on_deals(rng: Generator, deals: pd.DataFrame) -> pd.DataFrame:
    """Draw contacts: a deal that is alive is never left for long, a stalled one falls silent."""
    start = times(deals["created_at"])
    end = times(deals["active_until"])
    gaps = rng.exponential(_DEAL_GAP, (len(deals), 60))
    gaps[:, 0] = 0  # somebody was spoken to, or there would be no deal
    gaps = gaps.cumsum(axis=1)
    at = from_working(to_working(start[:, None] + days(gaps)) + rng.integers(0, 300, gaps.shape))
    row, column = np.nonzero(at < end[:, None])
    support = rng.random(len(row)) < 0.12
    kind, team = np.where(support, "support", "contact"), np.where(support, "Marketing", "Verkoop")
    return _rows("Verkoopkans", deals["deal_id"].to_numpy()[row], at[row, column], kind, team)
