"""Write a definition as SQL of a warehouse, over tables with the canonical names and columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import ibis
import ibis.backends.sql.compilers as compilers
import ibis.expr.types as ir
import sqlglot.expressions as sge

from workshop.criteria import Clause, criteria
from workshop.crm.clock import local_day
from workshop.crm.fact_fields import FIRST_TOUCH, as_numbers, fitted, respelled
from workshop.crm.facts import count_names, verdict, with_counts
from workshop.crm.tables import FROM_ACCOUNTS, Tables
from workshop.errors import InputError

DIALECTS = {
    "bigquery": "bigquery",
    "databricks": "databricks",
    "duckdb": "duckdb",
    "postgres": "postgres",
    "snowflake": "snowflake",
    "spark": "pyspark",
    "trino": "trino",
}
"""The dialects, and their names in Ibis. All have truth values that may be null."""

_SIMPLE = re.compile(r"[a-z_][a-z0-9_]*")


def definition_sql(clause: Clause, tables: Tables, landmark_days: int, dialect: str) -> str:
    """Return a query of ``lead_id`` and ``verdict`` (true, false, null for unknown), a row a lead.

    It reads ``leads``, and where the clause needs them ``accounts`` (by ``account_id``) and
    ``activities``; times in them are UTC, days are those of the workspace's time zone. A value
    that is spelled in more than one way stands in it in all of them. A lead younger than its
    landmark is judged by what is known so far.

    Raises ``InputError`` for another dialect, without leads, or for a clause that does not fit this
    CRM.
    """
    if dialect not in DIALECTS:
        raise InputError("unknown_dialect", given=dialect, allowed=sorted(DIALECTS))
    if tables.leads is None:
        raise InputError("no_leads_for_sql")
    sources = [tables.raw[name] for name in ("leads", "accounts") if name in tables.raw]
    spelled = respelled(fitted(clause, tables), sources)
    query = _query(spelled, tables, landmark_days, DIALECTS[dialect])
    compiler = getattr(compilers, DIALECTS[dialect]).compiler
    tree = compiler.to_sqlglot(query)
    if dialect == "snowflake":
        tree = tree.transform(_as_stored)
    return str(tree.sql(dialect=compiler.dialect, pretty=True))


def _query(clause: Clause, tables: Tables, landmark_days: int, engine: str) -> ir.Table:
    """Return the verdicts as an expression over tables that are nowhere yet."""
    unbound = {name: ibis.table(t.schema(), name=name) for name, t in tables.raw.items()}
    named = sorted({criterion.field for criterion in criteria(clause)})
    leads = as_numbers(_with_profile(unbound, named), tables, named)
    days = {"created_day": local_day(leads.created_at, tables.zone, engine)}
    if FIRST_TOUCH in named:
        days["touch_day"] = local_day(leads.first_touch_at, tables.zone, engine)
    stored = [leads[name] for name in named if name in leads.columns]
    leads = leads.select(leads.lead_id, *stored, **days)
    activities = unbound.get("activities")
    if activities is not None:
        day = local_day(activities["at"], tables.zone, engine)
        activities = activities.select("record", "record_id", "kind", "team", day=day)
    leads = with_counts(leads, activities, [clause], landmark_days)
    found = verdict(clause, leads, count_names([clause]), landmark_days)
    return leads.select("lead_id", verdict=found)


def _with_profile(tables: Mapping[str, ir.Table], named: Sequence[str]) -> ir.Table:
    """Return the leads, with what they take from their account where a clause asks for it.

    A lead that only names its account takes it from the one account of that name.
    """
    leads, accounts = tables["leads"], tables.get("accounts")
    stored = [name for name in named if name in leads.columns]
    taken = [name for name in FROM_ACCOUNTS if name in named]
    own = ["lead_id", "created_at", "first_touch_at", *stored]
    if accounts is None or not taken:
        return leads.select(*own)
    by_name = ["account"] if "account" in leads.columns else []
    leads = leads.select(*dict.fromkeys([*own, "account_id", *by_name]))
    keyed = leads.mutate(_account=leads.account_id)
    if by_name:
        key = accounts.name.strip().lower()
        names = accounts.filter(key.notnull()).group_by(_name=key)
        ids = names.agg(_id=ibis._.account_id.min(), _n=ibis._.account_id.nunique())
        found = leads.mutate(_name=leads.account.strip().lower()).left_join(
            ids.filter(ids._n == 1).drop("_n"), "_name"
        )
        keyed = found.mutate(_account=ibis.coalesce(found.account_id, found._id))
    leads = keyed.select(*own, "_account")
    profile = accounts.select(_id=accounts.account_id, **{f"_{n}": accounts[n] for n in taken})
    joined = leads.left_join(profile, [("_account", "_id")])
    rest = [name for name in own if name not in taken]
    return joined.select(
        *rest, **{name: ibis.coalesce(joined[name], joined[f"_{name}"]) for name in taken}
    )


def _as_stored(node: sge.Expression) -> sge.Expression:
    """Write plain names in capitals, as Snowflake stores them; quoted, for words of SQL."""
    if isinstance(node, sge.Identifier) and _SIMPLE.fullmatch(node.name):
        return sge.to_identifier(node.name.upper(), quoted=True)
    return node
