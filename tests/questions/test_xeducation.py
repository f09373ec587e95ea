"""Leads without a date, and columns that were filled in after the outcome: what can be said."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from workshop.criteria import Definition
from workshop.crm.importing import import_files
from workshop.crm.readiness import readiness
from workshop.crm.staging import Request
from workshop.crm.tables import open_tables
from workshop.questions.channels import channels
from workshop.questions.definitions import definitions
from workshop.questions.document import document
from workshop.questions.won_lost import won_lost
from workshop.workspace import Workspace

pytestmark = pytest.mark.shared

LEAKING = {
    "Tags",
    "Lead Quality",
    "Lead Profile",
    "Last Notable Activity",
    "Asymmetrique Activity Index",
    "Asymmetrique Profile Index",
    "Asymmetrique Activity Score",
    "Asymmetrique Profile Score",
}
VOUCHED = ("Lead Origin", "Specialization", "City")
ID = "Prospect ID"


@pytest.fixture(scope="module")
def tables(tmp_path_factory, shared_data):
    """Import the one file twice: as the leads, and as what became of them."""
    made = Workspace.create(tmp_path_factory.mktemp("x") / "x", "X Education", currency="INR")
    file = (shared_data / "xeducation_leads" / "Leads.csv",)
    columns = {ID: "lead_id", "Lead Source": "source"}
    role = {"What is your current occupation": "role"}
    import_files(made, Request(file, table="leads", columns={**columns, **role}, traits=VOUCHED))
    outcome = {"Converted": "stage", "Last Activity": "-"}
    stages = {"1": "won", "0": "lost"}
    import_files(made, Request(file, table="deals", columns={**columns, **outcome}, stages=stages))
    return open_tables(made)


@pytest.fixture(scope="module")
def raw(shared_data) -> pd.DataFrame:
    leads = pd.read_csv(shared_data / "xeducation_leads" / "Leads.csv", dtype=str)
    source = leads["Lead Source"].replace("google", "Google")
    return leads.assign(source=source, won=leads["Converted"] == "1")


TERMS = [
    Definition.model_validate(
        {
            "term": "ready",
            "joint": {
                "criteria": {
                    "field": "source",
                    "operator": "one_of",
                    "value": ["Reference", "Welingak Website"],
                }
            },
            "sales": {"criteria": {"field": "Tags", "operator": "is_known"}},
            "marketing": {"criteria": {"field": "activities", "operator": "at_least", "value": 1}},
        }
    )
]


@pytest.fixture(scope="module")
def answer(tables):
    return definitions(tables, TERMS)


def test_what_can_be_answered_is_told_and_why_not_better(tables):
    ready = {each.question: each for each in readiness(tables)}
    assert ready["channels"].status == ready["definitions"].status == "caveat"
    assert "maturity_unknown" in ready["channels"].caveats
    assert "no_dates_random_split" in ready["definitions"].caveats
    assert "no_lead_deal_link" not in ready["definitions"].caveats
    for question in ("funnel", "velocity", "hand-over", "goal"):
        assert ready[question].status == "not_answerable"


def test_channels_count_all_leads_and_agree_with_a_count_by_hand(tables, raw):
    found = channels(tables)
    rows = found.rows.set_index("channel")
    by_hand = raw.groupby("source")["won"].agg(["size", "sum"])
    for channel, (leads, won) in by_hand.iterrows():
        numbers = rows.loc[channel, ["leads", "won", "mature_leads", "mature_won"]]
        assert numbers.tolist() == [leads, won, leads, won]
    assert found.window_days is None
    assert found.overall_rate == pytest.approx(3561 / 9240)
    assert "maturity_unknown" in found.caveats
    assert "no_mature_cohort" not in found.caveats


def test_channels_that_stand_out_are_named_and_average_ones_are_not(tables):
    verdicts = channels(tables).rows.dropna(subset="channel").set_index("channel")["verdict"]
    assert set(verdicts.index[verdicts == "works"]) == {"Reference", "Welingak Website"}
    assert set(verdicts.index[verdicts == "noise"]) == {
        "Direct Traffic",
        "Facebook",
        "Olark Chat",
        "Referral Sites",
    }
    assert verdicts["Google"] == verdicts["Organic Search"] == "as_average"
    assert verdicts["WeLearn"] == "too_few"


def test_a_definition_is_replayed_on_a_random_two_thirds_and_one_third(answer, raw):
    rows = answer.rows.set_index(["side", "period"])
    fit, check = (int(rows.loc[("joint", period), "leads"]) for period in ("fit", "check"))
    assert fit + check == len(raw)
    assert fit / len(raw) == pytest.approx(2 / 3, abs=0.02)
    passed = raw["source"].isin(["Reference", "Welingak Website"])
    both = rows.loc["joint"]
    assert both["true"].sum() == passed.sum()
    assert both["passed_won"].sum() == (passed & raw["won"]).sum()
    assert rows.loc[("joint", "check"), "lift_low"] > 2
    assert answer.terms["check_from"].isna().all()
    assert answer.passed_per_month.empty


def test_what_was_done_by_a_landmark_is_unknown_without_a_date(answer):
    rows = answer.rows[answer.rows["side"] == "marketing"]
    assert (rows["unknown"] == rows["leads"]).all()


def test_a_criterion_that_was_filled_in_later_is_marked(answer):
    assert answer.not_vouched[["side", "field"]].values.tolist() == [["sales", "Tags"]]
    assert "criterion_not_vouched" in answer.caveats


def test_suggestions_hold_and_never_name_what_was_filled_in_later(answer, tables):
    offered = {c.field for rule in answer.suggestions["criteria"] for c in rule}
    assert offered
    assert offered <= {"source", "country", "role", *VOUCHED}
    found = answer.searches.set_index("outcome")["rule_found"]
    assert found["won"]
    # Every lead has its row among the deals, so that becoming one says nothing.
    assert not found["opportunity"]
    known = tables.traits("leads")
    assert set(known) >= LEAKING
    assert not any(known[name] for name in LEAKING)


def test_the_history_marks_what_was_filled_in_later(tables):
    found = won_lost(tables)
    history = found.history.drop_duplicates("trait").set_index("trait")
    analysed = LEAKING & set(history.index)
    assert analysed >= {"Tags", "Lead Quality", "Lead Profile"}
    assert not history.loc[sorted(analysed), "known_at_creation"].any()
    assert "traits_not_vouched" in found.caveats


def test_the_split_is_the_seeds_and_not_that_of_the_rows(answer, tables):
    def split(seed: int) -> list:
        rows = definitions(tables, TERMS, seed).rows
        return rows[["side", "period", "leads", "passed_won"]].values.tolist()

    assert split(0) == answer.rows[["side", "period", "leads", "passed_won"]].values.tolist()
    assert split(1) != split(0)


@pytest.mark.parametrize("found", [channels, definitions], ids=["channels", "definitions"])
def test_the_document_has_no_nan(found, tables):
    name = found.__name__
    content = document(found(tables), question=name, workspace="x", as_of=None, seed=0)
    json.dumps(content, allow_nan=False)
    assert content["as_of"] is None
