"""Keep a message about a file short and harmless to a terminal, whatever the file holds."""

from __future__ import annotations

import re
from collections.abc import Mapping

MOST_LETTERS = 80
MOST_ITEMS = 40
_WHOLE = frozenset({"path", "files", "problem"})
"""Ours, or bounded already."""
_STEERING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def brief(fields: Mapping[str, object]) -> dict[str, object]:
    """Return the fields of a message with long texts and long lists cut off.

    A header may be a page of text, and an export may have two thousand of them.

    >>> brief({"given": "x" * 100, "headers": ["h"] * 2000})["headers"][-2:]
    ['h', '…']
    """
    return {name: value if name in _WHOLE else _brief(value) for name, value in fields.items()}


def printable(text: str) -> str:
    r"""Return a text in which nothing steers a terminal: no colours, no cleared screen.

    >>> printable("\x1b[2JDeal") == "\ufffd[2JDeal"
    True
    """
    return _STEERING.sub("\ufffd", text)


def _brief(value: object) -> object:
    if isinstance(value, str):
        text = printable(value)
        return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"
    if isinstance(value, list | tuple):
        more = ["…"] if len(value) > MOST_ITEMS else []
        return [*(_brief(item) for item in value[:MOST_ITEMS]), *more]
    return value
