"""Which channels bring leads that become customers, and which are noise."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from workshop.analysis import channels as estimators
from workshop.crm import counts
from workshop.crm.readiness import Ready, readiness_of
from workshop.crm.tables import Tables
from workshop.errors import InputError

QUESTION = "channels"
BY = ("source", "medium", "campaign", "sector")
WINDOW = 180
"""Days within which a lead is won, or not; a cohort is mature when all its leads had them."""


class Channels(NamedTuple):
    """Rates per channel, shrunk, with a verdict; ``window_days`` is what they count within."""

    ready: Ready
    rows: pd.DataFrame
    by: str
    window_days: int
    overall_rate: float | None
    caveats: tuple[str, ...]


def channels(tables: Tables, by: str = "source") -> Channels:
    """Answer the question; ``by`` is source, medium, campaign or sector."""
    if by not in BY:
        raise InputError("unknown_group", given=by, allowed=list(BY))
    ready = readiness_of(tables, QUESTION)
    if ready.missing or tables.leads is None:
        return Channels(ready, pd.DataFrame(), by, WINDOW, None, ready.caveats)
    counted = counts.channel_leads(tables, by, WINDOW)
    rows = estimators.by_channel(counted)
    mature = bool(rows["mature_leads"].sum())
    caveats = (*ready.caveats, *(() if mature else ("no_mature_cohort",)))
    rate = float(estimators.overall_rate(rows)) if mature else None
    return Channels(ready, rows, by, WINDOW, rate, caveats)
