"""Read YAML that a person wrote: bounded, without surprises, and with the line of each value.

YAML reads ``NO`` as false, ``010`` as eight and ``12:30`` as 750. Here a plain value is a whole
number, a decimal number, nothing, or else the text as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

MOST_BYTES = 100_000
MOST_VALUES = 5_000
MOST_DEPTH = 24

_WHOLE = re.compile(r"-?(0|[1-9]\d{0,14})")
_DECIMAL = re.compile(r"-?(0|[1-9]\d{0,14})\.\d{1,15}")

Path_ = tuple[str | int, ...]


class YamlProblem(ValueError):
    """A file that cannot be read: what is wrong, and on which line."""

    def __init__(self, problem: str, line: int = 1) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line


class Marked(NamedTuple):
    """What a file says, and the line of each of its values by the way to it."""

    value: Any
    lines: dict[Path_, int]

    def place(self, location: Sequence[str | int]) -> Path_:
        """Return the way to the value nearest to a location, which may name what is not there."""
        found: Path_ = ()
        for part in location:
            if (*found, part) in self.lines:
                found = (*found, part)
        return found


def read_marked(path: Path) -> Marked:
    """Read one file; raise ``YamlProblem`` for what is too large, not YAML or not plain.

    Anchors, tags and a key that stands twice are refused.
    """
    if path.stat().st_size > MOST_BYTES:
        raise YamlProblem(f"more than {MOST_BYTES} bytes")
    try:
        return parse(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise YamlProblem("not UTF-8") from error


def parse(text: str) -> Marked:
    r"""Read a text; see `read_marked`.

    >>> parse("country: NO\nat_least: 2").value
    {'country': 'NO', 'at_least': 2}
    """
    try:
        _check(text)
        node = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise YamlProblem(str(error.problem or error.context), line) from error
    except yaml.YAMLError as error:
        raise YamlProblem(" ".join(str(error).split())) from error
    lines: dict[Path_, int] = {}
    return Marked(_value(node, (), lines) if node else None, lines)


def _check(text: str) -> None:
    """Refuse what grows when it is read: aliases, deep nesting, many values."""
    depth = values = 0
    for event in yaml.parse(text, Loader=yaml.BaseLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        values += isinstance(event, yaml.NodeEvent)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise YamlProblem("no anchors (&) and references (*): write it out", line)
        if getattr(event, "tag", None):
            raise YamlProblem("no tags (!): write a plain value", line)
        if depth > MOST_DEPTH:
            raise YamlProblem(f"nested deeper than {MOST_DEPTH}", line)
        if values > MOST_VALUES:
            raise YamlProblem(f"more than {MOST_VALUES} values", line)


def _value(node: yaml.Node, path: Path_, lines: dict[Path_, int]) -> Any:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, i), lines) for i, item in enumerate(node.value)]
    found: dict[str, Any] = {}
    for key, item in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise YamlProblem("a key is one word", line)
        if key.value in found:
            raise YamlProblem(f"{key.value} stands twice", line)
        found[key.value] = _value(item, (*path, key.value), lines)
        lines[(*path, key.value)] = line
    return found


def _scalar(node: yaml.ScalarNode) -> str | int | float | None:
    text: str = node.value
    if node.style is not None:
        return text
    if text in ("", "~", "null"):
        return None
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text
