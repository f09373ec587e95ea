"""The tables on disk: Parquet files, and one manifest that names those in force.

A commit writes new files beside the old ones and then replaces the manifest by a rename, so that
a reader or a crash sees the tables before it or after it. Files that no manifest names are left
by a crash and swept up by the next commit.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from workshop.crm.findings import Finding
from workshop.crm.readers import unread
from workshop.disk import said_of
from workshop.errors import Phrase, WorkspaceError
from workshop.workspace import Workspace, write_atomically

MANIFEST = "manifest.json"
VERSION = 1

_FileName = Annotated[str, StringConstraints(pattern=r"^\w[\w.-]*$", max_length=200)]
"""A file of this folder: a manifest that came from elsewhere names none outside it."""


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
    set_aside_file: _FileName | None = None


class StoredTable(_Record):
    """One table in force: its Parquet file and its traits."""

    file: _FileName
    rows: int
    traits: dict[str, Trait] = {}
    digest: str | None = None
    """Of the file's content; files of before there were digests have none."""


class Manifest(_Record):
    """What is in force: tables by name, imports by table and file names, and a counter."""

    version: int = VERSION
    sequence: int = 0
    tables: dict[str, StoredTable] = {}
    imports: dict[str, ImportRecord] = {}
    changes: tuple[_FileName, ...] = ()


def digest_of(path: Path) -> str:
    """Return what tells a file's content from any other."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()[:32]


@dataclass(frozen=True)
class Store:
    """The CRM tables of one workspace."""

    workspace: Workspace
    folder: Path = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "folder", self.workspace.data)

    def manifest(self) -> Manifest:
        """Return what is in force; raise ``WorkspaceError`` where it, or a table, is not there."""
        manifest = self.read_manifest()
        missing = [t.file for t in manifest.tables.values() if not (self.folder / t.file).is_file()]
        if missing:
            gone = Phrase("problem.gone")
            raise WorkspaceError("damaged_data", path=str(self.folder / missing[0]), problem=gone)
        return manifest

    def read_manifest(self) -> Manifest:
        """Return what is in force by its own word; raise ``WorkspaceError`` if it is damaged."""
        path = self.folder / MANIFEST
        try:
            text = path.read_bytes()
        except FileNotFoundError as error:
            # The first import writes one before its tables.
            if any(self.folder.glob("*.parquet")):
                gone = Phrase("problem.gone")
                raise WorkspaceError("damaged_data", path=str(path), problem=gone) from error
            return Manifest()
        except OSError as error:
            raise WorkspaceError("damaged_data", path=str(path), problem=said_of(error)) from error
        try:
            manifest = Manifest.model_validate_json(text)
        except ValidationError as error:
            problem = Phrase("problem.not_ours")
            raise WorkspaceError("damaged_data", path=str(path), problem=problem) from error
        if manifest.version > VERSION:
            newer = Phrase("problem.newer")
            raise WorkspaceError("damaged_data", path=str(path), problem=newer)
        return manifest

    def path(self, table: str) -> Path | None:
        """Return the Parquet file of a table, or ``None`` where it was never imported."""
        stored = self.manifest().tables.get(table)
        return self.folder / stored.file if stored else None

    def verify(self, stored: StoredTable) -> None:
        """Raise ``WorkspaceError`` for a file that is not what the import wrote.

        A Parquet file in which a byte changed may read well, and say something else.
        """
        path = self.folder / stored.file
        if stored.digest is None:
            return
        try:
            found = digest_of(path)
        except OSError as error:
            raise WorkspaceError("damaged_data", path=str(path), problem=said_of(error)) from error
        if found != stored.digest:
            raise WorkspaceError("damaged_data", path=str(path), problem=Phrase("problem.altered"))

    def prepare(self) -> None:
        """Make the folder, with a manifest in it before any table: tables alone are damage."""
        self.folder.mkdir(exist_ok=True)
        if not (self.folder / MANIFEST).exists():
            self._put_in_force(Manifest())

    def commit(self, manifest: Manifest) -> None:
        """Put a manifest in force, and sweep up what it no longer names."""
        self._put_in_force(manifest)
        self.sweep(manifest)

    def _put_in_force(self, manifest: Manifest) -> None:
        document: dict[str, Any] = manifest.model_dump(mode="json")
        text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)
        write_atomically(self.folder / MANIFEST, text.encode())

    def sweep(self, manifest: Manifest) -> None:
        """Remove files that this manifest does not name: a crash leaves such, and an import.

        While anybody reads the tables they stay, for the next import to remove.
        """
        if not self.folder.is_dir():
            return
        with unread(self.folder) as free:
            if free:
                self._remove_all_but(manifest)

    def _remove_all_but(self, manifest: Manifest) -> None:
        named = {MANIFEST, *(table.file for table in manifest.tables.values()), *manifest.changes}
        named |= {r.set_aside_file for r in manifest.imports.values() if r.set_aside_file}
        for path in self.folder.iterdir():
            if path.is_file() and path.name not in named:
                # A program that keeps it open (on Windows) is no reason to fail.
                with suppress(PermissionError):
                    path.unlink()
