"""The null set: a sound tool finds nothing in it."""

from __future__ import annotations

import pandas as pd
import pytest

from workshop.crm import counts
from workshop.crm.tables import open_tables
from workshop.questions.funnel import funnel
from workshop.questions.won_lost import won_lost

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def tables(maven):
    return open_tables(maven)


def test_the_totals_are_those_of_the_data(tables):
    totals = counts.outcomes(tables).set_index("state")
    assert totals["deals"].to_dict() == {"won": 4238, "lost": 2473, "open": 2089}
    assert totals.loc["won", "amount"] == 10_005_534
    assert totals.loc["won", "deals"] / 6711 == pytest.approx(0.6315, abs=5e-5)
    assert totals.loc["won", "deals"] / 8800 == pytest.approx(0.4816, abs=5e-5)


def test_accounts_join_by_name_and_all_but_the_blank_ones_are_found(tables):
    deals = tables.deals
    named = deals.filter(deals.account.notnull())
    assert int(deals.account.isnull().sum().execute()) == 1425
    assert int(named.account_id.count().execute()) == int(named.count().execute())
    assert int(named.sector.count().execute()) == int(named.count().execute())


def test_deals_are_not_said_to_be_matched_on_what_is_not_known(tables):
    assert won_lost(tables).sample.rule == "matched_quarter"


def test_no_level_of_any_trait_stands_out(tables):
    answer = won_lost(tables)
    assert set(answer.history["trait"]) >= {"sector", "employees", "product"}
    assert not (answer.history["q_value"] < 0.05).any()
    assert not (answer.history["verdict"] == "clear").any()
    assert not (answer.rows["verdict"] == "clear").any()


def test_win_rates_agree_with_a_count_by_hand(tables, shared_data):
    raw = pd.read_csv(shared_data / "maven_crm" / "sales_pipeline.csv")
    closed = raw[raw["deal_stage"].isin(["Won", "Lost"])]
    by_hand = closed.groupby("product")["deal_stage"].agg(lambda s: (s == "Won").mean())
    history = won_lost(tables).history
    rows = history[history["trait"] == "product"].set_index("level")
    for product, rate in by_hand.items():
        assert rows.loc[product, "win_rate"] == pytest.approx(rate)


def test_without_leads_the_funnel_is_the_one_of_deals(tables):
    answer = funnel(tables)
    assert list(answer.steps["from_stage"]) == ["opportunity"]
    assert "no_leads" in answer.caveats


def test_an_earlier_as_of_date_uses_nothing_after_it(maven, shared_data):
    import datetime as dt

    day = dt.date(2017, 6, 30)
    totals = counts.outcomes(open_tables(maven, day)).set_index("state")["deals"]
    raw = pd.read_csv(
        shared_data / "maven_crm" / "sales_pipeline.csv", parse_dates=["engage_date", "close_date"]
    )
    known = raw[raw["engage_date"].isna() | (raw["engage_date"] <= pd.Timestamp(day))]
    done = known[known["close_date"] <= pd.Timestamp(day)]
    assert totals["won"] == (done["deal_stage"] == "Won").sum()
    assert totals["lost"] == (done["deal_stage"] == "Lost").sum()
    assert totals["open"] == len(known) - len(done)
