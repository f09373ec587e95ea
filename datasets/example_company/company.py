"""Put the tables together, and cut them at what was known on a day."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from example_company import plan
from example_company.accounts import draw_accounts
from example_company.activities import draw_activities
from example_company.deals import LOST, WON, draw_deals, stage_rows
from example_company.leads import draw_leads
from example_company.market import draw_events, draw_traffic
from example_company.warts import DEAL_WARTS, LEAD_WARTS, mark

_LEAD_STAGES = {"created_at": "Lead", "mql_at": "MQL", "sql_at": "SQL", "deal_at": "Opportuniteit"}
_STATUSES = {  # the last that applies
    "mql_at": "MQL",
    "first_touch_at": "Gecontacteerd",
    "sql_at": "SQL",
    "rejected_at": "Afgewezen",
    "deal_at": "Opportuniteit",
}
_OFFERED = ("Voorstel", "Onderhandeling", WON)


class Company(NamedTuple):
    """The canonical tables, with Dutch values and the columns that only the simulation knows."""

    accounts: pd.DataFrame
    leads: pd.DataFrame
    deals: pd.DataFrame
    stage_history: pd.DataFrame
    activities: pd.DataFrame
    campaigns: pd.DataFrame
    traffic: pd.DataFrame
    account_events: pd.DataFrame


def simulate(seed: int = plan.SEED) -> Company:
    """Return everything that happens up to the horizon, and how each deal ends after it."""
    rng = iter(np.random.default_rng(seed).spawn(10))
    accounts = draw_accounts(next(rng))
    leads = draw_leads(next(rng), accounts)
    deals = draw_deals(next(rng), leads, accounts)
    leads = leads.merge(deals[["lead_id", "deal_id"]], how="left").fillna({"deal_id": ""})
    stages = pd.concat([_lead_stages(leads), stage_rows(next(rng), deals)], ignore_index=True)
    return Company(
        accounts,
        mark(next(rng), _forget(next(rng), leads), LEAD_WARTS),
        mark(next(rng), deals, DEAL_WARTS),
        stages.sort_values("entered_at", kind="stable", ignore_index=True),
        draw_activities(next(rng), leads, deals),
        _campaigns(),
        draw_traffic(next(rng), leads),
        draw_events(next(rng), accounts, deals),
    )


def known_by(company: Company, until: date) -> Company:
    """Return what an export made at the end of a day shows: nothing that came after it."""
    end = pd.Timestamp(until) + pd.Timedelta(days=1)
    stages = company.stage_history[company.stage_history["entered_at"] < end]
    activities = company.activities[company.activities["at"] < end]
    events = company.account_events[company.account_events["at"] < end]
    leads = _known_leads(company.leads[company.leads["created_at"] < end], end)
    deals = company.deals[company.deals["created_at"] < end]
    seen = pd.concat([leads["account_id"], deals["account_id"], events["account_id"]])
    return Company(
        company.accounts[company.accounts["account_id"].isin(seen)],
        leads,
        _known_deals(deals, end, stages, activities),
        stages,
        activities,
        _known_campaigns(company.campaigns, end),
        company.traffic[company.traffic["period"] + pd.offsets.MonthBegin() <= end],
        events,
    )


def _campaigns() -> pd.DataFrame:
    names = {"name": "campaign", "source": "channel"}
    return pd.DataFrame(plan.CAMPAIGNS).rename(columns=names).assign(currency="EUR")


def _lead_stages(leads: pd.DataFrame) -> pd.DataFrame:
    parts = [
        leads.loc[leads[column].notna(), ["lead_id", column, "owner"]]
        .rename(columns={"lead_id": "record_id", column: "entered_at"})
        .assign(record="Lead", stage=stage)
        for column, stage in _LEAD_STAGES.items()
    ]
    parts[0]["owner"] = ""  # nobody has it before it is handed over
    return pd.concat(parts, ignore_index=True)


def _forget(rng: np.random.Generator, leads: pd.DataFrame) -> pd.DataFrame:
    """Blank what a form did not ask; ``noise`` decides what only a talk brings out."""
    rates = {"role": 0.18, "employees": 0.1, "sector": 0.03}
    blanks = {name: rng.random(len(leads)) < rate for name, rate in rates.items()}
    blanked = {name: leads[name].mask(blank) for name, blank in blanks.items()}
    noise = {f"{name}_noise": rng.random(len(leads)) for name in ("trigger", "problem")}
    return leads.assign(**blanked, **noise)


def _known_leads(leads: pd.DataFrame, end: pd.Timestamp) -> pd.DataFrame:
    times = [*_STATUSES, "assigned_at"]
    known = leads.assign(**{name: leads[name].where(leads[name] < end) for name in times})
    status = pd.Series("Nieuw", index=leads.index)
    for name, value in _STATUSES.items():
        status = status.mask(known[name].notna(), value)
    unasked = np.where(known["first_touch_at"].notna(), plan.ALWAYS_UNASKED, plan.UNASKED)
    return known.assign(
        trigger=known["trigger"].mask(known["trigger_noise"] < unasked),
        problem=known["problem"].mask(known["problem_noise"] < unasked),
        status=status,
        owner=known["owner"].where(known["assigned_at"].notna(), ""),
        rejection_reason=known["rejection_reason"].where(known["rejected_at"].notna(), ""),
        deal_id=known["deal_id"].where(known["deal_at"].notna(), ""),
    )


def _known_deals(
    deals: pd.DataFrame, end: pd.Timestamp, stages: pd.DataFrame, activities: pd.DataFrame
) -> pd.DataFrame:
    stage = deals["deal_id"].map(stages.groupby("record_id")["stage"].last())
    offered = deals["deal_id"].isin(stages.loc[stages["stage"].isin(_OFFERED), "record_id"])
    role_missing = np.where(stage == WON, plan.ROLE_MISSING_WON, plan.ROLE_MISSING_OTHER)
    closed = stage.isin([WON, LOST])
    return deals.assign(
        stage=stage,
        closed_at=deals["closed_at"].where(closed),
        lost_reason=deals["lost_reason"].where(stage == LOST, ""),
        quality=deals["quality"].where(closed, ""),
        role=deals["role"].mask(deals["role_noise"] < role_missing),
        trigger=deals["trigger"].mask(deals["trigger_noise"] < plan.ALWAYS_UNASKED),
        amount=deals["amount"].mask(~offered & (deals["amount_noise"] < 0.5)),
        last_activity_at=deals["deal_id"].map(activities.groupby("record_id")["at"].max()),
    )


def _known_campaigns(campaigns: pd.DataFrame, end: pd.Timestamp) -> pd.DataFrame:
    start, stop = (pd.to_datetime(campaigns[name]) for name in ("started_on", "ended_on"))
    running = (end.normalize() - start).dt.days / ((stop - start).dt.days + 1)
    spent = campaigns["cost"] * running.clip(upper=1)
    return campaigns.assign(cost=spent.round(2), started_on=start, ended_on=stop)[start < end]
