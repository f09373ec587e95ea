"""The funnel step by step and month by month."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.views.conftest import funnel_of, ready
from workshop.colors import palette
from workshop.views.cohorts import monthly_rates, months
from workshop.views.display import Chart, Note, Prose, Table
from workshop.views.funnel import headline, step_rates, steps

COLORS = palette("#1f4e79")


def kinds(parts, kind):
    return [part for part in parts if isinstance(part, kind)]


def test_the_weakest_step_is_named_with_its_interval(two_steps, english):
    assert headline(two_steps, english.t) == (
        "The weakest step is MQL → SQL: 30% go on within 30 days (95% interval 23–38%).",
    )


def test_overlapping_steps_are_undecided(english):
    alike = funnel_of(
        {
            ("lead", "mql"): [("2025-09", 20, 10), ("2025-10", 20, 10), ("2025-11", 20, 9)],
            ("mql", "sql"): [("2025-09", 20, 9), ("2025-10", 20, 10), ("2025-11", 20, 9)],
        }
    )
    (text,) = headline(alike, english.t)
    assert "which step is weakest cannot be said" in text
    chart = kinds(steps(alike, english), Chart)[0]
    assert chart.title == "Which step is weakest cannot be told: the intervals overlap"


def test_most_dropping_out_by_number_is_another_question(two_steps, english):
    # 150 of 300 leads in three months stop, against 105 of 150 MQLs
    prose = kinds(steps(two_steps, english), Prose)[0]
    assert "By number, most drop out at Lead → MQL: about 50 a month." in prose.text
    assert "1,000 visitors, 20% of them engaged; for every 100 engaged visitors 25" in prose.text


def test_one_step_is_said_to_be_the_only_one_and_has_no_chart(one_step, english):
    parts = steps(one_step, english)
    assert parts[0].text.startswith("This CRM records one step of the funnel: at Opportunity → Won")
    assert kinds(parts, Chart) == []


def test_without_a_mature_month_there_is_a_reason_and_nothing_else(look):
    young = funnel_of({("lead", "mql"): [("2025-12", 50, 5)]}, caveats=["no_mature_cohort"])
    parts = [*steps(young, look), *months(young, look)]
    assert [type(part) for part in parts] == [Prose, Note]
    assert parts[1].text == look.t("caveat.no_mature_cohort")
    assert headline(young, look.t) == ()


def test_a_question_without_data_asks_for_it(two_steps, look):
    nothing = two_steps._replace(ready=ready("funnel", missing=["leads.created_at"]))
    (prose,) = steps(nothing, look)
    assert prose.points == (look.t("ask.leads.created_at"),)
    assert months(nothing, look) == ()


def test_the_table_counts_mature_months_only(two_steps, look):
    (table,) = kinds(steps(two_steps, look), Table)
    assert table.frame[["entered", "converted", "cohorts"]].to_numpy().tolist() == [
        [300, 150, 3],
        [150, 45, 3],
    ]


def test_the_chart_marks_each_rate_and_colours_the_leak(two_steps, look, ax):
    step_rates(two_steps.steps, two_steps.leaks, look.t, COLORS, ax)
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    assert [line.get_xdata()[0] for line in dots] == pytest.approx([0.5, 0.3])
    assert [line.get_color() == COLORS.graphic for line in dots] == [False, True]
    assert "30" in ax.texts[1].get_text()
    assert ax.texts[1].get_fontweight() == "bold"


def test_a_young_month_is_hollow_and_not_joined(two_steps, look, ax):
    rows = two_steps.rows[two_steps.rows["from_stage"] == "lead"]
    monthly_rates(rows, look.t, COLORS, ax)
    mature, young = ax.lines
    assert mature.get_ydata().tolist() == pytest.approx([0.5, 0.45, 0.55])
    assert young.get_ydata().tolist() == pytest.approx([0.1])
    assert young.get_linestyle() == "None"
    assert young.get_markerfacecolor() == "white"


def test_a_weakest_step_that_no_month_has_enough_of_is_not_counted_in_months(english):
    few = [("2025-09", 9, 0), ("2025-10", 9, 0), ("2025-11", 9, 0), ("2025-12", 9, 0)]
    many = [("2025-09", 90, 60), ("2025-10", 90, 60), ("2025-11", 90, 60), ("2025-12", 90, 60)]
    steps = {("lead", "mql"): many, ("mql", "sql"): many, ("sql", "opportunity"): few}
    answer = funnel_of(steps)
    assert headline(answer, english.t)[0].startswith("The weakest step is SQL → Opportunity")
    assert kinds(months(answer, english), Chart)[0].title == english.t("funnel.months.title")


def test_one_month_with_enough_of_every_step_is_no_pattern(english):
    few = [("2025-09", 9, 0), ("2025-10", 9, 0), ("2025-11", 90, 2), ("2025-12", 9, 0)]
    many = [("2025-09", 90, 60), ("2025-10", 90, 60), ("2025-11", 90, 60), ("2025-12", 90, 60)]
    answer = funnel_of({("lead", "mql"): many, ("mql", "sql"): few})
    assert kinds(months(answer, english), Chart)[0].title == english.t("funnel.months.title")


def test_the_title_counts_the_months_in_which_the_weakest_step_was_weakest(two_steps, english):
    # 20% against 50%, 60% against 45%, 10% against 55%: two of three months
    chart = kinds(months(two_steps, english), Chart)[0]
    assert chart.title == "MQL → SQL was the weakest step in 2 of 3 months"
    assert "MQL → SQL: 3 mature months, 10–60%" in chart.alt


def test_one_step_is_described_by_its_range(one_step, english):
    chart = kinds(months(one_step, english), Chart)[0]
    assert chart.title == (
        "Opportunity → Won: between 20% and 60% went on, in months of 10 or more"
    )


def test_what_follows_is_about_the_weakest_step(two_steps, one_step, look):
    notes = {note.kind: note.text for note in kinds(months(two_steps, look), Note)}
    assert notes["next"] == look.t("funnel.next.mql")
    assert notes["limits"] == look.t("funnel.limits")
    notes = {note.kind: note.text for note in kinds(months(one_step, look), Note)}
    assert notes["next"] == look.t("funnel.next.opportunity")


def test_visitors_are_only_told_where_there_are_any(two_steps, english):
    without = two_steps._replace(visitors=pd.DataFrame({"visitors": []}))
    assert "visitors" not in kinds(steps(without, english), Prose)[0].text


def test_no_part_shows_a_nan(two_steps, one_step, look):
    for answer in (two_steps, one_step):
        for part in (*steps(answer, look), *months(answer, look)):
            assert "nan" not in part.plain().lower().replace("financ", "")
    assert np.isnan(two_steps.rows.loc[~two_steps.rows["mature"], "ci_low"]).all()
