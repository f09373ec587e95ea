"""Publish a folder at once: a reader, or a crash, sees the old one or the new one, whole.

A folder is built in a hidden one beside its place, on the same file system, and takes its name at
the end. Where the name is taken, the two are exchanged in one step by the kernel (Linux, macOS);
elsewhere the old one steps aside first, and comes back if the step after it never happens.
"""

from __future__ import annotations

import ctypes
import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from workshop.disk import is_of_disk
from workshop.errors import ReportError
from workshop.workspace import sync_folder

_PREFIX = ".building-"
_HELD_OPEN = (errno.EACCES, errno.EPERM)
"""What Windows says of a file that someone has open, as of one without rights."""


@contextmanager
def publication(parent: Path, name: str) -> Iterator[Path]:
    """Yield an empty folder that stands under ``parent / name`` once the block ends well.

    If the block raises, nothing has changed and nothing is left. What a killed process left behind
    is cleared away by the next one. Raises ``ReportError`` ``cannot_publish`` where the system
    refuses (a file of the old report is held open, say), and ``OSError`` with the name that it
    would have had where the block could not write.
    """
    parent.mkdir(parents=True, exist_ok=True)
    clear_leftovers(parent)
    room = parent / f"{_PREFIX}{secrets.token_hex(6)}"
    # the lock comes first: a room without one would have nobody to clear it away
    lock = FileLock(f"{room}.lock")
    try:
        with _named(parent / name, instead=room), lock:
            built = room / "new"
            built.mkdir(parents=True)
            yield built
            try:
                _take_place(built, parent / name, aside=room / "old")
            except OSError as error:
                if is_of_disk(error) and error.errno not in _HELD_OPEN:
                    raise
                target = str(parent / name)
                raise ReportError("cannot_publish", path=target, problem=str(error)) from error
    finally:
        _remove(room)


@contextmanager
def _named(target: Path, instead: Path) -> Iterator[None]:
    """Name what the disk has something against by its place: nobody knows where it is built."""
    try:
        yield
    except OSError as error:
        hidden = os.fsdecode(error.filename or instead).startswith(str(instead))
        if not hidden or not is_of_disk(error):
            raise
        raise OSError(error.errno, error.strerror, str(target)) from error


def _take_place(built: Path, target: Path, aside: Path) -> None:
    _sync_tree(built)
    if target.exists():
        if not _exchange(built, target):
            aside.mkdir()
            target.rename(aside / target.name)
            _rename_or_restore(built, target, aside)
    else:
        built.rename(target)
    sync_folder(target.parent)


def _rename_or_restore(built: Path, target: Path, aside: Path) -> None:
    try:
        built.rename(target)
    except BaseException:
        (aside / target.name).rename(target)
        raise


def clear_leftovers(parent: Path) -> None:
    """Remove the rooms of processes that are gone, once an old folder in them is back in place."""
    for lock in parent.glob(f"{_PREFIX}*.lock"):
        room = lock.with_suffix("")
        try:
            with FileLock(lock, timeout=0):
                for old in (room / "old").glob("*"):
                    if not (parent / old.name).exists():
                        old.rename(parent / old.name)
        except Timeout:
            continue
        _remove(room)


def _remove(room: Path) -> None:
    """Remove a room, and then its lock; where the disk refuses, the next one does."""
    shutil.rmtree(room, ignore_errors=True)
    with suppress(OSError):
        room.with_suffix(".lock").unlink(missing_ok=True)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two names in one step; tell whether the system can."""
    library: Any = ctypes.CDLL(None) if os.name == "posix" else None
    here, there = os.fsencode(one), os.fsencode(other)
    if hasattr(library, "renameat2"):  # Linux; AT_FDCWD and RENAME_EXCHANGE
        return bool(library.renameat2(-100, here, -100, there, 2) == 0)
    if hasattr(library, "renamex_np"):  # macOS; RENAME_SWAP
        return bool(library.renamex_np(here, there, 2) == 0)
    return False


def _sync_tree(folder: Path) -> None:
    """Make a folder's files outlive a power cut before they get their name."""
    for path in (*folder.rglob("*"), folder):
        if path.is_dir():
            sync_folder(path)
        else:
            with path.open("rb+") as file:
                os.fsync(file.fileno())
