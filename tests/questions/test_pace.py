"""The period against its plan: nothing of it leaks in, and the gap is split to the cent."""

from __future__ import annotations

import datetime as dt
from dataclasses import astuple
from itertools import permutations

import numpy as np
import pytest

from workshop.analysis.gap import FACTORS, Factors
from workshop.crm.tables import open_tables
from workshop.questions.agreed_plan import Agreed, agreed_goal, agreed_plan, as_of, likely_now
from workshop.questions.gap import gap
from workshop.questions.goal_file import GoalFile
from workshop.questions.pace import pace
from workshop.session import drafts, sessions, voting
from workshop.session.ledger import Ballot, Proposal, decide
from workshop.session.store import open_store

Q3 = GoalFile(kind="pipeline", target=100_000, period="2026Q3")
MIDDLE = dt.date(2026, 9, 20)


@pytest.fixture(scope="module")
def tables(example):
    return open_tables(example, MIDDLE)


@pytest.fixture(scope="module")
def running(tables):
    return pace(tables, Agreed(Q3))


@pytest.fixture(scope="module")
def won(tables):
    return pace(tables, Agreed(Q3.model_copy(update={"kind": "revenue"})))


def test_the_plan_holds_nothing_of_the_period_it_is_held_to(example, tables, running):
    before = agreed_plan(open_tables(example, dt.date(2026, 6, 30)), Agreed(Q3), 0)
    assert running.plan.eve == dt.date(2026, 6, 30)
    assert (before.outlook.paths == running.plan.outlook.paths).all()
    assert before.wanted == running.plan.wanted


def test_each_week_is_what_landed_until_its_last_day(running):
    past = running.rows[running.rows["value"].notna()]
    assert list(past["week"]) == list(range(1, 12))
    assert past["ends"].iloc[-1] == dt.date(2026, 9, 15)
    for row in past.itertuples():
        until = running.landed["day"] <= row.ends
        assert row.value == pytest.approx(running.landed.loc[until, "value"].sum())
    below = past.loc[past["value"] < past["low"], "week"]
    assert list(past.loc[past["alarm"] == "below", "week"]) == list(below)
    assert len(below)
    assert running.rows["ends"].iloc[-1] == dt.date(2026, 9, 30)


def test_a_week_that_was_over_when_the_goal_was_agreed_is_not_judged(tables, running):
    late = pace(tables, Agreed(Q3, dt.date(2026, 9, 9)))
    assert list(late.rows["alarm"].dropna()) == ["unjudged"] * 10 + [running.rows["alarm"].iloc[10]]
    assert late.rows["low"].equals(running.rows["low"])


def test_the_probability_falls_with_what_did_not_come(running):
    assert running.then == pytest.approx((running.plan.outlook.paths[:, -1] >= 678_755).mean())
    assert running.now < 0.01 < running.then


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (dt.date(2026, 6, 20), "not_begun"),
        (dt.date(2026, 7, 6), "first_week"),
    ],
)
def test_a_period_that_hardly_began_is_not_judged(tables, day, state):
    assert pace(as_of(tables, day), Agreed(Q3)).state == state


def test_a_period_that_is_over_was_missed_or_reached(tables, running):
    after = as_of(tables, dt.date(2026, 10, 5))
    found = pace(after, Agreed(Q3))
    assert (found.state, found.now) == ("over", 0.0)
    assert likely_now(after, running.plan, running.plan.wanted, 0) == 1.0


def test_before_any_history_there_is_no_plan(example):
    early = GoalFile(kind="pipeline", target=10_000, period="2024Q4", mqls=50)
    found = pace(open_tables(example, dt.date(2024, 12, 20)), Agreed(early))
    assert found.state == "too_thin"
    assert gap(open_tables(example, dt.date(2024, 12, 20)), found) is None


def test_a_promise_of_sales_is_part_of_the_plan(tables, running):
    promised = agreed_plan(tables, Agreed(Q3, None, 0.5), 0)
    assert promised.outlook.simulation.qualification.mean() == pytest.approx(0.5, abs=0.01)
    usual = np.median(running.plan.outlook.paths[:, -1])
    assert np.median(promised.outlook.paths[:, -1]) > 1.5 * usual


def by_orders(planned: Factors, actual: Factors) -> dict[str, float]:
    parts = dict.fromkeys(FACTORS, 0.0)
    seen = [p if np.isnan(a) else a for p, a in zip(astuple(planned), astuple(actual), strict=True)]
    for order in permutations(range(4)):
        now = list(astuple(planned))
        for place in order:
            before = Factors(*now).worth
            now[place] = seen[place]
            parts[FACTORS[place]] += (Factors(*now).worth - before) / 24
    return parts


