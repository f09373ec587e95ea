"""The hand-over of the example company, against its export and what was planted in it."""

from __future__ import annotations

import datetime as dt
import json
import math
from pathlib import Path

import pandas as pd
import pytest
from statsmodels.stats.contingency_tables import Table2x2

from workshop.crm.calendar import WorkingTime
from workshop.crm.importing import import_files
from workshop.crm.staging import Request
from workshop.crm.tables import open_tables
from workshop.questions.document import document
from workshop.questions.hand_over import DELAYS, ROWS, SPEED, hand_over
from workshop.resources import kit
from workshop.session.rules import read_rules
from workshop.workspace import Workspace

RULES = """\
rules:
  - {name: Qualify, from: lead, trigger: criteria, to: mql, owner: marketing, time_limit: 40}
  - {name: Assign, from: mql, trigger: assigned, to: assigned, owner: sales, time_limit: 4}
  - {name: Talk, from: assigned, trigger: talk, to: sql, owner: sales, time_limit: 8}
  - {name: Talk, customer_type: bestaande klant, from: assigned, trigger: talk, to: sql,
     owner: sales, time_limit: 16}
  - {name: Offer, from: sql, trigger: need, to: opportunity, owner: sales, time_limit: 24}
"""


@pytest.fixture(scope="module")
def tables(example):
    return open_tables(example)


@pytest.fixture(scope="module")
def working(example) -> WorkingTime:
    return WorkingTime.of(example.settings)


@pytest.fixture(scope="module")
def answer(tables, working):
    return hand_over(tables, working)


@pytest.fixture(scope="module")
def export() -> pd.DataFrame:
    rows = pd.read_csv(
        kit("datasets", "example", "leads.csv"), sep=";", encoding="cp1252", dtype=str
    )
    return rows[rows["Toegewezen op"].notna()]


def rules_of(folder: Path, text: str = RULES):
    (folder / "rules.yaml").write_text(text, "utf-8")
    return read_rules(folder)


def answered(answer, as_of=None) -> dict:
    content = document(answer, question="hand-over", workspace="w", as_of=as_of, seed=0)
    return json.loads(json.dumps(content, allow_nan=False))


def test_without_rules_leads_are_observed_and_nothing_is_breached(answer, tables):
    assert list(answer.rows) == ROWS
    assert set(answer.rows["rule"]) == {"first touch"}
    assert set(answer.rows["from_status"]) == {"assigned"}
    content = answered(answer, tables.as_of)
    assert {row["breached"] for row in content["rows"]} == {None}
    assert {row["breached_share"] for row in content["rows"]} == {None}
    assert {row["limit_hours"] for row in content["rows"]} == {None}
    assert content["caveats"] == ["no_rules", "speed_is_no_proof"]
    assert content["lint"] == []


def test_leads_of_existing_customers_lie_untouched(answer, export):
    by_hand = export["Eerste contact op"].isna().groupby(export["Klanttype"]).agg(["size", "sum"])
    rows = answer.rows.set_index("customer_type")
    assert rows["leads"].to_dict() == by_hand["size"].to_dict()
    assert rows["untouched"].to_dict() == by_hand["sum"].to_dict()
    shares = rows["untouched"] / rows["leads"]
    assert shares["Bestaande klant"] == pytest.approx(0.34, abs=0.05)
    assert shares["Nieuwe klant"] == pytest.approx(0.08, abs=0.02)
    assert shares["Verdeler"] == pytest.approx(0.08, abs=0.04)


def test_existing_customers_wait_longer_and_their_slowest_tenth_without_end(answer):
    rows = answer.rows.set_index("customer_type")
    own, others = rows.loc["Bestaande klant"], rows.drop("Bestaande klant")
    assert own["median_low"] > others["median_high"].max()
    assert math.isnan(own["p90_hours"])
    assert (rows["median_low"] <= rows["median_hours"]).all()
    assert (rows["median_hours"] <= rows["median_high"]).all()


