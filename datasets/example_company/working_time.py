"""Move between the clock and working time: Belgian working days, 9 to 17 in Brussels."""

from __future__ import annotations

import holidays
import numpy as np
from numpy.typing import ArrayLike, NDArray

from example_company.plan import HORIZON, START

Times = NDArray[np.datetime64]
DAY = 480  # working minutes
_YEARS = range(START.year, HORIZON.year + 6)  # renewals lie far ahead
_HOLIDAYS = np.array(list(holidays.country_holidays("BE", years=_YEARS)), dtype="datetime64[D]")
_ALL_DAYS = np.arange(f"{_YEARS[0]}-01-01", f"{_YEARS[-1]}-12-31", dtype="datetime64[D]")
WORKING_DAYS = _ALL_DAYS[np.is_busday(_ALL_DAYS, holidays=_HOLIDAYS)]


def times(values: ArrayLike) -> Times:
    """Return a column, or dates, as times to the minute."""
    return np.asarray(values, dtype="datetime64[m]")


def to_working(at: ArrayLike) -> NDArray[np.int64]:
    """Return the working minutes between the first working day and each time."""
    clock = times(at)
    day = clock.astype("datetime64[D]")
    index = np.searchsorted(WORKING_DAYS, day)
    minutes = np.clip((clock - day).astype(int) - 9 * 60, 0, DAY)
    return np.asarray(index * DAY + np.where(WORKING_DAYS[index] == day, minutes, 0))


def from_working(minutes: ArrayLike) -> Times:
    """Return the times that lie so many working minutes after the first working day."""
    index, rest = np.divmod(np.asarray(minutes).astype(int), DAY)
    return np.asarray(WORKING_DAYS[index].astype("datetime64[m]") + 9 * 60 + rest)


def after(at: ArrayLike, minutes: ArrayLike) -> Times:
    """Return the times that lie so many working minutes later."""
    return from_working(to_working(at) + np.asarray(minutes).astype(int))


def waking(at: ArrayLike) -> Times:
    """Move what falls in the night, from 23 to 7, into the first hour after it."""
    clock = times(at)
    day = clock.astype("datetime64[D]").astype("datetime64[m]")
    minute = (clock - day).astype(int)
    night = (minute < 7 * 60) | (minute >= 23 * 60)
    morning = day + 7 * 60 + minute % 60 + np.where(minute >= 23 * 60, 1440, 0)
    return np.where(night, morning, clock)


def at_work(at: ArrayLike) -> Times:
    """Move what falls outside working time to the start of the next working day."""
    return from_working(to_working(at))


def days(count: ArrayLike) -> NDArray[np.timedelta64]:
    """Return days, whole or not, as a difference in minutes."""
    return (np.asarray(count, dtype=float) * 1440).astype(int).astype("timedelta64[m]")


def when(condition: ArrayLike, at: ArrayLike) -> Times:
    """Return the times where the condition holds, and no time elsewhere."""
    return np.where(np.asarray(condition), times(at), np.datetime64("NaT"))
