"""Which questions of the programme this CRM can answer, and what to ask the client for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple
from weakref import WeakKeyDictionary

import ibis.expr.types as ir
import pandas as pd

from workshop.crm.once import once
from workshop.crm.tables import Tables

Status = Literal["answerable", "caveat", "not_answerable"]
QUESTIONS = (
    "won-lost",
    "funnel",
    "velocity",
    "channels",
    "definitions",
    "hand-over",
    "goal",
)
FEW_CLOSED = 40
"""Closed deals under which a comparison of traits settles next to nothing."""


class Ready(NamedTuple):
    """One question's verdict: ``missing`` are ``table.column``, ``caveats`` codes."""

    question: str
    status: Status
    missing: tuple[str, ...]
    caveats: tuple[str, ...]


class Need(NamedTuple):
    """What one question needs: columns without which it has no answer, and those it misses."""

    required: tuple[str, ...]
    any_of: tuple[tuple[str, ...], ...]
    wished: tuple[tuple[str, str], ...]


_ASKED_AS = {
    "leads.mql_day": "leads.mql_at",
    "leads.sql_day": "leads.sql_at",
    "leads.deal_day": "leads.deal_id",
    "leads.has_deal": "leads.deal_id",
}
"""What a client can be asked for, where the need is of something derived."""

_LEADS = "leads.created_at"
"""Asked for as the list of all leads."""

_NEEDS: dict[str, Need] = {
    "won-lost": Need(
        ("deals.outcome",),
        (("deals.sector", "deals.employees", "deals.role", "deals.source", "deals.*"),),
        (
            ("deals.created_at", "no_created_date"),
            ("activities.at", "no_activities"),
            ("deals.trigger", "no_trigger"),
        ),
    ),
    "funnel": Need(
        (),
        (("leads.created_at", "deals.created_at"),),
        (
            ("leads.created_at", "no_leads"),
            ("leads.mql_day", "no_mql_date"),
            ("leads.sql_day", "no_sql_date"),
            ("leads.deal_day", "no_lead_deal_link"),
        ),
    ),
    "velocity": Need(("deals.created_at", "deals.closed_at"), (), (("deals.sector", "no_sector"),)),
    "channels": Need(
        ("leads.source",),
        (("leads.has_deal",),),
        (("campaigns.cost", "no_cost"), ("leads.created_at", "maturity_unknown")),
    ),
    "definitions": Need(
        (),
        (("leads.source", "leads.sector", "leads.employees", "leads.role", "leads.*"),),
        (
            ("leads.created_at", "no_dates_random_split"),
            ("leads.has_deal", "no_lead_deal_link"),
            ("activities.at", "no_activities"),
        ),
    ),
    "hand-over": Need(
        ("leads.created_at",),
        (("leads.first_touch_at", "activities.at"),),
        (("leads.assigned_at", "no_assigned_date"), ("leads.customer_type", "no_customer_type")),
    ),
    "goal": Need(
        ("deals.outcome", "deals.amount", "deals.created_at"),
        (),
        (("leads.mql_day", "no_mql_date"), ("deals.closed_at", "no_closed_date")),
    ),
}


@lru_cache(maxsize=2)
def coverage(tables: Tables) -> pd.DataFrame:
    """Return how well each column is filled.

    Columns: ``table``, ``column``, ``rows``, ``filled`` (a count), ``share`` (of 1).
    """
    wanted = {
        name: [column for column in table.columns if not column.startswith("_")]
        for name, table in _opened(tables).items()
    }
    return pd.concat([_counted(tables, *one) for one in wanted.items()], ignore_index=True)


_KNOWN: WeakKeyDictionary[Tables, dict[str, dict[str, int]]] = WeakKeyDictionary()
"""The filled ones of each column counted so far, table by table; its rows stand under nothing."""


def _counted(tables: Tables, name: str, columns: Sequence[str]) -> pd.DataFrame:
    """Count the rows of a table and the filled ones of some columns, in one scan of these."""
    known = _KNOWN.setdefault(tables, {}).setdefault(name, {})
    new = [column for column in ("", *columns) if column not in known]
    if new:
        known |= _count(_opened(tables)[name], new)
    found = pd.DataFrame({"table": name, "column": columns, "rows": known[""]})
    found["filled"] = [known[column] for column in columns]
    return found.assign(share=found["filled"] / known[""] if known[""] else 0.0)