def test_a_touch_within_a_working_day_goes_with_more_sqls(answer):
    assert list(answer.speed) == SPEED
    quick, later, never = answer.speed.itertuples()
    assert (quick.touched_within, later.touched, later.touched_within) == (True, True, False)
    assert (never.touched, never.converted) == (False, 0)
    assert quick.ci_low > later.ci_high
    effect = answer.effect
    assert (effect.from_status, effect.to_status, effect.within_hours) == ("assigned", "sql", 8)
    assert effect.ci_low < 3.2 < effect.ci_high
    table = [
        [quick.converted, quick.leads - quick.converted],
        [later.converted, later.leads - later.converted],
    ]
    assert effect.odds_ratio == pytest.approx(Table2x2(table).oddsratio)
    assert effect[5:] == pytest.approx(Table2x2(table).oddsratio_confint())


def test_only_leads_with_the_whole_window_are_compared(answer, export):
    assigned = pd.to_datetime(export["Toegewezen op"], format="%d-%m-%Y %H:%M").dt.normalize()
    old = assigned <= pd.Timestamp("2026-10-31") - pd.Timedelta(days=90)
    assert answer.speed["leads"].sum() == old.sum()
    touched = export["Eerste contact op"].notna()
    assert answer.speed.set_index("touched")["leads"].groupby(level=0).sum().to_dict() == {
        True: (old & touched).sum(),
        False: (old & ~touched).sum(),
    }


def test_the_delay_of_the_system_and_that_of_the_person(answer):
    assert list(answer.delays) == DELAYS
    median = answer.delays.set_index(["delay", "customer_type"])["median_hours"]
    # An hour and a half on average, exponential: the middle at 1.04 hours.
    assert median["system"].between(0.8, 1.3).all()
    assert (median["person"] > 8).all()
    person = answer.delays[answer.delays["delay"] == "person"].reset_index(drop=True)
    assert (person["median_hours"] == answer.rows["median_hours"]).all()


def test_rules_are_replayed_by_type_of_customer(tables, working, tmp_path, export):
    found = hand_over(tables, working, rules_of(tmp_path))
    rows = found.rows.set_index(["rule", "customer_type"])
    assert found.rows[["rule", "customer_type"]].duplicated().sum() == 0
    assert set(rows.loc["Talk", "limit_hours"].items()) == {
        ("Nieuwe klant", 8.0),
        ("Verdeler", 8.0),
        ("Bestaande klant", 16.0),
    }
    assert rows.loc["Assign", "leads"].sum() == export.shape[0] + 3  # MQLs not yet assigned
    assert (rows["breached"] <= rows["mature_leads"]).all()
    assert (rows["breached_share"] == rows["breached"] / rows["mature_leads"]).all()
    assert (rows["breached_low"] < rows["breached_share"]).all()
    assert (rows["breached_share"] < rows["breached_high"]).all()
    # Of the touched 48% came in time, and 8% were never touched: 1 - 0.92 * 0.48.
    assert rows.loc[("Talk", "Nieuwe klant"), "breached_share"] == pytest.approx(0.558, abs=0.04)
    assert {defect.code for defect in found.lint} >= {"nothing_at_limit", "missing_why"}
    assert found.caveats == ("speed_is_no_proof",)


def test_the_share_breached_is_where_the_curve_stands_at_the_limit(tables, working, tmp_path):
    # Nearly every lead is mature, so that Kaplan-Meier and the plain share agree closely.
    found = hand_over(tables, working, rules_of(tmp_path))
    talk = found.rows[found.rows["rule"] == "Talk"]
    for row in talk.itertuples():
        assert (row.median_hours > row.limit_hours) == (row.breached_share > 0.5)


def test_the_example_s_own_rules_hold_together_and_can_be_replayed(example, tables, working):
    rules = read_rules(kit("datasets", "example"))
    assert read_rules(example.path) == rules
    found = hand_over(tables, working, rules)
    assert found.lint == ()
    assert found.caveats == ("speed_is_no_proof",)
    assert set(found.rows["rule"]) == {rule.name for rule in rules.rules}
    share = found.rows.set_index(["rule", "customer_type"])["breached_share"]
    # As datasets/README.md says.
    assert round(share["Bellen", "Nieuwe klant"], 2) == 0.64
    assert round(share["Bellen", "Bestaande klant"], 2) == 0.67
    assert share["Kwalificeren"].round(2).between(0.47, 0.49).all()
    assert share["Offerte maken"].round(2).between(0.21, 0.35).all()


