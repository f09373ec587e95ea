"""Read YAML that a person wrote: bounded, without surprises, and with the line of every field.

Of YAML's scalars only whole and decimal numbers, ``true``, ``false`` and ``null`` are read as
such: ``no`` is text, and so is ``8:00``. Anchors, tags and a key that stands twice are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from workshop.errors import InputError

MOST_BYTES = 100_000
MOST_DEPTH = 12

Place = tuple[str | int, ...]
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}


class Marked(NamedTuple):
    """A document as plain data (lists are tuples), and the line on which each part begins."""

    data: Any
    lines: dict[Place, int]

    def line(self, place: Place) -> int:
        """Return the line of a part, or of what it would be in where it is missing."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read_marked(path: Path) -> Marked:
    """Read a file; raise ``InputError`` with its line for what is not plain YAML."""
    if path.stat().st_size > MOST_BYTES:
        raise InputError("file_too_long", path=str(path), most=MOST_BYTES)
    try:
        text = path.read_text(encoding="utf-8-sig")
        _refuse_tricks(path, text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except UnicodeDecodeError as error:
        raise InputError("file_not_utf8", path=str(path)) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _wrong(path, mark, "syntax") from error
    except yaml.YAMLError as error:
        raise _wrong(path, None, "characters") from error
    lines: dict[Place, int] = {}
    data = None if node is None else _plain(path, node, (), lines)
    return Marked(data, lines)


def _refuse_tricks(path: Path, text: str) -> None:
    """Refuse what can make a short file a large or deep document."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MOST_DEPTH:
            raise _wrong(path, event.start_mark, "too_deep")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _wrong(path, event.start_mark, "anchor")
        if getattr(event, "tag", None):
            raise _wrong(path, event.start_mark, "tag")


def _plain(path: Path, node: yaml.Node, place: Place, lines: dict[Place, int]) -> Any:
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return dict(_pairs(path, node, place, lines))
    if isinstance(node, yaml.SequenceNode):
        return tuple(_plain(path, item, (*place, i), lines) for i, item in enumerate(node.value))
    text = str(node.value)
    return text if getattr(node, "style", None) else _scalar(text)


def _pairs(
    path: Path, node: yaml.MappingNode, place: Place, lines: dict[Place, int]
) -> Iterator[tuple[str, Any]]:
    seen = set()
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _wrong(path, key.start_mark, "syntax")
        if key.value in seen:
            raise _wrong(path, key.start_mark, "twice")
        seen.add(key.value)
        here = (*place, key.value)
        yield key.value, _plain(path, value, here, lines)
        lines[here] = key.start_mark.line + 1


def _scalar(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if re.fullmatch(r"[-+]?\d{1,15}", text):
        return int(text)
    return float(text) if re.fullmatch(r"[-+]?\d{1,15}\.\d{1,15}", text) else text


def _wrong(path: Path, mark: object, fault: str) -> InputError:
    """Return the error for a mark of YAML's, which counts lines from 0."""
    line = getattr(mark, "line", None)
    number = None if line is None else line + 1
    return InputError("bad_yaml", path=str(path), line=number, faults=[fault])