def _count(table: ir.Table, columns: Sequence[str]) -> dict[str, int]:
    counts = [table[column].count() if column else table.count() for column in columns]
    row = table.agg(**{f"c{i}": count for i, count in enumerate(counts)}).execute().iloc[0]
    return {column: int(n) for column, n in zip(columns, row, strict=True)}


def readiness(tables: Tables) -> list[Ready]:
    """Return, per question, whether it can be answered, what decides it, and its caveats."""
    filled, won, lost = _filled(tables, QUESTIONS), *_closed(tables)
    return [_judge(tables, question, filled, won, lost) for question in QUESTIONS]


def readiness_of(tables: Tables, question: str) -> Ready:
    """Return the verdict on one question."""
    return _judge(tables, question, _filled(tables, [question]), *_closed(tables))


@once
def _closed(tables: Tables) -> tuple[int, int]:
    """Count the won and the lost deals."""
    deals = tables.deals
    if deals is None:
        return 0, 0
    won, lost = (deals.outcome == "won").sum(), (deals.outcome == "lost").sum()
    row = deals.agg(won=won, lost=lost).execute().fillna(0).iloc[0]
    return int(row["won"]), int(row["lost"])


def _judge(tables: Tables, question: str, filled: set[str], won: int, lost: int) -> Ready:
    closed = won + lost
    need = _NEEDS[question]
    missing = [name for name in need.required if name not in filled]
    missing += [choice[0] for choice in need.any_of if not filled.intersection(choice)]
    missing = _asked_for(tables, missing)
    caveats = [code for name, code in need.wished if name not in filled]
    if question in ("won-lost", "velocity", "goal") and not missing:
        if closed == 0:
            missing.append("deals.closed_at")
        elif won == 0:
            caveats.append("no_won_deals")
        elif lost == 0:
            caveats.append("no_lost_deals")
        if 0 < closed < FEW_CLOSED:
            caveats.append("few_closed_deals")
    status: Status = "not_answerable" if missing else "caveat" if caveats else "answerable"
    return Ready(question, status, tuple(missing), tuple(caveats))


def _asked_for(tables: Tables, missing: Sequence[str]) -> list[str]:
    """Return what a client can be asked for: where there are no leads, a list of them first."""
    asked = [_ASKED_AS.get(name, name) for name in missing]
    if tables.leads is None and any(name.startswith("leads.") for name in asked):
        asked = [_LEADS, *(name for name in asked if name != _LEADS)]
    return asked


def _filled(tables: Tables, questions: Iterable[str]) -> set[str]:
    """Return what holds a value of all that some questions need; ``deals.*`` is any trait."""
    opened = _opened(tables)
    found = set()
    for table, names in _asked(questions).items():
        traits = tables.traits(table) if "*" in names else {}
        columns = [c for c in sorted({*names, *traits}) if c in _columns(opened, table)]
        if not columns:
            continue
        counted = _counted(tables, table, columns)
        filled = set(counted.loc[counted["filled"] > 0, "column"])
        found |= {f"{table}.{column}" for column in filled}
        found |= {f"{table}.*"} if filled.intersection(traits) else set()
    return found


def _columns(opened: dict[str, ir.Table], table: str) -> Sequence[str]:
    return opened[table].columns if table in opened else ()


def _asked(questions: Iterable[str]) -> dict[str, set[str]]:
    """Return the columns that some questions need, per table."""
    found: dict[str, set[str]] = {}
    for need in (_NEEDS[question] for question in questions):
        choices = [name for choice in need.any_of for name in choice]
        for name in (*need.required, *choices, *(name for name, _ in need.wished)):
            table, column = name.split(".", 1)
            found.setdefault(table, set()).add(column)
    return found


def _opened(tables: Tables) -> dict[str, ir.Table]:
    opened = dict(tables.raw)
    for name, table in (
        ("leads", tables.leads),
        ("deals", tables.deals),
        ("activities", tables.activities),
        ("stage_history", tables.stage_history),
    ):
        if table is not None:
            opened[name] = table
    return opened
