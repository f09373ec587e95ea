"""Open a workspace's tables as Ibis tables: joined, as of a day, nothing after it.

A lead or deal takes from its account, and a deal from its lead, what its own row leaves empty.
"""

from __future__ import annotations

import datetime as dt
import weakref
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir
import pandas as pd

from workshop.crm.clock import local_day
from workshop.crm.hold import held, is_large, lend_scratch
from workshop.crm.quick_clock import teach
from workshop.crm.readers import hold, release
from workshop.crm.schema import KNOWN_AT_CREATION, TABLES, TRAITS
from workshop.crm.store import Manifest, Store, Trait
from workshop.crm.warehouse import open_warehouse
from workshop.errors import Phrase, WorkspaceError
from workshop.workspace import Rates, Workspace

_LAST_DAY = dt.date.max - dt.timedelta(days=2)
"""No moment is told from those after it, beyond it."""

_DATED = {
    "leads": ("created_at", "first_touch_at", "mql_at", "sql_at", "rejected_at"),
    "deals": ("created_at", "closed_at", "last_activity_at"),
    "stage_history": ("entered_at",),
    "activities": ("at",),
    "account_events": ("at",),
}
"""The dates that tell how far the data reaches; an expected date never does."""

STAGES = {
    "mql": ("mql", "marketing qualified lead", "marketing qualified"),
    "sql": ("sql", "sales qualified lead", "sales qualified"),
}
"""The stages of the leads' history that mean the same as a status, in lower case."""

FROM_ACCOUNTS = ("sector", "employees", "country", "customer_type")
"""What a lead or deal takes from its account where its own row leaves it empty."""


