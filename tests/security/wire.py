"""Requests byte by byte, as no browser sends them."""

from __future__ import annotations

import socket
import time
from typing import NamedTuple

END = b"\r\n"


class Heard(NamedTuple):
    """What a server sent back over one connection, and how long that took."""

    text: bytes
    seconds: float

    @property
    def answers(self) -> int:
        """How many answers it holds: two to one request are one too many."""
        return self.text.count(b"HTTP/1.1 ")

    @property
    def status(self) -> int:
        """The status of the first answer; 0 for none."""
        return int(self.text.split(None, 2)[1]) if self.text.startswith(b"HTTP/1.1 ") else 0

    @property
    def head(self) -> bytes:
        """The first answer's headers, in lower case."""
        return self.text.partition(END * 2)[0].lower()


def said(port: int, content: bytes, patience: float = 20.0, source: str = "127.0.0.1") -> Heard:
    """Send bytes as they are; return what comes until the end, or until patience ends."""
    begin, heard = time.monotonic(), b""
    place = (source, 0)
    with socket.create_connection(("127.0.0.1", port), timeout=patience, source_address=place) as s:
        try:
            s.sendall(content)
            while chunk := s.recv(65536):
                heard += chunk
        except (TimeoutError, ConnectionResetError, BrokenPipeError):
            pass
    heard = heard.removeprefix(b"HTTP/1.1 100 (Continue)" + END * 2)
    return Heard(heard, time.monotonic() - begin)


def request(
    method: str, target: str, *headers: str, body: bytes = b"", host: str = "127.0.0.1"
) -> bytes:
    """Return a request with a host, that ends its connection; its body has its length."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", "Connection: close", *headers]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + body
