"""The group-bys that every analysis starts from: millions of rows in, a small frame out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import ibis
import ibis.expr.types as ir
import pandas as pd

from workshop.crm.clock import month, quarter
from workshop.crm.hold import held
from workshop.crm.once import once
from workshop.crm.tables import Tables

STALLED_QUANTILE = 0.9
MANY_DEALS = 100_000
"""Deals above which values are counted to three digits: else nearly each is a cell of its own."""


@once
def outcomes(tables: Tables) -> pd.DataFrame:
    """Count deals and add up their value per state and currency.

    Columns: ``state`` (won, lost, open, stalled), ``currency``, ``deals``, ``amount`` (float).
    """
    deals = with_state(tables)
    currency = ibis.coalesce(deals.currency, tables.currency)
    counted = deals.group_by(state=deals.state, currency=currency).agg(
        deals=deals.count(), amount=deals.amount.cast("float64").sum()
    )
    return _frame(counted, ["state", "currency"])


@lru_cache(maxsize=2)
def stalled_after(tables: Tables) -> int | None:
    """Return the days of silence after which an open deal counts as stalled.

    It is the 90th percentile of each won deal's longest gap between creation, activities and
    close. ``None`` without activities of won deals: then nothing is stalled.
    """
    gaps = _longest_gaps(tables)
    if gaps is None or gaps.empty:
        return None
    ordered = gaps.sort_values("days")
    reached = ordered["deals"].cumsum() >= STALLED_QUANTILE * ordered["deals"].sum()
    return int(ordered.loc[reached, "days"].iloc[0])


def _longest_gaps(tables: Tables) -> pd.DataFrame | None:
    """Count won deals by the days of their longest gap."""
    activities, deals = tables.activities, tables.deals
    if activities is None or deals is None:
        return None
    won = deals.filter(
        (deals.outcome == "won") & deals.created_day.notnull() & deals.closed_day.notnull()
    )
    of_deals = activities.filter(activities.record == "deal")
    done = of_deals.inner_join(won, of_deals.record_id == won.deal_id)
    done = done.filter((done.day >= done.created_day) & (done.day <= done.closed_day))
    followed = won.filter(won.deal_id.isin(of_deals.record_id))
    days = ibis.union(
        done.select("deal_id", "day"),
        followed.select("deal_id", day=followed.created_day),
        followed.select("deal_id", day=followed.closed_day),
    )
    before = days.day.lag().over(ibis.window(group_by="deal_id", order_by="day"))
    gaps = days.mutate(gap=days.day.delta(before, unit="day"))
    longest = gaps.group_by("deal_id").agg(days=gaps.gap.max())
    counted = longest.filter(longest.days.notnull()).group_by("days").agg(deals=ibis._.count())
    return _frame(counted, ["days"])


@lru_cache(maxsize=2)
def with_state(tables: Tables) -> ir.Table:
    """Return the deals with their ``state``: the outcome, or stalled for a silent open one."""
    deals = tables.deals
    if deals is None:
        raise ValueError("no deals")
    limit = stalled_after(tables)
    activities = tables.activities
    if limit is None or activities is None or tables.as_of is None:
        return deals.mutate(state=deals.outcome)
    of_deals = activities.filter(activities.record == "deal")
    last = of_deals.group_by(_deal=of_deals.record_id).agg(_last=of_deals.day.max())
    joined = deals.left_join(last, deals.deal_id == last._deal)
    latest = ibis.greatest(
        joined._last.fill_null(joined.created_day),
        joined.last_activity_day.fill_null(joined.created_day),
        joined.created_day,
    )
    silence = ibis.literal(tables.as_of).delta(latest, unit="day")
    stalled = (joined.outcome == "open") & latest.notnull() & (silence > limit)
    state = stalled.fill_null(False).ifelse("stalled", joined.outcome)
    return held(joined.mutate(state=state).drop("_deal", "_last"), tables.rows("deals"))


def trait_levels(tables: Tables) -> pd.DataFrame:
    """Count deals per level of every trait, an empty one as a level of its own (null).

    Columns: ``trait``, ``level``, ``known_at_creation``, ``won``, ``lost``, ``open``.
    """
    deals = tables.deals
    if deals is None:
        raise ValueError("no deals")
    parts = [
        deals.group_by(level=deals[name].cast("string"))
        .agg(
            won=(deals.outcome == "won").sum(),
            lost=(deals.outcome == "lost").sum(),
            open=(deals.outcome == "open").sum(),
        )
        .mutate(trait=ibis.literal(name), known_at_creation=ibis.literal(known))
        for name, known in tables.traits("deals").items()
    ]
    columns = ["trait", "level", "known_at_creation", "won", "lost", "open"]
    if not parts:
        return pd.DataFrame({column: [] for column in columns})
    counted = ibis.union(*parts) if len(parts) > 1 else parts[0]
    frame = _frame(counted, ["trait", "level"])[columns]
    filled = frame[frame["level"].notna()].groupby("trait")["level"].nunique()
    return frame[frame["trait"].isin(filled.index)].reset_index(drop=True)


def trait_pairs(tables: Tables, trait: str, confounder: str) -> pd.DataFrame:
    """Count closed deals per level of a trait within each level of another column.

    Columns: ``trait``, ``level``, ``confounder_level``, ``won``, ``lost``.
    """
    deals = tables.deals
    if deals is None:
        raise ValueError("no deals")
    closed = deals.filter(deals.outcome != "open")
    counted = closed.group_by(
        level=closed[trait].cast("string"), confounder_level=closed[confounder].cast("string")
    ).agg(won=(closed.outcome == "won").sum(), lost=(closed.outcome == "lost").sum())
    frame = _frame(counted, ["level", "confounder_level"])
    return frame.assign(trait=trait)[["trait", "level", "confounder_level", "won", "lost"]]


def trait_associations(tables: Tables, names: Sequence[str]) -> pd.DataFrame:
    """Count closed deals per level of each trait and of each column it may stand for.

    The owner is among the latter: never a trait, but often what a trait follows. Unknown levels
    are left out. Columns: ``trait``, ``level``, ``confounder``, ``confounder_level``, ``deals``.
    """
    deals = tables.deals
    if deals is None:
        raise ValueError("no deals")
    closed = deals.filter(deals.outcome != "open")
    columns = ["trait", "level", "confounder", "confounder_level", "deals"]
    if not names:
        return pd.DataFrame({column: [] for column in columns})
    chosen = closed.select("deal_id", **{n: closed[n].cast("string") for n in (*names, "owner")})
    parts = [
        chosen.filter(chosen[name].notnull()).select(
            "deal_id", trait=ibis.literal(name), level=chosen[name]
        )
        for name in (*names, "owner")
    ]
    long = ibis.union(*parts)
    other = long.select("deal_id", confounder=long.trait, confounder_level=long.level)
    pairs = long.filter(long.trait != "owner").inner_join(other, "deal_id")
    counted = (
        pairs.filter(pairs.trait != pairs.confounder)
        .group_by(columns[:4])
        .agg(deals=ibis._.count())
    )
    return _frame(counted, columns[:4])[columns]


@once
def strata(tables: Tables, *, stalled_as_lost: bool) -> pd.DataFrame:
    """Count the deals that ten against ten can pick from.

    Columns: ``quarter`` (of creation), ``customer_type``, ``side`` (won, lost), ``deals``.
    """
    pool = _pool(tables, stalled_as_lost=stalled_as_lost)
    counted = pool.group_by("quarter", "customer_type", "side").agg(deals=pool.count())
    return _frame(counted, ["quarter", "customer_type", "side"])


def picked(tables: Tables, picks: pd.DataFrame, *, stalled_as_lost: bool) -> pd.DataFrame:
    """Return the deals at the picked ranks of their stratum, with their traits as text.

    ``picks`` has ``quarter``, ``customer_type``, ``side`` and ``rank`` (from 0, in order of id);
    its other columns come along.
    """
    names = list(tables.traits("deals"))
    pool = _pool(tables, stalled_as_lost=stalled_as_lost)
    group = ["quarter", "customer_type", "side"]
    ranked = pool.mutate(
        rank=ibis.row_number().over(ibis.window(group_by=group, order_by="deal_id"))
    )
    wanted = sorted({int(rank) for rank in picks["rank"]})
    few = ranked.filter(ranked["rank"].isin(wanted)).select(
        "deal_id",
        "state",
        "rank",
        *group,
        **{f"trait_{i}": pool[name].cast("string") for i, name in enumerate(names)},
    )
    frame = few.execute()
    chosen = frame.merge(picks, on=[*group, "rank"]).drop(columns="customer_type")
    renamed = chosen.rename(columns={f"trait_{i}": name for i, name in enumerate(names)})
    ordered: pd.DataFrame = renamed.sort_values(["side", "deal_id"])
    return ordered.reset_index(drop=True)


def described(
    tables: Tables, deal_ids: Sequence[str], traits: Sequence[str], *, stalled_as_lost: bool
) -> pd.DataFrame:
    """Return what a room recognises some deals by, and where each stands in its stratum.

    Columns: ``deal_id``, ``name`` (its own, or that of the account; null where neither is known),
    ``state``, ``quarter``, ``customer_type``, ``side``, ``rank`` as `picked` takes them, and
    ``traits`` as text, null where this CRM has no such column.
    """
    pool = _pool(tables, stalled_as_lost=stalled_as_lost)
    group = ["quarter", "customer_type", "side"]
    window = ibis.window(group_by=group, order_by="deal_id")
    ranked = pool.mutate(rank=ibis.row_number().over(window))
    few = ranked.filter(ranked.deal_id.isin(list(deal_ids)))
    named = [few[column] for column in ("name", "account") if column in few.columns]
    known = {
        f"trait_{i}": few[name].cast("string") if name in few.columns else ibis.null("string")
        for i, name in enumerate(traits)
    }
    name = ibis.coalesce(*named) if named else ibis.null("string")
    chosen = few.select("deal_id", "state", "rank", *group, _name=name, **known)
    renamed = {f"trait_{i}": name for i, name in enumerate(traits)}
    frame: pd.DataFrame = chosen.execute().rename(columns={"_name": "name", **renamed})
    return frame.sort_values(["side", "deal_id"], ignore_index=True)


def _pool(tables: Tables, *, stalled_as_lost: bool) -> ir.Table:
    deals = with_state(tables)
    lost = ["lost", "stalled"] if stalled_as_lost else ["lost"]
    kept = deals.filter(deals.state.isin(["won", *lost]))
    return kept.mutate(
        quarter=quarter(kept.created_day),
        side=(kept.state == "won").ifelse("won", "lost"),
    )


FUNNEL = ("lead", "mql", "sql", "opportunity", "won")
"""The stages of the funnel that a lead passes, in order."""


def cohorts(tables: Tables, stages: Sequence[str] | None = None) -> pd.DataFrame:
    """Count leads per month in which they entered a stage, and the days to the next.

    ``stages`` picks the stages to follow; all that this CRM dates unless given.

    Columns: ``cohort`` (``2026-03``), ``cohort_end`` (date), ``from_stage``, ``to_stage``,
    ``lag_days`` (null where not yet), ``entered``. A stage that is skipped counts as passed on
    the day of the next; a stage that this CRM never dates is left out.
    """
    passed = stage_days(tables)
    followed = [stage for stage in stages or passed.stages if stage in passed.stages]
    return _steps(passed.records, followed)


class Passed(NamedTuple):
    """When each record entered each stage of the funnel, for the stages that this CRM dates."""

    records: ir.Table
    stages: tuple[str, ...]


@once
def stage_days(tables: Tables) -> Passed:
    """Return the day on which each lead entered each stage; each deal, in a CRM without leads.

    A stage that is skipped counts as passed on the day of the next.
    """
    leads = tables.leads
    if leads is None:
        return _deal_days(tables)
    reached = {
        "lead": leads.created_day,
        "mql": leads.mql_day,
        "sql": leads.sql_day,
        "opportunity": leads.deal_day,
        "won": leads.won_day,
    }
    used = leads.agg(**{stage: day.count() for stage, day in reached.items()}).execute().iloc[0]
    dated = [stage for stage in FUNNEL if used[stage]]
    days = {"lead": reached["lead"]}
    for position, stage in enumerate(dated):
        later = [reached[name] for name in dated[position:]]
        days.setdefault(stage, ibis.least(*later) if len(later) > 1 else later[0])
    return Passed(leads.select("lead_id", "source", "owner", **days), tuple(dated))


def _deal_days(tables: Tables) -> Passed:
    """Return when each deal was created and won: the funnel of a CRM without leads."""
    deals = tables.deals
    if deals is None:
        raise ValueError("no leads and no deals")
    won = (deals.outcome == "won").ifelse(deals.closed_day, ibis.null("date"))
    days = deals.select("source", "owner", opportunity=deals.created_day, won=won)
    return Passed(days, ("opportunity", "won"))


def _steps(table: ir.Table, stages: Sequence[str]) -> pd.DataFrame:
    parts = []
    for before, after in pairwise(stages):
        rows = table.filter(table[before].notnull())
        lag = ibis.greatest(rows[after].delta(rows[before], unit="day"), 0)
        lag = rows[after].isnull().ifelse(ibis.null("int64"), lag)
        parts.append(
            rows.group_by(cohort=month(rows[before]), lag_days=lag)
            .agg(entered=rows.count())
            .mutate(from_stage=ibis.literal(before), to_stage=ibis.literal(after))
        )
    columns = ["cohort", "cohort_end", "from_stage", "to_stage", "lag_days", "entered"]
    if not parts:
        return pd.DataFrame({column: [] for column in columns})
    counted = ibis.union(*parts) if len(parts) > 1 else parts[0]
    frame = _frame(counted, ["from_stage", "cohort", "lag_days"])
    ends = pd.PeriodIndex(frame["cohort"], freq="M").end_time.date
    return frame.assign(cohort_end=ends)[columns]


@once
def durations(tables: Tables, by: str) -> pd.DataFrame:
    """Count deals by group, days since creation and outcome.

    Columns: ``group``, ``days`` (to the close, or to the as-of date while open), ``outcome``,
    ``deals``. Deals without a creation date, or closed without a date, are left out.
    """
    deals = tables.deals
    if deals is None or tables.as_of is None:
        raise ValueError("no dated deals")
    ended = (deals.outcome == "open").ifelse(ibis.literal(tables.as_of), deals.closed_day)
    dated = deals.mutate(_days=ended.delta(deals.created_day, unit="day"))
    dated = dated.filter(dated._days.notnull() & (dated._days >= 0))
    counted = dated.group_by(
        group=dated[by].cast("string"), days=dated._days, outcome=dated.outcome
    ).agg(deals=dated.count())
    return _frame(counted, ["group", "days", "outcome"])


@once
def quarterly(tables: Tables) -> pd.DataFrame:
    """Add up what came in per quarter: deals created, and deals won in it.

    Columns: ``quarter``, ``kind`` (pipeline, revenue), ``from_lead`` (whether a lead is known),
    ``deals``, ``unvalued`` (deals with an amount that cannot be converted) and ``value``, in the
    workspace's currency.
    """
    deals = tables.deals
    if deals is None:
        raise ValueError("no deals")
    won = deals.filter(deals.outcome == "won")
    parts = []
    for kind, rows, day in (
        ("pipeline", deals, deals.created_day),
        ("revenue", won, won.closed_day),
    ):
        parts.append(
            rows.filter(day.notnull())
            .group_by(
                quarter=quarter(day),
                from_lead=rows.from_lead,
            )
            .agg(
                deals=ibis._.count(),
                unvalued=(ibis._.amount.notnull() & ibis._.value.isnull()).sum(),
                value=ibis._.value.sum().fill_null(0.0),
            )
            .mutate(kind=ibis.literal(kind))
        )
    columns = ["quarter", "kind", "from_lead", "deals", "unvalued", "value"]
    return _frame(ibis.union(*parts), columns[:3])[columns]


def open_deals(tables: Tables) -> pd.DataFrame:
    """Count the open deals by age and value.

    Columns: ``days`` (since creation), ``amount`` (in the workspace's currency), ``deals``.
    """
    deals = tables.deals
    if deals is None or tables.as_of is None:
        raise ValueError("no dated deals")
    deals = deals.mutate(value=_in_cells(tables, deals.value))
    rows = deals.filter((deals.outcome == "open") & (deals.value > 0))
    rows = rows.filter(rows.created_day.notnull())
    counted = rows.group_by(
        days=ibis.literal(tables.as_of).delta(rows.created_day, unit="day"),
        amount=rows.value,
    ).agg(deals=rows.count())
    return _frame(counted, ["days", "amount"])


def deal_values(tables: Tables, outcome: str | None = None) -> pd.DataFrame:
    """Count deals per value; a closed deal without an amount is worth 0, as in `quarterly`.

    An open deal without an amount is left out: it may still get one. Columns: ``amount`` (in the
    workspace's currency), ``deals``.
    """
    deals = tables.deals
    if deals is None:
        raise ValueError("no deals")
    value = _in_cells(tables, deals.value)
    kept = deals.mutate(_worth=(deals.outcome == "open").ifelse(value, value.fill_null(0.0)))
    kept = kept.filter(kept._worth >= 0)
    if outcome is not None:
        kept = kept.filter(kept.outcome == outcome)
    counted = kept.group_by(amount=kept._worth).agg(deals=kept.count())
    return _frame(counted, ["amount"])


def _in_cells(tables: Tables, value: ir.FloatingColumn) -> ir.FloatingColumn:
    """Round the values of many deals to three digits, half a percent at most."""
    if tables.rows("deals") <= MANY_DEALS:
        return value
    step = ibis.literal(10.0) ** (value.abs().nullif(0).log10().floor() - 2)
    return ibis.coalesce((value / step).round() * step, value)


def _frame(expression: ir.Table, order: Sequence[str]) -> pd.DataFrame:
    """Run a group-by and sort it, so that equal data gives equal frames."""
    frame: pd.DataFrame = expression.execute()
    return frame.sort_values(list(order), na_position="last").reset_index(drop=True)


@once
def visitors(tables: Tables) -> pd.DataFrame:
    """Add up the visitors of each month, beside the leads created in it.

    Columns: ``period`` (``2026-03``), ``visitors``, ``engaged_visitors``, ``leads``. Empty where
    no traffic was imported.
    """
    traffic, leads = tables.raw.get("traffic"), tables.leads
    columns = ["period", "visitors", "engaged_visitors", "leads"]
    if traffic is None:
        return pd.DataFrame({column: [] for column in columns})
    dated = traffic.mutate(_day=tables.day(traffic.period))
    if tables.as_of is not None:
        dated = dated.filter(dated._day <= tables.as_of)
    monthly = dated.group_by(period=month(dated._day)).agg(
        visitors=dated.visitors.sum(), engaged_visitors=dated.engaged_visitors.sum()
    )
    frame = _frame(monthly, ["period"])
    if leads is None:
        return frame.assign(leads=0)[columns]
    created = leads.group_by(period=month(leads.created_day)).agg(leads=leads.count()).execute()
    merged = frame.merge(created, on="period", how="left").fillna({"leads": 0})
    return merged.astype({"leads": "int64"})[columns]


@once
def channel_leads(tables: Tables, by: str, window_days: int) -> pd.DataFrame:
    """Count leads and won leads per channel: all of them, and those of mature cohorts.

    A lead is mature when its month of creation has been followed for the window; its win counts
    when it came within the window. Where no lead has a date, all count as mature, and every win
    counts: how long they were followed cannot be told. Columns: ``channel``, ``leads``, ``won``,
    ``mature_leads``, ``mature_won``.
    """
    leads = tables.leads
    if leads is None:
        raise ValueError("no leads")
    mature, in_time = ibis.literal(True), leads.won
    if tables.dated_leads and tables.as_of is not None:
        mature, in_time = _followed(leads, tables.as_of, window_days)
    counted = leads.group_by(channel=leads[by].cast("string")).agg(
        leads=leads.count(),
        won=leads.won.sum(),
        mature_leads=leads.count(where=mature),
        mature_won=leads.count(where=mature & in_time),
    )
    return _frame(counted, ["channel"])


def _followed(
    leads: ir.Table, as_of: dt.date, window_days: int
) -> tuple[ir.BooleanValue, ir.BooleanValue]:
    """Tell which leads' month was followed for the window, and which were won within it."""
    month_end = leads.created_day.truncate("M") + ibis.interval(months=1)
    followed = ibis.literal(as_of).delta(month_end.cast("date"), unit="day") + 1
    in_time = leads.won_day.delta(leads.created_day, unit="day") <= window_days
    return (followed >= window_days).fill_null(False), in_time.fill_null(False)
