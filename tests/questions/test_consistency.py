"""How the statuses of a lead are used: in order, alike, and as was written down."""

from __future__ import annotations

import pandas as pd
import pytest
from scipy import stats

from workshop.analysis.consistency import spread
from workshop.crm.importing import import_files
from workshop.crm.staging import Request
from workshop.crm.tables import open_tables
from workshop.definition_file import read_definitions
from workshop.questions.consistency import consistency
from workshop.questions.funnel import funnel
from workshop.workspace import Workspace

LEADS = """lead_id;created_at;mql_at;sql_at;rejected_at
A;2026-01-01;2026-01-05;2026-01-09;
B;2026-01-01;;2026-01-09;
C;2026-01-10;2026-01-05;;
D;2026-01-01;2026-01-20;2026-01-09;
E;2026-01-01;;;2026-02-01
F;2026-03-31;;;
"""


@pytest.fixture
def small(tmp_path):
    made = Workspace.create(tmp_path / "client", "A")
    (tmp_path / "leads.csv").write_text(LEADS, "utf-8")
    import_files(made, Request((tmp_path / "leads.csv",)))
    return open_tables(made)


def groups(*rows, by="source"):
    frame = pd.DataFrame(rows, columns=["level", "records", "converted"])
    return frame.assign(from_stage="lead", to_stage="mql", by=by)


def test_statuses_out_of_order_are_counted(small):
    order = consistency(small, funnel(small)).order.set_index("exception")
    assert order["exceptions"].to_dict() == {
        "sql_without_mql": 1,
        "mql_before_lead": 1,
        "sql_before_mql": 1,
        "deal_after_rejection": 0,
    }
    assert order["records"].to_dict() == {
        "sql_without_mql": 3,
        "mql_before_lead": 3,
        "sql_before_mql": 2,
        "deal_after_rejection": 1,
    }


def test_groups_are_tested_by_chi_squared():
    row = spread(groups(("a", 100, 20), ("b", 100, 40))).iloc[0]
    expected = stats.chi2_contingency([[20, 40], [80, 60]], correction=False).pvalue
    assert row["p_value"] == pytest.approx(expected)
    assert (row["groups"], row["records"], row["verdict"]) == (2, 200, "clear")
    assert 0.2 < row["low"] < row["high"] < 0.4


def test_small_groups_and_unknown_ones_are_left_out():
    few = spread(groups(("a", 100, 20), ("b", 10, 9))).iloc[0]
    assert (few["verdict"], few["groups"]) == ("too_few", 1)
    assert spread(groups(("a", 100, 20), ("b", 100, 40), (None, 20, 0), by="owner")).empty


def test_holm_corrects_over_all_that_was_tested():
    both = [
        groups(("a", 100, 20), ("b", 100, 33)),
        groups(("a", 100, 30), ("b", 100, 30), by="month"),
    ]
    rows = spread(pd.concat(both))
    assert rows["p_adjusted"].iloc[0] == pytest.approx(2 * rows["p_value"].iloc[0])
    assert list(rows["verdict"]) == ["undecided", "undecided"]


def test_the_example_s_definitions_are_held_against_its_statuses(example):
    tables = open_tables(example)
    agreed = read_definitions(example.path)
    found = consistency(tables, funnel(tables), agreed).against
    by = found.set_index(["term", "verdict"])
    assert (by["with_status"] <= by["leads"]).all()
    for term in ("mql", "sql"):
        assert by.loc[(term, "true"), "ci_low"] > by.loc[(term, "false"), "ci_high"]
    leads = tables.leads.execute()
    landmark = next(one.landmark_days for one in agreed if one.term == "mql")
    latest = pd.Timestamp(tables.as_of) - pd.Timedelta(days=landmark + 30)
    old = leads[pd.to_datetime(leads["created_day"]) <= latest]
    assert by.loc["mql", "leads"].sum() == len(old)
    assert by.loc["mql", "with_status"].sum() == old["mql_day"].notna().sum()


def test_without_statuses_there_is_nothing_to_tell(maven):
    tables = open_tables(maven)
    found = consistency(tables, funnel(tables))
    assert [len(part) for part in found] == [0, 0, 0]
