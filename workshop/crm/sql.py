"""Quote names and values for DuckDB, and open a connection that reaches for nothing."""

from __future__ import annotations

import glob
from collections.abc import Iterable
from pathlib import Path

import duckdb


def connect(scratch: Path | None = None, memory: str = "1500MB") -> duckdb.DuckDBPyConnection:
    """Open an in-memory DuckDB that downloads no extension and spills to ``scratch``."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "memory_limit": memory,
    }
    if scratch is not None:
        config["temp_directory"] = str(scratch)
    connection = duckdb.connect(":memory:", config=config)
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")  # which a notebook would get
    return connection


def identifier(name: str) -> str:
    """Quote a column or table name.

    >>> print(identifier('Deal "A", 2026'))
    "Deal ""A"", 2026"
    """
    return '"' + name.replace('"', '""').replace("\x00", "") + '"'


def literal(value: str) -> str:
    """Quote a text value.

    >>> print(literal("it's"))
    'it''s'
    """
    return "'" + value.replace("'", "''").replace("\x00", "") + "'"


def path_literal(path: Path) -> str:
    """Quote the path of one file, whose name may hold ``*`` or ``[1]``."""
    return literal(glob.escape(str(path)))


def literals(values: Iterable[str]) -> str:
    """Quote several text values, separated by commas."""
    return ", ".join(map(literal, values))
