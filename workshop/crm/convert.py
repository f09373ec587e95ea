"""Turn the text of an export into typed columns: one SQL expression a column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from workshop.crm import contacts, decimals, formats
from workshop.crm.columns import Columns
from workshop.crm.decimals import CURRENCIES, Decimal
from workshop.crm.formats import DateFormat, DateOrder
from workshop.crm.schema import DUCKDB_TYPES, TABLES, Kind
from workshop.crm.sizes import size_class
from workshop.crm.sql import literal, literals
from workshop.errors import InputError

HELPER_KINDS: dict[str, Kind] = {
    "account": "text",
    "medium": "category",
    "country": "category",
    "close_date": "time",
    "won_at": "time",
    "lost_at": "time",
    "is_won": "category",
    "is_lost": "category",
    "is_closed": "category",
    "won_status": "category",
    "active": "category",
    "amount_expected": "amount",
}
RECORDS = {
    "lead": "lead",
    "leads": "lead",
    "contact": "lead",
    "contacts": "lead",
    "contactpersoon": "lead",
    "deal": "deal",
    "deals": "deal",
    "opportunity": "deal",
    "verkoopkans": "deal",
    "opportuniteit": "deal",
}
EVENTS = {
    "renewal": "renewal",
    "verlenging": "renewal",
    "hernieuwing": "renewal",
    "upsell": "upsell",
    "uitbreiding": "upsell",
    "bijverkoop": "upsell",
    "churn": "churn",
    "cancellation": "churn",
    "opzegging": "churn",
    "reference": "reference",
    "referentie": "reference",
}
TEAMS = {"sales": "sales", "verkoop": "sales", "marketing": "marketing"}


@dataclass(frozen=True)
class Asked:
    """What the caller said about formats and people."""

    dates: DateOrder | None = None
    decimal: Decimal | None = None
    keep_contacts: bool = False


@dataclass
class Converter:
    """Types an export's columns; what it noticed on the way is left in its fields.

    ``doubtful`` has, per column that may not read in every row, the SQL of the text and of the
    value; ``sizes_unread`` the counts of what is no number of employees; ``scrubbed`` the count,
    per header, of texts that held a contact; ``currencies`` counts those beside the
    amounts;
    ``with_time`` the columns of times rather than days.
    """

    columns: Columns
    table: str
    targets: Mapping[str, str]
    numeric: frozenset[str]
    asked: Asked
    zone: str
    key: bytes
    doubtful: dict[str, tuple[str, str]] = field(default_factory=dict)
    sizes_unread: dict[str, int] = field(default_factory=dict)
    scrubbed: dict[str, int] = field(default_factory=dict)
    currencies: Counter[str] = field(default_factory=Counter)
    with_time: set[str] = field(default_factory=set)

    def typed(self, header: str, target: str) -> str:
        """Return the typed expression of a header that fills a canonical or helper column."""
        kind = {**HELPER_KINDS, **TABLES[self.table].columns}[target]
        if kind == "time":
            return self.time(header, target)
        if kind in ("amount", "count"):
            return self._number(header, target, kind)
        if kind == "size":
            return self._size(header)
        if kind == "person" and not self.asked.keep_contacts:
            values = self.columns.distinct(header)
            return self.columns.replaced(header, contacts.pseudonyms(values, self.key, "p-"))
        if kind == "id" and target != "campaign":
            return self._id(header)
        if target in ("record", "team"):
            return self._words(header, RECORDS if target == "record" else TEAMS)
        if target == "kind" and self.table == "account_events":
            return self._words(header, EVENTS, keep=True)
        if target == "currency":
            return self._currency(header)
        return self.plain(header)

    def plain(self, header: str) -> str:
        """Return a header's text without the contacts in it."""
        if self.asked.keep_contacts:
            return self.columns.text(header)
        found = self.columns.rows(
            f"SELECT v, n FROM {self.columns.cleaned(header)} "
            f"WHERE {contacts.suspect_sql('v')} ORDER BY 1"
        )
        values = {str(value): contacts.without_contacts(str(value)) for value, _ in found}
        changed = {old: new for old, new in values.items() if old != new}
        if not changed:
            return self.columns.text(header)
        self.scrubbed[header] = sum(int(n) for value, n in found if value in changed)
        return self.columns.replaced(header, changed, keep=True)

    def time(self, header: str, target: str) -> str:
        """Return the typed expression of a column of dates or times."""
        columns = self.columns
        how = formats.date_format(
            header, columns.shapes(header), columns.days(header), self.asked.dates
        )
        wrong = columns.rows(
            f"SELECT 1 FROM {columns.cleaned(header)} "
            f"WHERE {time_sql('v', how, self.zone)} IS NULL LIMIT 1"
        )
        text = columns.text(header)
        sql = time_sql(text, how, self.zone)
        if wrong:
            self.doubtful[target] = (text, sql)
        if how.has_time:
            self.with_time.add(target)
        return sql

    def _number(self, header: str, target: str, kind: Kind) -> str:
        columns = self.columns
        shapes = columns.number_shapes(header)
        if kind == "amount":
            self._count_currencies(header, shapes)
        mark: Decimal = (
            "point"
            if header in self.numeric
            else decimals.decimal_mark(
                header,
                shapes,
                self.asked.decimal,
                lambda shape: columns.number_example(header, shape),
            )
        )
        text = columns.text(header)
        sql = f"try_cast({decimals.number_sql(text, shapes, mark)} AS {DUCKDB_TYPES[kind]})"
        if not all(map(decimals.is_number, shapes)):
            self.doubtful[target] = (text, sql)
        return sql

    def _count_currencies(self, header: str, shapes: Mapping[str, int]) -> None:
        """Raise ``InputError`` for amounts in several currencies with no column that names them."""
        if "currency" not in TABLES[self.table].columns:
            return
        self.currencies.update(decimals.currencies(shapes))
        if len(self.currencies) > 1 and "currency" not in self.targets.values():
            raise InputError(
                "mixed_currency_symbols",
                column=header,
                currencies=sorted(self.currencies),
                option="--map",
            )

    def _currency(self, header: str) -> str:
        values = self.columns.distinct(header)
        codes = {value: CURRENCIES.get(value.casefold(), value.upper()) for value in values}
        return self.columns.replaced(header, codes)

    def _size(self, header: str) -> str:
        counts = self.columns.distinct(header)
        classes = {value: size_class(value) for value in counts}
        self.sizes_unread = {v: counts[v] for v, name in classes.items() if name is None}
        read = {value: name for value, name in classes.items() if name is not None}
        return self.columns.replaced(header, read)

    def _id(self, header: str) -> str:
        self.columns.values(header, distinct=False)
        if self.asked.keep_contacts:
            return self.columns.text(header)
        found = self.columns.rows(
            f"SELECT DISTINCT v FROM {self.columns.cleaned(header)} "
            f"WHERE {contacts.suspect_id_sql('v')} AND {contacts.suspect_sql('v')}"
        )
        personal = [str(v) for (v,) in found if contacts.without_contacts(str(v)) != v]
        if not personal:
            return self.columns.text(header)
        hashed = contacts.pseudonyms(personal, self.key, "c-")
        return self.columns.replaced(header, hashed, keep=True)

    def _words(self, header: str, words: Mapping[str, str], *, keep: bool = False) -> str:
        values = self.columns.distinct(header)
        known = {v: words[v.casefold()] for v in values if v.casefold() in words}
        return self.columns.replaced(header, known, keep=keep)


def time_sql(text: str, how: DateFormat, zone: str) -> str:
    """Return the SQL that reads a date (as ``DATE``) or a time (as UTC ``TIMESTAMP``).

    A local time that daylight saving skips is read an hour later, one that it repeats as the
    second of the two; a date in a column of times is that day's local midnight.
    """
    if not how.has_time:
        return f"CAST({_parse(text, how.local)} AS DATE)" if how.local else "NULL::DATE"
    readings = []
    if how.local:
        readings.append(to_utc(_parse(text, how.local), zone))
    if how.utc:
        readings.append(_parse(text, how.utc))
    if how.zoned:
        readings.append(f"timezone('UTC', CAST({_parse(text, how.zoned)} AS TIMESTAMPTZ))")
    return f"coalesce({', '.join(readings)})" if len(readings) > 1 else readings[0]


def to_utc(local: str, zone: str) -> str:
    """Return the SQL of a local timestamp's UTC."""
    return f"timezone('UTC', timezone({literal(zone)}, {local}))"


def _parse(text: str, patterns: tuple[str, ...]) -> str:
    return f"try_strptime({text}, [{literals(patterns)}])"