@pytest.mark.parametrize("kind", ["running", "won"])
def test_the_parts_are_shapley_s_and_add_up_to_the_cent(kind, request, tables):
    found = gap(tables, request.getfixturevalue(kind))
    rows = found.rows.set_index("factor")
    assert round(rows["part"].sum(), 2) == round(found.actual - found.planned, 2)
    four = rows.loc[list(FACTORS)]
    expected = by_orders(Factors(*four["planned"]), Factors(*four["actual"]))
    for name, part in expected.items():
        assert rows.loc[name, "part"] == pytest.approx(part, abs=0.011)
    for name in rows.index.difference(FACTORS):
        difference = rows.loc[name, "actual"] - rows.loc[name, "planned"]
        assert rows.loc[name, "part"] == pytest.approx(difference, abs=0.011)


@pytest.mark.parametrize("kind", ["running", "won"])
def test_the_plan_so_far_is_the_middle_of_what_was_drawn(kind, request, tables):
    found = request.getfixturevalue(kind)
    weekly = as_of(tables, dt.date(2026, 9, 15))
    landed = found.landed[found.landed["day"] <= weekly.as_of]
    so_far = float(landed["value"].sum())
    split = gap(weekly, found._replace(as_of=weekly.as_of, landed=landed, so_far=so_far))
    drawn = found.plan.outlook.paths[:, 10].mean()
    assert split.planned == pytest.approx(drawn, rel=0.03)


def test_the_period_s_own_leads_bring_what_their_factors_say(tables, running):
    found = gap(tables, running)
    own = running.landed[running.landed["source"] == "new"]
    four = found.rows["actual"].iloc[:4]
    assert four.prod() == pytest.approx(own["value"].sum())
    assert found.entered == four.iloc[0]
    assert 0 < found.settled < found.entered


def test_both_teams_owe_what_the_goal_says(tables, running):
    rows = gap(tables, running).commitments.set_index("team")
    assert rows.loc["marketing", "whole"] == running.plan.planned
    assert rows.loc["marketing", "planned"] == pytest.approx(running.plan.planned * 82 / 92)
    sales = rows.loc["sales"]
    assert sales["low"] < sales["actual"] == pytest.approx(sales["done"] / sales["of"])
    assert sales["actual"] < sales["high"]


def test_what_is_not_seen_yet_counts_as_planned(tables):
    start = as_of(tables, dt.date(2026, 7, 1))
    found = pace(start, Agreed(Q3.model_copy(update={"kind": "revenue"})))
    rows = gap(start, found).rows.set_index("factor")
    assert np.isnan(rows.loc["value", "actual"])
    assert rows.loc["value", "part"] == 0


def test_where_opportunities_are_counted_only_number_and_amount_can_differ(maven):
    tables = open_tables(maven, dt.date(2017, 11, 30))
    goal = GoalFile(kind="pipeline", target=10_000, period="2017Q4", baseline=0, mqls=2_000)
    found = pace(tables, Agreed(goal))
    assert (found.plan.unit, found.state) == ("opportunity", "running")
    rows = gap(tables, found).rows.set_index("factor")
    assert list(rows.index) == list(FACTORS)
    assert (rows.loc[["rate", "timing"], "part"] == 0).all()


def test_the_ledger_says_when_and_what_sales_promised(own_example):
    store = open_store(own_example)
    content = Q3.model_dump(mode="json", exclude_none=True)
    session = sessions.resume_or_start(store, 4)
    draft = drafts.keep(store, session.session_id, "goal", "goal", {**content, "rate": 0.3})
    words = {name: {"nl": "a", "en": "a"} for name in voting.Paper._fields}
    paper = voting.Paper(**{k: voting.Words(**v) for k, v in words.items()})
    vote = voting.call_vote(store, session.session_id, draft, paper)
    proposal = Proposal(
        kind="goal", subject="goal", what="a", why="b", expects_of_marketing="c",
        expects_of_sales="d", owner="e", owner_team="sales", review_on=dt.date(2026, 9, 1),
        content=content, signed_sales="f", signed_marketing="g",
    )  # fmt: skip
    made = decide(
        store, session.session_id, proposal, round_id=vote.round_id, today=dt.date(2026, 6, 1),
        vote={"sales": Ballot(2, 0), "marketing": Ballot(2, 0)},
    )  # fmt: skip
    found = agreed_goal(Q3, [made], store, own_example.zone)
    assert found == Agreed(Q3, made.decided_at.astimezone(own_example.zone).date(), 0.3)
    by_hand = Q3.model_copy(update={"target": 1})
    assert agreed_goal(by_hand, [made], store, own_example.zone) == Agreed(by_hand)
    store.close()
