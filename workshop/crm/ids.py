"""Make one record of an id that repeats with equal values; name the rows that have none."""

from __future__ import annotations

from workshop.crm.findings import EXAMPLES
from workshop.crm.sql import identifier, literal
from workshop.crm.staging import ROWS, Staging

QUOTATION_EXPORTS = {("teamleader", "deals")}
"""Exports known to hold one row per quotation: the deal is kept once, with its highest amount."""


def settle_ids(staging: Staging) -> None:
    """Keep one row of an id that repeats with equal values; set aside one that differs.

    Rows without an id get one from their file and position, and stay records of their own.
    """
    key = staging.table.key
    if key is None:
        _note_identical(staging, "true")
        return
    name = identifier(key)
    _name_rows_without_id(staging, name)
    total, different = staging.rows(f"SELECT count(*), count(DISTINCT {name}) FROM {ROWS}")[0]
    if total == different:
        return
    others = [column for column in staging.present() if column != key]
    _find_repeated(staging, name, others)
    _merge(staging, name, "repeated_id", key, "_file, _record")
    if (staging.recognised.vendor, staging.table.name) in QUOTATION_EXPORTS:
        apart = [c for c in others if c in staging.table.columns and c != "amount"]
        _find_repeated(staging, name, apart)
        _merge(staging, name, "merged_quotations", "amount", "amount DESC, _file, _record")
    _find_repeated(staging, name, others)
    clashing = staging.rows("SELECT id, n FROM _repeated ORDER BY 1")
    if clashing:
        rows = sum(int(n) for _, n in clashing)
        staging.note("conflicting_id", rows, (key,), [str(i) for i, _ in clashing[:EXAMPLES]])
        staging.take_out(
            f"{name} IN (SELECT id FROM _repeated)",
            column=staging.raw.get(key),
            value=name,
            reason="conflicting_id",
        )


def _merge(staging: Staging, name: str, code: str, column: str, order: str) -> None:
    """Keep the first row, in this order, of each id that repeats in one version only."""
    merged = staging.rows("SELECT id, n FROM _repeated WHERE versions = 1 ORDER BY 1")
    if not merged:
        return
    extra = sum(int(n) - 1 for _, n in merged)
    staging.note(code, extra, (column,), [str(i) for i, _ in merged[:EXAMPLES]])
    staging.connection.execute(
        f"""
        DELETE FROM {ROWS} WHERE (_file, _record) IN (
            SELECT (_file, _record) FROM (
                SELECT _file, _record,
                       row_number() OVER (PARTITION BY {name} ORDER BY {order}) AS place
                FROM {ROWS} WHERE {name} IN (SELECT id FROM _repeated WHERE versions = 1))
            WHERE place > 1)
        """
    )
    staging.merged_rows += extra


def _find_repeated(staging: Staging, name: str, columns: list[str]) -> None:
    """Create ``_repeated``: the ids of several rows, and how many versions of the columns."""
    whole = ", ".join(f"{identifier(column)} := {identifier(column)}" for column in columns)
    staging.connection.execute(
        f"""
        CREATE OR REPLACE TABLE _repeated AS
        SELECT {name} AS id, count(*) AS n, count(DISTINCT struct_pack({whole})) AS versions
        FROM {ROWS} WHERE {name} IN (SELECT {name} FROM {ROWS} GROUP BY 1 HAVING count(*) > 1)
        GROUP BY 1
        """
    )


def _name_rows_without_id(staging: Staging, name: str) -> None:
    without = staging.number(f"SELECT count(*) FROM {ROWS} WHERE {name} IS NULL")
    if not without:
        return
    staging.note("rows_without_id", without, (staging.table.key or "",))
    _note_identical(staging, f"{name} IS NULL")
    cases = " ".join(
        f"WHEN {number} THEN {literal(file)}" for number, file in enumerate(staging.file_names)
    )
    staging.connection.execute(
        f"UPDATE {ROWS} SET _source = CASE _file {cases} END, "
        f"{name} = concat(CASE _file {cases} END, ':', _record + 1) WHERE {name} IS NULL"
    )


def _note_identical(staging: Staging, where: str) -> None:
    listed = ", ".join(map(identifier, staging.present()))
    alike = staging.number(
        f"SELECT sum(n - 1) FROM (SELECT count(*) AS n FROM {ROWS} WHERE {where} "
        f"GROUP BY {listed} HAVING count(*) > 1)"
    )
    staging.note("identical_rows", alike)
