"""What came before a won deal, and what campaigns cost, from small exports."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.analysis.paths import counted
from workshop.crm.importing import import_files
from workshop.crm.journeys import campaign_costs, touches
from workshop.crm.staging import Request
from workshop.crm.tables import open_tables
from workshop.questions.channels import channels
from workshop.workspace import Workspace

LEADS = """lead_id;created_at;account_id;source;campaign;deal_id
L1;2025-01-10;A;Fair;Spring fair;
L2;2025-02-10;A;Web;;D1
L3;2025-05-10;A;;;
L4;2025-06-10;A;Web;;D2
L5;2025-01-05;B;Fair;Spring  Fair;
L6;2025-01-06;;Web;;
L7;;B;Post;;
"""
DEALS = """deal_id;created_at;closed_at;stage
D1;2025-02-20;2025-03-01;Won
D2;2025-06-20;2025-07-01;Won
"""
CAMPAIGNS = """campaign;cost;currency;started_on;ended_on
spring fair;1000,00;EUR;2025-01-05;2025-01-12
Abroad;500,00;GBP;2025-01-05;2025-01-12
Later;700,00;EUR;2030-01-05;2030-01-12
On;300,00;EUR;2025-01-05;2030-01-12
"""


@pytest.fixture
def tables(desk):
    desk.run(LEADS, table="leads")
    desk.run(DEALS, table="deals")
    desk.run(CAMPAIGNS, table="campaigns")
    return open_tables(desk.workspace, dt.date(2026, 6, 30))


def test_a_journey_ends_with_the_won_deal_and_the_next_begins(tables):
    expected = counted(
        (("Fair", "Web"), True, 1),
        ((None, "Web"), True, 1),
        (("Fair",), False, 1),
        (("Web",), False, 1),
    )
    pd.testing.assert_frame_equal(touches(tables, "source"), expected, check_dtype=False)


def test_of_each_dated_lead_there_is_one_touch(tables):
    assert touches(tables, "source")["touches"].sum() == 6


SOURCES = st.lists(
    st.tuples(
        st.sampled_from(["A", "B", ""]),
        st.sampled_from(["Fair", "Web", ""]),
        st.integers(1, 9),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


@given(SOURCES)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_journeys_written_out_count_the_same(tmp_path_factory, rows):
    """Follow each account lead by lead: a won deal on a day ends what came until that day."""
    workspace = Workspace.create(tmp_path_factory.mktemp("paths") / "client", "Client")
    leads = [
        f"L{n:02d};2025-01-{day:02d};{account};{source};{f'D{n}' if won else ''}"
        for n, (account, source, day, won) in enumerate(rows)
    ]
    deals = [f"D{n};2025-01-{row[2]:02d};2025-01-{row[2]:02d};Won" for n, row in enumerate(rows)]
    folder = tmp_path_factory.mktemp("files")
    for name, head, lines in (
        ("leads", "lead_id;created_at;account_id;source;deal_id", leads),
        ("deals", "deal_id;created_at;closed_at;stage", deals),
    ):
        path = folder / f"{name}.csv"
        path.write_text("\n".join([head, *lines]) + "\n")
        import_files(workspace, Request((path,), table=name))
    found = touches(open_tables(workspace), "source")
    pd.testing.assert_frame_equal(found, counted(*written_out(rows)), check_dtype=False)


def written_out(rows):
    journeys = {}
    for n, (account, source, day, won) in sorted(
        enumerate(rows), key=lambda one: (one[1][2], one[0])
    ):
        wins = {d for a, _, d, w in rows if a == account and w and d < day}
        key = (account, len(wins)) if account else (n,)
        journeys.setdefault(key, []).append((source or None, won))
    return [
        (tuple(source for source, _ in steps), any(won for _, won in steps), 1)
        for steps in journeys.values()
    ]


def test_a_cost_that_cannot_be_converted_is_unknown_and_a_later_campaign_is_left_out(tables):
    rows = campaign_costs(tables).set_index("campaign")
    assert rows.loc["spring fair"].tolist() == [1000.0, False]
    assert pd.isna(rows.loc["Abroad", "cost"])
    assert rows.loc["On", "running"]
    assert "Later" not in rows.index


def test_a_campaign_is_the_same_however_two_exports_spell_it(tables):
    costs = channels(tables, "campaign").costs
    assert [" ".join(name.split()).lower() for name in costs["channel"]] == ["spring fair"]
    # two leads, none won: Wilson's upper bound of 0 of 2 is 0.6576, so 1.315 deals at most
    assert costs["cost_low"].tolist() == pytest.approx([1000 / (2 * 0.65762)], rel=1e-4)
    assert costs["cost_per_won"].isna().all()


def test_what_is_too_young_has_no_cost_per_won_deal(desk, tables):
    young = open_tables(desk.workspace, dt.date(2025, 3, 1))
    costs = channels(young, "campaign").costs
    assert costs[["cost_per_won", "cost_low", "cost_high"]].isna().all(axis=None)


def test_first_last_and_linear_share_out_the_won_journeys(tables):
    rows = channels(tables).touches.set_index("channel")
    assert rows[["first", "last", "linear"]].sum().tolist() == [2, 2, 2]
    assert rows.loc["Web"].tolist() == [0, 2, 1.0, 3, 1]


def test_without_a_second_touch_nothing_is_shared_out(desk):
    desk.run("lead_id;created_at;source;deal_id\nL1;2025-01-10;Fair;D1\n", table="leads")
    desk.run(DEALS, table="deals")
    answer = channels(open_tables(desk.workspace, dt.date(2026, 6, 30)))
    assert answer.touches.empty
    assert answer.costs.empty
