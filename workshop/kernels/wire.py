"""What a program and its warm parent say to each other: a JSON object a message, over a socket."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

LONGEST = 1 << 20
_FILES = 3

Message = dict[str, Any]


def listener() -> socket.socket:
    """Return a socket on an address of the kernel's choosing, which leaves no file behind."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listening.bind("")
    listening.listen(socket.SOMAXCONN)
    return listening


def connected(address: str) -> socket.socket:
    """Return a line to whoever listens at an address as `address_of` writes it."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        line.connect(bytes.fromhex(address))
    except OSError:
        line.close()
        raise
    return line


def address_of(listening: socket.socket) -> str:
    """Return where a socket listens, fit for the environment of a process."""
    return bytes(listening.getsockname()).hex()


def send(line: socket.socket, message: Message, files: Sequence[int] = ()) -> None:
    """Send one message, with open files where there are any."""
    socket.send_fds(line, [json.dumps(message).encode()], files)


def read(line: socket.socket) -> tuple[Message | None, list[int]]:
    """Return one message and the files that came with it; none where the line is closed or cut."""
    files: list[int] = []
    try:
        data, files, _, _ = socket.recv_fds(line, LONGEST, _FILES)
        message = json.loads(data)
    except (ConnectionError, ValueError):
        return None, files
    return (message if isinstance(message, dict) else None), files


def say(line: socket.socket, message: Message) -> None:
    """Send one message to somebody who may be gone."""
    with suppress(OSError):
        send(line, message)


def close(files: Sequence[int]) -> None:
    """Close open files."""
    for file in files:
        os.close(file)
