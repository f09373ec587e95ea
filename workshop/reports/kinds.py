"""The kinds of report that can be made: those whose notebook is there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from workshop.errors import InputError
from workshop.resources import kit

NOTEBOOKS = {
    "session": "session-report",
    "audit": "audit-report",
    "stand-up": "stand-up-minutes",
    "retro": "retro-minutes",
}

MEETINGS = ("stand-up", "retro")
"""Kinds of report that are of a meeting; each is called as the exercise that the meeting does."""
FORMATS = ("html", "pdf")


def kinds() -> list[str]:
    """Return what ``--kind`` can be."""
    return [kind for kind in NOTEBOOKS if _path(kind).is_file()]


def notebook_of(kind: str) -> Path:
    """Return a kind's notebook; raise ``InputError`` for a kind that is none."""
    if kind not in kinds():
        raise InputError("unknown_report_kind", given=kind, allowed=kinds())
    return _path(kind)


def check_formats(formats: Sequence[str]) -> None:
    """Raise ``InputError`` for a format that a report does not come in."""
    unknown = sorted(set(formats) - set(FORMATS))
    if unknown:
        raise InputError("unknown_format", given=unknown[0], allowed=list(FORMATS))


def _path(kind: str) -> Path:
    return kit("notebooks", "reports", f"{NOTEBOOKS[kind]}.ipynb")
