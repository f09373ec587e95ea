"""What a batch asks of its workers for each client, and what they answer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

Place = Path | str
"""A client's folder, or the URL of one on shared storage."""


def is_url(place: str) -> bool:
    """Tell whether a client is named by a URL: ``s3://…``, ``gs://…``, ``file://…``."""
    return "://" in place


class Measure(NamedTuple):
    """An order for the figures that a client is compared on."""

    as_of: str | None = None


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


class Measured(NamedTuple):
    """The figures that a client is compared on, a row each, and the as-of date that they have."""

    as_of: str
    rows: tuple[Mapping[str, object], ...]


class Outcome(NamedTuple):
    """What became of one client's order.

    ``already`` where the report was there and is left as it was; ``missing`` and ``warnings`` are
    those of a `Report`. ``measured`` is the answer to a `Measure`.
    """

    path: Place
    files: tuple[Place, ...] = ()
    already: bool = False
    missing: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0
    failure: Failure | None = None
    measured: Measured | None = None
