"""What a batch asks of its workers for each client, and what they answer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple


class Order(NamedTuple):
    """Which report; ``again`` also where just that report is there already."""

    kind: str
    formats: tuple[str, ...]
    language: str | None = None
    as_of: str | None = None
    seed: int = 0
    again: bool = False


class Failure(NamedTuple):
    """The code of an error, and the fields that its message needs."""

    code: str
    fields: Mapping[str, object]


class Outcome(NamedTuple):
    """What became of one client's report.

    ``already`` where it was there and is left as it was; ``missing`` and ``warnings`` are those
    of a `Report`.
    """

    path: Path
    files: tuple[Path, ...] = ()
    already: bool = False
    missing: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0
    failure: Failure | None = None
