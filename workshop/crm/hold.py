"""Hold a joined table while it is counted in more than one way: in memory, or on disk if large."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
import uuid
import weakref
from pathlib import Path

import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from workshop.crm.read_only import travels
from workshop.crm.sql import identifier, literal, path_literal

MOST_IN_MEMORY = 500_000
"""Rows above which a table is held on disk."""
MEMORY = "3GB"
"""What DuckDB may take before it spills."""
_PREFIX = ".held-"
_LEFT_SECONDS = 7 * 86_400


def lend_scratch(connection: Backend, folder: Path) -> None:
    """Let a connection spill to a folder of its own, which goes away with it.

    It lies within ``folder``, or where that cannot be written to among the system's temporary
    files. What a crash left there is swept up after a week.
    """
    writable = os.access(folder, os.W_OK)
    if writable:
        for left in folder.glob(f"{_PREFIX}*"):
            if time.time() - left.stat().st_mtime > _LEFT_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
    parent = folder if writable else Path(tempfile.gettempdir())
    scratch = parent / f"{_PREFIX}{uuid.uuid4().hex}"
    connection.raw_sql(f"SET temp_directory = {literal(str(scratch))}")
    connection.raw_sql(f"SET memory_limit = '{MEMORY}'")
    # Otherwise a large table is kept in memory until it can be written in its old order.
    connection.raw_sql("SET preserve_insertion_order = false")
    weakref.finalize(connection, shutil.rmtree, scratch, ignore_errors=True)


def is_large(rows: int) -> bool:
    """Tell whether a table of so many rows is too large to be held in memory."""
    return rows > MOST_IN_MEMORY


def held(table: ir.Table, rows: int) -> ir.Table:
    """Hold a table of at most so many rows, so that each group-by does not join again.

    A large one becomes a Parquet file in the scratch folder of its connection: written as a
    stream, and read for the columns only that are asked for. A client's own warehouse, where
    nothing may be written, gets it as a part of each query.
    """
    connection = table.get_backend()
    if travels(connection):
        return connection.view(table)
    name = ibis.util.gen_name("held")
    if not is_large(rows):
        return connection.create_table(name, table, temp=True)
    file = _file(connection, name)
    file.parent.mkdir(parents=True, exist_ok=True)
    view = identifier(name)
    connection.create_view(name, table)
    connection.raw_sql(f"COPY (FROM {view}) TO {literal(str(file))} (FORMAT parquet)")
    query = f"FROM read_parquet({path_literal(file)})"
    connection.raw_sql(f"CREATE OR REPLACE VIEW {view} AS {query}")
    return connection.table(name)


def let_go(table: ir.Table) -> None:
    """Drop what `held` returned."""
    connection = table.get_backend()
    name = table.op().name
    if travels(connection):
        connection.views.pop(name, None)
        return
    file = _file(connection, name)
    connection.raw_sql(f"DROP {'VIEW' if file.is_file() else 'TABLE'} {identifier(name)}")
    file.unlink(missing_ok=True)


def _file(connection: Backend, name: str) -> Path:
    """Return where a held table lies if it is large."""
    setting = connection.raw_sql("SELECT current_setting('temp_directory')").fetchone()
    return Path(setting[0]) / f"{name}.parquet"
