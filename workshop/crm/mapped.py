"""Make one of a client's own tables one of ours: names, types, blanks, people and outcomes.

What a column is not mapped to is not read at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import sqlglot.expressions as sge
from ibis.expr.operations import SQLQueryResult

from workshop.crm.clock import in_utc
from workshop.crm.columns import PLACEHOLDERS
from workshop.crm.convert import EVENTS, RECORDS, TEAMS
from workshop.crm.digest import digest
from workshop.crm.outcomes import stage_outcomes
from workshop.crm.schema import DUCKDB_TYPES, SIZES, TABLES, Kind
from workshop.crm.sizes import BELOW, size_class
from workshop.crm.store import Trait
from workshop.crm.traits import DERIVED
from workshop.errors import InputError
from workshop.warehouse import WarehouseTable

_NAMED = {"leads": "account", "deals": "account"}
"""Where an account may be named instead of numbered."""
_WORDS = {"record": RECORDS, "team": TEAMS, ("account_events", "kind"): EVENTS}
ONLY_OURS = {
    name: frozenset(words.values()) for name, words in (("record", RECORDS), ("team", TEAMS))
}
"""Columns that say one of our words or nothing that counts; an event may be one of the client's."""
_COLLATIONS = ("pg_c_utf8", "C.utf8", "C.UTF-8", "C")
"""By code points, in Postgres; the last, which is always there, folds only plain letters."""
_BLANKS = "\n".join(("", "", *PLACEHOLDERS, ""))
_MOST_SHOWN = 8


@dataclass(frozen=True)
class Place:
    """Where a table of ours is in the warehouse: as the client calls it, and what is called how.

    ``zone`` is that of times that say none; ``salt`` goes into what stands in for a person.
    """

    name: str
    view: str
    said: WarehouseTable
    zone: str
    salt: str

    def wrong(self, code: str, **fields: object) -> InputError:
        """Return an error about this table."""
        return InputError(code, table=self.name, view=self.view, **fields)


def columns_of(table: ir.Table, place: Place) -> dict[str, str]:
    """Return, per column of ours and per trait, what it is called in the client's table.

    Capitals make no difference where no two columns differ in these only. Raises ``InputError``
    for a column that is not there, and for one that is none of ours.
    """
    ours = [*TABLES[place.name].columns, *filter(None, [_NAMED.get(place.name)])]
    given = place.said.columns
    unknown = sorted({*given, *place.said.constants} - {*ours})
    if unknown:
        raise place.wrong("warehouse_no_column_of_ours", given=unknown, allowed=ours)
    found = {name: _found(table, given.get(name, name)) for name in ours}
    missing = [given[name] for name in given if found[name] is None]
    for header in (*place.said.traits, *place.said.unvouched):
        column = _found(table, header)
        if header.casefold() in {*map(str.casefold, ours), *DERIVED} or header.startswith("_"):
            raise place.wrong("warehouse_trait_taken", given=header)
        found[header] = column
        missing += [header] if column is None else []
    if missing:
        raise place.wrong("warehouse_no_column", given=missing, allowed=list(table.columns))
    return {name: column for name, column in found.items() if column is not None}


def _found(table: ir.Table, name: str) -> str | None:
    if name in table.columns:
        return name
    alike = [column for column in table.columns if column.casefold() == name.casefold()]
    return alike[0] if len(alike) == 1 else None


def canonical(table: ir.Table, place: Place) -> tuple[ir.Table, dict[str, Trait]]:
    """Return a client's table as one of ours, and its traits."""
    columns = columns_of(table, place)
    source = _comparable(table, columns.values())
    shape = TABLES[place.name]
    made: dict[str, Any] = {}
    for name, kind in shape.columns.items():
        column = source[columns[name]] if name in columns else None
        made[name] = _made(place, name, kind, column)
    extra = _NAMED.get(place.name)
    if extra in columns:
        made[extra] = _text(source[columns[extra]])
    traits = {}
    for header in (*place.said.traits, *place.said.unvouched):
        column = source[columns[header]]
        made[header] = _text(column)
        vouched = header in place.said.traits
        traits[header] = Trait(vouched=vouched, numeric=column.type().is_numeric())
    if place.name == "deals":
        made["outcome"] = _outcome(place, source, columns, made["closed_at"])
    return source.select(**made), traits


def _comparable(table: ir.Table, columns: Iterable[str]) -> ir.Table:
    """Return the columns that are read, texts of which have the order that they have anywhere.

    Postgres alone puts and folds texts by the rules of a language, unless it is told not to.
    """
    names = list(dict.fromkeys(columns))
    few = table.select(*names)
    engine = table.get_backend()
    texts = [name for name in names if table[name].type().is_string()]
    if engine.name != "postgres" or not texts:
        return few
    collation = sge.to_identifier(_collation(engine), quoted=True)
    compiled = engine.compiler.to_sqlglot(few)
    listed = [_collated(name, collation if name in texts else None) for name in names]
    query = sge.select(*listed).from_(compiled.subquery("_read")).sql(dialect="postgres")
    return SQLQueryResult(query, few.schema(), engine).to_expr()


