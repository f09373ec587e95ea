"""Days, months, quarters and years as people write them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from workshop.errors import InputError


@dataclass(frozen=True)
class Period:
    """A month, quarter or year: its name (``2027-01``, ``2027Q1``, ``2027``) and its days."""

    name: str
    start: dt.date
    end: dt.date

    @property
    def days(self) -> int:
        """The number of calendar days."""
        return (self.end - self.start).days + 1

    @property
    def quarters(self) -> list[str]:
        """The quarters that the period covers, such as ``2027Q1``."""
        first = self.start.year * 4 + (self.start.month - 1) // 3
        last = self.end.year * 4 + (self.end.month - 1) // 3
        return [_quarter_name(number) for number in range(first, last + 1)]

    def year_before(self) -> Period:
        """Return the comparable period of the year before."""
        return parse_period(str(self.start.year - 1) + self.name[4:])


def parse_period(name: str) -> Period:
    """Read a period; raise ``InputError`` for anything else.

    >>> parse_period("2027Q1").end, parse_period("2026-02").days
    (datetime.date(2027, 3, 31), 28)
    """
    found = re.fullmatch(r"(\d{4})(?:Q([1-4])|-(0[1-9]|1[0-2]))?", name)
    if found is None or found[1] == "0000":
        raise InputError("bad_period", given=name)
    year = int(found[1])
    if found[2]:
        first, months = 3 * int(found[2]) - 2, 3
    elif found[3]:
        first, months = int(found[3]), 1
    else:
        first, months = 1, 12
    after = year * 12 + first - 1 + months
    end = dt.date(after // 12, after % 12 + 1, 1) - dt.timedelta(days=1)
    return Period(name, dt.date(year, first, 1), end)


def parse_day(text: str) -> dt.date:
    """Read a day written as ``2026-10-31``; raise ``InputError`` for anything else."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise InputError("bad_day", given=text) from error


def next_quarter(day: dt.date) -> Period:
    """Return the first quarter that begins after a day."""
    return parse_period(_quarter_name(day.year * 4 + (day.month - 1) // 3 + 1))


def _quarter_name(number: int) -> str:
    return f"{number // 4}Q{number % 4 + 1}"
