"""Files opened as far as they go: archives, packed streams, pictures within pages."""

from __future__ import annotations

import base64
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

_EMBEDDED = re.compile(rb"base64,([A-Za-z0-9+/=\s\\]{40,})|\"image/png\": \"([A-Za-z0-9+/=\\n]+)\"")


def layers(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield what a file holds, and all that is packed or embedded in it, by name."""
    yield from _layers(path.name, path.read_bytes())


def _layers(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    yield name, content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield from _layers(f"{name}/{member}", archive.read(member))
    elif content.startswith(b"%PDF"):
        for n, stream in enumerate(re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL)):
            try:
                yield f"{name}/{n}", zlib.decompressobj().decompress(stream)
            except zlib.error:
                continue
    elif name.endswith((".html", ".ipynb")):
        for n, found in enumerate(_EMBEDDED.findall(content)):
            packed = re.sub(rb"\\n|\s|\\", b"", found[0] or found[1])
            yield f"{name}/{n}", base64.b64decode(packed + b"=" * (-len(packed) % 4))


def spellings(text: str) -> list[bytes]:
    """Return the ways in which a text can stand in a file."""
    plain = text.encode()
    return [plain, text.encode("utf-16-be"), base64.b64encode(plain).rstrip(b"=")[:-1]]
