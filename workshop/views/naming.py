"""What columns are called, and names within a sentence: also for a command that draws nothing."""

from __future__ import annotations

from collections.abc import Sequence

from workshop.i18n import Translator


def column_name(t: Translator, name: str) -> str:
    """Return a column's heading; a column of the client's own keeps its header."""
    key = f"column.{name}"
    return t(key) if t.has(key) else name


def quoted(t: Translator, texts: Sequence[str]) -> str:
    """Return texts in quotation marks, joined."""
    return t.join([t("label.quoted", text=text) for text in texts])
