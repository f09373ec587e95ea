"""Read a CSV, TSV, xlsx or ods file into a DuckDB table of plain text, every record counted.

A file in which every record fits goes through DuckDB's own reader; any other is read record by
record, so that what does not fit can be set aside with its line.
"""

from __future__ import annotations

import csv
from array import array
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import duckdb

from workshop.crm.encoding import MAX_LINE_BYTES, detect_encoding, transcode
from workshop.crm.layout import Layout, cut_footer, find_layout
from workshop.crm.sieve import Sieve
from workshop.crm.source import Reject, Source, header_names
from workshop.crm.sql import literal, path_literal
from workshop.crm.workbook import as_text
from workshop.errors import InputError

_HEAD = 262_144
_CHUNK = 1 << 20
_BLANK = b"\x00\xef\xbb\xbf\xff\xfe \t\r\n"
_SETTINGS = (".yaml", ".yml", ".toml")
_OLE = b"\xd0\xcf\x11\xe0"


class _Loaded(NamedTuple):
    """Where the lines of the records are found, and what was left out."""

    line_of: Callable[[Collection[int]], dict[int, int]]
    rejects: tuple[Reject, ...] = ()
    footer_lines: int = 0


def read(connection: duckdb.DuckDBPyConnection, path: Path, relation: str, scratch: Path) -> Source:
    """Read a file into the DuckDB table ``relation``; ``scratch`` takes a copy in UTF-8.

    Raises ``InputError`` for anything that is not a table: no file, settings, empty, binary, no
    separator, a damaged or oversized workbook, two header rows, a line over ``MAX_LINE_BYTES``.
    """
    if not path.is_file():
        raise InputError("no_file", path=str(path))
    if path.suffix.lower() in _SETTINGS:
        raise InputError("settings_no_export", path=path.name)
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise InputError("unreadable_file", path=str(path), problem=str(error)) from error
    if not head.strip(_BLANK):
        raise InputError("empty_file", path=path.name)
    if head.startswith(_OLE):
        raise InputError("old_or_locked_workbook", path=path.name)
    if head.startswith(b"PK"):
        return _read_workbook(connection, path, relation, scratch)
    copy = scratch / f"{relation}.csv"
    encoding = detect_encoding(path)
    plain, unknown, name = path, 0, encoding.name
    if not encoding.plain:
        unknown = transcode(path, encoding.name, copy)
        plain, name = copy, "utf-8"
    layout, footer = cut_footer(find_layout(plain, name, path.name), copy)
    source = _read_text(connection, layout, path, relation, scratch)
    return replace(
        source,
        encoding=encoding.name,
        unknown_characters=unknown,
        footer_lines=source.footer_lines + footer,
    )


def _read_workbook(
    connection: duckdb.DuckDBPyConnection, path: Path, relation: str, scratch: Path
) -> Source:
    copy = scratch / f"{relation}.csv"
    sheet = as_text(path, copy)
    layout = find_layout(copy, "utf-8", path.name, delimiter=",")
    source = _read_text(connection, layout, path, relation, scratch)
    return replace(
        source,
        encoding=path.suffix.lstrip(".").lower() or "xlsx",
        numeric=frozenset(
            header
            for header, last in zip(source.headers, sheet.last_text_rows, strict=False)
            if last <= layout.skip
        ),
        other_sheets=sheet.others,
    )


def _read_text(
    connection: duckdb.DuckDBPyConnection, layout: Layout, path: Path, relation: str, scratch: Path
) -> Source:
    headers = header_names(layout.header, path)
    if layout.below == layout.header:
        raise InputError("two_headers", path=path.name, line=layout.skip + 1)
    loaded = _scan(connection, layout, relation) or _load(
        connection, layout, relation, scratch / f"{relation}.fits.csv"
    )
    _drop_blank_rows(connection, relation, len(headers))
    repeated = _drop_repeated_headers(connection, relation, layout.header)
    count: int = connection.execute(f"SELECT count(*) FROM {relation}").fetchall()[0][0]
    if count == 0 and not loaded.rejects:
        raise InputError("no_records", path=path.name)
    return Source(
        path=path,
        relation=relation,
        headers=headers,
        records=count + len(repeated) + len(loaded.rejects),
        encoding="",
        line_of=loaded.line_of,
        rejects=loaded.rejects,
        footer_lines=loaded.footer_lines,
        repeated_headers=tuple(sorted(loaded.line_of(repeated).values())),
    )