def _collated(name: str, collation: sge.Identifier | None) -> Any:
    column = sge.column(name, quoted=True)
    if collation is None:
        return column
    text = sge.Collate(this=sge.cast(column, "text"), expression=collation)
    return sge.alias_(text, name, quoted=True)


def _collation(engine: Any) -> str:
    """Return the collation by code points, with all letters' capitals where the server has one."""
    *wider, plain = _COLLATIONS
    with engine.con.cursor() as cursor:
        cursor.execute(
            "SELECT collname FROM pg_catalog.pg_collation WHERE collname = ANY(%s)", [wider]
        )
        there = {row[0] for row in cursor.fetchall()}
    return next((name for name in wider if name in there), plain)


def _made(place: Place, name: str, kind: Kind, column: ir.Column | None) -> Any:
    """Return a column of ours: a constant, the client's column, or nothing."""
    constant = place.said.constants.get(name)
    if constant is not None:
        return ibis.literal(_constant(place, name, kind, constant))
    if column is None:
        return ibis.null("timestamp" if kind == "time" else _TYPES[kind])
    if kind == "time":
        return _time(place, column)
    if kind in ("amount", "count"):
        if not column.type().is_numeric():
            raise place.wrong("warehouse_no_number", column=name, given=column.get_name())
        return column.cast(_TYPES[kind])
    if kind == "size":
        return _size(column)
    text = _text(column)
    if kind == "person":
        return _stand_in(text, place.salt, "p-")
    if kind == "id":
        return text.contains("@").ifelse(_stand_in(text, place.salt, "c-"), text)
    words = _words(place, name)
    return text if words is None else text.lower().substitute(words)


def _words(place: Place, name: str) -> dict[str, str] | None:
    """Return what the values of a column mean to us; ``None`` where they mean what they say."""
    return _WORDS.get(name) or _WORDS.get((place.name, name))


def _constant(place: Place, name: str, kind: Kind, given: str) -> str:
    """Return what is said to be the same in every row, in our words."""
    if kind in ("time", "amount", "count"):
        raise place.wrong("warehouse_no_constant", column=name, given=given)
    words = _words(place, name) or {}
    if name in ONLY_OURS and given.casefold() not in words:
        allowed = sorted(ONLY_OURS[name])
        raise place.wrong("warehouse_bad_constant", column=name, given=given, allowed=allowed)
    return words.get(given.casefold(), given)


_TYPES = dict.fromkeys(DUCKDB_TYPES, "string") | {"amount": "decimal(18, 2)", "count": "int64"}


def _text(column: ir.Column) -> ir.StringColumn:
    """Return a column as trimmed text, what means *not filled in* as null."""
    text = column.cast("string").strip()
    blank = ibis.literal(_BLANKS).contains(ibis.literal("\n") + text.lower() + "\n")
    return blank.ifelse(ibis.null("string"), text)


def _time(place: Place, column: ir.Column) -> ir.Column:
    """Return a day as it is, and a time in UTC, of whole seconds."""
    kind = column.type()
    if kind.is_date():
        return column
    if not kind.is_timestamp():
        raise place.wrong("warehouse_no_time", given=column.get_name())
    return in_utc(column, place.zone).truncate("s")


def _size(column: ir.Column) -> ir.StringColumn:
    if column.type().is_numeric():
        bounds = zip(BELOW, SIZES, strict=False)
        cases = [(column < least, size) for least, size in bounds]
        return ibis.cases((column < 1, None), *cases, (column.notnull(), SIZES[-1]))
    text = _text(column)
    classes = {value: size_class(value) for value in _values(text)}
    known = {value: size for value, size in classes.items() if size is not None}
    return text.substitute(known, else_=ibis.null("string")) if known else ibis.null("string")


def _stand_in(text: ir.StringColumn, salt: str, prefix: str) -> ir.StringColumn:
    """Return what stands in for a person: the same for the same, and no name."""
    found = ibis.literal(prefix) + digest(ibis.literal(salt) + text.lower()).substr(0, 16)
    return text.isnull().ifelse(ibis.null("string"), found)


def _outcome(
    place: Place, source: ir.Table, columns: Mapping[str, str], closed_at: ir.Column
) -> ir.StringColumn:
    """Return each deal's outcome by what its outcome, or else its stage, is known to mean.

    A deal of an unknown stage without a close date is open.
    """
    said = columns.get("outcome", columns.get("stage"))
    if said is None:
        allowed = list(source.columns)
        raise place.wrong("warehouse_no_outcome", allowed=allowed)
    text = _text(source[said])
    counted = source.select(_said=text, _closed=closed_at).filter(ibis._._said.notnull())
    rows = counted.group_by("_said").agg(_closed=ibis._._closed.count()).execute()
    known = stage_outcomes(list(rows["_said"]), place.said.stages)
    unknown = sorted(rows.loc[(rows["_closed"] > 0) & ~rows["_said"].isin(known), "_said"])
    if unknown:
        raise place.wrong(
            "warehouse_unknown_stage", given=unknown[:_MOST_SHOWN], n=len(unknown), column=said
        )
    found = text.substitute(known, else_="open") if known else ibis.literal("open")
    return found.fill_null("open")


def _values(text: ir.StringColumn) -> list[str]:
    found = text.name("value").as_table().distinct().execute()["value"].dropna()
    return sorted(found)
