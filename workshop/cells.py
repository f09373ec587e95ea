"""Text that a spreadsheet shows and does not run."""

from __future__ import annotations


def inert(text: str) -> str:
    """Return a cell's text with an apostrophe before whatever would start a formula.

    >>> inert("=HYPERLINK(1)"), inert("-5 graden"), inert("Voeding")
    ("'=HYPERLINK(1)", "'-5 graden", 'Voeding')
    """
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text
