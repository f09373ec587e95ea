"""Say what the system has against writing a file: full, read-only, or not allowed."""

from __future__ import annotations

import errno
import os

from workshop.errors import Phrase

_SAID = {
    errno.ENOSPC: Phrase("problem.disk_full"),
    errno.EDQUOT: Phrase("problem.disk_full"),
    errno.EFBIG: Phrase("problem.disk_full"),
    errno.EROFS: Phrase("problem.disk_read_only"),
    errno.EACCES: Phrase("problem.no_rights"),
    errno.EPERM: Phrase("problem.no_rights"),
    errno.EIO: Phrase("problem.disk_fails"),
}


def said_of(error: Exception) -> Phrase | str:
    """Return what is wrong in our words, or in the system's own where we have none.

    DuckDB passes on the system's words without its number.
    """
    text = str(error)
    number = getattr(error, "errno", None)
    if number is None:
        number = next((one for one in _SAID if os.strerror(one) in text), None)
    if number in _SAID:
        return _SAID[number]
    own = getattr(error, "strerror", None)
    return str(own or (text.splitlines() or [type(error).__name__])[0][:200])


def is_of_disk(error: OSError) -> bool:
    """Tell a fault of the disk or the rights on it from any other."""
    return error.errno in _SAID