def test_a_way_back_is_no_act(tables, working, tmp_path):
    # Some leads are MQL from the moment of their creation: had that counted, nobody waited.
    back = "  - {name: Back, from: mql, trigger: early, to: lead, owner: sales}\n"
    without = hand_over(tables, working, rules_of(tmp_path))
    found = hand_over(tables, working, rules_of(tmp_path, RULES + back))
    own = found.rows[found.rows["rule"] != "Back"].reset_index(drop=True)
    pd.testing.assert_frame_equal(own, without.rows)


def test_what_cannot_be_replayed_is_said(tables, working, tmp_path):
    text = (
        "rules:\n"
        "  - {name: Qualify, from: lead, trigger: q, to: mql, owner: marketing}\n"
        "  - {name: Wake, from: asleep, trigger: t, to: mql, owner: marketing}\n"
        "  - {name: Warm, from: mql, trigger: t, to: warm, owner: marketing}\n"
        "  - {name: Talk, from: mql, customer_type: Overheid, trigger: t, to: sql, owner: sales}\n"
    )
    found = hand_over(tables, working, rules_of(tmp_path, text))
    assert set(found.rows["rule"]) == {"Qualify"}
    assert found.caveats == ("rules_not_replayed", "rules_for_unknown_type", "speed_is_no_proof")


def test_the_same_answer_twice(tables, working, answer):
    again = hand_over(tables, working)
    pd.testing.assert_frame_equal(again.rows, answer.rows)
    pd.testing.assert_frame_equal(again.delays, answer.delays)
    pd.testing.assert_frame_equal(again.speed, answer.speed)


def test_before_the_first_assignment_the_clock_starts_with_what_is_there(example, working):
    found = hand_over(open_tables(example, dt.date(2024, 11, 3)), working)
    assert set(found.rows["from_status"]) == {"mql"}
    assert found.rows["leads"].sum() == found.rows["untouched"].sum() > 0
    assert found.delays.empty
    assert found.effect is None


EDGES = {
    "untouched": "lead_id;created_at;first_touch_at;customer_type\nA;2026-04-01 10:00;;x\n"
    "B;2026-04-01 10:00;2026-04-02 10:00;x\n",
    "days_only": "lead_id;created_at;first_touch_at\nA;2026-04-01;2026-04-02\nB;2026-04-13;\n",
    "one_lead": "lead_id;created_at;first_touch_at\nA;2026-04-01 10:00;2026-04-01 10:00\n",
    "touched_before_creation": "lead_id;created_at;first_touch_at\n"
    "A;2026-04-13 10:00;2026-03-13 10:00\n",
    "placeholder_date": "lead_id;created_at;first_touch_at\nA;1900-01-01 00:00;\n"
    "B;2026-04-01 10:00;2026-04-02 10:00\n",
    "not_touched_at_all": "lead_id;created_at;source\nA;2026-04-01 10:00;web\n",
}


@pytest.mark.parametrize("as_of", [None, dt.date(2026, 4, 1), dt.date(2000, 1, 1)], ids=str)
@pytest.mark.parametrize("with_rules", [False, True])
@pytest.mark.parametrize("name", EDGES)
def test_whatever_a_client_brings_has_an_answer_or_a_reason(tmp_path, name, with_rules, as_of):
    made = Workspace.create(tmp_path / "client", name)
    file = tmp_path / "leads.csv"
    file.write_text(EDGES[name], "utf-8")
    import_files(made, Request((file,), table="leads"))
    rules = rules_of(tmp_path) if with_rules else None
    found = hand_over(open_tables(made, as_of), WorkingTime("QQ"), rules)
    content = answered(found, as_of)
    reasons = {"not_answerable", "rules_not_replayed"}
    assert content["rows"] or reasons.intersection(content["caveats"])
    for row in content["rows"]:
        assert 0 <= row["untouched"] <= row["leads"]


def test_days_and_unknown_holidays_are_said(tmp_path):
    made = Workspace.create(tmp_path / "client", "X")
    file = tmp_path / "leads.csv"
    file.write_text(EDGES["days_only"], "utf-8")
    import_files(made, Request((file,), table="leads"))
    found = hand_over(open_tables(made), WorkingTime("QQ"))
    assert set(found.caveats) == {
        "no_assigned_date",
        "no_customer_type",
        "no_rules",
        "days_without_times",
        "no_holidays",
    }
    (row,) = found.rows.itertuples()
    assert (row.leads, row.untouched, row.median_hours) == (2, 1, 8)
