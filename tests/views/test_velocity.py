"""How fast deals move: the day of comparison, the groups, and a picture that says the same."""

from __future__ import annotations

import pytest

from tests.views.conftest import durations_of, ready, velocity_of
from workshop.questions.velocity import Curves, Velocity
from workshop.views.display import Chart, Note, Prose, Table
from workshop.views.velocity import at_day, headline, velocity
from workshop.views.velocity_chart import outcomes


@pytest.fixture
def telling() -> tuple[Velocity, Curves]:
    """Food wins 50 of 100 by day 20; IT and Care 20 of 100, by day 100; each loses 40."""
    late = [(100, "won", 20), (120, "lost", 40), (400, "open", 40)]
    return velocity_of(
        durations_of(
            {
                "Food": [(20, "won", 50), (30, "lost", 40), (400, "open", 10)],
                "IT": late,
                "Care": late,
            }
        )
    )


@pytest.fixture
def silent() -> tuple[Velocity, Curves]:
    """Every sector wins 40 of 100 by day 50 and loses 30."""
    alike = [(50, "won", 40), (70, "lost", 30), (400, "open", 30)]
    return velocity_of(durations_of({"Food": alike, "IT": alike, "Care": alike}))


def of(parts, kind):
    return [part for part in parts if isinstance(part, kind)]


def test_a_faster_group_is_said_with_what_it_lost(telling, english):
    answer, _ = telling
    # 90 of 300 are won in the end; 50 of them by day 30
    assert answer.compared_at == 30
    opening, faster, slower = headline(answer, english.t)
    assert (
        opening == "Of all deals, 17% were won 30 days after they were created and 13% were lost."
    )
    # Wilson for 50 of 100: 40.4 to 59.6
    assert faster == (
        "Within 30 days of being created, a clearly larger share is won in Food "
        "(50%, interval 40–60%; 40% lost)."
    )
    assert slower.startswith("In Care (0%")
    assert slower.endswith("a clearly smaller share is won in that time.")
    alone = answer._replace(rows=answer.rows[answer.rows["group"] != "Food"])
    assert headline(alone, english.t)[1].startswith("Within 30 days of being created, a clearly s")


def test_no_difference_is_said_plainly(silent, look):
    answer, curves = silent
    assert headline(answer, look.t)[1:] == (
        look.t("velocity.silent", by=look.t("column.sector").lower()),
    )
    chart = of(velocity(answer, curves, look), Chart)[0]
    assert chart.title == look.t("velocity.chart.silent", by=look.t("column.sector").lower())


def test_the_table_has_a_row_a_group_and_all_days_stand_behind(telling, english):
    answer, curves = telling
    parts = velocity(answer, curves, english)
    (table,) = of(parts, Table)
    rows = table.frame.set_index("name")
    assert rows.loc["Food", ["deals", "open", "half_decided_days"]].tolist() == [100, 10, 20]
    # 20 of 100 won and 40 lost: half are decided on day 120
    assert rows.loc["IT", "half_decided_days"] == 120
    assert rows["verdict_text"].tolist() == ["Clear", "Clear", "Clear"]
    behind = of(parts, Chart)[0].table
    assert len(behind.frame) == 3 * 4


def test_deals_without_a_group_are_shown_last_and_not_compared(look):
    cells = [(50, "won", 40), (70, "lost", 30)]
    answer, curves = velocity_of(
        durations_of({"Food": cells, "IT": cells, None: [(400, "open", 200)]}), ["group_missing"]
    )
    rows = at_day(answer)
    assert rows["group"].isna().tolist() == [False, False, True]
    # nothing of the nameless is won: had they been part of the rest, both would stand out
    assert rows["verdict"].tolist()[:2] == ["undecided", "undecided"]
    parts = velocity(answer, curves, look)
    assert of(parts, Table)[0].frame["verdict_text"].iloc[-1] == look.t("velocity.unjudged")
    assert look.t("caveat.group_missing") in of(parts, Note)[0].text


def test_a_small_group_neither_counts_nor_stands_in_the_way(english):
    late = [(100, "won", 20), (120, "lost", 40), (400, "open", 40)]
    counted = durations_of(
        {
            "Food": [(20, "won", 50), (30, "lost", 40), (400, "open", 10)],
            "IT": late,
            "Odd": [(5, "won", 4)],
        }
    )
    answer, _ = velocity_of(counted)
    rows = at_day(answer).set_index("group")
    assert rows.loc["Odd", "verdict"] == "too_few"
    assert "Food" in headline(answer, english.t)[1]
    few, _ = velocity_of(durations_of({"A": [(20, "won", 4)], "B": [(30, "lost", 4)]}))
    assert headline(few, english.t)[1] == (
        "By sector, no group has enough deals to compare (at least 10)."
    )


def test_without_any_group_there_is_one_panel_of_all_deals(look):
    answer, curves = velocity_of(durations_of({None: [(20, "won", 50), (30, "lost", 40)]}))
    parts = velocity(answer, curves, look)
    assert not of(parts, Table)
    chart = of(parts, Chart)[0]
    assert chart.title == look.t("velocity.chart.one")
    titles = [ax.get_title(loc="left") for ax in chart.figure.axes]
    assert titles == [look.t("velocity.chart.all", n=90)]


def test_without_a_win_there_is_no_speed(look):
    answer, curves = velocity_of(durations_of({"Food": [(20, "lost", 50), (30, "open", 40)]}))
    (prose,) = velocity(answer, curves, look)
    assert prose.text == look.t("velocity.none")


def test_what_cannot_be_answered_asks_for_what_it_needs(silent, look):
    answer, curves = silent
    missing = answer._replace(ready=ready("velocity", ["deals.closed_at"]))
    (prose,) = velocity(missing, curves, look)
    assert isinstance(prose, Prose)
    assert prose.points == (look.t("ask.deals.closed_at"),)
    assert headline(missing, look.t) == ()


def test_a_panel_shows_won_from_below_and_lost_from_above(telling, english, ax):
    _, curves = telling
    food = curves.groups[curves.groups["group"] == "Food"]
    outcomes(food, curves.together, 30, english.t, ax)
    won, lost = ax.lines[:2]
    assert won.get_ydata()[[0, 19, 20, 180]].tolist() == [0, 0, 0.5, 0.5]
    assert lost.get_ydata()[[29, 30]] == pytest.approx([1, 0.6])
    assert won.get_linestyle() != lost.get_linestyle()
    assert [text.get_text() for text in ax.texts] == ["Won", "Lost"]
    assert (ax.get_xlim(), ax.get_ylim()) == ((0, 180), (0, 1))
    assert ax.get_xticks().tolist() == [0, 60, 120, 180]


def test_the_panels_are_the_groups_that_are_followed(telling, english):
    answer, curves = telling
    chart = of(velocity(answer, curves, english), Chart)[0]
    titles = [ax.get_title(loc="left") for ax in chart.figure.axes]
    assert titles == ["Food (100)", "Care (100)", "IT (100)"]
    assert "Food 50% won, 40% lost" in chart.alt
