"""On the path of every process of the test: writes down, and refuses, any reach beyond loopback."""

from __future__ import annotations

import os
import sys
from pathlib import Path

LOG = Path(os.environ["SAMENSPEL_GUARD"])
NEAR = ("", "localhost", "::1", "::", "0.0.0.0", "127.", "b''")
WATCHED = ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname")


def note(line: str) -> None:
    """Add a line, whole, whoever else writes."""
    with LOG.open("ab", buffering=0) as file:
        file.write(f"{line}\n".encode())


def watch(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse what is not on this machine."""
    if event not in WATCHED:
        return
    where = arguments[1] if event in ("socket.connect", "socket.sendto") else arguments[0]
    if not isinstance(where, tuple) and event in ("socket.connect", "socket.sendto"):
        return  # a socket in a folder
    host = where[0] if isinstance(where, tuple) else where
    text = host.decode() if isinstance(host, bytes) else str(host or "")
    if text in NEAR or text.startswith("127."):
        return
    note(f"reached {event} {where!r} by {sys.argv}")
    raise PermissionError(f"{event} {where!r}")


sys.addaudithook(watch)
note(f"guarded {' '.join(sys.orig_argv)}")