def _scan(connection: duckdb.DuckDBPyConnection, layout: Layout, relation: str) -> _Loaded | None:
    """Let DuckDB read the file; ``None`` where a record does not fit or ends like a footer.

    Spaces beside a quote DuckDB reads its own way, so such files are not for it.
    """
    if not layout.one_line_each or _space_beside_quote(layout.path):
        return None
    if not _read_csv(connection, relation, layout):
        return None
    last = connection.execute(
        f"FROM {relation} WHERE rowid = (SELECT max(rowid) FROM {relation})"
    ).fetchall()
    if last and sum(bool(value and value.strip()) for value in last[0]) < 2:
        return None
    return _Loaded(layout.lines_of)


def _read_csv(connection: duckdb.DuckDBPyConnection, relation: str, layout: Layout) -> bool:
    """Create a table from a CSV file; tell whether every record fits."""
    names = _column_names(len(layout.header))
    columns = ", ".join(f"{name}: 'VARCHAR'" for name in names)
    newline = layout.newline.replace("\r", "\\r").replace("\n", "\\n")
    try:
        connection.execute(
            f"""
            CREATE OR REPLACE TABLE {relation} AS
            SELECT * FROM read_csv(
                {path_literal(layout.path)}, columns = {{{columns}}}, auto_detect = false,
                delim = {literal(layout.delimiter)}, quote = '"', escape = '"', header = false,
                new_line = {literal(newline)}, skip = {layout.skip}, nullstr = '',
                max_line_size = {MAX_LINE_BYTES})
            """
        )
    except duckdb.InvalidInputException:
        return False
    return True


def _space_beside_quote(path: Path) -> bool:
    with path.open("rb") as file:
        last = b""
        while chunk := file.read(_CHUNK):
            if b'"' in chunk or last == b'"':
                joined = last + chunk
                if b'" ' in joined or b' "' in joined:
                    return True
            last = chunk[-1:]
    return False


def _load(
    connection: duckdb.DuckDBPyConnection, layout: Layout, relation: str, copy: Path
) -> _Loaded:
    """Read the file record by record, and let DuckDB read a copy of those that fit.

    Raises ``InputError`` for a record over ``MAX_LINE_BYTES``.
    """
    sieve = Sieve(len(layout.header))
    lines = array("q")
    with copy.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
        for line, fields in sieve.sift(layout.records()):
            lines.append(line)
            writer.writerow(fields)
    fits = replace(layout, path=copy, encoding="utf-8", delimiter=",", newline="\n", skip=0)
    if not _read_csv(connection, relation, fits):
        raise InputError("line_too_long", path=layout.path.name, limit=MAX_LINE_BYTES)
    return _Loaded(
        lambda places: {place: lines[place] for place in places},
        tuple(sieve.rejects),
        sieve.footer_lines,
    )


def _drop_blank_rows(connection: duckdb.DuckDBPyConnection, relation: str, width: int) -> None:
    """Remove the rows of separators only that spreadsheets leave below a table."""
    names = _column_names(width)
    empty = " AND ".join(f"({name} IS NULL OR trim({name}) = '')" for name in names)
    connection.execute(f"DELETE FROM {relation} WHERE (c0 IS NULL OR c0 < '!') AND {empty}")


def _drop_repeated_headers(
    connection: duckdb.DuckDBPyConnection, relation: str, header: Sequence[str]
) -> list[int]:
    """Remove header rows that pasting several exports together left among the records."""
    same = " AND ".join(
        f"c{number} = {literal(name)}" for number, name in enumerate(header) if name
    )
    rows = connection.execute(f"DELETE FROM {relation} WHERE {same} RETURNING rowid").fetchall()
    return [record for (record,) in rows]


def _column_names(width: int) -> list[str]:
    return [f"c{number}" for number in range(width)]
