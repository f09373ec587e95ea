"""Recognise a file's headers: which table it is, and which column each header fills.

Ranks, best first: what the caller said, the vendor's verified aliases, any vendor's verified
aliases, the table's own column names, and last the aliases nobody has verified.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from workshop.crm.schema import TABLES
from workshop.crm.source import clean_header
from workshop.errors import InputError

CONTACT = "@"
"""Marks a header that holds a person's name, address, e-mail or phone number."""
IGNORED = "-"
"""Marks a header that says nothing an analysis may use (a probability, a change date)."""
TRAIT = "~"
"""Marks a header that is kept as a trait under its own name."""

_ENOUGH = 3
"""Headers from which on a vendor's export can be told."""

_TELLING = {
    "leads": {
        *("source", "campaign", "status", "account", "mql_at", "sql_at", "first_touch_at"),
        *("rejected_at", "rejection_reason", "deal_id"),
    },
    "deals": {
        *("stage", "outcome", "amount", "closed_at", "expected_close_at", "lost_reason"),
        *("close_date", "won_at", "lost_at", "is_won", "is_lost", "is_closed", "won_status"),
        *("active", "amount_expected"),
    },
}
"""Columns of which one must be there before headers are taken for a table of their own accord."""

HELPERS: dict[str, tuple[str, ...]] = {
    "leads": ("account",),
    "deals": (
        "account",
        "medium",
        "country",
        "close_date",
        "won_at",
        "lost_at",
        "is_won",
        "is_lost",
        "is_closed",
        "won_status",
        "active",
        "amount_expected",
    ),
    "account_events": ("account",),
}
"""Columns that an export may fill and that resolve into canonical ones.

``account`` is the account's name; ``medium`` and ``country`` are what a deal otherwise takes from
its lead or account; ``close_date`` is a date that is the expected one while a deal is
open; ``won_at`` to ``active`` decide the outcome; ``amount_expected`` stands in for an amount.
"""


class Alias(NamedTuple):
    """One line of ``aliases.csv``."""

    vendor: str
    table: str
    column: str
    language: str
    header: str
    verified: str


class Recognised(NamedTuple):
    """A file's table, its vendor where one is known, and the target of every header."""

    table: str
    vendor: str | None
    targets: dict[str, str]

    def headers_of(self, target: str) -> list[str]:
        """Return the headers with this target."""
        return [header for header, aim in self.targets.items() if aim == target]


@cache
def aliases() -> tuple[Alias, ...]:
    """Return the known headers of CRM exports."""
    with Path(__file__).with_name("aliases.csv").open(encoding="utf-8", newline="") as file:
        return tuple(Alias(*row) for row in list(csv.reader(file))[1:])


def vendors() -> list[str]:
    """Return the CRMs whose headers are known."""
    return sorted({alias.vendor for alias in aliases()} - {"generic"})


def recognise(
    headers: Sequence[str],
    *,
    table: str | None = None,
    vendor: str | None = None,
    given: Mapping[str, str] | None = None,
) -> Recognised:
    """Return the table and the target of every header.

    ``given`` is what the caller said: header to column, ``-`` to leave a header out. Raises
    ``InputError`` for an unknown table, vendor, header or column, and where the headers do not
    tell which table the file is.
    """
    said = _said(headers, given or {})
    if table is not None and table not in TABLES:
        raise InputError("unknown_table", given=table, allowed=list(TABLES))
    if vendor is not None and vendor not in vendors():
        raise InputError("unknown_vendor", given=vendor, allowed=vendors())
    table = table or _guess_table(headers, said, vendor)
    for column in said.values():
        if column != IGNORED and column not in columns_of(table):
            raise InputError("unknown_column", given=column, table=table, allowed=columns_of(table))
    vendor = vendor or _guess_vendor(headers, table)
    return Recognised(table, vendor, _targets(headers, table, vendor, said))


def are_headers(values: Collection[str]) -> bool:
    """Tell whether a record's values are themselves mostly known headers.

    >>> are_headers(["dealname", "dealstage", "amount"]), are_headers(["Lead", "Bouw", "Website"])
    (True, False)
    """
    known = {normal(alias.header) for alias in aliases()}
    found = sum(normal(value) in known for value in values)
    return found >= 3 and 2 * found > len(values)


def columns_of(table: str) -> list[str]:
    """Return the columns that a header may fill."""
    return [*TABLES[table].columns, *HELPERS.get(table, ())]


