"""What can be asked: the names, known before anything that answers them is imported."""

from __future__ import annotations

from workshop.errors import InputError

ANSWERED = ("won-lost", "funnel", "velocity", "channels", "definitions", "hand-over", "goal")
GROUPED = ("velocity", "channels")
"""What can be asked by another column than its own."""


def check_question(question: str, by: str | None = None) -> None:
    """Raise ``InputError`` for an unknown question, or a grouping that it does not have."""
    if question not in ANSWERED:
        raise InputError("unknown_question", given=question, allowed=list(ANSWERED))
    if by is not None and question not in GROUPED:
        raise InputError("no_grouping", given=question, allowed=list(GROUPED))
