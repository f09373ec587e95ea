"""Look over the typed rows: repeated ids, impossible dates, mixed money, doubtful categories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from workshop.crm.findings import EXAMPLES, counted, near_duplicates
from workshop.crm.recognise import aliases, normal
from workshop.crm.sql import identifier, literal, path_literal
from workshop.crm.staging import ROWS, Staging

REQUIRED = {
    "stage_history": ("record", "record_id", "stage", "entered_at"),
    "activities": ("record", "record_id", "at"),
    "traffic": ("period",),
    "account_events": ("kind", "at"),
    "campaigns": ("campaign",),
    "accounts": ("account_id",),
}
NAME_ACCOUNTS = ("leads", "deals", "account_events")
"""The tables whose rows may name an account instead of giving its id."""
_MAY_BE_AHEAD = ("expected_close_at", "started_on", "ended_on")
_TEST = r"(^|[^[:alpha:]])tests?($|[^[:alpha:]])"
_CATEGORY_LIMIT = 2_000


def require(staging: Staging) -> None:
    """Set aside the rows without which their table has no meaning."""
    names = staging.raw
    for column in REQUIRED.get(staging.table.name, ()):
        staging.take_out(
            f"{identifier(column)} IS NULL",
            column=names.get(column, column),
            value="NULL",
            reason="missing_value",
        )


def look_over(staging: Staging, currency: str) -> None:
    """Note everything doubtful about the rows that are kept."""
    _check_headers(staging)
    _check_dates(staging)
    _check_money(staging, currency)
    _check_tests(staging)
    _check_categories(staging)


def _check_headers(staging: Staging) -> None:
    """Note the columns that only an alias nobody has verified speaks for."""
    given = {header.casefold() for header in staging.request.columns}
    sure = {
        (normal(alias.header), alias.column)
        for alias in aliases()
        if alias.table == staging.table.name and alias.verified == "yes"
    }
    doubtful = [
        header
        for column, header in staging.raw.items()
        if header.casefold() not in given
        and (normal(header), column) not in sure
        and normal(header) != normal(column)
    ]
    staging.note("unverified_header", len(doubtful), doubtful)


def _check_dates(staging: Staging) -> None:
    name = staging.table.name
    if name == "deals":
        earlier = f"{staging.day('closed_at')} < {staging.day('created_at')}"
        _note_where(staging, "closed_before_created", earlier, "closed_at")
        _note_where(
            staging,
            "closed_without_date",
            "outcome IN ('won', 'lost') AND closed_at IS NULL",
            "closed_at",
        )
    if name in ("leads", "deals"):
        _note_where(staging, "missing_created", "created_at IS NULL", "created_at")
    if name == "leads":
        earlier = f"{staging.day('first_touch_at')} < {staging.day('created_at')}"
        _note_where(staging, "touched_before_created", earlier, "first_touch_at")
    for column in staging.table.of_kind("time"):
        if column not in _MAY_BE_AHEAD and column in staging.filled:
            later = f"{staging.day(column)} > {_today(staging)}"
            _note_where(staging, "future_date", later, column)


def _today(staging: Staging) -> str:
    today = staging.request.today
    return "current_date" if today is None else f"DATE {literal(today.isoformat())}"


def _note_where(staging: Staging, code: str, where: str, column: str) -> None:
    key = staging.table.key
    count = staging.number(f"SELECT count(*) FROM {ROWS} WHERE {where}")
    if not count:
        return
    timed = column in staging.table.of_kind("time")
    shown = identifier(key) if key else staging.day(column) if timed else identifier(column)
    rows = staging.rows(
        f"SELECT DISTINCT {shown} FROM {ROWS} WHERE {where} AND {shown} IS NOT NULL "
        f"ORDER BY 1 LIMIT {EXAMPLES}"
    )
    staging.note(code, count, (column,), [str(row[0]) for row in rows])


def _check_money(staging: Staging, currency: str) -> None:
    columns = staging.table.columns
    if "currency" not in columns:
        return
    amount = next(c for c in columns if columns[c] == "amount")
    counts = staging.rows(
        f"SELECT currency, count(*) FROM {ROWS} WHERE {amount} IS NOT NULL GROUP BY 1"
    )
    named = [(str(code), int(n)) for code, n in counts if code is not None]
    unnamed = sum(int(n) for code, n in counts if code is None)
    if len(named) > 1:
        staging.note("mixed_currency", sum(n for _, n in named), ("currency",), counted(named))
    staging.note("currency_assumed", unnamed, ("currency",), (currency,) if unnamed else ())
    if staging.table.name == "deals":
        _note_where(
            staging,
            "won_without_amount",
            "outcome = 'won' AND (amount IS NULL OR amount = 0)",
            "amount",
        )


def _check_tests(staging: Staging) -> None:
    present = set(staging.present())
    for column in ("name", "account"):
        if column in present:
            name = identifier(column)
            where = (
                f"contains(lower({name}), 'test') AND regexp_matches({name}, {literal(_TEST)}, 'i')"
            )
            _note_where(staging, "test_record", where, column)


def _check_categories(staging: Staging) -> None:
    names = [c for c in staging.table.of_kind("category") if c != "outcome"]
    names += [c for c in staging.present() if c not in staging.table.columns]
    for name in sorted(staging.filled.intersection(names), key=names.index):
        if _may_repeat(staging, name):
            _note_near_duplicates(staging, name)


def _may_repeat(staging: Staging, name: str) -> bool:
    """Tell whether some values as they stand in the export are nearly the same."""
    header = staging.raw.get(name, name)
    if header not in staging.columns.headers:
        return False
    relation = staging.columns.values(header)
    if staging.number(f"SELECT count(*) FROM {relation}") > _CATEGORY_LIMIT:
        return False
    return bool(near_duplicates(staging.columns.distinct(header)))


def _note_near_duplicates(staging: Staging, name: str) -> None:
    column = identifier(name)
    rows = staging.rows(
        f"SELECT {column}, count(*) FROM {ROWS} WHERE {column} IS NOT NULL "
        "GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    counts = {str(value): int(n) for value, n in rows}
    groups = near_duplicates(counts)
    if groups:
        fewer = sum(counts[value] for group in groups for value in group[1:])
        shown = [" / ".join(f"{v} ({counts[v]})" for v in g) for g in groups[:EXAMPLES]]
        staging.note("near_duplicate", fewer, (name,), shown)


def check_accounts(staging: Staging, stored: Mapping[str, Path]) -> None:
    """Note which accounts are joined by their names, and which names fit none, or several.

    ``stored`` has the Parquet files of the tables imported before, by table.
    """
    files = {name: f"read_parquet({path_literal(path)})" for name, path in stored.items()}
    if staging.table.name == "accounts":
        named = [files[name] for name in NAME_ACCOUNTS if name in files]
        kept = [f"{files[n]} ANTI JOIN {ROWS} USING (account_id)" for n in files if n == "accounts"]
        known = [ROWS, *kept]
    else:
        named = [ROWS] if "account" in staging.present() else []
        known = [files[name] for name in ("accounts",) if name in files]
    if named and known:
        _note_accounts(
            staging, _union("account, account_id", named), _union("name, account_id", known)
        )


def _union(columns: str, tables: Sequence[str]) -> str:
    return " UNION ALL BY NAME ".join(f"SELECT {columns} FROM {table}" for table in tables)


def _note_accounts(staging: Staging, named: str, known: str) -> None:
    """Note how the names in rows without an account's id meet those of the accounts."""
    per_name = (
        f"SELECT r.account, any_value(k.n) AS n, count(*) AS rows FROM ({named}) r LEFT JOIN ("
        f"SELECT lower(trim(name)) AS name, count(DISTINCT account_id) AS n FROM ({known}) "
        "GROUP BY 1) k ON lower(trim(r.account)) = k.name "
        "WHERE r.account IS NOT NULL AND r.account_id IS NULL GROUP BY 1"
    )
    for code, where in (
        ("joined_by_name", "n = 1"),
        ("unmatched_account", "n IS NULL"),
        ("ambiguous_account", "n > 1"),
    ):
        found = staging.rows(
            f"SELECT account, rows, sum(rows) OVER () FROM ({per_name}) WHERE {where} "
            f"ORDER BY rows DESC, account LIMIT {EXAMPLES}"
        )
        count = int(found[0][2]) if found else 0
        staging.note(code, count, ("account",), counted([(str(a), int(n)) for a, n, _ in found]))
