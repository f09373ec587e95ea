"""What an import did, in words and as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workshop.cli.base import t, worded
from workshop.views.finding_words import finding_text

if TYPE_CHECKING:
    from workshop.crm.folder import NotImported
    from workshop.crm.importing import Imported


def say_imported(imported: Imported, *, dry_run: bool = False, in_short: bool = False) -> None:
    """Print what an import did and noticed; in short, how much it noticed."""
    print(
        t(
            "imported",
            n=imported.kept,
            rows=imported.rows,
            table=t(f"table.{imported.table}"),
            files=list(imported.files),
        )
    )
    if imported.traits and not in_short:
        print("  " + t("kept_traits", headers=list(imported.traits)))
    if imported.set_aside:
        print("  " + t("set_aside", n=len(imported.set_aside)))
        if imported.set_aside_file:
            print(f"  {imported.set_aside_file}")
    if in_short and imported.findings:
        print("  " + t("noticed", n=len(imported.findings)))
    for finding in () if in_short else imported.findings:
        print(f"  - {finding_text(finding, t)}")
    if dry_run:
        print("  " + t("dry_run"))
    elif not imported.changed:
        print("  " + t("nothing_changed"))


def folder_document(done: list[Imported], left: list[NotImported]) -> dict[str, Any]:
    """Return what came of a folder's files, as ``import --json`` prints it."""
    return {
        "imported": [imported_document(one) for one in done],
        "not_imported": [
            {"file": one.file, "code": one.error.code, "problem": worded(one.error)} for one in left
        ],
    }


def imported_document(imported: Imported) -> dict[str, Any]:
    """Return what an import did, as ``import --json`` prints it."""
    return {
        "table": imported.table,
        "files": list(imported.files),
        "rows": imported.rows,
        "kept": imported.kept,
        "set_aside": len(imported.set_aside),
        "mapping": imported.mapping,
        "traits": list(imported.traits),
        "findings": [
            {
                "code": finding.code,
                "count": finding.count,
                "columns": list(finding.columns),
                "examples": list(finding.examples),
            }
            for finding in imported.findings
        ],
    }
