"""Build the typed rows of an import: canonical columns, what decides a deal, and traits."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

from workshop.crm import deals
from workshop.crm.columns import RAW
from workshop.crm.contacts import pseudonyms
from workshop.crm.convert import HELPER_KINDS
from workshop.crm.decimals import CURRENCIES
from workshop.crm.findings import counted
from workshop.crm.schema import DUCKDB_TYPES, OUTCOMES, Kind
from workshop.crm.sizes import size_class
from workshop.crm.sql import identifier, literal
from workshop.crm.staging import ROWS, Staging
from workshop.crm.traits import Traits, find_traits
from workshop.errors import InputError

_LOOKED_AT = frozenset({"stage", "outcome", "currency", "record", "kind"})


def build_rows(staging: Staging) -> Traits:
    """Create ``ROWS`` and set aside what does not read; return the other columns kept."""
    table = staging.table
    kinds = {**HELPER_KINDS, **table.columns}
    targets = staging.recognised.targets
    staging.raw = {target: header for header, target in targets.items() if target in kinds}
    typed = {name: staging.converter.typed(header, name) for name, header in staging.raw.items()}
    typed |= _constants(staging)
    typed |= _currency(staging, typed)
    traits = find_traits(staging)
    staging.filled = frozenset({*typed, *traits.expressions})
    whole = {c: _missing(kind) for c, kind in table.columns.items() if _is_looked_at(c, kind)}
    whole |= typed | traits.expressions
    if table.name == "accounts":
        whole["account_id"] = f"coalesce({whole['account_id']}, {whole['name']})"
    words = deals.word_outcomes(staging) if table.name == "deals" else {}
    listed = ", ".join(f"{sql} AS {identifier(name)}" for name, sql in (whole | words).items())
    rows = f"SELECT _file, _record, NULL::VARCHAR AS _source, {listed} FROM {RAW}"
    if table.name == "deals":
        rows = deals.decided(staging, rows, typed)
        staging.filled |= deals.fills(staging.filled)
    staging.connection.execute(f"CREATE OR REPLACE TABLE {ROWS} AS {rows}")
    _note_reading(staging, traits)
    _set_aside_unreadable(staging)
    return traits


def _is_looked_at(column: str, kind: Kind) -> bool:
    """Tell whether the checks ask for a column that the export lacks; the merge adds the others."""
    return kind in ("id", "text", "time", "amount") or column in _LOOKED_AT


def _missing(kind: Kind) -> str:
    return f"NULL::{'DATE' if kind == 'time' else DUCKDB_TYPES[kind]}"


def _constants(staging: Staging) -> dict[str, str]:
    """Return the expressions of the values given for every row.

    Raises ``InputError`` for one that is not of its column's kind.
    """
    kinds = {**HELPER_KINDS, **staging.table.columns}
    found = {}
    for column, value in staging.request.constants.items():
        kind = kinds[column]
        if column == "currency":
            value = _currency_code(value)
        elif kind == "person" and not staging.request.asked.keep_contacts:
            value = pseudonyms([value], staging.converter.key, "p-")[value]
        sql = _constant_sql(kind, value, staging.converter.zone)
        if sql is None or (column == "outcome" and value not in OUTCOMES):
            raise InputError("bad_constant", column=column, given=value)
        if "TIMESTAMP" in sql:
            staging.converter.with_time.add(column)
        found[column] = sql
    return found


def _constant_sql(kind: Kind, value: str, zone: str) -> str | None:
    """Return the SQL of a value given for every row; ``None`` where it is not of its kind."""
    if kind == "time":
        return _constant_time(value, zone)
    if kind in ("amount", "count"):
        number = re.fullmatch(r"-?\d+(\.\d+)?", value)
        return f"CAST({value} AS {DUCKDB_TYPES[kind]})" if number else None
    if kind == "size":
        value = size_class(value) or ""
    return literal(value) if value else None


def _constant_time(value: str, zone: str) -> str | None:
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError:
        return None
    if len(value) <= len("2026-01-31"):
        return f"DATE {literal(moment.date().isoformat())}"
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return f"TIMESTAMP {literal(moment.astimezone(dt.UTC).replace(tzinfo=None).isoformat(' '))}"


def _currency(staging: Staging, typed: dict[str, str]) -> dict[str, str]:
    """Return the currency that stands beside the amounts, where no column or caller names it."""
    found = staging.converter.currencies
    said = staging.request.constants.get("currency")
    others = sum(found.values()) - found[_currency_code(said)] if said else 0
    if "currency" in staging.raw and len(found) > 1:
        others = sum(found.values()) - max(found.values())
    amounts = [c for c in staging.raw if staging.table.columns.get(c) == "amount"]
    staging.note("mixed_symbols", others, amounts, counted(found.items()))
    if "currency" in typed or not found:
        return {}
    (currency,) = found
    staging.note("currency_from_symbol", found[currency], ("currency",), (currency,))
    return {"currency": literal(currency)}


def _currency_code(text: str) -> str:
    return CURRENCIES.get(text.casefold(), text.upper())


def _note_reading(staging: Staging, traits: Traits) -> None:
    """Note what the values of the columns in use showed."""
    used = {*staging.raw.values(), *traits.expressions}
    placeholders = {h: found for h, found in staging.columns.placeholders.items() if h in used}
    staging.note(
        "placeholder",
        sum(sum(found.values()) for found in placeholders.values()),
        list(placeholders),
        list(dict.fromkeys(word for found in placeholders.values() for word in found))[:5],
    )
    sizes = staging.converter.sizes_unread
    ordered = sorted(sizes, key=lambda value: (-sizes[value], value))
    staging.note("unreadable_size", sum(sizes.values()), ("employees",), ordered[:5])
    scrubbed = staging.converter.scrubbed
    staging.note("contact_removed", sum(scrubbed.values()), list(scrubbed))


def _set_aside_unreadable(staging: Staging) -> None:
    """Take out the rows in which a date or number does not read."""
    kinds = {**HELPER_KINDS, **staging.table.columns}
    for target, (text, value) in staging.converter.doubtful.items():
        if target in staging.request.constants:
            continue
        staging.take_out_records(
            f"SELECT _file, _record, {text} AS v FROM {RAW} "
            f"WHERE {text} IS NOT NULL AND ({value}) IS NULL",
            column=staging.raw[target],
            reason="bad_date" if kinds[target] == "time" else "bad_number",
        )
