"""Definitions and suggestions on the example company, whose truth is known, and at the edges."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.crm.replay_cases import make_tables
from workshop.criteria import Definition
from workshop.crm.store import Trait
from workshop.crm.tables import open_tables
from workshop.definition_file import read_definitions
from workshop.errors import InputError
from workshop.questions.definitions import ROWS, definitions
from workshop.questions.document import document

SOURCES = {"field": "source", "operator": "one_of", "value": ["Webinar", "Referentie"]}
ACTIVE = {"field": "marketing_activities", "operator": "at_least", "value": 2}


def mql(**fields) -> Definition:
    given = {
        "term": "mql",
        "version": 2,
        "joint": {"criteria": {"all_of": [SOURCES, ACTIVE]}},
        "sales": {"criteria": SOURCES},
        "marketing": {"criteria": ACTIVE},
    }
    return Definition.model_validate(given | fields)


@pytest.fixture(scope="module")
def tables(example):
    return open_tables(example)


TERMS = [
    mql(landmark_days=1, outcome="opportunity"),
    mql(term="at-creation", landmark_days=0),
    mql(term="late"),
    mql(
        term="odd",
        sales={"criteria": {"field": "trigger", "operator": "is", "value": "Verhuizing"}},
        marketing={"criteria": {"field": "sector", "operator": "is", "value": "Ruimtevaart"}},
    ),
    Definition.model_validate({"term": "words", "joint": {"text": "Who pays"}}),
]


@pytest.fixture(scope="module")
def everything(tables):
    return definitions(tables, TERMS)


@pytest.fixture(scope="module")
def answer(everything):
    frames = {
        name: frame[frame["term"] == "mql"]
        for name, frame in everything._asdict().items()
        if isinstance(frame, pd.DataFrame) and "term" in frame
    }
    return everything._replace(**frames)


def test_the_rows_are_those_of_the_contract(answer):
    assert list(answer.rows.columns) == ROWS
    assert answer.rows[["term", "version"]].drop_duplicates().values.tolist() == [["mql", 2]]
    assert set(zip(answer.rows["side"], answer.rows["period"], strict=True)) == {
        (side, period) for side in ("joint", "sales", "marketing") for period in ("fit", "check")
    }
    verdicts = answer.rows[["true", "false", "unknown"]].sum(axis=1)
    assert (verdicts == answer.rows["leads"]).all()


def test_the_sources_that_work_have_a_lift_and_the_numbers_are_those_of_the_leads(answer, tables):
    row = answer.rows.set_index(["side", "period"]).loc["sales", "check"]
    assert row["lift_low"] > 1.5
    leads = tables.leads.execute()
    created = pd.to_datetime(leads["created_day"])
    deal = (pd.to_datetime(leads["deal_day"]) - created).dt.days
    age = (pd.Timestamp(tables.as_of) - created).dt.days
    check_from = pd.Timestamp(answer.terms["check_from"].iloc[0])
    mine = leads[(age >= 180) & ~(deal < 1) & (created >= check_from)]
    passed = mine[mine["source"].isin(["Webinar", "Referentie"])]
    assert row["leads"] == len(mine)
    assert row["true"] == len(passed)
    assert row["won"] == (deal[mine.index] <= 180).sum()
    assert row["passed_won"] == (deal[passed.index] <= 180).sum()


def test_both_periods_are_two_thirds_and_one_of_the_mature_leads(answer):
    leads = answer.rows[answer.rows["side"] == "joint"].set_index("period")["leads"]
    assert leads["fit"] / leads.sum() == pytest.approx(2 / 3, abs=0.01)


def test_the_joint_version_passes_what_both_sides_pass(answer):
    table = answer.versions_table
    cells = table[(table["first"] == "sales") & (table["second"] == "marketing")]
    both = cells[(cells["first_verdict"] == "true") & (cells["second_verdict"] == "true")]
    joint = answer.rows[answer.rows["side"] == "joint"]
    assert int(both["leads"].iloc[0]) == joint["true"].sum()
    assert len(table) == 27


def test_the_won_deals_thrown_away_are_those_the_recall_misses(everything, tables):
    rows, missed = (
        frame[frame["term"] == "at-creation"] for frame in (everything.rows, everything.won_missed)
    )
    for row in rows.to_dict("records"):
        mine = missed[(missed["side"] == row["side"]) & (missed["period"] == row["period"])]
        assert len(mine) == row["won"] - row["passed_won"]
        assert mine["deal_id"].is_unique
    won = tables.deals.filter(tables.deals.outcome == "won").select("deal_id").execute()
    assert set(missed["deal_id"]) <= set(won["deal_id"])


def test_leads_that_were_deals_before_the_landmark_are_apart_and_said(everything):
    before = everything.before_landmark.set_index(["term", "before_landmark"])["won"]
    assert before["late", True] > before["late", False]
    assert before["at-creation", True] == 0
    assert "most_before_landmark" in everything.caveats


def test_without_a_definition_there_are_suggestions_only(tables):
    answer = definitions(tables)
    assert answer.rows.empty
    assert answer.caveats == ("no_definition",)
    assert len(answer.suggestions)


def test_the_example_company_s_own_definitions_do_what_its_readme_says(tables, example):
    answer = definitions(tables, read_definitions(example.path))
    check = answer.rows[answer.rows["period"] == "check"].set_index(["term", "side"])
    assert check["lift"].round(1).to_dict() == {
        ("mql", "joint"): 2.2,
        ("mql", "sales"): 1.0,
        ("mql", "marketing"): 2.0,
        ("sql", "joint"): 2.8,
        ("sql", "sales"): 2.4,
        ("sql", "marketing"): 2.1,
    }
    better = check.index[check["lift_low"] > 1]
    assert set(check.index) - set(better) == {("mql", "sales"), ("sql", "sales")}
    assert answer.not_vouched.values.tolist() == [["sql", "sales", "trigger"]]
    assert answer.unseen.empty
    assert answer.caveats == ("criterion_not_vouched",)
    cells = answer.versions_table[
        (answer.versions_table["term"] == "mql") & (answer.versions_table["first"] == "sales")
    ]
    first, second = (cells[f"{which}_verdict"] == "true" for which in ("first", "second"))
    readme = (Path(__file__).parents[2] / "datasets" / "README.md").read_text("utf-8")
    both, either = (
        cells.loc[first & second, "leads"].sum(),
        cells.loc[first | second, "leads"].sum(),
    )
    assert f"agree on {both} of the {either} leads" in readme


def test_what_was_planted_is_suggested_and_what_was_not_does_not_hold(answer):
    held = answer.suggestions[answer.suggestions["verdict"] == "holds"]
    rules = {
        (row.outcome, part.field, part.operator, part.value)
        for row in held.itertuples()
        for part in row.criteria
    }
    assert ("opportunity", "source", "is", "Referentie") in rules
    assert ("opportunity", "source", "is", "Webinar") in rules
    assert ("won", "source", "is_not", "LinkedIn") in rules
    assert not any(operator == "is" and value == "LinkedIn" for *_, operator, value in rules)
    # Media and campaigns act through their source; nothing else of a lead does anything.
    assert {field for _, field, _, _ in rules} <= {"source", "medium", "campaign", "sector"}


def test_every_suggestion_rests_on_what_was_known_at_creation(answer, tables):
    known = {name for name, vouched in tables.traits("leads").items() if vouched}
    fields = {part.field for criteria in answer.suggestions["criteria"] for part in criteria}
    assert fields <= known
    assert not fields & {"trigger", "problem", "status", "owner", "rejection_reason"}


def test_the_answer_is_plain_data(answer, tables):
    content = document(answer, question="definitions", workspace="w", as_of=tables.as_of, seed=0)
    again = json.loads(json.dumps(content, allow_nan=False))
    assert again["suggestions"][0]["criteria"][0].keys() == {"field", "operator", "value"}
    assert again["searches"][0]["rules_tried"] > 1000


def test_a_field_that_nobody_vouched_for_is_marked(everything):
    assert everything.not_vouched.values.tolist() == [["odd", "sales", "trigger"]]
    assert "criterion_not_vouched" in everything.caveats


def test_a_value_that_no_lead_has_is_named(everything):
    assert everything.unseen.values.tolist() == [["odd", "marketing", "sector", "Ruimtevaart"]]
    assert "value_never_seen" in everything.caveats
    passed = everything.rows.set_index(["term", "side"]).loc[("odd", "marketing")]
    assert (passed["true"] == 0).all()
    assert passed["precision"].isna().all()


def test_a_field_that_this_crm_does_not_have_is_refused(tables):
    criterion = {"field": "budget", "operator": "at_least", "value": 3}
    with pytest.raises(InputError) as caught:
        definitions(tables, [mql(sales={"criteria": criterion})])
    assert caught.value.code == "unknown_field"
    assert "sector" in caught.value.fields["allowed"]


def test_a_definition_of_words_only_is_left_out(everything):
    assert "words" not in set(everything.terms["term"])


def leads(n: int, **fields) -> list[dict[str, object]]:
    return [
        {
            "lead_id": f"L{i}",
            "created_at": f"2025-{i % 12 + 1:02}-10",
            **{name: make(i) for name, make in fields.items()},
        }
        for i in range(n)
    ]


def won(n: int, every: int) -> list[dict[str, object]]:
    return [
        {
            "deal_id": f"D{i}",
            "lead_id": f"L{i}",
            "created_at": "2026-01-05",
            "closed_at": "2026-01-10",
            "outcome": "won",
        }
        for i in range(0, n, every)
    ]


CASES = {
    "one_lead": {"leads": leads(1, source=lambda i: "web"), "deals": []},
    "no_deals": {"leads": leads(90, source=lambda i: f"S{i % 3}")},
    "all_open": {
        "leads": leads(90, source=lambda i: f"S{i % 3}"),
        "deals": [
            {"deal_id": "D1", "lead_id": "L1", "created_at": "2026-01-01", "outcome": "open"}
        ],
    },
    "one_level": {"leads": leads(200, source=lambda i: "web"), "deals": won(200, 5)},
    "two_traits": {
        "leads": leads(400, source=lambda i: f"S{i % 3}", role=lambda i: f"R{i % 4}"),
        "deals": won(400, 7),
    },
    "400_levels": {"leads": leads(900, sector=lambda i: f"S{i % 400}"), "deals": won(900, 6)},
    "all_won": {"leads": leads(90, source=lambda i: f"S{i % 2}"), "deals": won(90, 1)},
    "no_dates": {"leads": [{"lead_id": f"L{i}", "source": "web"} for i in range(30)]},
    "no_traits": {"leads": leads(50)},
}


@pytest.mark.parametrize("case", CASES)
def test_every_edge_has_an_answer_or_a_reason(case):
    tables = make_tables(CASES[case])
    definition = Definition.model_validate(
        {"term": "mql", "joint": {"criteria": {"any_of": [SOURCES, ACTIVE]}}}
    )
    answer = definitions(tables, [definition])
    content = document(answer, question="definitions", workspace="w", as_of=tables.as_of, seed=0)
    json.dumps(content, allow_nan=False)
    assert len(content["rows"]) == (0 if answer.ready.missing else 2)


def test_what_was_filled_in_after_the_outcome_is_never_suggested():
    rows = {
        "leads": leads(
            1200,
            source=lambda i: f"S{i % 5}",
            Kwaliteit=lambda i: "Hoog" if i % 6 == 0 else "Laag",
        ),
        "deals": won(1200, 6),
    }
    for vouched in (False, True):
        tables = make_tables(rows, traits={"Kwaliteit": Trait(vouched=vouched)})
        found = definitions(tables).suggestions["criteria"]
        fields = {part.field for criteria in found for part in criteria}
        assert ("Kwaliteit" in fields) == vouched
