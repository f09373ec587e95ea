"""Whether two client's folders say the same: settings, tables, answers to questions, session."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa

from tests.torture.faults import FULL
from workshop.crm.store import Store
from workshop.crm.tables import open_tables
from workshop.questions.ask import ANSWERED, ask
from workshop.questions.document import document
from workshop.session.schema import metadata
from workshop.session.store import open_store
from workshop.workspace import Workspace


def tables(workspace: Workspace) -> dict[str, pd.DataFrame]:
    """Return every table in force, and every record of what imports changed."""
    store = Store(workspace)
    manifest = store.manifest()
    files = [*(stored.file for stored in manifest.tables.values()), *manifest.changes]
    return {name: pd.read_parquet(store.folder / name) for name in files}


def manifest(workspace: Workspace) -> dict[str, Any]:
    """Return what is said of the tables, but for how their bytes lie."""
    said = Store(workspace).manifest().model_dump(mode="json")
    for stored in said["tables"].values():
        del stored["digest"]
    return said


def answers(workspace: Workspace) -> dict[str, str]:
    """Return the answers to all questions, as documents; in short to the quickest two."""
    found = open_tables(workspace)
    return {
        question: json.dumps(
            document(
                ask(found, question, folder=workspace.path, by=None, seed=3),
                question=question,
                workspace="",
                as_of=found.as_of,
                seed=3,
            )
        )
        for question in (ANSWERED if FULL else ("funnel", "channels"))
    }


def session(workspace: Workspace) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of the session."""
    store = open_store(workspace)
    with store.read() as connection:
        rows = {
            table.name: [
                tuple(row)
                for row in connection.execute(sa.select(table).order_by(*table.primary_key))
            ]
            for table in metadata.sorted_tables
        }
    store.close()
    return rows


def files(folder: Path) -> dict[str, bytes]:
    """Return the files that are open as they are: all but the tables, the session and locks."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and path.relative_to(folder).parts[0] not in ("data", ".lock", ".building", ".exports.json")
        and not path.name.startswith("session.db")
    }
