"""Readiness by one scan per table: the same verdicts as from every column's coverage."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.crm.replay_cases import make_tables
from workshop.crm.readiness import QUESTIONS, coverage, readiness, readiness_of
from workshop.crm.store import Store
from workshop.crm.tables import open_tables


@pytest.fixture(scope="module")
def tables(example):
    return open_tables(example)


def test_coverage_counts_what_the_files_hold(example, tables):
    found = coverage(tables).set_index(["table", "column"])
    for name in ("accounts", "campaigns", "stage_history"):
        frame = pd.read_parquet(Store(example).path(name))
        for column in frame.columns.drop("_source"):
            row = found.loc[(name, column)]
            assert (row["rows"], row["filled"]) == (len(frame), frame[column].count())
            assert row["share"] == pytest.approx(frame[column].notna().mean())


@pytest.mark.parametrize("question", QUESTIONS)
def test_one_question_is_judged_as_among_all(tables, question):
    assert readiness_of(tables, question) == {r.question: r for r in readiness(tables)}[question]


def test_without_dates_and_deals_it_says_what_is_missing():
    tables = make_tables({"leads": [{"lead_id": "L1", "source": "Web"}]}, as_of=None)
    ready = {answer.question: answer for answer in readiness(tables)}
    assert ready["hand-over"].missing == ("leads.created_at", "leads.first_touch_at")
    assert "deals.outcome" in ready["won-lost"].missing
    assert not ready["definitions"].missing