def _said(headers: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
    by_name = {_exact(header): header for header in headers}
    unknown = [header for header in given if _exact(header) not in by_name]
    if unknown:
        raise InputError("unknown_header", given=unknown, allowed=list(headers))
    said = {by_name[_exact(header)]: column for header, column in given.items()}
    doubled = [c for c in said.values() if c != IGNORED and list(said.values()).count(c) > 1]
    if doubled:
        raise InputError("column_mapped_twice", column=doubled[0])
    return said


def _exact(header: str) -> str:
    return clean_header(header).casefold()


def _targets(
    headers: Sequence[str], table: str, vendor: str | None, said: Mapping[str, str]
) -> dict[str, str]:
    ranks = _ranks(table, vendor)
    claims = [
        (ranks[normal(header)][0], position, header, ranks[normal(header)][1])
        for position, header in enumerate(headers)
        if header not in said and normal(header) in ranks
    ]
    targets = dict(said)
    taken = set(said.values())
    for _, _, header, column in sorted(claims):
        if column in (CONTACT, IGNORED):
            targets[header] = column
        elif column != TRAIT and column not in taken:
            targets[header] = column
            taken.add(column)
    return {header: targets.get(header, TRAIT) for header in headers}


def _ranks(table: str, vendor: str | None) -> dict[str, tuple[int, str]]:
    """Return, for each known header, its best rank (0 is best) and target."""
    own = {normal(column): (2, column) for column in columns_of(table)}
    ranks: dict[str, tuple[int, str]] = {}
    for alias in aliases():
        if alias.table != table:
            continue
        if alias.verified == "no":
            rank = 3 if alias.vendor == vendor else 4
        elif alias.column in (IGNORED, TRAIT):
            rank = 2
        else:
            rank = 0 if alias.vendor == vendor else 1
        name = normal(alias.header)
        if name not in ranks or rank < ranks[name][0]:
            ranks[name] = (rank, alias.column)
    for name, claim in own.items():
        if name not in ranks or claim[0] < ranks[name][0]:
            ranks[name] = claim
    return ranks


def _guess_table(headers: Sequence[str], said: Mapping[str, str], vendor: str | None) -> str:
    """Return the table that the headers tell of, among those that have what was said.

    That is the one of which some vendor's export has most of them; then the one of which most
    columns are found.
    """
    fits = [name for name in TABLES if {*said.values()} <= {IGNORED, *columns_of(name)}]
    scores: dict[str, tuple[int, int]] = {}
    for name in fits or TABLES:
        ranks = _ranks(name, vendor)
        known = {ranks[normal(h)][1] for h in headers if h not in said and normal(h) in ranks}
        columns = {*known, *said.values()} - {CONTACT, IGNORED, TRAIT}
        keyed = 2 if TABLES[name].key in columns else 0
        if len(columns) > 1 and columns & _TELLING.get(name, columns):
            most = max((len(found) for found in _hits(headers, name).values()), default=0)
            scores[name] = (most if most >= _ENOUGH else 0, len(columns) + keyed)
    winners = [name for name, score in scores.items() if score == max(scores.values())]
    if not winners:
        raise InputError("nothing_recognised", headers=list(headers), tables=list(TABLES))
    if len(winners) > 1:
        # A table's own id tends to be its first column, those of others come later.
        first = {name: _first_target(headers, said, name, vendor) for name in winners}
        winners = [n for n in winners if first[n] and first[n] == TABLES[n].key] or winners
    if len(winners) > 1:
        raise InputError("which_table", candidates=winners)
    return winners[0]


def _first_target(
    headers: Sequence[str], said: Mapping[str, str], table: str, vendor: str | None
) -> str | None:
    """Return the column that the first header would fill in this table."""
    first = headers[0]
    return said.get(first) or _ranks(table, vendor).get(normal(first), (0, None))[1]


def _hits(headers: Iterable[str], table: str) -> dict[str, set[str]]:
    """Return, per vendor, the headers that are verified ones of its export of a table."""
    names = {normal(header) for header in headers}
    hits: dict[str, set[str]] = {}
    for alias in aliases():
        if alias.table == table and alias.verified == "yes" and normal(alias.header) in names:
            hits.setdefault(alias.vendor, set()).add(normal(alias.header))
    return hits


def _guess_vendor(headers: Iterable[str], table: str) -> str | None:
    """Name the vendor whose verified headers are found most, if it stands out."""
    hits = _hits(headers, table)
    hits.pop("generic", None)
    ordered = sorted(hits, key=lambda name: -len(hits[name]))
    if not ordered or len(hits[ordered[0]]) < _ENOUGH:
        return None
    if len(ordered) > 1 and len(hits[ordered[1]]) == len(hits[ordered[0]]):
        return None
    return ordered[0]


@lru_cache(maxsize=4096)
def normal(header: str) -> str:
    """Return a header as it is compared: ``Lead Source`` and ``lead_source`` are alike.

    >>> normal("Deal - ID"), normal("deal_id")
    ('deal id', 'deal id')
    """
    return " ".join(re.sub(r"[-_]", " ", clean_header(header)).split()).casefold()
