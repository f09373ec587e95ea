"""Working hours by the join, against a count minute by minute."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from workshop.crm.calendar import WorkingTime, with_positions, working_days
from workshop.errors import InputError
from workshop.workspace import Settings, WorkingHours

UTC = dt.UTC
MINUTE = dt.timedelta(minutes=1)
# Fortnights with what can go wrong: the clock forward and back, Easter, Christmas, King's Day.
FORTNIGHTS = [
    dt.date(2026, 3, 22),
    dt.date(2026, 10, 19),
    dt.date(2026, 4, 1),
    dt.date(2025, 12, 20),
    dt.date(2026, 4, 21),
]
TEAMS = [
    WorkingTime(),
    WorkingTime("NL", "Europe/Amsterdam"),
    WorkingTime(hours=WorkingHours(start=dt.time(8, 30), end=dt.time(12, 15), weekdays=(0, 2, 5))),
    # At night, over the hour that is skipped or shown twice; and until midnight.
    WorkingTime(hours=WorkingHours(start=dt.time(0, 30), end=dt.time(7), weekdays=(5, 6))),
    WorkingTime(hours=WorkingHours(start=dt.time(14), end=dt.time(0), weekdays=(0, 1, 6))),
    WorkingTime("US", "America/New_York"),
    WorkingTime("NZ", "Pacific/Auckland"),
    WorkingTime("IN", "Asia/Kolkata"),
]


@pytest.fixture(scope="module")
def connection():
    made = ibis.duckdb.connect(
        autoinstall_known_extensions="false", autoload_known_extensions="false"
    )
    made.raw_sql("SET TimeZone = 'UTC'")
    return made


@cache
def minutes_worked(working: WorkingTime, first: dt.date, days: int) -> tuple[dt.datetime, ...]:
    """Return every minute (UTC) in which the team works, by asking the clock each minute."""
    zone = ZoneInfo(working.zone)
    off = holidays.country_holidays(working.country, years=[first.year, first.year + 1])
    hours = working.hours
    now = dt.datetime.combine(first, dt.time(), zone).astimezone(UTC)
    end = dt.datetime.combine(first + dt.timedelta(days=days), dt.time(), zone).astimezone(UTC)
    found = []
    while now < end:
        local = now.astimezone(zone)
        ends = dt.time.max if hours.end == dt.time() else hours.end
        at_work = hours.start <= local.time() < ends and local.weekday() in hours.weekdays
        if at_work and local.date() not in off:
            found.append(now.replace(tzinfo=None))
        now += MINUTE
    return tuple(found)


def positions(connection, folder: Path, times: pd.DataFrame, days, zone: str) -> pd.DataFrame:
    file = folder / f"{len(list(folder.iterdir()))}.parquet"
    times.assign(n=range(len(times))).to_parquet(file)
    placed = with_positions(connection.read_parquet(file), days, list(times.columns), zone)
    return placed.order_by("n").execute()[list(times.columns)]


@pytest.mark.parametrize("working", TEAMS, ids=lambda w: f"{w.country}-{w.hours.start:%H%M}")
@pytest.mark.parametrize("first", FORTNIGHTS, ids=str)
def test_hours_are_those_counted_minute_by_minute(connection, tmp_path, working, first):
    worked = np.array(minutes_worked(working, first, 14), dtype="datetime64[m]")
    days = working_days(working, first, first + dt.timedelta(days=13))
    assert days["seconds"].sum() == 60 * len(worked)
    start = pd.Timestamp(first, tz=working.zone).tz_convert("UTC").tz_localize(None)
    rng = np.random.default_rng(first.toordinal())
    moments = start + pd.to_timedelta(np.sort(rng.integers(0, 13 * 1440, 400)), unit="min")
    found = positions(connection, tmp_path, pd.DataFrame({"at": moments}), days, working.zone)
    by_hand = np.searchsorted(worked, moments.to_numpy().astype("datetime64[m]"))
    assert (found["at"] == 60 * by_hand).all()


@given(
    first=st.dates(dt.date(2024, 1, 1), dt.date(2027, 12, 1)),
    length=st.integers(0, 9),
    start=st.times().map(lambda t: t.replace(second=0, microsecond=0, minute=t.minute // 15 * 15)),
    hours=st.integers(1, 10),
    weekdays=st.sets(st.integers(0, 6), min_size=1),
    team=st.sampled_from(TEAMS),
)
@settings(max_examples=40, deadline=None)
def test_days_are_as_long_as_the_clock_makes_them(first, length, start, hours, weekdays, team):
    end = (dt.datetime.combine(first, start) + dt.timedelta(hours=hours)).time()
    # An edge in the hour that the clock skips or shows twice is a choice, tested below.
    assume(start < end and not {start.hour, end.hour} & {1, 2, 3})
    given_hours = WorkingHours(start=start, end=end, weekdays=tuple(sorted(weekdays)))
    working = WorkingTime(team.country, team.zone, given_hours)
    days = working_days(working, first, first + dt.timedelta(days=length))
    worked = minutes_worked(working, first, length + 1)
    assert days["seconds"].sum() == 60 * len(worked)
    assert (days["before"] == days["seconds"].cumsum() - days["seconds"]).all()


def test_an_edge_in_the_missing_or_double_hour():
    hours = WorkingHours(start=dt.time(2, 30), end=dt.time(6), weekdays=(6,))
    night = WorkingTime(hours=hours)
    forward = working_days(night, dt.date(2026, 3, 29), dt.date(2026, 3, 29)).iloc[0]
    assert (forward["starts_at"], forward["seconds"]) == (
        pd.Timestamp("2026-03-29 01:00"),
        3 * 3600,
    )
    back = working_days(night, dt.date(2026, 10, 25), dt.date(2026, 10, 25)).iloc[0]
    assert (back["starts_at"], back["seconds"]) == (pd.Timestamp("2026-10-25 00:30"), 4.5 * 3600)


def test_a_week_by_hand(connection, tmp_path):
    # Easter Monday is 6 April 2026; Brussels is two hours ahead of UTC.
    days = working_days(WorkingTime(), dt.date(2026, 4, 3), dt.date(2026, 4, 8))
    assert (days["seconds"] / 3600).tolist() == [8, 0, 0, 0, 8, 8]
    times = {
        "2026-04-03 06:59": 0,  # before work
        "2026-04-03 14:30": 7.5,
        "2026-04-03 20:00": 8,
        "2026-04-06 10:00": 8,  # Easter Monday
        "2026-04-07 07:00": 8,
        "2026-04-07 22:30": 16,  # 8 April already in Brussels
        "2026-04-08 08:15:30": 16 + 4530 / 3600,
    }
    moments = pd.DataFrame({"at": pd.to_datetime(list(times), format="mixed")})
    found = positions(connection, tmp_path, moments, days, "Europe/Brussels")
    assert (found["at"] / 3600).tolist() == list(times.values())


def test_a_date_is_the_start_of_its_day_and_what_lies_outside_is_unknown(connection, tmp_path):
    days = working_days(WorkingTime(), dt.date(2026, 4, 7), dt.date(2026, 4, 8))
    dates = [dt.date(2026, 4, 7), dt.date(2026, 4, 8), dt.date(2026, 4, 9), None]
    times = pd.to_datetime(["2026-04-06 21:59", "2026-04-06 22:00", "2026-04-08 22:00", None])
    frame = pd.DataFrame({"day": dates, "at": times})
    found = positions(connection, tmp_path, frame, days, "Europe/Brussels")
    assert found["day"].tolist()[:2] == [0, 8 * 3600]
    assert found["day"].isna().tolist() == [False, False, True, True]
    assert found["at"].isna().tolist() == [True, False, True, True]


def test_a_working_day_is_as_long_as_the_settings_say():
    assert [team.day_hours for team in TEAMS[:5]] == [8, 8, 3.75, 6.5, 10]


def test_public_holidays_of_both_countries():
    def worked(country: str, day: dt.date) -> bool:
        return bool(working_days(WorkingTime(country), day, day)["seconds"].iloc[0])

    feast, liberation = dt.date(2026, 7, 21), dt.date(2025, 5, 5)
    assert (worked("BE", feast), worked("NL", feast)) == (False, True)
    assert (worked("BE", liberation), worked("NL", liberation)) == (True, False)
    assert not worked("NL", dt.date(2026, 4, 27))


def test_a_country_without_known_holidays_says_so():
    assert WorkingTime().holidays_known
    unknown = WorkingTime("QQ")
    assert not unknown.holidays_known
    assert working_days(unknown, dt.date(2026, 12, 25), dt.date(2026, 12, 25))["seconds"].all()


def test_settings_give_the_working_time():
    settings = Settings(client="X", country="NL", time_zone="Europe/Amsterdam")
    assert WorkingTime.of(settings) == WorkingTime("NL", "Europe/Amsterdam")


@pytest.mark.parametrize(
    "hours",
    [
        WorkingHours(start=dt.time(17), end=dt.time(9)),
        WorkingHours(start=dt.time(9), end=dt.time(9)),
        WorkingHours(weekdays=()),
    ],
)
def test_hours_in_which_nobody_works_are_refused(hours):
    with pytest.raises(InputError) as caught:
        WorkingTime(hours=hours)
    assert caught.value.code == "bad_working_hours"
    assert set(caught.value.fields) == {"start", "end"}


def test_an_empty_period_has_no_days():
    assert working_days(WorkingTime(), dt.date(2026, 4, 8), dt.date(2026, 4, 7)).empty
