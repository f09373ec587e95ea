"""Which channels bring leads that become customers, and which are noise."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from workshop.analysis import channels as estimators
from workshop.crm import counts, journeys
from workshop.crm.once import once
from workshop.crm.readiness import Ready, readiness_of
from workshop.crm.tables import Tables
from workshop.errors import InputError

QUESTION = "channels"
BY = ("source", "medium", "campaign", "sector")
WINDOW = 180
"""Days within which a lead is won, or not; a cohort is mature when all its leads had them."""


class Channels(NamedTuple):
    """Rates per channel, shrunk, with a verdict; ``window_days`` is what they count within.

    It is null where leads have no dates: then all of them count, whenever they were won.

    ``costs`` is per campaign what a won deal cost, where all of its leads have had the window;
    ``touches`` how won journeys are shared out over the channels in three ways, empty where no
    won deal had a second lead before it.
    """

    ready: Ready
    rows: pd.DataFrame
    by: str
    window_days: int | None
    overall_rate: float | None
    caveats: tuple[str, ...]
    costs: pd.DataFrame
    touches: pd.DataFrame


@once
def channels(tables: Tables, by: str = "source") -> Channels:
    """Answer the question; ``by`` is source, medium, campaign or sector."""
    if by not in BY:
        raise InputError("unknown_group", given=by, allowed=list(BY))
    ready = readiness_of(tables, QUESTION)
    if ready.missing or tables.leads is None:
        empty = pd.DataFrame()
        return Channels(ready, empty, by, None, None, ready.caveats, empty, empty)
    counted = counts.channel_leads(tables, by, WINDOW)
    rows = estimators.by_channel(counted)
    mature = bool(rows["mature_leads"].sum())
    caveats = (*ready.caveats, *(() if mature else ("no_mature_cohort",)))
    rate = float(estimators.overall_rate(rows)) if mature else None
    costs = _costs(rows, journeys.campaign_costs(tables)) if by == "campaign" else pd.DataFrame()
    touches = _touches(journeys.touches(tables, by))
    window = WINDOW if tables.dated_leads else None
    return Channels(ready, rows, by, window, rate, caveats, costs, touches)


def _costs(rows: pd.DataFrame, costs: pd.DataFrame) -> pd.DataFrame:
    """Divide the cost of each campaign that is over, and judged in full, by the deals it won.

    A campaign that still runs, or has younger leads, has cost its money before it brought its
    deals: its cost stands there, what a won deal cost does not.
    """
    key = rows["channel"].map(_spelled, na_action="ignore")
    named = costs.assign(key=costs["campaign"].map(_spelled)).drop(columns="campaign")
    known = rows.assign(key=key).dropna(subset="channel").merge(named, on="key")
    over = (known["mature_leads"] == known["leads"]) & ~known["running"].astype(bool)
    brought = known.assign(leads=known["mature_leads"], won=known["mature_won"])
    divided = estimators.cost_per_won(brought)
    parts = ["cost_per_won", "cost_low", "cost_high"]
    return divided.assign(**{part: divided[part].where(over) for part in parts})


def _spelled(name: str) -> str:
    """Return a campaign's name without what two exports spell differently."""
    return " ".join(name.split()).casefold()


def _touches(touches: pd.DataFrame) -> pd.DataFrame:
    """Share the won journeys out, where a won one had more than one touch."""
    several = touches["outcome_won"].astype(bool) & (touches["steps"] > 1)
    return estimators.attribution(touches) if several.any() else pd.DataFrame()
