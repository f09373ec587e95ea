"""The calendar day that DuckDB takes from a table of changes of the clock."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import ibis
import numpy as np
import pandas as pd
import pytest

from workshop.crm.clock import local_day, moved
from workshop.crm.quick_clock import FIRST, LAST, changes, quick_day, teach

ZONES = (
    "Europe/Brussels",
    "America/Sao_Paulo",  # gave its summer time up
    "Australia/Lord_Howe",  # half an hour of it, at half past
    "Africa/Casablanca",  # none in Ramadan: two changes within weeks
    "Asia/Kathmandu",  # ahead by quarters
    "UTC",
)
EDGES = [dt.timedelta(seconds=s) for s in (-3600, -1, 0, 1, 3600)]


def drawn(first: int, last: int, number: int) -> list[dt.datetime]:
    start, end = (int(dt.datetime(y, 1, 1, tzinfo=dt.UTC).timestamp()) for y in (first, last))
    seconds = np.random.default_rng(5).integers(start, end, number)
    return list(pd.to_datetime(seconds, unit="s").to_pydatetime())


@pytest.fixture
def connection(tmp_path):
    made = ibis.duckdb.connect()
    made.raw_sql("SET TimeZone = 'UTC'")
    made.file = tmp_path / "moments.parquet"

    def table(moments):
        frame = pd.DataFrame({"at": pd.Series(moments, dtype="datetime64[us]")})
        frame.to_parquet(made.file)
        return made.read_parquet(made.file, table_name="moments")

    made.moments = table
    yield made
    made.disconnect()


@pytest.mark.parametrize("zone", ZONES)
def test_the_day_is_that_of_the_zone_on_each_side_of_each_change(connection, zone):
    near = [change.until + edge for change in changes(zone) for edge in EDGES]
    inside = [at for at in near if dt.datetime(FIRST, 1, 1) <= at < dt.datetime(LAST, 1, 1)]
    teach(connection, zone)
    table = connection.moments([*inside, *drawn(FIRST, LAST, 3_000)])
    found = table.mutate(day=quick_day(table.at, zone)).execute()
    utc = found["at"].dt.tz_localize("UTC")
    expected = utc.dt.tz_convert(ZoneInfo(zone)).dt.date
    assert pd.to_datetime(found["day"]).dt.date.tolist() == expected.tolist()
    assert len(found) > 3_000


def test_outside_the_known_years_it_is_as_before_and_nothing_stays_nothing(connection):
    zone = "America/Sao_Paulo"
    edge = dt.datetime(LAST, 1, 1)
    moments = [*drawn(1900, FIRST, 200), *drawn(LAST, 2100, 200), edge, edge - EDGES[-1]]
    table = connection.moments([*moments, None])
    slow = table.mutate(day=local_day(table.at, zone)).execute()
    assert quick_day(table.at, zone) is None
    teach(connection, zone)
    quick = table.mutate(day=quick_day(table.at, zone)).execute()
    pd.testing.assert_frame_equal(quick, slow)
    assert quick["day"].isna().sum() == 1


def test_only_what_was_taught_is_known(connection):
    teach(connection, "Europe/Brussels")
    table = connection.moments(drawn(2020, 2021, 5))
    assert quick_day(table.at, "Europe/Amsterdam") is None
    other = ibis.duckdb.connect()
    assert quick_day(other.read_parquet(connection.file).at, "Europe/Brussels") is None
    other.disconnect()
    by_icu = moved(table.at, "UTC", "Europe/Brussels").cast("date")
    both = table.mutate(a=local_day(table.at, "Europe/Brussels"), b=by_icu).execute()
    assert both["a"].equals(both["b"])


def test_clocks_that_never_change_take_one_step():
    assert len(changes("UTC")) == 1
    brussels = changes("Europe/Brussels")
    assert [change.until for change in brussels] == sorted(change.until for change in brussels)
    assert (dt.datetime(2026, 3, 29, 1), 3600) in brussels
    assert (dt.datetime(2026, 10, 25, 1), 7200) in brussels
