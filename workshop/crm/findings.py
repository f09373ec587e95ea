"""What an import noticed: codes, counts and examples, put into words elsewhere."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

EXAMPLES = 5
_SPACING = re.compile(r"(?<!\d)[\W_]+|[\W_]+(?!\d)")


@dataclass(frozen=True)
class Finding:
    """One kind of thing noticed: how often, in which columns, and a few examples as text."""

    code: str
    count: int
    columns: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


class SetAside(NamedTuple):
    """One record that was not imported, and why."""

    file: str
    line: int
    column: str | None
    value: str | None
    reason: str


class Imported(NamedTuple):
    """What an import did: every row is in ``kept`` or in ``set_aside``."""

    table: str
    files: tuple[str, ...]
    rows: int
    kept: int
    set_aside: tuple[SetAside, ...]
    mapping: dict[str, str | None]
    traits: tuple[str, ...]
    findings: tuple[Finding, ...]
    set_aside_file: Path | None
    changed: bool


def near_duplicates(counts: Mapping[str, int]) -> list[tuple[str, ...]]:
    """Return groups of values that differ only in case, spaces or punctuation.

    Between two digits a mark counts: 1.5 is not 15.

    >>> near_duplicates({"GTXPro": 1480, "GTX Pro": 2, "Google": 9, "google": 1, "Bing": 3})
    [('GTXPro', 'GTX Pro'), ('Google', 'google')]
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for value in counts:
        groups[_SPACING.sub("", value).casefold() or value].append(value)
    return [
        tuple(sorted(group, key=lambda value: (-counts[value], value)))
        for group in groups.values()
        if len(group) > 1
    ]


def counted(counts: Iterable[tuple[str, int]], most: int = EXAMPLES) -> tuple[str, ...]:
    """Return the most frequent values as examples: ``value (count)``."""
    ordered = sorted(counts, key=lambda item: (-item[1], item[0]))
    return tuple(f"{value} ({count})" for value, count in ordered[:most])
