"""Read TOML that a person wrote, bounded, and with the line of each key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workshop.errors import Phrase
from workshop.yaml_lines import MOST_DEPTH, Marked, Place, read_text, unusable

_HEADER = re.compile(r"(\[\[?[^\[\]]++\]\]?)\s*+(?:#.*)?")
_KEY = re.compile(r"""((?:"[^"]*+"|'[^']*+'|[^"'=#\[{])++)=.*""")
_KEY_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
# Reading a key takes as long as the square of its parts.
_LONG_KEY = re.compile(rf"(?<![\w-])(?:{_KEY_PART}[ \t]*+\.[ \t]*+){{{MOST_DEPTH}}}")
_LINE = re.compile(r"at line (\d+)")


def read_toml(path: Path) -> Marked:
    """Read one file; raise ``InputError`` with the line for what is too large or no TOML."""
    text = read_text(path)
    if long := _LONG_KEY.search(text):
        line = text.count("\n", 0, long.start()) + 1
        raise unusable(path, line, Phrase("fault.too_deep"))
    try:
        data = _frozen(tomllib.loads(text), 0)
    except tomllib.TOMLDecodeError as error:
        at = _LINE.search(str(error))
        line = int(at[1]) if at else text.count("\n") + 1
        raise unusable(path, line, Phrase("fault.toml")) from error
    except RecursionError as error:
        raise unusable(path, 1, Phrase("fault.too_deep")) from error
    found = Marked(data, dict(_lines(text)))
    # A line within a long text can look like a key.
    return Marked(data, {at: line for at, line in found.lines.items() if found.place(at) == at})


def _frozen(value: Any, depth: int) -> Any:
    """Return lists as tuples."""
    if depth > MOST_DEPTH:
        raise RecursionError
    if isinstance(value, dict):
        return {key: _frozen(part, depth + 1) for key, part in value.items()}
    if isinstance(value, list):
        return tuple(_frozen(part, depth + 1) for part in value)
    return value


def _lines(text: str) -> Iterator[tuple[Place, int]]:
    """Yield each key that begins a line, and the line; a key within braces has none."""
    seen: set[Place] = {()}
    counts: dict[Place, int] = {}
    table: Place = ()
    yield (), 1
    for number, line in enumerate(map(str.strip, text.split("\n")), 1):
        header, key = _HEADER.fullmatch(line), _KEY.fullmatch(line)
        if header:
            table = _numbered(_keys(header[1]), counts, several=header[1].startswith("[["))
        found = (*table, *_keys(f"{key[1]}=0")) if key and not header else table
        for end in range(1, len(found) + 1):
            if found[:end] not in seen:
                seen.add(found[:end])
                yield found[:end], number


def _keys(text: str) -> Place:
    """Return the keys of a header or of a key with a value; none where it is neither."""
    try:
        part: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return ()
    keys = []
    while isinstance(part, dict | list) and part:
        if isinstance(part, dict):
            key, part = next(iter(part.items()))
            keys.append(key)
        else:
            part = part[0]
    return tuple(keys)


def _numbered(keys: Place, counts: dict[Place, int], *, several: bool) -> Place:
    """Return a table's place: after a table of which there are several stands its number."""
    place: Place = ()
    for left, key in zip(range(len(keys), 0, -1), keys, strict=True):
        place = (*place, key)
        if several and left == 1:
            counts[place] = counts.get(place, -1) + 1
        if place in counts:
            place = (*place, counts[place])
    return place
