"""Text that a spreadsheet shows and does not run."""

from __future__ import annotations

import re

RUN = "=+\\-@＝＋－＠"
"""What a formula begins with, for a class in a pattern; some sheets take the wide ones too."""
SEPARATORS = ";,|\t\r\n"
"""Where a spreadsheet that expects another separator than the file's begins a cell."""

_FIRST = re.compile(f"[{RUN}\t\r\n]")
_FURTHER = re.compile(f"([{SEPARATORS}])('*[{RUN}])")


def inert(text: str) -> str:
    """Return a cell's text with an apostrophe before whatever would start a formula.

    Quotes around a cell do not help where a file with commas is opened by a spreadsheet that
    splits at semicolons, as in Dutch: also what stands behind a separator gets one.

    >>> inert("=HYPERLINK(1)"), inert("-5 graden"), inert("Voeding")
    ("'=HYPERLINK(1)", "'-5 graden", 'Voeding')
    >>> inert("Bouw;=1+1"), inert("Bouw; -5")
    ("Bouw;'=1+1", 'Bouw; -5')
    """
    further = _FURTHER.sub(r"\1'\2", text)
    return "'" + further if _FIRST.match(text) else further
