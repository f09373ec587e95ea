"""Import the example, play a part of its session, serve the room and make minutes: one process.

``python -m tests.offline.short_demo FOLDER [full]``; what it made is what the test looks at.
"""

from __future__ import annotations

import fcntl
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.played import played, sitting_of
from workshop.demo import example_workspace, import_example

FLAGS, SET_FLAGS, UP = 0x8913, 0x8914, 0x1


def raise_loopback() -> None:
    """Switch loopback on, which is off in a network of its own."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        asked = struct.pack("16sH14s", b"lo", 0, b"")
        (flags,) = struct.unpack_from("H", fcntl.ioctl(one, FLAGS, asked), 16)
        if not flags & UP:
            fcntl.ioctl(one, SET_FLAGS, struct.pack("16sH14s", b"lo", flags | UP, b""))


def serve(path: Path) -> None:
    """Serve the room on loopback, and look at its first pages as a phone does."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "workshop.room", str(path), "--port", str(port)]
    )
    try:
        for _ in range(300):
            try:
                page = httpx.get(f"http://127.0.0.1:{port}/", follow_redirects=True)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        assert page.status_code == 200
        (path / "phone.html").write_text(page.text, "utf-8")
    finally:
        server.terminate()
        server.wait(30)


def main() -> None:
    """Do all of it."""
    raise_loopback()
    path, full = Path(sys.argv[1]), sys.argv[2:] == ["full"]
    if full:
        command = [sys.executable, "-m", "workshop", "demo", str(path)]
    else:
        workspace = example_workspace(path)
        for _ in import_example(workspace):
            pass
        played(workspace, sitting_of("ask kick-off", "ask diagnosis", "decide priorities"))
        command = [sys.executable, "-m", "workshop", "report", str(path), "--kind", "stand-up"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    serve(path)


if __name__ == "__main__":
    main()
