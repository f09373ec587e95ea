"""Look over the typed rows: repeated ids, impossible dates, mixed money, doubtful categories."""

from __future__ import annotations

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
            later = f"{staging.day(column)} > current_date"
            _note_where(staging, "future_date", later, column)


def _note_where(staging: Staging, code: str, where: str, column: str) -> None:
    key = staging.table.key
    count = staging.number(f"SELECT count(*) FROM {ROWS} WHERE {where}")
    if not count:
        return
    examples = []
    if key is not None:
        rows = staging.rows(
            f"SELECT {identifier(key)} FROM {ROWS} WHERE {where} ORDER BY 1 LIMIT {EXAMPLES}"
        )
        examples = [str(row[0]) for row in rows]
    staging.note(code, count, (column,), examples)


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


def check_accounts(staging: Staging, accounts: Path | None) -> None:
    """Note names of accounts that match none, or more than one, of the accounts imported."""
    if accounts is None or "account" not in staging.present():
        return
    known = (
        f"SELECT lower(trim(name)) AS name, count(DISTINCT account_id) AS n "
        f"FROM read_parquet({path_literal(accounts)}) GROUP BY 1"
    )
    for code, where in (("unmatched_account", "n IS NULL"), ("ambiguous_account", "n > 1")):
        rows = staging.rows(
            f"SELECT r.account, count(*) FROM {ROWS} r LEFT JOIN ({known}) k "
            f"ON lower(trim(r.account)) = k.name "
            f"WHERE r.account IS NOT NULL AND r.account_id IS NULL AND {where} GROUP BY 1"
        )
        found = [(str(name), int(n)) for name, n in rows]
        staging.note(code, sum(n for _, n in found), ("account",), counted(found))
