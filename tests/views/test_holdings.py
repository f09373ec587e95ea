"""What the deals add up to: currencies apart, unknown amounts unknown."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from workshop.views.display import Note, Prose
from workshop.views.holdings import amounts_of, by_state, holdings
from workshop.workspace import Rates

RATES = Rates(date=dt.date(2025, 6, 30), to_currency={"GBP": 1.2})


def test_a_row_per_outcome_with_the_currencies_apart(outcomes):
    frame = by_state(outcomes, ["EUR", "GBP"]).set_index("state")
    assert frame["deals"].to_dict() == {"won": 45, "lost": 55, "open": 10}
    assert frame.loc["won", ["EUR", "GBP"]].tolist() == [700_000, 5_000]
    assert frame.loc["open", ["EUR", "GBP"]].isna().all()


def test_deals_without_an_amount_are_not_worth_nothing():
    zero = pd.DataFrame({"state": ["lost"], "currency": ["EUR"], "deals": [9], "amount": [0.0]})
    assert by_state(zero, ["EUR"])["EUR"].isna().all()
    assert amounts_of(zero, "lost").empty


def test_without_rates_nothing_is_added_up(outcomes, english):
    table, prose = holdings(outcomes, "EUR", None, english)
    assert "together" not in table.frame
    assert prose.text.startswith("Amounts in GBP are not added up")
    assert table.title == "Of 100 closed deals, 45 were won: 45%"


def test_with_rates_the_currencies_are_converted_and_the_day_is_said(outcomes, english):
    table, prose = holdings(outcomes, "EUR", RATES, english)
    together = table.frame.set_index("state")["together"]
    assert together["won"] == pytest.approx(700_000 + 1.2 * 5_000)
    assert "30 June 2025" in prose.text


def test_the_own_currency_stands_first(outcomes, look):
    table, _ = holdings(outcomes, "GBP", None, look)
    assert [column.field for column in table.columns][2:] == ["GBP", "EUR"]


def test_amounts_in_no_known_currency_are_a_caveat(outcomes, look):
    _, note = holdings(outcomes, "USD", None, look)
    assert isinstance(note, Note)
    assert "USD" in note.text


def test_thousands_carry_decimals(english):
    many = pd.DataFrame(
        {
            "state": ["won", "lost"],
            "currency": ["EUR", "EUR"],
            "deals": [4238, 2473],
            "amount": [1.0, 1.0],
        }
    )
    (table,) = holdings(many, "EUR", None, english)
    assert table.title.endswith("63.15%")


def test_nothing_closed_and_nothing_at_all(outcomes, english):
    only_open = outcomes[outcomes["state"] == "open"]
    (table,) = holdings(only_open, "EUR", None, english)
    assert table.title == "None of the 10 deals is closed yet"
    (prose,) = holdings(outcomes[:0], "EUR", None, english)
    assert isinstance(prose, Prose)
