"""Whoever reads the tables keeps them: an import removes none that is still being read.

The folder itself is locked, by the system, which lets go when a process ends however it ends.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform != "win32":
    import fcntl


_PATIENCE_SECONDS = 3.0


def hold(folder: Path) -> int | None:
    """Hold the files of a folder for a reader, until `release` or the end of the process.

    Returns ``None`` where the system or the disk cannot, and where there is no folder.
    """
    if sys.platform == "win32" or not folder.is_dir():
        return None
    descriptor = os.open(folder, os.O_RDONLY)
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return descriptor
        except BlockingIOError:
            # A sweep is short. One that is not, removes nothing that is in force now.
            if time.monotonic() < end:
                time.sleep(0.02)
                continue
        except OSError:
            pass
        os.close(descriptor)
        return None


def release(held: int | None) -> None:
    """Let go of what `hold` returned."""
    if held is not None:
        os.close(held)


@contextmanager
def unread(folder: Path) -> Iterator[bool]:
    """Tell whether nobody reads a folder's files; while the block runs nobody begins to.

    Where that cannot be known it is taken to be so.
    """
    if sys.platform == "win32":
        yield True
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield _alone(descriptor)
    finally:
        os.close(descriptor)


def _alone(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
