"""Put a number of employees, or a range of it, into a size class."""

from __future__ import annotations

import math
import re

from workshop.crm.schema import SIZES

_UPPER = (10, 50, 250, math.inf)
_UNDER = re.compile(r"^(<|minder dan|onder|less than|under|fewer than)\s*\d", re.IGNORECASE)


def size_class(text: str) -> str | None:
    """Return the class of a count or range; ``None`` where there is no number in it.

    A range goes by its geometric middle, since vendors cut the classes elsewhere.

    >>> size_class("2822"), size_class("11-50"), size_class("1.001–5.000"), size_class("< 10")
    ('250+', '10–49', '250+', '1–9')
    """
    if text in SIZES:
        return text
    numbers = [
        int(re.sub(r"[.,\s]", "", n)) for n in re.findall(r"\d{1,3}(?:[.,\s]\d{3})+|\d+", text)
    ]
    if not numbers or len(numbers) > 2:
        return None
    if _UNDER.match(text):
        numbers = [numbers[0] - 1]
    middle = math.sqrt(max(numbers[0], 1) * max(numbers[-1], 1))
    return next(name for name, upper in zip(SIZES, _UPPER, strict=True) if middle < upper)
