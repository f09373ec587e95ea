"""A copy of a client's folder on another disk, a few seconds behind, from which one goes on."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path, PurePath, PurePosixPath
from typing import NamedTuple

from workshop.errors import InputError, WorkspaceError
from workshop.session.store import FILE, Store
from workshop.workspace import (
    PRESENTING,
    SETTINGS_FILE,
    Workspace,
    sync_folder,
    write_atomically,
)

MARK = ".samenspel-copy.json"
"""What tells a copy from a client's folder of its own, and what was copied into it."""
COPIES = ".copies.json"
"""In the client's folder itself: where it was copied to, so that one can be forgotten there too."""
PENDING = ".forgetting.json"
"""Whom somebody began to forget, as long as that is not done."""
_LOGS = (".samenspel.log", ".samenspel-present.log")
_LOCKS = (".lock", ".open.lock", *PRESENTING)
_LEFT_OUT = ("reports", ".room.json", COPIES, PENDING, MARK, *_LOCKS, *_LOGS)
_PASSING = (".ipynb_checkpoints", "__pycache__")
_UNFINISHED = ".copying-"


class Copied(NamedTuple):
    """What one look brought over: the database or not, and how many files."""

    database: bool
    files: int


class Copy:
    """The copy of one workspace; each `step` brings over what changed since the last."""

    def __init__(self, workspace: Workspace, store: Store, folder: Path) -> None:
        self.workspace = workspace
        self.folder = folder
        self._original = workspace.path.resolve()
        self.database = store.file
        """The session's file; ``None`` where the session is in Postgres, and safe there."""
        self._source: sqlite3.Connection | None = None
        self._version: int | None = None
        self._files: dict[str, tuple[int, int]] = {}
        self._prepared = False

    def prepare(self) -> None:
        """Make the folder ours.

        Raises ``InputError``: ``copy_inside`` the workspace or above it, ``copy_in_use`` by
        anything but an earlier copy of this workspace; ``OSError`` for a disk that is not there.
        """
        here, there = self.workspace.path.resolve(), self.folder.resolve()
        if here == there or here in there.parents or there in here.parents:
            raise InputError("copy_inside", path=str(self.folder), original=str(here))
        if not self._is_ours():
            raise InputError("copy_in_use", path=str(self.folder))
        # Not its parents: the disk may be out, and its place is no place for a copy.
        self.folder.mkdir(exist_ok=True)
        for left in (*self.folder.glob(f".{FILE}.*"), *self.folder.rglob(f"{_UNFINISHED}*")):
            left.unlink(missing_ok=True)
        # By name, so that what is gone goes here too; each is looked at again.
        self._files = dict.fromkeys(_known(self.folder), (0, 0))
        self._write_mark()
        _note_copy(self.workspace, self.folder)
        self._prepared = True

    def step(self) -> Copied:
        """Bring over what changed; raise ``OSError`` or ``sqlite3.Error`` where that fails.

        Raises ``WorkspaceError`` (``copy_goes_on``) once a session goes on in the copy itself.
        """
        if not self._prepared:
            self.prepare()
        if not (self.folder / MARK).exists():
            if (self.folder / SETTINGS_FILE).exists():
                raise WorkspaceError("copy_goes_on", path=str(self.folder))
            # The disk was taken out: what it was mounted on is no place for a copy.
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self.folder))
        # First the session: it is what nobody can import again.
        database = self._copy_database()
        return Copied(database, self._copy_files())

    def close(self) -> None:
        """Let go of the database."""
        if self._source is not None:
            self._source.close()
            self._source = None

    def _copy_database(self) -> bool:
        if self.database is None:
            return False
        if self._source is None:
            # Read-only, and so that it can be closed from the thread that did not open it.
            address = f"{self.database.resolve().as_uri()}?mode=ro"
            self._source = sqlite3.connect(address, uri=True, timeout=5, check_same_thread=False)
        version = int(self._source.execute("PRAGMA data_version").fetchone()[0])
        if version == self._version and (self.folder / FILE).exists():
            return False
        # By way of memory: what is written on a share is one plain file, without locks.
        with closing(sqlite3.connect(":memory:")) as memory:
            self._source.backup(memory)
            content = memory.serialize()
        write_atomically(self.folder / FILE, content)
        for ending in ("-wal", "-shm"):
            (self.folder / f"{FILE}{ending}").unlink(missing_ok=True)
        self._version = version
        return True

    def _copy_files(self) -> int:
        found = dict(self._present())
        changed = [name for name, mark in found.items() if self._files.get(name) != mark]
        gone = [name for name in self._files if name not in found]
        for name in sorted(changed, key=_settings_last):
            _copy_file(self.workspace.path / name, self._place(name))
        for name in gone:
            self._place(name).unlink(missing_ok=True)
        self._files = found
        if changed or gone:
            self._write_mark()
        return len(changed)

    def _present(self) -> Iterator[tuple[str, tuple[int, int]]]:
        """Yield what there is to copy, with what tells whether it changed."""
        for root, folders, files in os.walk(self.workspace.path):
            place = Path(root).relative_to(self.workspace.path)
            folders[:] = [name for name in folders if _goes_along(place / name)]
            for name in files:
                path = self.workspace.path / place / name
                if _goes_along(place / name) and self._is_own(path):
                    state = path.stat()
                    yield (place / name).as_posix(), (state.st_mtime_ns, state.st_size)

    def _is_own(self, path: Path) -> bool:
        """Tell whether a file is there, and none that a link brings in from outside."""
        inside = not path.is_symlink() or path.resolve().is_relative_to(self._original)
        return inside and path.is_file()

    def _place(self, name: str) -> Path:
        """Return where a file goes in the copy; raise ``OSError`` where a link leads out of it."""
        path = self.folder / name
        if not path.parent.resolve().is_relative_to(self.folder.resolve()):
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path.parent))
        return path

    def _is_ours(self) -> bool:
        """Tell whether the folder is new, empty, or a copy of this workspace."""
        if not self.folder.exists():
            return True
        mark = read_mark(self.folder)
        if mark is not None:
            return mark.get("of") == str(self.workspace.path.resolve())
        return self.folder.is_dir() and not any(self.folder.iterdir())

    def _write_mark(self) -> None:
        content = {"of": str(self.workspace.path.resolve()), "files": sorted(self._files)}
        write_atomically(self.folder / MARK, json.dumps(content, indent=1).encode())


