"""The columns of an export: their values as they stand, cleaned and counted.

``RAW`` is a view of all parts of an export with one column a header, named by its place so that
no header can be taken for a name of our own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from workshop.crm.decimals import number_shape_sql
from workshop.crm.formats import Days, shape_sql
from workshop.crm.source import Source
from workshop.crm.sql import literal, literals

RAW = "_raw"
PLACEHOLDERS = (
    "select",
    "-select-",
    "--select--",
    "-- select --",
    "selecteer",
    "-- selecteer --",
    "--selecteer--",
    "maak een keuze",
    "-- kies --",
    "kies",
    "-none-",
    "--none--",
    "-geen-",
    "--geen--",
    "(none)",
    "(geen)",
    "null",
    "nan",
    "nat",
    "n/a",
    "#n/a",
    "#n/b",
    "n.v.t.",
    "nvt",
    "(blank)",
    "(leeg)",
    "(empty)",
    "(no value)",
    "(geen waarde)",
    "not specified",
    "niet ingevuld",
    "-",
    "--",
    "?",
)
"""What vendors and people write for *not filled in*, in lower case."""

SPACE = " \t\r\n\u00a0"
_SPACE = literal(SPACE)
_MAY_HAVE_SPACE = (
    "(v < '!' OR suffix(v, ' ') OR suffix(v, chr(9)) OR suffix(v, chr(10)) "
    "OR suffix(v, chr(13)) OR contains(v, chr(160)))"
)
"""A test that costs a quarter of trimming, which few values need."""


def create_raw(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> tuple[str, ...]:
    """Create ``RAW`` over all parts; return the headers in the order of its columns.

    Its columns are ``_file`` and ``_record`` (from 0) and ``h0``, ``h1``, …
    """
    headers = tuple(dict.fromkeys(header for source in sources for header in source.headers))
    parts = []
    for number, source in enumerate(sources):
        place = {header: f"c{at}" for at, header in enumerate(source.headers)}
        listed = [f"{place.get(header, 'NULL')} AS h{at}" for at, header in enumerate(headers)]
        parts.append(
            f"SELECT {number} AS _file, rowid AS _record, {', '.join(listed)} "
            f"FROM {source.relation}"
        )
    connection.execute(f"CREATE OR REPLACE VIEW {RAW} AS {' UNION ALL '.join(parts)}")
    return headers


@dataclass
class Columns:
    """What is known of each header's values; looked up once and kept.

    ``placeholders`` counts, per header, the values that mean *not filled in*.
    """

    connection: duckdb.DuckDBPyConnection
    headers: tuple[str, ...]
    placeholders: dict[str, dict[str, int]] = field(default_factory=dict)
    _untidy: set[str] = field(default_factory=set)
    _values: dict[str, str] = field(default_factory=dict)

    def text(self, header: str) -> str:
        """Return the SQL over ``RAW`` of a header's trimmed text, its placeholders as null."""
        self.values(header)
        return self._clean(header, self._name(header))

    def values(self, header: str, *, distinct: bool = True) -> str:
        """Return a relation with a header's values ``v`` as they stand, and ``n`` of each.

        Ids hardly repeat: with ``distinct`` false they are not counted first.
        """
        if header not in self._values:
            self._create_values(header, distinct=distinct)
            self._look_through(header)
        return self._values[header]

    def _create_values(self, header: str, *, distinct: bool) -> None:
        name = self._name(header)
        kind, counted = ("TABLE", "count(*)") if distinct else ("VIEW", "1")
        self.connection.execute(
            f"CREATE OR REPLACE {kind} _values_{name} AS SELECT {name} AS v, {counted} AS n "
            f"FROM {RAW} WHERE {name} IS NOT NULL {'GROUP BY 1' if distinct else ''}"
        )
        self._values[header] = f"_values_{name}"

    def cleaned(self, header: str) -> str:
        """Return a relation with a header's cleaned values ``v``, and ``n`` of each."""
        relation = self.values(header)
        clean = self._clean(header, "v")
        if clean == "v":
            return relation
        return f"(SELECT {clean} AS v, n FROM {relation} WHERE {clean} IS NOT NULL)"

    def distinct(self, header: str) -> dict[str, int]:
        """Return the count of each cleaned value of a header."""
        found = self.rows(f"SELECT v, sum(n) FROM {self.cleaned(header)} GROUP BY 1 ORDER BY 1")
        return {str(value): int(count) for value, count in found}

    def shapes(self, header: str) -> dict[str, int]:
        """Return the count of cleaned values per shape."""
        found = self.rows(
            f"SELECT {shape_sql('v')}, sum(n)::BIGINT FROM {self.cleaned(header)} "
            "GROUP BY 1 ORDER BY 1"
        )
        return {str(shape): int(n) for shape, n in found}

    def number_shapes(self, header: str) -> dict[str, int]:
        """Return the count of cleaned values per shape of a number.

        One look at the values is enough: a placeholder has no digits, so it is its own shape.
        """
        self._create_values(header, distinct=False)
        found = self.rows(
            f"SELECT {number_shape_sql('v')}, count(*) FROM {self._values[header]} "
            "GROUP BY 1 ORDER BY 1"
        )
        shapes = Counter[str]()
        words = Counter[str]()
        for shape, count in found:
            tidy = str(shape).strip(SPACE)
            if tidy != shape:
                self._untidy.add(header)
            if tidy:
                (words if tidy.lower() in PLACEHOLDERS else shapes)[tidy] += int(count)
        if words:
            self.placeholders[header] = dict(words)
        return dict(shapes)

    def number_example(self, header: str, shape: str) -> str:
        """Return a value of a number's shape."""
        found = self.rows(
            f"SELECT min(v) FROM {self.cleaned(header)} "
            f"WHERE {number_shape_sql('v')} = {literal(shape)}"
        )
        return str(found[0][0])

    def days(self, header: str) -> Days:
        """Return what a header's year-last dates rule out."""
        found = self.rows(
            f"""
            SELECT min(v) FILTER (a BETWEEN 13 AND 31 AND b BETWEEN 1 AND 12),
                   min(v) FILTER (b BETWEEN 13 AND 31 AND a BETWEEN 1 AND 12),
                   min(v) FILTER (a BETWEEN 1 AND 12 AND b BETWEEN 1 AND 12 AND a <> b)
            FROM (SELECT v, try_cast(regexp_extract(v, '^(\\d+)[-/.](\\d+)', 1) AS INTEGER) AS a,
                         try_cast(regexp_extract(v, '^(\\d+)[-/.](\\d+)', 2) AS INTEGER) AS b
                  FROM {self.cleaned(header)}
                  WHERE regexp_matches(v, '^\\d{{1,2}}[-/.]\\d{{1,2}}[-/.]\\d'))
            """
        )[0]
        return Days(*found)

    def replaced(
        self, header: str, values: Mapping[str, str], *, keep: bool = False, what: str = "new"
    ) -> str:
        """Return the SQL that looks a header's text up in a table of replacements.

        A text without one becomes null, or stays with ``keep``. ``what`` tells apart two tables
        for one header.
        """
        if not values:
            return self.text(header) if keep else "NULL::VARCHAR"
        name = f"_{what}_{self._name(header)}"
        self.connection.execute(
            f"CREATE OR REPLACE TABLE {name} AS "
            "SELECT unnest(?::VARCHAR[]) AS old, unnest(?::VARCHAR[]) AS new",
            [list(values), list(values.values())],
        )
        found = f"(SELECT new FROM {name} WHERE old = {self.text(header)})"
        return f"coalesce({found}, {self.text(header)})" if keep else found

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query and return its rows."""
        return self.connection.execute(sql).fetchall()

    def _name(self, header: str) -> str:
        return f"h{self.headers.index(header)}"

    def _look_through(self, header: str) -> None:
        """Find out whether a header's values have outer spaces, and which are placeholders."""
        trimmed = f"trim(v, {_SPACE})"
        longest = max(map(len, PLACEHOLDERS))
        found = self.rows(
            f"""
            SELECT v <> {trimmed} AS untidy, word, sum(n)::BIGINT
            FROM (SELECT v, n, CASE WHEN strlen(v) <= {longest} + 8
                                     AND lower({trimmed}) IN ({literals(PLACEHOLDERS)})
                               THEN {trimmed} END AS word
                  FROM {self._values[header]}
                  WHERE {_MAY_HAVE_SPACE} OR lower(v) IN ({literals(PLACEHOLDERS)}))
            GROUP BY ALL ORDER BY ALL
            """
        )
        if any(untidy for untidy, _, _ in found):
            self._untidy.add(header)
        words = Counter[str]()
        for _, word, count in found:
            if word is not None:
                words[str(word)] += int(count)
        if words:
            self.placeholders[header] = dict(words)

    def _clean(self, header: str, column: str) -> str:
        if header in self._untidy:
            column = f"nullif(trim({column}, {_SPACE}), '')"
        if header in self.placeholders:
            words = literals(self.placeholders[header])
            return f"CASE WHEN {column} NOT IN ({words}) THEN {column} END"
        return column
