"""Working time: a table of the working intervals of each day, and positions in it by a join.

The position of a moment is the working seconds from the calendar's first day up to it, so that
the working time between two moments is the difference of their positions, on tables of any size.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import holidays
import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from workshop.crm.clock import local_day
from workshop.crm.sent import sent
from workshop.errors import InputError
from workshop.workspace import Settings, WorkingHours

EARLIEST = dt.date(1970, 1, 1)
"""No calendar begins before it: what stands there earlier is a placeholder."""


@dataclass(frozen=True)
class WorkingTime:
    """When a client's teams work: hours and weekdays in a time zone, less a country's holidays."""

    country: str = "BE"
    zone: str = "Europe/Brussels"
    hours: WorkingHours = field(default_factory=WorkingHours)

    def __post_init__(self) -> None:
        if dt.time() < self.hours.end <= self.hours.start or not self.hours.weekdays:
            raise InputError(
                "bad_working_hours",
                start=f"{self.hours.start:%H:%M}",
                end=f"{self.hours.end:%H:%M}",
            )

    @classmethod
    def of(cls, settings: Settings) -> WorkingTime:
        """Return the working time that a client's settings say."""
        return cls(settings.country, settings.time_zone, settings.working_hours)

    @property
    def day_hours(self) -> float:
        """The hours of a working day by the clock; an end at midnight is the day's end."""
        start, end = self.hours.start, self.hours.end
        minutes = 60 * (end.hour - start.hour) + end.minute - start.minute
        return (minutes if end > start else minutes + 24 * 60) / 60

    @property
    def holidays_known(self) -> bool:
        """Whether the holidays of the country are known."""
        return self.country in holidays.list_supported_countries(include_aliases=False)


def working_days(working: WorkingTime, first: dt.date, last: dt.date) -> pd.DataFrame:
    """Lay out the working interval of every day, from the first to the last.

    A team works from the clock's start to its end on a weekday of its own that is no national
    holiday, however many hours the clock makes of that; an end at midnight is the day's end.
    Where the clock skips the start or the end it is the moment after the gap, where it shows one
    twice the first. Holidays of the country's regions, and those of the client, are not known.

    Parameters
    ----------
    working
        Hours, weekdays, time zone and country.
    first, last
        Calendar days in that zone; from 1970 on.

    Returns
    -------
    pandas.DataFrame
        day (date), starts_at (UTC), seconds (worked on that day, 0 on a day off), before
        (seconds worked on all earlier days).
    """
    days = pd.date_range(max(first, EARLIEST), last, freq="D")
    off = _holidays(working.country, days[0].year, days[-1].year) if len(days) else ()
    works = days.day_of_week.isin(working.hours.weekdays) & ~days.isin(pd.DatetimeIndex(off))
    next_day = working.hours.end == dt.time()
    starts = _utc(days, working.hours.start, working.zone)
    ends = _utc(days + pd.Timedelta(days=int(next_day)), working.hours.end, working.zone)
    length = (ends - starts) // pd.Timedelta(seconds=1)
    seconds = np.where(works, length, 0).astype(np.int64)
    return pd.DataFrame(
        {
            "day": days.date,
            "starts_at": starts,
            "seconds": seconds,
            "before": np.cumsum(seconds) - seconds,
        }
    )


def with_positions(
    table: ir.Table, days: pd.DataFrame, columns: Sequence[str], zone: str
) -> ir.Table:
    """Replace times by their positions: the working seconds that lie before them.

    A UTC time within working time has those of its own day up to it; a date has those up to the
    start of its day. What lies outside the calendar, after its last day above all, is null.

    Parameters
    ----------
    table
        Any table with the columns, UTC times or dates.
    days
        A calendar of `working_days`.
    columns
        What to replace, under the same names; null stays null.
    zone
        The time zone whose days they are.
    """
    calendar = sent(days, table)
    joined = dated = table.mutate(
        **{f"_local{i}": local_day(table[column], zone) for i, column in enumerate(columns)}
    )
    for i in range(len(columns)):
        renamed = calendar.rename({f"_{name}{i}": name for name in days.columns})
        joined = joined.left_join(renamed, dated[f"_local{i}"] == renamed[f"_day{i}"])
    positions = {column: _position(joined, column, i) for i, column in enumerate(columns)}
    return joined.select(**{name: positions.get(name, joined[name]) for name in table.columns})


def _position(joined: ir.Table, column: str, i: int) -> ir.IntegerColumn:
    before = joined[f"_before{i}"]
    if joined[column].type().is_date():
        return before
    into = joined[column].delta(joined[f"_starts_at{i}"], unit="second")
    return before + ibis.greatest(ibis.least(into, joined[f"_seconds{i}"]), 0)


@lru_cache(maxsize=32)
def _holidays(country: str, first: int, last: int) -> tuple[dt.date, ...]:
    """Return the national holidays of these years; none where the country is not known."""
    try:
        return tuple(sorted(holidays.country_holidays(country, years=range(first, last + 1))))
    except NotImplementedError:
        return ()


def _utc(days: pd.DatetimeIndex, clock: dt.time, zone: str) -> pd.DatetimeIndex:
    """Return the moment at which the clock shows a time on each day."""
    since_midnight = pd.Timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second)
    local = (days + since_midnight).tz_localize(
        zone, nonexistent="shift_forward", ambiguous=np.ones(len(days), dtype=bool)
    )
    return local.tz_convert("UTC").tz_localize(None)
