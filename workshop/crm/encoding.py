"""Tell how a text file is encoded, and write it anew in UTF-8 where it is not."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import BinaryIO, NamedTuple

from workshop.errors import InputError

MAX_LINE_BYTES = 4_000_000
_CHUNK = 1 << 20


class Encoding(NamedTuple):
    """A text's encoding, and whether DuckDB can read the file as it is."""

    name: str
    plain: bool


def detect_encoding(path: Path) -> Encoding:
    """Tell a text's encoding: a byte order mark decides, then valid UTF-8, then cp1252.

    Raises ``InputError`` for what is no text, and for a line over ``MAX_LINE_BYTES``.
    """
    with path.open("rb") as file:
        start = file.read(4096)
        if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
            raise InputError("not_text", path=path.name)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return Encoding("utf-16", plain=False)
        if b"\x00" in start:
            return Encoding(_utf16_without_mark(start, path), plain=False)
        file.seek(0)
        name = "utf-8-sig" if start.startswith(codecs.BOM_UTF8) else "utf-8"
        return _utf8_or_cp1252(file, name, path)


def transcode(path: Path, encoding: str, target: Path) -> int:
    """Write a UTF-8 copy; return how many characters could not be read (they become U+FFFD).

    Raises ``InputError`` as `detect_encoding` does.
    """
    length, unknown = 0, 0
    with (
        path.open(encoding=encoding, errors="replace", newline="") as source,
        target.open("w", encoding="utf-8", newline="") as copy,
    ):
        while chunk := source.read(_CHUNK):
            if "\x00" in chunk:
                raise InputError("not_text", path=path.name)
            breaks = [chunk.find("\n"), chunk.find("\r"), chunk.rfind("\n"), chunk.rfind("\r")]
            length = _line_length(length, breaks, len(chunk), path)
            unknown += chunk.count("\ufffd")
            copy.write(chunk.removeprefix("\ufeff"))
    return unknown


def _utf16_without_mark(start: bytes, path: Path) -> str:
    """Name the byte order of UTF-16 by which half of its byte pairs is mostly zero."""
    pairs = len(start) / 2
    low, high = start[::2].count(0) / pairs, start[1::2].count(0) / pairs
    if high > 0.4 and low < 0.1:
        return "utf-16-le"
    if low > 0.4 and high < 0.1:
        return "utf-16-be"
    raise InputError("not_text", path=path.name)


def _utf8_or_cp1252(file: BinaryIO, name: str, path: Path) -> Encoding:
    decoder = codecs.getincrementaldecoder("utf-8")()
    length, found = 0, Encoding(name, plain=True)
    while True:
        chunk = file.read(_CHUNK)
        if b"\x00" in chunk:
            raise InputError("not_text", path=path.name)
        breaks = [chunk.find(b"\n"), chunk.find(b"\r"), chunk.rfind(b"\n"), chunk.rfind(b"\r")]
        length = _line_length(length, breaks, len(chunk), path)
        if found.plain:
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                found = Encoding(_broken_or_cp1252(error.object, name), plain=False)
        if not chunk:
            return found


def _broken_or_cp1252(sample: bytes, name: str) -> str:
    """Tell UTF-8 with a few broken bytes from cp1252, which has hardly a valid sequence."""
    text = sample.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    intact = len(text) - len(text.encode("ascii", errors="ignore")) - broken
    return name if intact > broken else "cp1252"


def _line_length(length: int, breaks: list[int], size: int, path: Path) -> int:
    """Return how long the last line is so far, given where a chunk's line breaks are."""
    found = [place for place in breaks if place >= 0]
    if length + min(found, default=size) > MAX_LINE_BYTES:
        raise InputError("line_too_long", path=path.name, limit=MAX_LINE_BYTES)
    return size - max(found) - 1 if found else length + size
