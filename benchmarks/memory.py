"""The most memory that a process held."""

from __future__ import annotations

import os
import re
import resource
from pathlib import Path


def peak_mib(process: int | None = None) -> float:
    """Return the most MiB that a process held, this one unless given.

    Linux tells it of the program alone; `getrusage`, for other systems and this process only,
    counts what the parent held when it started the program as well.
    """
    status = Path(f"/proc/{process or os.getpid()}/status")
    if process is None and not status.is_file():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
    if found is None:
        raise ProcessLookupError(process)
    return int(found[1]) / 1024
