"""Count how many days the deals of a year took to be won: what clients are compared on."""

from __future__ import annotations

import datetime as dt

import ibis
import pandas as pd

from workshop.crm.replay import frame
from workshop.crm.tables import Tables


def days_to_won(tables: Tables, since: dt.date, days: int) -> pd.DataFrame:
    """Count the deals created after a day that were won within so many days, by how many it took.

    Columns: ``days``, ``deals``. Only deals that were created so long ago count: among those, fast
    and slow ones have had the same time.
    """
    deals = tables.deals
    if deals is None:
        return pd.DataFrame({"days": [], "deals": []})
    age = ibis.literal(tables.as_of).delta(deals.created_day, unit="day")
    won = deals.filter(
        (deals.outcome == "won") & (deals.created_day > since) & (age >= days)
    ).mutate(days=deals.closed_day.delta(deals.created_day, unit="day"))
    counted = won.filter(won.days.between(0, days)).group_by("days").agg(deals=ibis._.count())
    return frame(counted, ["days"])
