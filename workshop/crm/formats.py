"""Decide, per column and over all its values, how its dates are written.

A value's *shape* is the value with each digit from 1 to 8 as ``9``: a column of a million dates
has a few shapes, and those decide, with what the numbers in it rule out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from workshop.errors import InputError

DateOrder = Literal["ymd", "dmy", "mdy"]

_TIME = re.compile(r"^(?P<day>.*?)(?:(?P<gap>T| +)(?P<time>[09]{1,2}:[09]{2}.*))?$")
_YEAR_FIRST = re.compile(r"^[09]{4}(?P<separator>[-/.])[09]{1,2}(?P=separator)[09]{1,2}$")
_YEAR_LAST = re.compile(
    r"^[09]{1,2}(?P<separator>[-/.])[09]{1,2}(?P=separator)(?P<year>[09]{4}|[09]{2})$"
)
_CLOCK = re.compile(
    r"^[09]{1,2}:[09]{2}(?P<seconds>:[09]{2}(?P<fraction>[.,][09]{1,6})?)?"
    r"(?P<half> ?[AaPp][Mm])?(?P<zone> ?(?:Z|UTC|[+-][09]{2}:?[09]{2}))?$"
)


class Days(NamedTuple):
    """What a column's year-last dates rule out, as an example of each; ``None`` where none does.

    ``day_first`` has a first number over 12, ``month_first`` a second one; ``open`` reads both
    ways, as different days.
    """

    day_first: str | None = None
    month_first: str | None = None
    open: str | None = None


class DateFormat(NamedTuple):
    """How a column writes dates: the strptime patterns of local times, UTC ones, and zoned ones."""

    local: tuple[str, ...]
    utc: tuple[str, ...] = ()
    zoned: tuple[str, ...] = ()
    has_time: bool = False


def shape_sql(column: str) -> str:
    """Return the SQL of a column's shape."""
    return f"translate({column}, '12345678', '99999999')"


def date_format(
    header: str, shapes: Iterable[str], days: Days, asked: DateOrder | None
) -> DateFormat:
    """Return the strptime patterns that read a column.

    Raises ``InputError`` where the values leave the order of day and month open, contradict each
    other, or contradict what was asked.
    """
    order = _order(header, days, asked)
    local: dict[str, None] = {}
    utc: dict[str, None] = {}
    zoned: dict[str, None] = {}
    for shape in shapes:
        found = _TIME.match(shape)
        if found is None:
            continue
        day, clock = _day_pattern(found["day"], order), _CLOCK.match(found["time"] or "")
        if day is None or (found["time"] and clock is None):
            continue
        if clock is None:
            local[day] = None
            continue
        zone = clock["zone"] or ""
        pattern = day + ("T" if found["gap"] == "T" else " ") + _clock_pattern(clock)
        if not zone:
            local[pattern] = None
        elif zone.strip() in ("Z", "UTC"):
            utc[pattern + zone] = None
        else:
            zoned[pattern + zone[: zone.startswith(" ")] + "%z"] = None
    has_time = bool(utc or zoned) or any("%M" in pattern for pattern in local)
    return DateFormat(_ordered(local), _ordered(utc), _ordered(zoned), has_time)


def is_date(shape: str) -> bool:
    """Tell whether a shape is that of a date with separators, with or without a time.

    >>> is_date("0999-09-99"), is_date("99.9")
    (True, False)
    """
    parsed = _TIME.match(shape)
    day = parsed["day"] if parsed else shape
    return bool(_YEAR_FIRST.match(day) or _YEAR_LAST.match(day))


def _order(header: str, days: Days, asked: DateOrder | None) -> DateOrder:
    """Return the order of year-last dates; ``ymd`` also holds for ``26-03-04`` when asked."""
    if asked == "ymd":
        return "ymd"
    if days.day_first and days.month_first:
        examples = [days.day_first, days.month_first]
        raise InputError("mixed_dates", column=header, example=examples[0], examples=examples)
    seen: DateOrder | None = "dmy" if days.day_first else "mdy" if days.month_first else None
    if asked and seen and asked != seen:
        example = days.day_first or days.month_first
        raise InputError("dates_contradict", column=header, asked=asked, seen=seen, example=example)
    if seen is None and asked is None and days.open:
        raise InputError(
            "ambiguous_dates",
            column=header,
            example=days.open,
            readings=date_readings(days.open),
            option="--dates",
        )
    return asked or seen or "dmy"


def date_readings(text: str) -> list[str]:
    """Return the days that a date with the year last can be, day first and month first.

    >>> date_readings("03-04-2026 10:15"), date_readings("3/4/26")
    (['2026-04-03', '2026-03-04'], ['2026-04-03', '2026-03-04'])
    """
    first, second, year = (int(number) for number in re.findall(r"\d+", text)[:3])
    century = 0 if year > 99 else 1900 if year >= 69 else 2000
    return [
        f"{century + year:04}-{month:02}-{day:02}"
        for day, month in ((first, second), (second, first))
    ]


def _day_pattern(day: str, order: DateOrder) -> str | None:
    first = _YEAR_FIRST.match(day)
    if first:
        separator = first["separator"]
        return f"%Y{separator}%m{separator}%d"
    last = _YEAR_LAST.match(day)
    if last is None:
        return "%Y%m%d" if re.fullmatch("[09]{8}", day) else None
    year = "%Y" if len(last["year"]) == 4 else "%y"
    parts = {
        "dmy": ("%d", "%m", year),
        "mdy": ("%m", "%d", year),
        "ymd": ("%y", "%m", "%d") if year == "%y" else None,
    }[order]
    return last["separator"].join(parts) if parts else None


def _clock_pattern(clock: re.Match[str]) -> str:
    pattern = "%I:%M" if clock["half"] else "%H:%M"
    if clock["seconds"]:
        pattern += ":%S"
    if clock["fraction"]:
        pattern += clock["fraction"][0] + "%f"
    if clock["half"]:
        pattern += " %p" if clock["half"].startswith(" ") else "%p"
    return pattern


def _ordered(patterns: Iterable[str]) -> tuple[str, ...]:
    """Put two-digit years first, since ``%Y`` would take them too."""
    return tuple(sorted(patterns, key=lambda pattern: ("%y" not in pattern, pattern)))
