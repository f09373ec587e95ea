"""The seven questions as one would write them in pandas: what is counted, without intervals.

Each takes the folder of a generated CRM and its as-of date, reads the columns that it needs, and
returns figures that the kit's answer holds too, so that both can be seen to count the same.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import holidays
import numpy as np
import pandas as pd

ZONE = "Europe/Brussels"
ENDS = ("won", "lost")
COUNTED: dict[str, Callable[[Any], dict[Any, Any]]] = {
    "won-lost": lambda answer: {
        (row["trait"], row["level"]): (row["closed"], row["won"])
        for row in answer["history"]
        if row["trait"] in ("sector", "source")
    },
    "funnel": lambda answer: {row["to_stage"]: row["conversions"] for row in answer["windows"]},
    "velocity": lambda answer: {
        row["group"]: (row["deals"], row["open"]) for row in answer["rows"]
    },
    "channels": lambda answer: {
        row["channel"]: (row["leads"], row["won"], row["mature_leads"], row["mature_won"])
        for row in answer["rows"]
    },
    "definitions": lambda answer: {
        side: sum(row["true"] for row in answer["rows"] if row["side"] == side)
        for side in ("joint", "sales", "marketing")
    },
    "hand-over": lambda answer: {
        row["customer_type"]: (row["leads"], row["untouched"], row["median_hours"])
        for row in answer["rows"]
    },
    "goal": lambda answer: {name: answer["rates"][name] for name in ("closed", "won")},
}
"""What to compare in the kit's answer, as ``analyse --json`` prints it."""


def read(folder: Path, table: str, *columns: str) -> pd.DataFrame:
    """Read some columns of a table."""
    return pd.read_parquet(folder / "data" / f"{table}-1.parquet", columns=list(columns))


def local(times: pd.Series) -> pd.Series:
    """Return what the clock shows at UTC times."""
    shown = pd.DatetimeIndex(times, tz="UTC").tz_convert(ZONE).tz_localize(None)
    return pd.Series(shown, times.index)


def days(times: pd.Series) -> pd.Series:
    """Return the calendar days of UTC times."""
    return pd.Series(pd.DatetimeIndex(local(times)).normalize(), times.index)


def steps(folder: Path) -> pd.DataFrame:
    """Return the day on which each lead entered each status; a later one implies the earlier."""
    leads = read(folder, "leads", "lead_id", "created_at", "mql_at", "sql_at")
    deals = read(folder, "deals", "lead_id", "created_at", "closed_at", "outcome")
    won = deals["closed_at"].where(deals["outcome"] == "won")
    deals = deals.assign(deal_at=deals.pop("created_at"), won_at=won)
    found = leads.merge(deals, on="lead_id", how="left")
    stages = ["created_at", "mql_at", "sql_at", "deal_at", "won_at"]
    day = found[stages].apply(days)
    for earlier, later in zip(reversed(stages[:-1]), reversed(stages[1:]), strict=True):
        day[earlier] = day[[earlier, later]].min(axis=1)
    return day.assign(outcome=found["outcome"])


def won_lost(folder: Path, as_of: pd.Timestamp) -> dict[Any, Any]:
    """Count closed and won deals by sector and by source."""
    deals = read(folder, "deals", "lead_id", "account_id", "closed_at", "outcome")
    deals = deals[deals["outcome"].isin(ENDS)]
    deals = deals.merge(read(folder, "leads", "lead_id", "source"), on="lead_id", how="left")
    deals = deals.merge(
        read(folder, "accounts", "account_id", "sector"), on="account_id", how="left"
    )
    found: dict[Any, Any] = {}
    for trait in ("sector", "source"):
        counted = (deals["outcome"] == "won").groupby(deals[trait]).agg(["size", "sum"])
        found |= {(trait, level): tuple(map(int, row)) for level, row in counted.iterrows()}
    return found


def funnel(folder: Path, as_of: pd.Timestamp) -> dict[Any, Any]:
    """Count the leads that took each step."""
    day = steps(folder)
    names = {"mql_at": "mql", "sql_at": "sql", "deal_at": "opportunity", "won_at": "won"}
    return {name: int(day[column].notna().sum()) for column, name in names.items()}


def velocity(folder: Path, as_of: pd.Timestamp) -> dict[Any, Any]:
    """Count deals by sector, and those that are open."""
    deals = read(folder, "deals", "account_id", "outcome")
    deals = deals.merge(
        read(folder, "accounts", "account_id", "sector"), on="account_id", how="left"
    )
    counted = (deals["outcome"] == "open").groupby(deals["sector"]).agg(["size", "sum"])
    return {sector: tuple(map(int, row)) for sector, row in counted.iterrows()}