@dataclass(frozen=True, eq=False)
class Tables:
    """The CRM as of a day.

    ``leads`` and ``deals`` have days beside their times (``created_day``, ``closed_day``, …);
    ``leads`` also ``deal_day`` (its first deal), ``won_day``, ``won`` and ``has_deal`` (true or
    null, dated or not), ``deals`` also
    ``from_lead`` (whether its lead is known) and ``value`` (the amount in the workspace's
    currency, null where it cannot be converted). A table that was never imported is ``None``.
    """

    raw: dict[str, ir.Table]
    manifest: Manifest
    zone: str
    currency: str
    rates: Rates | None
    as_of: dt.date | None

    @cached_property
    def accounts(self) -> ir.Table | None:
        """The accounts."""
        return self._spelled_once("accounts")

    @cached_property
    def deals(self) -> ir.Table | None:
        """The deals, with what their account and lead know of them."""
        deals = self._own_deals
        if deals is None:
            return None
        known = self._deal_leads()
        if known is None:
            deals = deals.mutate(from_lead=deals.lead_id.notnull())
        else:
            deals = _inherit(deals, known, "deal_id", (*_FROM_LEADS, "from_lead"))
            deals = deals.mutate(from_lead=deals.from_lead.fill_null(False))
        deals = _inherit(deals, self._account_profiles, "account_id", FROM_ACCOUNTS)
        return held(deals, self.rows("deals"))

    @cached_property
    def leads(self) -> ir.Table | None:
        """The leads, with their account's profile and what became of them."""
        leads = self._own_leads
        if leads is None:
            return None
        leads = _inherit(leads, self._account_profiles, "account_id", FROM_ACCOUNTS)
        fates = self._fates
        if fates is None:
            leads = leads.mutate(
                deal_day=ibis.null("date"),
                won_day=ibis.null("date"),
                won=ibis.literal(False),
                has_deal=ibis.null("boolean"),
            )
        else:
            joined = leads.left_join(fates, "lead_id").drop("lead_id_right")
            leads = joined.mutate(won=joined.won.fill_null(False))
        return held(leads, self.rows("leads"))

    @cached_property
    def dated_leads(self) -> bool:
        """Whether it is known of any lead when it came in."""
        leads = self.leads
        return leads is not None and bool(leads.created_day.notnull().any().execute())

    @cached_property
    def activities(self) -> ir.Table | None:
        """The activities up to the as-of date, with their ``day``."""
        return self._until("activities", "at", "day")

    @cached_property
    def stage_history(self) -> ir.Table | None:
        """The stages entered up to the as-of date, with their ``day``."""
        return self._until("stage_history", "entered_at", "day")

    def traits(self, table: str) -> dict[str, bool]:
        """Return the traits of leads or deals, and whether each was known at creation.

        An owner is never one; nor is a column with a single level or none.
        """
        stored = self.manifest.tables.get(table)
        own = stored.traits if stored else {}
        names = [name for name in TRAITS if name in self._columns(table)]
        return {
            **{name: name in KNOWN_AT_CREATION for name in names},
            **{name: trait.vouched for name, trait in own.items()},
        }

    def trait(self, table: str, name: str) -> Trait | None:
        """Return what is stored of a column kept under its own name."""
        stored = self.manifest.tables.get(table)
        return stored.traits.get(name) if stored else None

    def rows(self, table: str) -> int:
        """Return how many rows of a table are stored; those after the as-of date are among them."""
        stored = self.manifest.tables.get(table)
        return stored.rows if stored else 0

    def day(self, column: ir.Column) -> ir.DateColumn:
        """Return a column's calendar day in the workspace's time zone."""
        return local_day(column, self.zone)

    def _columns(self, table: str) -> tuple[str, ...]:
        whole = {"leads": self.leads, "deals": self.deals}.get(table)
        return tuple(whole.columns) if whole is not None else ()

    def _until(self, name: str, column: str, day: str) -> ir.Table | None:
        table = self.raw.get(name)
        if table is None:
            return None
        dated = table.mutate(**{day: self.day(table[column])})
        return dated.filter(self._by_then(dated[column])) if self.as_of else dated

    def _by_then(self, column: ir.Column) -> ir.BooleanColumn:
        """Tell whether a time or day is not after the as-of date, without taking its zone's day."""
        if self.as_of is None or self.as_of >= _LAST_DAY:
            return column.notnull()
        if column.type().is_date():
            return column <= self.as_of
        midnight = dt.datetime.combine(self.as_of + dt.timedelta(days=1), dt.time())
        end = midnight.replace(tzinfo=ZoneInfo(self.zone)).astimezone(dt.UTC)
        return column < end.replace(tzinfo=None)

    @cached_property
    def _own_deals(self) -> ir.Table | None:
        deals = self._dated_deals
        return None if deals is None else self._with_account(deals)

    @cached_property
    def _dated_deals(self) -> ir.Table | None:
        """The deals as of the day, before anything is joined to them."""
        deals = self._spelled_once("deals")
        if deals is None:
            return None
        deals = deals.mutate(
            value=self._own_value(deals),
            created_day=self.day(deals.created_at),
            closed_day=self.day(deals.closed_at),
            last_activity_day=self.day(deals.last_activity_at),
        )
        if self.as_of is None:
            return deals
        later = deals.closed_day > self.as_of
        later = later.fill_null(False)
        return deals.filter(deals.created_at.isnull() | self._by_then(deals.created_at)).mutate(
            outcome=later.ifelse("open", deals.outcome),
            closed_day=later.ifelse(ibis.null("date"), deals.closed_day),
            lost_reason=later.ifelse(ibis.null("string"), deals.lost_reason),
            last_activity_day=self._known(deals.last_activity_day),
        )

    def _spelled_once(self, name: str) -> ir.Table | None:
        """Return a table in which values that differ in capitals or spaces only are one value."""
        table = self.raw.get(name)
        if table is None:
            return None
        names = [c for c in TABLES[name].of_kind("category") if c in table.columns]
        names += [c for c in self.manifest.tables[name].traits if c in table.columns]
        counted = [
            table.group_by(value=table[column].cast("string"))
            .agg(n=ibis._.count())
            .mutate(column=ibis.literal(column))
            for column in names
        ]
        if not counted:
            return table
        values = (ibis.union(*counted) if len(counted) > 1 else counted[0]).execute().dropna()
        chosen = spellings(values)
        return table.mutate(**{c: table[c].substitute(found) for c, found in chosen.items()})

    def _own_value(self, deals: ir.Table) -> ir.FloatingColumn:
        """Return an amount in the workspace's currency, null where no rate is set for its own."""
        factors = self.rates.to_currency if self.rates else {}
        currency = deals.currency.fill_null(self.currency)
        cases = [(currency == self.currency, 1.0)]
        cases += [(currency == code, rate) for code, rate in factors.items()]
        return deals.amount.cast("float64") * ibis.cases(*cases, else_=ibis.null("float64"))

    @cached_property
    def _own_leads(self) -> ir.Table | None:
        leads = self._dated_leads
        if leads is None:
            return None
        leads = self._with_account(leads)
        return self._with_history(leads).mutate(
            created_day=self.day(leads.created_at),
            touch_day=self._known(self.day(leads.first_touch_at)),
            rejected_day=self._known(self.day(leads.rejected_at)),
        )

    @cached_property
    def _dated_leads(self) -> ir.Table | None:
        """The leads as of the day, before anything is joined to them."""
        leads = self._spelled_once("leads")
        if leads is None or self.as_of is None:
            return leads
        return leads.filter(leads.created_at.isnull() | self._by_then(leads.created_at))

    def _with_history(self, leads: ir.Table) -> ir.Table:
        """Add ``mql_day`` and ``sql_day``, from the lead or else its first such stage."""
        days = {
            "mql_day": self._known(self.day(leads.mql_at)),
            "sql_day": self._known(self.day(leads.sql_at)),
        }
        leads = leads.mutate(**days)
        history = self.stage_history
        if history is None:
            return leads
        of_leads = history.filter(history.record == "lead")
        stage = of_leads.stage.lower()
        entered = of_leads.select("record_id", "day", stage=stage).filter(
            stage.isin([word for words in STAGES.values() for word in words])
        )
        first = entered.group_by(lead_id=entered.record_id).agg(
            **{
                f"_{name}": entered.day.min(where=entered.stage.isin(w))
                for name, w in STAGES.items()
            }
        )
        joined = leads.left_join(first, "lead_id").drop("lead_id_right")
        return joined.mutate(
            mql_day=ibis.coalesce(joined.mql_day, joined._mql),
            sql_day=ibis.coalesce(joined.sql_day, joined._sql),
        ).drop("_mql", "_sql")

    def _known(self, day: ir.DateColumn) -> ir.DateColumn:
        """Return a day that is null where it lies after the as-of date."""
        return day if self.as_of is None else (day <= self.as_of).ifelse(day, ibis.null("date"))

    @cached_property
    def links(self) -> ir.Table | None:
        """Which lead became which deal, said on either side."""
        sides = [
            table.select("lead_id", "deal_id").filter(
                table.lead_id.notnull() & table.deal_id.notnull()
            )
            for table in (self._dated_leads, self._dated_deals)
            if table is not None
        ]
        return ibis.union(*sides, distinct=True) if len(sides) == 2 else None

    @cached_property
    def _fates(self) -> ir.Table | None:
        links, deals = self.links, self._dated_deals
        if links is None or deals is None:
            return None
        became = links.inner_join(deals, "deal_id").select(
            links.lead_id, deals.created_day, deals.closed_day, deals.outcome, deals.amount
        )
        won = became.outcome == "won"
        return became.group_by("lead_id").agg(
            deal_day=became.created_day.min(),
            won_day=became.closed_day.min(where=won),
            won=won.any(),
            has_deal=ibis.literal(True),
        )

    def _deal_leads(self) -> ir.Table | None:
        """Return, per deal, what its (first) lead knows of it."""
        links, leads = self.links, self._dated_leads
        if links is None or leads is None:
            return None
        columns = [name for name in _FROM_LEADS if name in leads.columns]
        first = links.group_by("deal_id").agg(lead_id=links.lead_id.min())
        joined = first.inner_join(leads.select("lead_id", *columns), "lead_id")
        return joined.select("deal_id", *columns, from_lead=ibis.literal(True))

    def _with_account(self, table: ir.Table) -> ir.Table:
        """Fill in the account's id where the row only names it."""
        named = self._account_names
        if named is None or "account" not in table.columns:
            return table
        key = table.account.strip().lower()
        joined = table.mutate(_name=key).left_join(named, "_name")
        return joined.mutate(account_id=ibis.coalesce(joined.account_id, joined._account_id)).drop(
            "_name", "_name_right", "_account_id"
        )

    @cached_property
    def _account_names(self) -> ir.Table | None:
        """Names that only one account bears, with its id."""
        accounts = self.accounts
        if accounts is None:
            return None
        keyed = accounts.mutate(_name=accounts.name.strip().lower())
        names = (
            keyed.filter(keyed._name.notnull())
            .group_by("_name")
            .agg(_account_id=keyed.account_id.min(), _n=keyed.account_id.nunique())
        )
        return names.filter(names._n == 1).drop("_n")

    @cached_property
    def _account_profiles(self) -> ir.Table | None:
        accounts = self.accounts
        return None if accounts is None else accounts.select("account_id", *FROM_ACCOUNTS)


