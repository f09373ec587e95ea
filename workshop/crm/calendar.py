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
        day (date), from_at and until_at (UTC, its first moment and that of the next day),
        starts_at (UTC), seconds (worked on that day, 0 on a day off), before (seconds worked on
        all earlier days).
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
            "from_at": _utc(days, dt.time(), working.zone),
            "until_at": _utc(days + pd.Timedelta(days=1), dt.time(), working.zone),
            "starts_at": starts,
            "seconds": seconds,
            "before": np.cumsum(seconds) - seconds,
        }
    )


def with_positions(table: ir.Table, days: pd.DataFrame, columns: Sequence[str]) -> ir.Table:
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
    """
    by_day = sent(days[["day", "before"]], table)
    by_utc_day = sent(_by_utc_day(days), table)
    joined = table
    for i, column in enumerate(columns):
        calendar = by_day if table[column].type().is_date() else by_utc_day
        renamed = calendar.rename({f"_{name}{i}": name for name in calendar.columns})
        same_day = table[column].cast("date") == renamed[f"_day{i}"]
        # Each at once: what is carried on to the next join is then one number for each time.
        found = joined.left_join(renamed, same_day)
        joined = found.select(
            *(name for name in joined.columns if name != column),
            **{column: _position(found, column, i)},
        )
    return joined.select(*table.columns)


def _by_utc_day(days: pd.DataFrame) -> pd.DataFrame:
    """Lay the calendar out by the days of UTC, so that no clock is asked for each time.

    Columns: ``day`` (of UTC), ``turns_at`` (when the team's next day begins, UTC), and of the
    team's day in which it begins ``starts0``, ``seconds0`` and ``before0``, of the next one
    ``starts1``, ``seconds1`` and ``before1``; null outside the calendar.
    """
    first, last = days["from_at"].iloc[0].normalize(), days["until_at"].iloc[-1].normalize()
    midnights = pd.Series(pd.date_range(first, last, unit=days["from_at"].dt.unit))
    own = days[["starts_at", "seconds", "before", "until_at"]].rename(
        columns={"starts_at": "starts"}
    )
    own = own.astype({"seconds": "Int64", "before": "Int64"})
    begun = days["from_at"].searchsorted(midnights, side="right") - 1
    here, after = (own.reindex(place).reset_index(drop=True) for place in (begun, begun + 1))
    return pd.DataFrame(
        {
            "day": midnights.dt.date,
            "turns_at": here["until_at"].fillna(days["from_at"].iloc[0]),
            **here.drop(columns="until_at").add_suffix("0"),
            **after.drop(columns="until_at").add_suffix("1"),
        }
    )


def _position(joined: ir.Table, column: str, i: int) -> ir.IntegerColumn:
    at = joined[column]
    if at.type().is_date():
        return joined[f"_before{i}"]
    now, next_one = (_into(joined, at, i, which) for which in (0, 1))
    return (at < joined[f"_turns_at{i}"]).ifelse(now, next_one)


def _into(joined: ir.Table, at: ir.TimestampColumn, i: int, which: int) -> ir.IntegerColumn:
    """Return the position of a time if it lies in the first or second of two days."""
    starts, seconds, before = (joined[f"_{n}{which}{i}"] for n in ("starts", "seconds", "before"))
    into = at.delta(starts, unit="second")
    return before + ibis.greatest(ibis.least(into, seconds), 0)


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
