"""The generated CRM of the benchmarks: whole, the same each time, and answerable."""

from __future__ import annotations

import pandas as pd
import pytest

from benchmarks.generated import LEADS_A_DEAL, generate
from benchmarks.straight import COUNTED, STRAIGHT
from workshop.crm.readiness import readiness
from workshop.crm.store import Store
from workshop.crm.tables import open_tables
from workshop.definition_file import read_definitions
from workshop.questions.ask import ask
from workshop.questions.document import document

LEADS = 2_000


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    return generate(tmp_path_factory.mktemp("generated") / "klant [1]", LEADS)


def table(workspace, name: str) -> pd.DataFrame:
    return pd.read_parquet(Store(workspace).path(name))


def test_every_table_has_its_rows_and_the_manifest_says_so(workspace):
    rows = {name: stored.rows for name, stored in Store(workspace).manifest().tables.items()}
    assert rows == {name: len(table(workspace, name)) for name in rows}
    assert rows["leads"] == LEADS
    assert rows["activities"] == 3 * LEADS
    assert 0.9 * LEADS / LEADS_A_DEAL < rows["deals"] <= LEADS / LEADS_A_DEAL


def test_the_tables_agree_with_each_other(workspace):
    leads, deals = table(workspace, "leads"), table(workspace, "deals")
    assert leads["lead_id"].is_unique
    assert leads["account_id"].isin(table(workspace, "accounts")["account_id"]).all()
    joined = deals.merge(leads, on=["deal_id", "lead_id"], suffixes=("", "_lead"))
    assert len(joined) == len(deals)
    assert (joined["created_at"] > joined["created_at_lead"]).all()
    assert (deals["outcome"] == "open").eq(deals["closed_at"].isna()).all()
    activities = table(workspace, "activities")
    ids = {"lead": leads["lead_id"], "deal": leads["deal_id"]}
    for record, known in ids.items():
        of_record = activities[activities["record"] == record]
        assert len(of_record)
        assert of_record["record_id"].isin(known).all()


def test_values_of_one_row_do_not_depend_on_each_other(workspace):
    leads = table(workspace, "leads").assign(
        mql=lambda f: f["mql_at"].notna(), web=lambda f: f["source"] == "Website"
    )
    day = leads["created_at"].rank()
    assert abs(leads["mql"].astype(float).corr(day)) < 0.1
    assert abs(leads["mql"].astype(float).corr(leads["web"].astype(float))) < 0.1


def test_the_same_number_gives_the_same_rows(workspace, tmp_path):
    again = generate(tmp_path / "again", LEADS)
    for name in Store(workspace).manifest().tables:
        keys = list(table(workspace, name).columns[:4])
        first, second = (
            table(one, name).sort_values(keys, ignore_index=True) for one in (workspace, again)
        )
        pd.testing.assert_frame_equal(first, second)


def test_every_question_can_be_answered(workspace):
    assert all(not answer.missing for answer in readiness(open_tables(workspace)))
    assert [definition.term for definition in read_definitions(workspace.path)] == ["mql"]


@pytest.mark.parametrize("question", STRAIGHT)
def test_an_answer_counts_what_plain_pandas_counts(workspace, question):
    tables = open_tables(workspace)
    answer = ask(tables, question, folder=workspace.path)
    said = document(answer, question=question, workspace="", as_of=tables.as_of, seed=0)
    counted = STRAIGHT[question](workspace.path, pd.Timestamp(tables.as_of))
    assert counted == COUNTED[question](said)
    assert counted
