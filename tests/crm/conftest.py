"""A workspace at hand: write a file, import it, look at what came of it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from workshop.crm.convert import Asked
from workshop.crm.importing import Imported, import_files
from workshop.crm.staging import Request
from workshop.crm.store import Store
from workshop.errors import InputError
from workshop.workspace import Workspace

_ASKED = ("dates", "decimal", "keep_contacts")


@dataclass
class Desk:
    """A workspace, and a folder of files beside it."""

    workspace: Workspace
    folder: Path

    def file(self, content: str | bytes, name: str = "deals.csv", encoding: str = "utf-8") -> Path:
        """Write a file and return its path."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    def run(self, *files: Path | str | bytes, **said: Any) -> Imported:
        """Import files (or the content of one) and see that every row is accounted for."""
        paths = tuple(f if isinstance(f, Path) else self.file(f) for f in files)
        asked = Asked(**{name: said.pop(name) for name in _ASKED if name in said})
        imported = import_files(self.workspace, Request(paths, asked=asked, **said))
        assert imported.rows == imported.kept + len(imported.set_aside)
        assert imported.kept > 0
        return imported

    def refuse(self, *files: Path | str | bytes, **said: Any) -> InputError:
        """Import what cannot be imported: return the error, the workspace being untouched."""
        before = self.tree()
        with pytest.raises(InputError) as raised:
            self.run(*files, **said)
        assert self.tree() == before
        return raised.value

    def table(self, name: str = "deals") -> pd.DataFrame:
        """Return a table as stored, by its key where it has one."""
        path = Store(self.workspace).path(name)
        assert path is not None, f"no table {name}"
        frame = pd.read_parquet(path)
        return frame.sort_values(list(frame.columns[:4]), ignore_index=True)

    def changes(self) -> pd.DataFrame:
        """Return the history of changed cells."""
        store = Store(self.workspace)
        files = [store.folder / name for name in store.manifest().changes]
        return pd.concat([pd.read_parquet(file) for file in files], ignore_index=True)

    def set_aside(self, imported: Imported) -> pd.DataFrame:
        """Return the CSV of what an import set aside, as text."""
        assert imported.set_aside_file is not None
        return pd.read_csv(imported.set_aside_file, dtype=str, keep_default_na=False)

    def tree(self) -> dict[str, bytes]:
        """Return every file of the workspace with its bytes, but for the empty lock."""
        return {
            str(path.relative_to(self.workspace.path)): path.read_bytes()
            for path in sorted(self.workspace.path.rglob("*"))
            if path.is_file() and path.name != ".lock"
        }


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a new Flemish client's workspace."""
    return new_desk(tmp_path)


@pytest.fixture
def make_desk(tmp_path: Path) -> Callable[..., Desk]:
    """Return what makes a workspace of a name, with settings."""

    numbers = itertools.count()

    def make(name: str = "", **settings: Any) -> Desk:
        return new_desk(tmp_path / f"{next(numbers)}-{name}", **settings)

    return make


def new_desk(path: Path, **settings: Any) -> Desk:
    folder = path / "export"
    folder.mkdir(parents=True)
    return Desk(Workspace.create(path / "klant", "Klant", **settings), folder)
