"""One import under way: the request, the typed rows so far, and what was noticed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from workshop.crm.brief import printable
from workshop.crm.columns import Columns
from workshop.crm.contacts import without_contacts
from workshop.crm.convert import Asked, Converter
from workshop.crm.findings import Finding, SetAside
from workshop.crm.recognise import Recognised
from workshop.crm.schema import TABLES, Table
from workshop.crm.source import Source
from workshop.crm.sql import identifier, literal

ROWS = "_typed"
"""The DuckDB table of the rows kept so far: ``_file``, ``_record``, and the typed columns."""


@dataclass(frozen=True)
class Request:
    """What to import and what the caller said about it.

    ``columns`` maps headers to columns, ``constants`` columns to a value for every row,
    ``stages`` stage names to outcomes; ``traits`` are headers vouched for as known at creation.
    Dates after ``today`` are a finding: the day of the computer's clock, unless given.
    """

    files: tuple[Path, ...]
    table: str | None = None
    vendor: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    stages: Mapping[str, str] = field(default_factory=dict)
    traits: tuple[str, ...] = ()
    asked: Asked = field(default_factory=Asked)
    dry_run: bool = False
    today: dt.date | None = None


@dataclass
class Staging:
    """The state that the steps of an import hand on.

    ``raw`` is the header that fills each column, ``filled`` the columns that this export fills;
    the other canonical ones are all null. ``merged_rows`` counts rows that became part of another;
    ``has_history`` tells whether stage history was unfolded beside them.
    """

    connection: duckdb.DuckDBPyConnection
    request: Request
    sources: Sequence[Source]
    recognised: Recognised
    columns: Columns
    converter: Converter
    findings: list[Finding] = field(default_factory=list)
    aside: list[SetAside] = field(default_factory=list)
    raw: dict[str, str] = field(default_factory=dict)
    filled: frozenset[str] = frozenset()
    merged_rows: int = 0
    has_history: bool = False

    @property
    def table(self) -> Table:
        """The canonical table that is being filled."""
        return TABLES[self.recognised.table]

    @property
    def file_names(self) -> tuple[str, ...]:
        """The names of the files, without their folders."""
        return tuple(source.path.name for source in self.sources)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query and return its rows."""
        return self.connection.execute(sql).fetchall()

    def number(self, sql: str) -> int:
        """Run a query and return its first value as a number."""
        return int(self.rows(sql)[0][0] or 0)

    def note(
        self,
        code: str,
        count: int,
        columns: Sequence[str] = (),
        examples: Sequence[str] = (),
    ) -> None:
        """Record a finding, if there is anything to count."""
        if count:
            shown = tuple(self._shown(example) for example in examples)
            self.findings.append(Finding(code, count, tuple(columns), shown))

    def types(self) -> dict[str, str]:
        """Return the columns that the rows have, but for our own bookkeeping, and their types."""
        found = {str(row[0]): str(row[1]) for row in self.rows(f"DESCRIBE {ROWS}")}
        return {name: sql_type for name, sql_type in found.items() if not name.startswith("_")}

    def present(self) -> list[str]:
        """Return the columns that the rows have, but for our own bookkeeping."""
        return list(self.types())

    def day(self, column: str) -> str:
        """Return the SQL of a column's calendar day in the workspace's time zone."""
        if self.types()[column] == "DATE":
            return identifier(column)
        zone = literal(self.converter.zone)
        return f"CAST(timezone({zone}, timezone('UTC', {identifier(column)})) AS DATE)"

    def take_out(self, where: str, *, column: str | None, value: str, reason: str) -> None:
        """Set aside the rows that match, with the line of each."""
        self._set_aside(f"SELECT _file, _record, {value} FROM {ROWS} WHERE {where}", column, reason)

    def take_out_records(self, records: str, *, column: str | None, reason: str) -> None:
        """Set aside the rows of a query for ``_file``, ``_record`` and the value to show."""
        self._set_aside(f"FROM ({records}) SEMI JOIN {ROWS} USING (_file, _record)", column, reason)

    def _set_aside(self, records: str, column: str | None, reason: str) -> None:
        found = self.rows(f"{records} ORDER BY 1, 2")
        if not found:
            return
        for number, source in enumerate(self.sources):
            shown = {record: text for file, record, text in found if file == number}
            for record, line in sorted(source.line_of(shown).items()):
                text = None if shown[record] is None else self._shown(str(shown[record]))
                self.aside.append(SetAside(source.path.name, line, column, text, reason))
        gone = f"SELECT (_file, _record) FROM ({records})"
        self.connection.execute(f"DELETE FROM {ROWS} WHERE (_file, _record) IN ({gone})")

    def _shown(self, text: str) -> str:
        text = printable(text)
        return text if self.request.asked.keep_contacts else without_contacts(text)
