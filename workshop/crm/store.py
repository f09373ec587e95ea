"""The tables on disk: Parquet files, and one manifest that names those in force.

A commit writes new files beside the old ones and then replaces the manifest by a rename, so that
a reader or a crash sees the tables before it or after it. Files that no manifest names are left
by a crash and swept up by the next commit.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from workshop.crm.findings import Finding
from workshop.errors import Phrase, WorkspaceError
from workshop.workspace import Workspace, write_atomically

MANIFEST = "manifest.json"


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Trait(_Record):
    """A column kept under its own name: whether somebody vouched that it was known at creation."""

    vouched: bool = False
    numeric: bool = False


class ImportRecord(_Record):
    """One import: what it read, kept and noticed."""

    table: str
    files: tuple[str, ...]
    rows: int
    kept: int
    set_aside: int
    mapping: dict[str, str | None]
    findings: tuple[Finding, ...]
    set_aside_file: str | None = None


class StoredTable(_Record):
    """One table in force: its Parquet file and its traits."""

    file: str
    rows: int
    traits: dict[str, Trait] = {}


class Manifest(_Record):
    """What is in force: tables by name, imports by table and file names, and a counter."""

    version: int = 1
    sequence: int = 0
    tables: dict[str, StoredTable] = {}
    imports: dict[str, ImportRecord] = {}
    changes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Store:
    """The CRM tables of one workspace."""

    workspace: Workspace
    folder: Path = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "folder", self.workspace.data)

    def manifest(self) -> Manifest:
        """Return what is in force; raise ``WorkspaceError`` where it cannot be read."""
        path = self.folder / MANIFEST
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return Manifest()
        except (OSError, UnicodeDecodeError) as error:
            raise WorkspaceError("damaged_data", path=str(path), problem=str(error)) from error
        try:
            manifest = Manifest.model_validate_json(text)
        except ValidationError as error:
            problem = Phrase("problem.not_ours")
            raise WorkspaceError("damaged_data", path=str(path), problem=problem) from error
        missing = [t.file for t in manifest.tables.values() if not (self.folder / t.file).is_file()]
        if missing:
            raise WorkspaceError("damaged_data", path=str(self.folder / missing[0]), problem="–")
        return manifest

    def path(self, table: str) -> Path | None:
        """Return the Parquet file of a table, or ``None`` where it was never imported."""
        stored = self.manifest().tables.get(table)
        return self.folder / stored.file if stored else None

    def commit(self, manifest: Manifest) -> None:
        """Put a manifest in force, and sweep up what it no longer names."""
        document: dict[str, Any] = manifest.model_dump(mode="json")
        text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)
        write_atomically(self.folder / MANIFEST, text.encode())
        self.sweep(manifest)

    def sweep(self, manifest: Manifest) -> None:
        """Remove files that this manifest does not name: a crash leaves such."""
        if not self.folder.is_dir():
            return
        named = {MANIFEST, *(table.file for table in manifest.tables.values()), *manifest.changes}
        named |= {r.set_aside_file for r in manifest.imports.values() if r.set_aside_file}
        for path in self.folder.iterdir():
            if path.is_file() and path.name not in named:
                path.unlink()