def spellings(values: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Return, per column, each value's commonest spelling where capitals or spaces differ.

    ``values`` has ``column``, ``value`` and ``n``. Values that are spelled one way are left out.

    >>> counts = pd.DataFrame({"column": "source", "value": ["Google", "google "], "n": [9, 1]})
    >>> spellings(counts)
    {'source': {'google ': 'Google'}}
    """
    ordered = values.sort_values(["n", "value"], ascending=[False, True])
    same = ordered["value"].str.split().str.join(" ").str.casefold()
    main = ordered.groupby(["column", same], sort=False)["value"].transform("first")
    other = ordered[main != ordered["value"]].assign(main=main)
    return {
        str(column): dict(zip(rows["value"], rows["main"], strict=True))
        for column, rows in other.groupby("column")
    }


_FROM_LEADS = (
    "source",
    "medium",
    "campaign",
    "sector",
    "employees",
    "role",
    "trigger",
    "problem",
    "country",
    "customer_type",
)


def _inherit(
    table: ir.Table, other: ir.Table | None, key: str, columns: tuple[str, ...]
) -> ir.Table:
    """Fill a table's empty columns from another that has one row per ``key``."""
    if other is None:
        return table
    names = [name for name in columns if name in other.columns]
    renamed = other.select(_key=other[key], **{f"_{name}": other[name] for name in names})
    joined = table.left_join(renamed, table[key] == renamed._key)
    filled: dict[str, Any] = {
        name: ibis.coalesce(joined[name], joined[f"_{name}"])
        if name in table.columns
        else joined[f"_{name}"]
        for name in names
    }
    return joined.mutate(**filled).drop("_key", *(f"_{name}" for name in names))


def open_tables(workspace: Workspace, as_of: dt.date | None = None) -> Tables:
    """Open the tables as of a day: the last one in the data, unless given.

    Raises ``WorkspaceError`` where nothing was imported yet or a file is damaged; for a client's
    own warehouse see `open_warehouse`.
    """
    settings = workspace.settings
    if settings.warehouse:
        raw, manifest = open_warehouse(workspace, settings.warehouse)
    else:
        raw, manifest = _open_files(workspace)
    return Tables(
        raw=raw,
        manifest=manifest,
        zone=settings.time_zone,
        currency=settings.currency,
        rates=settings.rates,
        as_of=as_of or latest_day(raw, settings.time_zone),
    )


def _open_files(workspace: Workspace) -> tuple[dict[str, ir.Table], Manifest]:
    """Open the tables that were imported, in a DuckDB of their own."""
    store = Store(workspace)
    connection = ibis.duckdb.connect(
        autoinstall_known_extensions="false", autoload_known_extensions="false"
    )
    # Before it is known which files count, or an import may remove them in between.
    weakref.finalize(connection, release, hold(store.folder))
    manifest = store.manifest()
    if not manifest.tables:
        raise WorkspaceError("no_data", path=str(workspace.path))
    connection.raw_sql("SET TimeZone = 'UTC'")
    # In a notebook DuckDB would draw one of its own, which then stands on the wall.
    connection.raw_sql("SET enable_progress_bar = false")
    lend_scratch(connection, workspace.path)
    if any(is_large(stored.rows) for stored in manifest.tables.values()):
        teach(connection, workspace.settings.time_zone)
    raw = {}
    for name, stored in manifest.tables.items():
        path = store.folder / stored.file
        store.verify(stored)
        try:
            raw[name] = connection.read_parquet(path, table_name=name)
        except Exception as error:
            if not type(error).__module__.startswith(("duckdb", "_duckdb")):
                raise
            problem = Phrase("problem.not_ours")
            raise WorkspaceError("damaged_data", path=str(path), problem=problem) from error
    return raw, manifest


def latest_day(raw: dict[str, ir.Table], zone: str) -> dt.date | None:
    """Return the last day on which anything was created, closed, entered or done."""
    # The latest day is that of the latest moment: one time to place in the zone, not all of them.
    days = [
        raw[name].agg(day=local_day(raw[name][column].max(), zone))
        for name, columns in _DATED.items()
        if name in raw
        for column in columns
    ]
    if not days:
        return None
    found = ibis.union(*days).day.max().execute() if len(days) > 1 else days[0].day.max().execute()
    return None if found is None or found != found else _as_date(found)


def _as_date(value: Any) -> dt.date:
    return value.date() if isinstance(value, dt.datetime) else value