def copies_of(workspace: Workspace) -> tuple[Path, ...]:
    """Return where a workspace was ever copied to, as far as it was noted."""
    try:
        found = json.loads((workspace.path / COPIES).read_text("utf-8"))
    except (OSError, ValueError):
        return ()
    names = found if isinstance(found, list) else []
    return tuple(Path(name) for name in names if isinstance(name, str))


def _note_copy(workspace: Workspace, folder: Path) -> None:
    """Note where a copy is, once."""
    noted = [str(path) for path in copies_of(workspace)]
    place = str(folder.resolve())
    if place not in noted:
        write_atomically(workspace.path / COPIES, json.dumps([*noted, place]).encode())


def read_mark(folder: Path) -> dict[str, object] | None:
    """Return what a copy says of itself; ``None`` for a folder that is none."""
    try:
        return dict(json.loads((folder / MARK).read_text("utf-8")))
    except (OSError, ValueError):
        return None


def take_over(workspace: Workspace) -> bool:
    """Make a copy a client's folder of its own, never written over again; tell if it was one."""
    if read_mark(workspace.path) is None:
        return False
    (workspace.path / MARK).unlink()
    sync_folder(workspace.path)
    return True


def same_disk(one: Path, other: Path) -> bool:
    """Tell whether two folders go together when a disk fails; the second need not exist yet."""
    while not other.exists():
        other = other.parent
    return one.stat().st_dev == other.stat().st_dev


def _known(folder: Path) -> Iterator[str]:
    """Yield what an earlier copy brought here, whatever else its note may say."""
    names = (read_mark(folder) or {}).get("files")
    for name in names if isinstance(names, list) else ():
        path = PurePosixPath(str(name))
        if not path.is_absolute() and path.parts and ".." not in path.parts:
            yield str(path)


def _goes_along(path: PurePath) -> bool:
    """Tell whether a file or folder is part of what another laptop needs."""
    if path.name in _PASSING or path.name.startswith((_UNFINISHED, ".import-")):
        return False
    return path.parts[0] not in _LEFT_OUT and not path.parts[0].startswith(FILE)


def _settings_last(name: str) -> bool:
    """Without its settings a folder is no workspace: nobody goes on from half of a first copy."""
    return name == SETTINGS_FILE


def _copy_file(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"{_UNFINISHED}{target.name}")
    try:
        shutil.copyfile(source, unfinished)
        shutil.copymode(source, unfinished)
        with unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        unfinished.replace(target)
    except FileNotFoundError:
        # Replaced or removed while it was read: the next look sees what is there then.
        if source.exists():
            raise
    finally:
        unfinished.unlink(missing_ok=True)
