"""Put a number of employees, or a range of it, into a size class."""

from __future__ import annotations

import math
import re

from workshop.crm.schema import SIZES

BELOW = (10, 50, 250)
"""Of how many employees the first classes stay below; the last has no end."""
MOST_DIGITS = 15
"""What is longer is no count of people, and more than a float holds exactly."""
_UNDER = re.compile(r"^(<|minder dan|onder|less than|under|fewer than)\s*\d", re.IGNORECASE)


def size_class(text: str) -> str | None:
    """Return the class of a count or range; ``None`` where there is no number in it.

    A range goes by its geometric middle, since vendors cut the classes elsewhere.

    >>> size_class("2822"), size_class("11-50"), size_class("1.001–5.000"), size_class("< 10")
    ('250+', '10–49', '250+', '1–9')
    """
    if text in SIZES:
        return text
    found = re.findall(r"\d{1,3}(?:[.,\s]\d{3})+|\d+", text)
    digits = [re.sub(r"[.,\s]", "", each) for each in found]
    if not 1 <= len(digits) <= 2 or max(map(len, digits)) > MOST_DIGITS:
        return None
    numbers = [int(each) for each in digits]
    if _UNDER.match(text):
        numbers = [numbers[0] - 1]
    middle = math.sqrt(max(numbers[0], 1) * max(numbers[-1], 1))
    return next(
        name for name, upper in zip(SIZES, (*BELOW, math.inf), strict=True) if middle < upper
    )
