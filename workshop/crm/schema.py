"""The canonical tables: their columns, kinds and keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["id", "text", "category", "person", "time", "amount", "count", "size"]
Outcome = Literal["won", "lost", "open"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

DUCKDB_TYPES: dict[Kind, str] = {
    "id": "VARCHAR",
    "text": "VARCHAR",
    "category": "VARCHAR",
    "person": "VARCHAR",
    "time": "TIMESTAMP",
    "amount": "DECIMAL(18, 2)",
    "count": "BIGINT",
    "size": "VARCHAR",
}
"""How each kind is stored. A time is UTC; a column of days only is stored as ``DATE``."""

SIZES = ("1–9", "10–49", "50–249", "250+")
"""The classes of a number of employees."""


@dataclass(frozen=True)
class Table:
    """One canonical table: column kinds by name, and the column that identifies a row."""

    name: str
    columns: dict[str, Kind]
    key: str | None = None
    created: str | None = None

    def of_kind(self, *kinds: Kind) -> list[str]:
        """Return the columns of these kinds, in order."""
        return [column for column, kind in self.columns.items() if kind in kinds]


_PROFILE: dict[str, Kind] = {
    "sector": "category",
    "employees": "size",
    "role": "category",
    "trigger": "category",
    "problem": "category",
}

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "accounts",
            {
                "account_id": "id",
                "name": "text",
                "sector": "category",
                "employees": "size",
                "revenue": "amount",
                "country": "category",
                "customer_type": "category",
            },
            key="account_id",
        ),
        Table(
            "leads",
            {
                "lead_id": "id",
                "created_at": "time",
                "account_id": "id",
                "source": "category",
                "medium": "category",
                "campaign": "category",
                **_PROFILE,
                "country": "category",
                "customer_type": "category",
                "status": "category",
                "owner": "person",
                "assigned_at": "time",
                "first_touch_at": "time",
                "mql_at": "time",
                "sql_at": "time",
                "rejected_at": "time",
                "rejection_reason": "category",
                "deal_id": "id",
            },
            key="lead_id",
            created="created_at",
        ),
        Table(
            "deals",
            {
                "deal_id": "id",
                "lead_id": "id",
                "name": "text",
                "account_id": "id",
                "created_at": "time",
                "closed_at": "time",
                "expected_close_at": "time",
                "stage": "category",
                "outcome": "category",
                "amount": "amount",
                "currency": "category",
                "source": "category",
                "campaign": "category",
                **_PROFILE,
                "customer_type": "category",
                "owner": "person",
                "lost_reason": "category",
                "last_activity_at": "time",
            },
            key="deal_id",
            created="created_at",
        ),
        Table(
            "stage_history",
            {
                "record": "category",
                "record_id": "id",
                "stage": "category",
                "entered_at": "time",
                "owner": "person",
            },
        ),
        Table(
            "activities",
            {
                "activity_id": "id",
                "record": "category",
                "record_id": "id",
                "at": "time",
                "kind": "category",
                "team": "category",
            },
            key="activity_id",
        ),
        Table(
            "campaigns",
            {
                "campaign": "id",
                "channel": "category",
                "cost": "amount",
                "currency": "category",
                "started_on": "time",
                "ended_on": "time",
            },
            key="campaign",
        ),
        Table(
            "traffic",
            {
                "period": "time",
                "source": "category",
                "campaign": "category",
                "visitors": "count",
                "engaged_visitors": "count",
            },
        ),
        Table(
            "account_events",
            {
                "account_id": "id",
                "kind": "category",
                "at": "time",
                "amount": "amount",
                "currency": "category",
            },
        ),
    )
}

KNOWN_AT_CREATION = frozenset(
    {"source", "medium", "campaign", "sector", "employees", "role", "country", "customer_type"}
)
"""Traits that are known when a record is created, by their nature."""

TRAITS = (*sorted(KNOWN_AT_CREATION), "trigger", "problem")
"""Canonical columns that say what was known of a lead or deal; an owner is never one."""
