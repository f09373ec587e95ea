"""Readiness, and how well a CRM is filled in."""

from __future__ import annotations

import pandas as pd
import pytest
from matplotlib import pyplot as plt

from tests.views.conftest import ready
from workshop.views.display import Chart, Table
from workshop.views.quality import filled, filled_marks, questions, readiness_sentence, trait_shares

ALL = [ready("won-lost"), ready("funnel")]
MIXED = [
    ready("won-lost"),
    ready("funnel", caveats=["no_leads", "no_mql_date"]),
    ready("hand-over", missing=["leads.created_at", "leads.first_touch_at"]),
]


@pytest.fixture
def coverage() -> pd.DataFrame:
    rows = [
        ("deals", "deal_id", 100, 100, 1.0),
        ("deals", "sector", 100, 80, 0.8),
        ("deals", "role", 100, 0, 0.0),
        ("leads", "sector", 400, 200, 0.5),
        ("leads", "source", 400, 400, 1.0),
    ]
    return pd.DataFrame(rows, columns=["table", "column", "rows", "filled", "share"])


TRAITS = {"deals": ["sector", "role"], "leads": ["sector", "source", "role"]}


def test_the_sentence_counts_the_statuses(english):
    assert readiness_sentence(ALL, english.t) == (
        "This CRM can answer all 2 questions of the programme."
    )
    assert readiness_sentence(MIXED, english.t) == (
        "Of the 3 questions of the programme, this CRM answers 1 without reserve, 1 with a caveat "
        "and 1 not yet."
    )


def test_the_sentence_counts_no_status_that_no_question_has(english, dutch):
    assert readiness_sentence(MIXED[:2], english.t) == (
        "Of the 2 questions of the programme, this CRM answers 1 without reserve and 1 with a "
        "caveat."
    )
    assert readiness_sentence(MIXED[1:], dutch.t) == (
        "Van de 2 vragen van het programma beantwoordt dit CRM er 1 met een kanttekening en 1 nog "
        "niet."
    )
    assert readiness_sentence(MIXED[2:] * 2, english.t) == (
        "This CRM cannot answer any of the 2 questions of the programme yet."
    )


def test_a_question_without_an_answer_says_what_to_ask_for(look):
    _, table = questions(MIXED, look)
    notes = dict(zip(table.frame["question"], table.frame["note"], strict=True))
    asked = notes[look.t("question.hand-over")]
    assert look.t("ask.leads.created_at") in asked
    assert look.t("ask.leads.first_touch_at") in asked
    assert notes[look.t("question.funnel")] == look.t("caveat.no_leads")
    assert pd.isna(notes[look.t("question.won-lost")])


def test_without_anything_missing_there_is_no_column_of_dashes(look):
    _, table = questions(ALL, look)
    assert [column.field for column in table.columns] == ["question", "status"]


def test_the_shares_of_both_tables_stand_side_by_side(coverage):
    shares = trait_shares(coverage, TRAITS).set_index("column")
    assert shares.loc["sector"].tolist() == [0.8, 0.5]
    assert shares["leads"].isna().to_dict() == {"role": True, "sector": False, "source": False}
    assert "deal_id" not in shares.index


def test_the_emptiest_trait_is_in_the_title_and_what_is_not_there_in_words(coverage, english):
    prose, chart = filled(coverage, TRAITS, english)
    assert prose.text == "Not in this export at all: role."
    assert chart.title == "Of the deals, sector is filled in least: 80%"
    assert "Sector 80% (deals), 50% (leads)" in chart.alt
    assert len(chart.table.frame) == len(coverage)


def test_a_single_trait_needs_no_chart(coverage, look):
    parts = filled(coverage[coverage["table"] == "deals"], {"deals": ["sector"], "leads": []}, look)
    assert [type(part) for part in parts] == [Table]


def test_the_chart_puts_each_share_where_it_belongs(coverage, look):
    shares = trait_shares(coverage, TRAITS)
    _, ax = plt.subplots()
    assert filled_marks(shares, look.t, ax) is ax
    drawn = {line.get_label(): line.get_xdata().tolist() for line in ax.lines}
    assert drawn[look.t("table.deals")][:2] == [0.0, 0.8]
    assert len({line.get_marker() for line in ax.lines}) == 2
    plt.close("all")


def test_a_chart_has_its_alternative_in_both_languages(coverage, look):
    chart = filled(coverage, TRAITS, look)[-1]
    assert isinstance(chart, Chart)
    assert "80%" in chart.alt
