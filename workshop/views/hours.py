"""Working time in words: hours within a working day, days beyond it."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from workshop.i18n import NOTHING, Translator

ROUNDING = 0.05


def agreed(t: Translator, hours: float, day_hours: float) -> str:
    """Return a time limit as it was agreed: in whole or half days, else in hours."""
    days = hours / day_hours
    even = days >= 1 and (2 * days).is_integer()
    return _counted(t, "days", days) if even else _counted(t, "hours", hours)


def waited(t: Translator, hours: float | None, day_hours: float) -> str:
    """Return a measured wait, in days from one working day on; undefined is a dash."""
    if hours is None or pd.isna(hours):
        return NOTHING
    unit = unit_of(hours, day_hours)
    if unit == "minutes":
        return t("hand_over.minutes", n=round(60 * hours))
    return _counted(t, unit, hours / day_hours if unit == "days" else hours)


def unit_of(hours: float, day_hours: float) -> Literal["minutes", "hours", "days"]:
    """Return in what a measured wait is said."""
    if hours < 1:
        return "minutes"
    return "days" if hours >= day_hours else "hours"


def _counted(t: Translator, unit: str, n: float) -> str:
    """Return a number with its unit; a decimal only where there is one to show."""
    whole = abs(n - round(n)) < ROUNDING
    number = t.count(round(n)) if whole else t.number(n, 1)
    return t(f"hand_over.{unit}", n=round(n) if whole else n, number=number)
