"""What was read, what was set aside, and what stood out."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from workshop.crm.findings import Finding
from workshop.crm.schema import TABLES
from workshop.crm.store import ImportRecord
from workshop.i18n import Translator
from workshop.views.display import Column, Prose, Shown, Table
from workshop.views.finding_words import finding_text
from workshop.views.look import Look

SHOWN = 8
SHOWN_ASIDE = 4
_NOT_STORED = ("contact_not_stored", "free_text_not_stored")
_TOLD_ELSEWHERE = (*_NOT_STORED, "mixed_currency")
_FIRST = (
    "unknown_stage_closed",
    "unknown_stage_open",
    "missing_outcome",
    "conflicting_id",
    "merged_quotations",
    "repeated_id",
    "identical_rows",
    "rows_without_id",
    "near_duplicate",
    "test_record",
    "missing_created",
    "closed_before_created",
    "closed_without_date",
)
"""What changes most of what is counted; the other findings follow."""
_LAST = ("joined_by_name",)
"""What is told for the record, and asks for nothing."""


def reading(
    records: Sequence[ImportRecord],
    set_aside: pd.DataFrame,
    look: Look,
    warehouse: str | None = None,
) -> tuple[Shown, ...]:
    """Show the rows read, kept and set aside, and what the imports noticed.

    ``set_aside`` has a row per record that was set aside: ``file``, ``line``, ``column``,
    ``value``, ``reason``. ``warehouse`` is what the client's own is called, where it was read.
    """
    if not records:
        return (Prose(look.t("imports.none")),)
    order = list(TABLES)
    ordered = sorted(records, key=lambda record: order.index(record.table))
    where = () if warehouse is None else _where(ordered, warehouse, look.t)
    source = "file" if warehouse is None else "view"
    return (*where, *_rows_read(ordered, set_aside, source, look.t), *_noticed(ordered, look.t))


def _where(records: Sequence[ImportRecord], warehouse: str, t: Translator) -> tuple[Shown, ...]:
    """Show which warehouse was read, and which of our tables it did not have."""
    read = {record.table for record in records}
    left = [t(f"table.{name}") for name in TABLES if name not in read]
    said = [t("imports.warehouse", warehouse=warehouse)]
    said += [t("imports.not_there", tables=left)] if left else []
    return (Prose(" ".join(said)),)


def _rows_read(
    records: Sequence[ImportRecord], set_aside: pd.DataFrame, source: str, t: Translator
) -> tuple[Shown, ...]:
    frame = pd.DataFrame(
        {
            "files": [", ".join(record.files) for record in records],
            "table_name": [t(f"table.{record.table}") for record in records],
            "rows": [record.rows for record in records],
            "kept": [record.kept for record in records],
            "set_aside": [record.set_aside for record in records],
        }
    )
    aside = int(frame["set_aside"].sum())
    columns = [
        Column("files", t(f"imports.header.{source}")),
        Column("table_name", t("imports.header.table")),
        Column("rows", t("imports.header.rows"), "count"),
        Column("kept", t("imports.header.kept"), "count"),
    ]
    if aside:
        columns.append(Column("set_aside", t("imports.header.set_aside"), "count"))
    rows = int(frame["rows"].sum())
    title = t("imports.some_aside", n=aside, rows=rows) if aside else t("imports.all", n=rows)
    table = Table(frame, "imports", title, tuple(columns), t)
    if not aside:
        return (table,)
    return (table, _aside_table(set_aside, t))


def _aside_table(set_aside: pd.DataFrame, t: Translator) -> Table:
    frame = set_aside.astype({"line": "int64"}).assign(
        why=[t(f"reason.{reason}") for reason in set_aside["reason"]]
    )
    columns = (
        Column("file", t("imports.header.file")),
        Column("line", t("imports.header.line"), "count"),
        Column("column", t("imports.header.column")),
        Column("value", t("imports.header.value")),
        *([Column("why", t("imports.header.why"))] if frame["why"].nunique() > 1 else []),
    )
    counts = frame["why"].value_counts()
    listing = t.join([t("imports.why", n=int(n), reason=why) for why, n in counts.items()])
    title = t("imports.aside", reasons=listing)
    return Table(frame, "set-aside", title, columns, t, shown=SHOWN_ASIDE)


def _noticed(records: Sequence[ImportRecord], t: Translator) -> tuple[Shown, ...]:
    """Show the findings in words, and what was left out for people's sake."""
    pairs = [(record, finding) for record in records for finding in record.findings]
    shown = [pair for pair in pairs if pair[1].code not in _TOLD_ELSEWHERE]
    shown.sort(key=lambda pair: _rank(pair[1]))
    frame = pd.DataFrame(
        {
            "table_name": [t(f"table.{record.table}") for record, _ in shown],
            "found": [for_the_reader(finding_text(finding, t)) for _, finding in shown],
            "n": [finding.count for _, finding in shown],
            "code": [finding.code for _, finding in shown],
            "in_full": [finding_text(finding, t) for _, finding in shown],
        }
    )
    columns = (
        Column("table_name", t("imports.header.table")),
        Column("found", t("imports.header.found")),
    )
    table = Table(frame, "findings", t("imports.findings", n=len(frame)), columns, t, shown=SHOWN)
    return (*((table,) if len(frame) else ()), *_not_stored(records, t))


def _rank(finding: Finding) -> tuple[int, int]:
    order = (*_FIRST, None, *_LAST)
    place = order.index(finding.code if finding.code in order else None)
    return place, -finding.count


def for_the_reader(text: str) -> str:
    """Leave out the sentences that tell whoever imports which option to use.

    >>> for_the_reader("3 dates lie in the future. Give the as-of date with --as-of.")
    '3 dates lie in the future.'
    """
    sentences = re.split(r"(?<=[.!?]) (?=[A-Z])", text)
    return " ".join(part for part in sentences if " --" not in part) or text


def _not_stored(records: Sequence[ImportRecord], t: Translator) -> tuple[Shown, ...]:
    columns = [
        name
        for record in records
        for finding in record.findings
        if finding.code in _NOT_STORED
        for name in finding.columns
    ]
    names = t.join(list(dict.fromkeys(columns)))
    return (Prose(t("imports.not_stored", columns=names)),) if columns else ()