def channels(folder: Path, as_of: pd.Timestamp) -> dict[Any, Any]:
    """Count leads and customers by source, also in months that were followed for half a year."""
    leads = read(folder, "leads", "lead_id", "source", "created_at")
    deals = read(folder, "deals", "lead_id", "closed_at", "outcome")
    deals = deals[deals["outcome"] == "won"].drop_duplicates("lead_id")
    leads = leads.merge(deals, on="lead_id", how="left")
    created, won = days(leads["created_at"]), leads["outcome"] == "won"
    half_a_year = pd.Timedelta(days=180)
    mature = as_of - created.dt.to_period("M").dt.end_time.dt.normalize() >= half_a_year
    in_time = won & mature & (days(leads["closed_at"]) - created <= half_a_year)
    counts = pd.DataFrame({"leads": True, "won": won, "mature": mature, "in_time": in_time})
    counted = counts.groupby(leads["source"]).sum()
    return {source: tuple(map(int, row)) for source, row in counted.iterrows()}


def definitions(folder: Path, as_of: pd.Timestamp) -> dict[Any, Any]:
    """Count the leads that meet each side's criteria within their first thirty days."""
    leads = read(folder, "leads", "lead_id", "created_at", "account_id")
    leads = leads.merge(
        read(folder, "accounts", "account_id", "sector", "employees"), on="account_id", how="left"
    )
    leads["day"] = days(leads["created_at"])
    acts = read(folder, "activities", "record", "record_id", "at", "kind", "team")
    acts = acts[acts["record"] == "lead"].merge(
        leads[["lead_id", "day"]], left_on="record_id", right_on="lead_id"
    )
    acts = acts[days(acts["at"]) - acts["day"] < pd.Timedelta(days=30)]
    downloads = acts.loc[acts["kind"] == "Download", "lead_id"].value_counts()
    by_marketing = acts.loc[acts["team"] == "marketing", "lead_id"].value_counts()
    deals = read(folder, "deals", "lead_id", "created_at")
    deal_day = leads["lead_id"].map(days(deals.set_index("lead_id")["created_at"]))
    early = deal_day - leads["day"] < pd.Timedelta(days=30)
    judged = leads[(as_of - leads["day"] >= pd.Timedelta(days=180)) & ~early]
    downloaded = judged["lead_id"].map(downloads).fillna(0) >= 1
    joint = judged["sector"].isin(["Construction", "IT", "Care"]) & downloaded
    sales = judged["employees"].isin(["50–249", "250+"])
    marketing = judged["lead_id"].map(by_marketing).fillna(0) >= 2
    return {"joint": int(joint.sum()), "sales": int(sales.sum()), "marketing": int(marketing.sum())}


def hand_over(folder: Path, as_of: pd.Timestamp) -> dict[Any, Any]:
    """Count assigned leads, those untouched, and the median of the working hours in between."""
    ends = ["first_touch_at", "sql_at", "rejected_at"]
    leads = read(folder, "leads", "lead_id", "account_id", "assigned_at", *ends)
    leads = leads[leads["assigned_at"].notna()]
    deals = read(folder, "deals", "lead_id", "created_at").set_index("lead_id")["created_at"]
    leads = leads.merge(
        read(folder, "accounts", "account_id", "customer_type"), on="account_id", how="left"
    )
    acts = read(folder, "activities", "record", "record_id", "at", "team")
    acts = acts[(acts["record"] == "lead") & (acts["team"] == "sales")]
    first = acts.groupby("record_id")["at"].min()
    named = leads["lead_id"]
    touch = leads[ends].assign(acted=named.map(first), deal=named.map(deals)).min(axis=1)
    end = as_of + pd.Timedelta(days=1)
    hours = (worked(touch.fillna(end)) - worked(leads["assigned_at"])).clip(0)
    minutes = np.floor(np.round(60 * hours, 6))  # as the kit counts them, up to 100 hours
    counted = pd.DataFrame({"untouched": touch.isna(), "hours": minutes / 60})
    found = counted.groupby(leads["customer_type"]).agg(
        leads=("hours", "size"), untouched=("untouched", "sum"), median=("hours", "median")
    )
    rows = zip(found["leads"], found["untouched"], found["median"], strict=True)
    return dict(zip(found.index, rows, strict=True))


def worked(times: pd.Series) -> Any:
    """Return the working hours (nine to five on weekdays) from 1970 up to each UTC time."""
    shown = local(times).to_numpy()
    day = shown.astype("datetime64[D]")
    off = np.array(
        sorted(holidays.country_holidays("BE", years=range(1970, 2031))), "datetime64[D]"
    )
    full = np.busday_count("1970-01-01", day, holidays=off)
    into = (shown - day) / np.timedelta64(1, "h") - 9
    return 8 * full + np.where(np.is_busday(day, holidays=off), into.clip(0, 8), 0)


def goal(folder: Path, as_of: pd.Timestamp) -> dict[Any, Any]:
    """Count how the opportunities of leads ended."""
    day = steps(folder)
    closed = day["outcome"].isin(ENDS)
    return {"closed": int(closed.sum()), "won": int((day["outcome"] == "won").sum())}


STRAIGHT: dict[str, Callable[[Path, pd.Timestamp], dict[Any, Any]]] = {
    "won-lost": won_lost,
    "funnel": funnel,
    "velocity": velocity,
    "channels": channels,
    "definitions": definitions,
    "hand-over": hand_over,
    "goal": goal,
}
