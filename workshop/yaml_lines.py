"""Read YAML that a person wrote: bounded, without surprises, and with the line of each value.

YAML reads ``NO`` as false, ``010`` as eight and ``12:30`` as 750. Here a plain value is a whole
number, a decimal number, ``true``, ``false``, nothing, or else the text as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from workshop.errors import InputError, Phrase

MOST_BYTES = 100_000
MOST_VALUES = 5_000
MOST_DEPTH = 24
MOST_SHOWN = 60

Place = tuple[str | int, ...]

_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_WHOLE = re.compile(r"-?(0|[1-9]\d{0,14})", re.ASCII)
_DECIMAL = re.compile(r"-?(0|[1-9]\d{0,14})\.\d{1,15}", re.ASCII)
# An escape in a quoted text can write what the file itself may not hold.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class Marked(NamedTuple):
    """What a file says (lists are tuples), and the line on which each part begins."""

    data: Any
    lines: dict[Place, int]

    def place(self, location: Sequence[str | int]) -> Place:
        """Return the part of the file nearest to a location, which may name what is not there."""
        found: Place = ()
        here = self.data
        for part in location:
            inside = range(len(here)) if isinstance(here, tuple) else here
            if isinstance(inside, dict | range) and part in inside:
                found, here = (*found, part), here[part]
        return found

    def at(self, place: Place) -> Any:
        """Return what stands at a place that is there."""
        here = self.data
        for part in place:
            here = here[part]
        return here

    def line(self, location: Sequence[str | int]) -> int:
        """Return the line of a location, or of what it would be in where it is missing."""
        place = tuple(location)
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


class _Fault(Exception):
    """What cannot be read as plain YAML: a code, the line, and what the message needs."""

    def __init__(self, code: str, line: int, **fields: object) -> None:
        super().__init__(code, line, fields)
        self.problem = Phrase(f"fault.{code}", **fields)
        self.line = line


def read_yaml(path: Path) -> Marked:
    """Read one file.

    Raises ``InputError`` with the line for what is too large, not UTF-8, not YAML or not plain:
    anchors, tags and a key that stands twice are refused.
    """
    text = read_text(path)
    try:
        return parse(text)
    except _Fault as fault:
        raise unusable(path, fault.line, fault.problem) from fault


def read_text(path: Path) -> str:
    """Return the text of a UTF-8 file, without its byte order mark; raise ``InputError``."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        problem = error.strerror or type(error).__name__
        raise InputError("unreadable_file", path=str(path), problem=problem) from error
    if len(content) > MOST_BYTES:
        raise InputError("file_too_long", path=str(path), most=MOST_BYTES)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("file_not_utf8", path=str(path)) from error


def unusable(path: Path, line: int, *problems: Phrase) -> InputError:
    """Return the error for a file, from the first line that is wrong and what is wrong there."""
    said = [Phrase("problem.on_line", line=line, problem=problem) for problem in problems]
    return InputError("unusable_file", path=str(path), line=line, problems=said)


def shortened(text: str) -> str:
    """Return a text on one line, not all of it where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= MOST_SHOWN else f"{line[: MOST_SHOWN - 1]}…"


def parse(text: str) -> Marked:
    r"""Read a text; see `read_yaml`.

    >>> parse("country: NO\nat_least: 2").data
    {'country': 'NO', 'at_least': 2}
    """
    reader = _Reader()
    try:
        return reader.document(yaml.parse(text, Loader=yaml.BaseLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _Fault("syntax", mark.line + 1 if mark else reader.line) from error
    except yaml.reader.ReaderError as error:
        raise _Fault("characters", text.count("\n", 0, error.position) + 1) from error
    except (ValueError, OverflowError) as error:
        # PyYAML lets through that an escape or a version number is too large.
        raise _Fault("syntax", reader.line) from error


def writable(text: str) -> str:
    """Return a text without the characters that a file may not hold."""
    return _UNWRITABLE.sub("", text)


def read_back(text: str) -> Any:
    """Return what a text of our own says; raise ``InputError`` for more than a file may hold."""
    try:
        return parse(text).data
    except _Fault as fault:
        raise InputError("agreement_too_long") from fault


class _Reader:
    """Build the values of one document from YAML's events, and refuse what grows."""

    def __init__(self) -> None:
        self.lines: dict[Place, int] = {}
        self.values = 0
        self.line = 1

    def document(self, events: Iterator[Any]) -> Marked:
        """Return the only document of a file; an empty file says nothing."""
        data = None
        for event in events:
            self._look_at(event)
            if isinstance(event, yaml.DocumentStartEvent):
                if self.lines:
                    raise _Fault("documents", self.line)
                data = self._value(next(events), events, ())
        return Marked(data, self.lines)

    def _look_at(self, event: Any) -> None:
        self.line = event.start_mark.line + 1 if event.start_mark else self.line
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Fault("anchor", self.line)
        if getattr(event, "tag", None):
            raise _Fault("tag", self.line)
        self.values += isinstance(event, yaml.NodeEvent)
        if self.values > MOST_VALUES:
            raise _Fault("too_many", self.line)

    def _value(self, event: Any, events: Iterator[Any], place: Place) -> Any:
        self._look_at(event)
        self.lines.setdefault(place, self.line)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if len(place) == MOST_DEPTH:
            raise _Fault("too_deep", self.line)
        if isinstance(event, yaml.SequenceStartEvent):
            return tuple(self._items(events, place))
        return dict(self._pairs(events, place))

    def _items(self, events: Iterator[Any], place: Place) -> Iterator[Any]:
        for number, event in enumerate(_until(yaml.SequenceEndEvent, events)):
            yield self._value(event, events, (*place, number))

    def _pairs(self, events: Iterator[Any], place: Place) -> Iterator[tuple[str, Any]]:
        for event in _until(yaml.MappingEndEvent, events):
            self._look_at(event)
            if not isinstance(event, yaml.ScalarEvent):
                raise _Fault("key", self.line)
            key = self._text(event)
            if (*place, key) in self.lines:
                raise _Fault("twice", self.line, field=shortened(key))
            self.lines[(*place, key)] = self.line
            yield key, self._value(next(events), events, (*place, key))

    def _scalar(self, event: yaml.ScalarEvent) -> str | int | float | bool | None:
        text = self._text(event)
        if event.style is not None:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _WHOLE.fullmatch(text):
            return int(text)
        return float(text) if _DECIMAL.fullmatch(text) else text

    def _text(self, event: yaml.ScalarEvent) -> str:
        text = str(event.value)
        if _UNWRITABLE.search(text):
            raise _Fault("characters", self.line)
        return text


def _until(end: type[yaml.Event], events: Iterator[Any]) -> Iterator[Any]:
    """Yield the events before the end of a collection; each is read on by whoever takes it."""
    for event in events:
        if isinstance(event, end):
            return
        yield event
