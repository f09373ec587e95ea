"""Dates and numbers: decided over all values of a column, refused where they read two ways."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop.crm.contacts import without_contacts
from workshop.crm.decimals import currencies, decimal_mark, stripped
from workshop.crm.formats import Days, date_format, date_readings
from workshop.crm.sizes import size_class
from workshop.errors import InputError

DAY = dt.date(2026, 3, 28)


def deals(header, values):
    rows = [f'D{number};Nieuw;"{value}"' for number, value in enumerate(values, start=1)]
    return "\n".join([f"Deal-ID;Fase;{header}", *rows]) + "\n"


def read(desk, header, column, *values, **said):
    desk.run(deals(header, values), **said)
    table = desk.table().set_index("deal_id")[column]
    return [table[f"D{number}"] for number in range(1, len(values) + 1)]


def days(desk, *values, **said):
    return read(desk, "Aangemaakt op", "created_at", *values, **said)


def amounts(desk, *values, **said):
    found = read(desk, "Bedrag", "amount", *values, **said)
    return [None if pd.isna(value) else str(value) for value in found]


@pytest.mark.parametrize(
    "text",
    ["2026-03-28", "28-03-2026", "28/3/2026", "28.03.2026", "3/28/2026", "20260328", "2026/3/28",
     "28-03-26", "3/28/26"],
)  # fmt: skip
def test_a_day_is_that_day(desk, text):
    assert days(desk, text) == [DAY]


def test_each_column_has_its_own_order(desk):
    desk.run(
        "Deal-ID;Fase;Aangemaakt op;Gesloten op\nD1;Gewonnen;03-04-2026;04/28/2026\n"
        "D2;Gewonnen;28-03-2026;03/04/2026\n"
    )
    table = desk.table()
    assert table["created_at"].to_list() == [dt.date(2026, 4, 3), DAY]
    assert table["closed_at"].to_list() == [dt.date(2026, 4, 28), dt.date(2026, 3, 4)]


def test_one_column_may_mix_iso_and_local_days(desk):
    assert days(desk, "2026-03-28", "28-03-2026") == [DAY, DAY]


def test_ambiguous_dates_are_refused_with_both_readings(desk):
    error = desk.refuse(deals("Aangemaakt op", ["03-04-2026", "05-05-2026", "12-01-2026"]))
    assert error.code == "ambiguous_dates"
    assert error.fields == {
        "column": "Aangemaakt op",
        "example": "03-04-2026",
        "readings": ["2026-04-03", "2026-03-04"],
        "option": "--dates",
    }


def test_the_option_settles_an_ambiguous_date(desk, make_desk):
    assert days(desk, "03-04-2026", dates="dmy") == [dt.date(2026, 4, 3)]
    assert days(make_desk("us"), "03-04-2026", dates="mdy") == [dt.date(2026, 3, 4)]
    assert days(make_desk("iso"), "26-04-03", dates="ymd") == [dt.date(2026, 4, 3)]


def test_dates_that_read_one_way_either_way_are_not_asked_about(desk):
    assert days(desk, "05-05-2026", "01/01/2026") == [dt.date(2026, 5, 5), dt.date(2026, 1, 1)]


def test_dates_that_contradict_each_other_are_refused(desk):
    error = desk.refuse(deals("Aangemaakt op", ["28-03-2026", "03-28-2026"]), dates="dmy")
    assert error.code == "mixed_dates"
    assert error.fields["examples"] == ["28-03-2026", "03-28-2026"]


def test_dates_that_contradict_what_was_asked_are_refused(desk):
    error = desk.refuse(deals("Aangemaakt op", ["28-03-2026"]), dates="mdy")
    assert error.code == "dates_contradict"
    assert error.fields == {
        "column": "Aangemaakt op", "asked": "mdy", "seen": "dmy", "example": "28-03-2026",
    }  # fmt: skip


def test_an_impossible_day_is_set_aside_and_decides_nothing(desk):
    imported = desk.run(deals("Aangemaakt op", ["28-03-2026", "99-99-2026", "31-02-2026", "x"]))
    assert [item.value for item in imported.set_aside] == ["99-99-2026", "31-02-2026", "x"]
    assert desk.table()["created_at"].to_list() == [DAY]


def test_a_spreadsheet_serial_is_not_guessed(desk):
    imported = desk.run(deals("Aangemaakt op", ["28-03-2026", "46109"]))
    assert [(item.value, item.reason) for item in imported.set_aside] == [("46109", "bad_date")]


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-01-15 10:30", "2026-01-15 09:30"),
        ("2026-07-15 10:30:15", "2026-07-15 08:30:15"),
        ("15/7/2026 1:05 PM", "2026-07-15 11:05"),
        ("2026-07-15T10:30:15Z", "2026-07-15 10:30:15"),
        ("2026-07-15T10:30:15.250Z", "2026-07-15 10:30:15.250"),
        ("2026-07-15 10:30:15 UTC", "2026-07-15 10:30:15"),
        ("2026-07-15T10:30:15+05:30", "2026-07-15 05:00:15"),
        ("2026-07-15T10:30:15.5-0400", "2026-07-15 14:30:15.500"),
        ("2026-07-15", "2026-07-14 22:00"),
    ],
)
def test_a_time_is_utc(desk, text, utc):
    found = days(desk, text, "2026-01-01 12:00")
    assert found[0] == pd.Timestamp(utc)


@given(moment=st.datetimes(dt.datetime(2015, 1, 1), dt.datetime(2035, 1, 1)))
def test_local_times_agree_with_the_time_zone_database(moment, desk_for_times):
    """A time that daylight saving skips or repeats has two answers; the day is the same."""
    moment = moment.replace(microsecond=0)
    local = moment.replace(tzinfo=ZoneInfo("Europe/Brussels"))
    expected = {local.replace(fold=fold).astimezone(dt.UTC).replace(tzinfo=None) for fold in (0, 1)}
    assert desk_for_times(moment.isoformat(" ")) in expected


@pytest.fixture(scope="module")
def desk_for_times():
    import duckdb

    from workshop.crm.convert import time_sql

    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'America/New_York'")
    how = date_format("h", ["9999-99-99 99:99:99"], Days(), None)
    sql = time_sql("?", how, "Europe/Brussels").replace("?", "CAST(? AS VARCHAR)")
    return lambda text: connection.execute(f"SELECT {sql}", [text]).fetchall()[0][0]


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["1.234,56", "7,5"], ["1234.56", "7.50"]),
        (["1,234.56", "7.5"], ["1234.56", "7.50"]),
        (["1.234.567", "8"], ["1234567.00", "8.00"]),
        (["1.234", "1.234,5"], ["1234.00", "1234.50"]),
        (["1 234,50", "1\u00a0234\u00a0567,00", "12\u202f000,10"],
         ["1234.50", "1234567.00", "12000.10"]),
        (["€ 1.234,50", "12,00 €", "EUR 5,25", "5,25 euro"],
         ["1234.50", "12.00", "5.25", "5.25"]),
        (["-12,50", "(12,50)", "12,50-", "€ -12,50", "−12,50", "(€ 1.000,00)"],
         ["-12.50", "-12.50", "-12.50", "-12.50", "-12.50", "-1000.00"]),
        (["€ 500,-", "1.250,--", "3,50"], ["500.00", "1250.00", "3.50"]),
        (["1'234.50", "2.5"], ["1234.50", "2.50"]),
        (["0,999", "5"], ["1.00", "5.00"]),
        (["007", "0"], ["7.00", "0.00"]),
        (["1,2E+05", "3,5"], ["120000.00", "3.50"]),
    ],
)  # fmt: skip
def test_an_amount_reads_as_it_is_written(desk, texts, values):
    assert amounts(desk, *texts) == values


def test_ambiguous_numbers_are_refused_with_both_readings(desk):
    error = desk.refuse(deals("Bedrag", ["1.234", "12.500", "7"]))
    assert error.code == "ambiguous_numbers"
    assert error.fields["readings"] in (["1234", "1.234"], ["12500", "12.500"])
    assert error.fields["option"] == "--decimal"


def test_the_option_settles_an_ambiguous_number(desk, make_desk):
    assert amounts(desk, "1.234", decimal="comma") == ["1234.00"]
    assert amounts(make_desk("point"), "1.234", decimal="point") == ["1.23"]


def test_numbers_that_contradict_each_other_are_refused(desk):
    error = desk.refuse(deals("Bedrag", ["1.234,5", "1,234.5"]))
    assert (error.code, error.fields["examples"]) == ("mixed_decimals", ["1.234,5", "1,234.5"])


def test_numbers_that_contradict_what_was_asked_are_refused(desk):
    error = desk.refuse(deals("Bedrag", ["1.234,5"]), decimal="point")
    assert (error.code, error.fields["example"]) == ("decimals_contradict", "1.234,5")


def test_what_is_no_number_is_set_aside(desk):
    imported = desk.run(deals("Bedrag", ["5", "vijf", "12%", "1e400", "99999999999999999999"]))
    assert [item.value for item in imported.set_aside] == ["vijf", "12%", "1e400", "9" * 20]


@given(
    value=st.decimals(-(10**9), 10**9, places=2, allow_nan=False),
    comma=st.booleans(),
    style=st.sampled_from(["{}", "€ {}", "{} EUR", "({})"]),
)
def test_a_written_amount_reads_back(value, comma, style):
    text = f"{abs(value) if style == '({})' else value:,.2f}"
    if comma:
        text = text.translate({ord(","): ".", ord("."): ","})
    written = style.format(text)
    assert decimal_mark("h", [written.translate(dict.fromkeys(map(ord, "12345678"), "9"))], None,
                        str) == ("comma" if comma else "point")  # fmt: skip
    bare = stripped(written)
    read_back = bare.replace(".", "").replace(",", ".") if comma else bare.replace(",", "")
    assert Decimal(read_back) == (-abs(value) if style == "({})" else value)


def test_a_symbol_names_the_currency_where_no_column_does(desk):
    imported = desk.run(deals("Bedrag", ["$1,234.50", "$ 7.25"]))
    assert desk.table()["currency"].to_list() == ["USD", "USD"]
    assert {f.code: f.count for f in imported.findings}["currency_from_symbol"] == 2


def test_several_symbols_in_one_column_need_a_column_that_tells_them_apart(desk):
    error = desk.refuse(deals("Bedrag", ["€ 1,50", "$ 2,50"]))
    assert error.code == "mixed_currency_symbols"
    assert error.fields["currencies"] == ["EUR", "USD"]
    imported = desk.run("Deal-ID;Fase;Bedrag;Valuta\nD1;Nieuw;€ 1,50;Euro\nD2;Nieuw;$ 2,50;usd\n")
    assert desk.table()["currency"].to_list() == ["EUR", "USD"]
    assert {f.code for f in imported.findings} >= {"mixed_currency", "mixed_symbols"}


def test_currencies_are_found_beside_amounts_only():
    assert currencies({"99,9": 1, "99 stuks": 1, "(99,9)": 1}) == {}
    assert currencies({"EUR 9": 2, "9 chf": 1, "£9": 1}) == {"EUR": 2, "CHF": 1, "GBP": 1}


def test_a_currency_given_for_all_that_the_amounts_deny_is_said(desk):
    imported = desk.run(deals("Bedrag", ["$ 1.50", "$ 2.50", "3"]), constants={"currency": "EUR"})
    assert {f.code: f.count for f in imported.findings}["mixed_symbols"] == 2


@pytest.mark.parametrize(
    ("text", "size"),
    [("9", "1–9"), ("10", "10–49"), ("49", "10–49"), ("50", "50–249"), ("250", "250+"),
     ("11-50", "10–49"), ("51-200", "50–249"), ("1.001-5.000", "250+"), ("10 000+", "250+"),
     ("<10", "1–9"), ("< 50", "10–49"), ("minder dan 10", "1–9"), ("10–49", "10–49"),
     ("11 tot 50 werknemers", "10–49"), ("veel", None), ("1-2-3", None),
     ("999.999.999.999.999", "250+"), ("9" * 16, None), ("7" * 400, None), ("7" * 5_000, None)],
)  # fmt: skip
def test_sizes(text, size):
    assert size_class(text) == size


@pytest.mark.parametrize("order", ["dmy", "mdy"])
def test_readings_are_in_the_order_of_the_option(order):
    readings = dict(zip(("dmy", "mdy"), date_readings("03/04/2026"), strict=True))
    assert readings[order] == {"dmy": "2026-04-03", "mdy": "2026-03-04"}[order]


def test_a_mark_that_nothing_settles_is_a_point():
    assert decimal_mark("h", ["9", "99"], None, str) == "point"
    with pytest.raises(InputError, match="ambiguous_numbers"):
        decimal_mark("h", ["9.999"], None, lambda _: "1.234")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("jan.peeters@bedrijf.be", "[…]"),
        ("Bel José@café.be terug", "Bel […] terug"),
        ("+32 475 12 34 56", "[…]"),
        ("tel. 03/123.45.67", "tel. […]"),
        ("0475123456", "[…]"),
        ("0032 3 123 45 67", "[…]"),
        ("(03) 123 45 67", "[…]"),
        ("Offerte 01-02-2026 voor 100.000 stuks", None),
        ("0000012345", None),
        ("001A000001LxyzQAB", None),
        ("BE 0123.456.789", None),
        ("2024-001", None),
        ("2026-03-28 10:15:00", None),
        ("28/03/2026 10:15", None),
        ("05-05-2026 10:15:00", None),
        ("prijs@stuk", None),
        ("+32 475 12 34 56an@x.be", "[…] […]"),
        ("01-02-2026an@x.be", "[…]"),
        ("x@y@z.be", "x@[…]"),
        ("a@b.cc@d", "[…]@d"),
        (f"{'l' * 200}@x.be;2", "[…];2"),
        # Hours, where each letter is tried as the first of an address.
        ("1" * 300_000, None),
        ("x." * 150_000 + "@", None),
        ("@" * 300_000, None),
    ],
    ids=lambda value: str(value)[:20],
)
def test_contacts_are_taken_out_of_texts(text, left):
    assert without_contacts(text) == (text if left is None else left)
