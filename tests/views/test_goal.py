"""A goal, its probability, what moves it, and what each side owes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.views.conftest import goal_of, ready
from workshop.colors import palette
from workshop.questions.goal import Before
from workshop.questions.period import parse_period
from workshop.views.display import Chart, Note, Prose, Table
from workshop.views.goal import curve, goal, headline, period_name
from workshop.views.levers import levers, moving, tornado

COLORS = palette("#1f4e79")


def of(parts, kind):
    return [part for part in parts if isinstance(part, kind)]


def test_the_headline_has_the_plan_and_what_80_takes(proposal, english):
    assert headline(proposal, english.t) == (
        "The probability of €100,000 extra pipeline in Q1 2026 is 50% with 200 MQLs; 80% takes 240."
    )


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"planned": None, "planned_probability": None}, "takes 240 MQLs"),
        ({"needed_at_80": None}, "no number of MQLs within reach"),
        ({"needed_at_80": None, "planned": None, "planned_probability": None}, "No number of MQLs"),
        ({"kind": "revenue"}, "€100,000 extra revenue"),
        ({"unit": "opportunity"}, "200 opportunities"),
        ({"planned_probability": 0.9999}, "is over 99% with"),
    ],
)
def test_the_headline_in_other_cases(given, text, english):
    assert text in headline(goal_of(**given), english.t)


@pytest.mark.parametrize(
    ("given", "title"),
    [
        ({}, "40 MQLs more bring the probability of the goal to 80%"),
        ({"planned": 250}, "The planned 250 MQLs are enough for a probability of 80%"),
        ({"planned": None}, "A probability of 80% takes 240 MQLs"),
        ({"needed_at_80": None}, "More MQLs alone do not bring the probability to 80%"),
    ],
)
def test_the_chart_s_title_states_the_finding(given, title, english):
    assert of(goal(goal_of(**given), english), Chart)[0].title == title


def test_a_proposal_is_said_to_be_one_and_an_agreed_goal_is_not(proposal, look):
    (note,) = of(goal(proposal, look), Note)
    assert note.kind == "caveat"
    assert look.t.money(100_000, "EUR") in note.text
    agreed = goal_of(proposed=False)
    assert of(goal(agreed, look), Note) == []
    titles = [of(levers(a, look), Table)[0].title for a in (proposal, agreed)]
    assert titles == [look.t("goal.commitments.proposed"), look.t("goal.commitments")]


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({}, "on top of the €900,000 of new pipeline of Q1 2025"),
        ({"kind": "revenue"}, "on top of the €900,000 won in Q1 2025"),
        ({"baseline_period": None}, "on top of €900,000."),
        ({"baseline": 0.0}, "counts from zero"),
    ],
)
def test_what_extra_is_on_top_of(given, text, english):
    assert text in of(goal(goal_of(**given), english), Prose)[0].text


def test_without_a_probability_there_is_a_reason(look):
    nothing = goal_of(kind=None, caveats=("goal_proposed", "no_comparable_period", "too_few"))
    (prose,) = goal(nothing, look)
    assert prose.text == look.t("goal.none.basis")
    assert levers(nothing, look) == ()
    few = nothing._replace(caveats=("goal_proposed", "too_few", "few_closed_deals"))
    prose, note = goal(few, look)
    assert prose.text == look.t("goal.none")
    assert note.text == look.t("caveat.few_closed_deals")


def test_a_question_without_data_asks_for_it(proposal, look):
    missing = proposal._replace(ready=ready("goal", missing=["deals.amount"]), kind=None)
    (prose,) = goal(missing, look)
    assert prose.points == (look.t("ask.deals.amount"),)


@pytest.mark.parametrize(
    ("name", "nl", "en"),
    [
        ("2026Q1", "Q1 2026", "Q1 2026"),
        ("2026", "2026", "2026"),
        ("2026-03", "mrt 2026", "Mar 2026"),
    ],
)
def test_a_period_as_a_reader_writes_it(name, nl, en, dutch, english):
    period = parse_period(name)
    assert period_name(period, dutch.t).replace(".", "") == nl
    assert period_name(period, english.t) == en


def test_the_curve_passes_through_what_was_simulated_and_never_falls(proposal, look, ax):
    curve(proposal, look.t, COLORS, ax)
    line = ax.lines[0]
    x, y = line.get_xdata(), line.get_ydata()
    assert (y[1:] >= y[:-1] - 1e-12).all()
    for volume, chance in ((100, 0.001), (200, 0.5), (240, 0.8)):
        nearest = abs(x - volume).argmin()
        assert y[nearest] == pytest.approx(chance, abs=0.02)
    assert x[0] == 100  # nothing is drawn of what was not simulated
    marks = [(line.get_marker(), line.get_xdata()[0]) for line in ax.lines[2:]]
    assert marks == [("s", 200), ("o", 240)]


@pytest.mark.parametrize("planned", [120, 200, 232, 238, 240, 246, 260, 320, 400])
def test_no_label_of_the_curve_lies_on_another(proposal, look, planned):
    known = pd.Series([*proposal.rows["probability"], 0.8], [*proposal.rows["mqls"], 240])
    chance = float(np.interp(planned, known.sort_index().index, known.sort_index()))
    drawn = goal(proposal._replace(planned=planned, planned_probability=chance), look)
    (ax,) = of(drawn, Chart)[0].figure.axes
    boxes = [label.get_window_extent() for label in ax.texts]
    assert len(boxes) == 2
    assert not boxes[0].overlaps(boxes[1])
    assert all(box.x0 >= ax.bbox.x0 and box.x1 <= ax.bbox.x1 for box in boxes)


def test_levers_that_do_nothing_are_not_drawn(proposal):
    assert moving(proposal)["lever"].tolist() == ["qualification_rate", "value", "volume"]
    assert moving(goal_of(unit="opportunity"))["lever"].tolist() == ["value", "volume"]


def test_the_tornado_spans_the_probabilities(proposal, look, ax):
    tornado(proposal, moving(proposal), look.t, COLORS, ax)
    bars = [(bar.get_x(), bar.get_width()) for bar in ax.patches]
    assert bars == [pytest.approx(pair) for pair in ((0.3, 0.4), (0.4, 0.2), (0.45, 0.1))]
    colors = [bar.get_facecolor() for bar in ax.patches]
    assert colors[0] != colors[1] == colors[2]


def test_the_strongest_lever_is_in_the_title(proposal, english):
    chart = of(levers(proposal, english), Chart)[0]
    assert chart.title == (
        "Least certain: the share that becomes an opportunity. Over its margin the probability "
        "runs from 30% to 70%"
    )
    assert "The win rate does nothing for a pipeline goal" in chart.reading
    revenue = of(levers(goal_of(kind="revenue"), english), Chart)[0]
    assert "win rate does nothing" not in revenue.reading


def test_each_team_owes_in_its_own_measure(proposal, english):
    table = of(levers(proposal, english), Table)[0]
    assert table.frame["expected_text"].tolist() == ["50", "45%"]
    assert table.frame["interval"].tolist() == ["40 to 60", "40–50%"]
    stage = proposal.commitments.assign(stage=["Proposal", None])
    staged = of(levers(goal_of(commitments=stage), english), Table)[0]
    assert "brought to the stage Proposal" in staged.frame["owes"][0]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"earlier": Before(338, 169.9, 8.1, 3.0, 14.0)},
            "338 on their way now, and an estimated 170 to come before the period begins. "
            "In the period, 3 to 14 opportunities come of them.",
        ),
        (
            {"earlier": Before(453, 0.0, 6.9, 3.0, 12.0), "kind": "revenue"},
            "Earlier MQLs count as well: 453 on their way now. In the period, 3 to 12 won deals",
        ),
        (
            {
                "earlier": Before(0, 20.2, 6.9, 3.0, 12.0),
                "kind": "revenue",
                "unit": "opportunity",
            },
            "Opportunities that are yet to come before the period begins count as well: "
            "an estimated 20. In the period, 3 to 12 won deals",
        ),
    ],
)
def test_leads_of_before_the_period_are_said_to_count(given, said, english):
    assert said in goal(goal_of(**given), english)[0].text


def test_nothing_is_said_of_earlier_leads_where_none_count(english):
    assert "Earlier" not in goal(goal_of(unit="opportunity"), english)[0].text
