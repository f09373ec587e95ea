"""Ten against ten: what it shows, what it never says."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from tests.views.conftest import ready, won_lost_of
from workshop.colors import INK
from workshop.views.display import Chart, Note, Prose, Table
from workshop.views.style import UNDECIDED
from workshop.views.ten_chart import differences, drawn_rows, shares
from workshop.views.won_lost import comparable, headline, power_of, sample, ten

# a share of the deals with a trait is said to be won: what ten against ten can never show
FORBIDDEN = re.compile(
    r"\d+% (of|van) (the |de )?(deals|opportuniteiten) (with|met)[^.]*(won|gewonnen)"
)


def parts_of(answer, look):
    return [*ten(answer, look), *sample(answer, look)]


def test_a_clear_difference_is_said_with_its_counts(telling, english):
    text = headline(telling, english.t)
    assert text.startswith("Ten against ten shows 2 clear differences: ")
    assert "sector Food (in 9 of 10 won deals, in 0 of 10 others)" in text


def test_nothing_found_is_said_and_is_no_proof(silent, english):
    assert headline(silent, english.t) == (
        "Among 2 categories, ten against ten shows no difference that chance could not give as "
        "well. That does not prove there is none."
    )


def test_a_hint_is_called_a_hint_whichever_way_it_points(english):
    # 2 of 10 won against 7 of 10: p = 0.041 alone, and not over the family of three levels
    answer = won_lost_of({"Build": (2, 7), "Food": (4, 2), "IT": (4, 1)}, {"IT": (5, 5)})
    rows = answer.rows.set_index("level")
    assert rows.loc["Build", "p_value"] == pytest.approx(0.0414, abs=5e-4)
    assert rows.loc["Build", "verdict"] == "promising"
    assert "One category is a hint" in headline(answer, english.t)
    assert "promising" not in headline(answer, english.t).lower()
    chart = next(part for part in ten(answer, english) if isinstance(part, Chart))
    assert chart.title == "Sector Build is a hint, not proof"


def test_a_trait_that_nobody_vouched_for_is_never_the_finding(look):
    doubtful = won_lost_of({"High": (9, 0), "Low": (1, 10)}, {"High": (9, 1)}, known=False)
    assert (doubtful.rows["verdict"] == "clear").all()
    assert headline(doubtful, look.t) == look.t("ten.nothing", levels=2)
    prose, chart, table, _ = ten(doubtful, look)
    assert "†" in prose.text
    assert chart.title == look.t("ten.chart.nothing")
    assert "sector high †" in chart.alt.lower()
    assert "†" in chart.reading
    assert all(text.endswith("†") for text in table.frame["category"])


def test_the_share_of_deals_with_a_trait_that_is_won_is_never_said(telling, silent, look):
    for answer in (telling, silent):
        for part in parts_of(answer, look):
            assert not FORBIDDEN.search(part.plain())


def test_what_cannot_be_shown_comes_with_the_power(telling, english):
    note = next(part for part in ten(telling, english) if isinstance(part, Note))
    assert "noticed 42% of the time" in note.text
    assert power_of(10) == pytest.approx(0.42, abs=0.005)


def test_the_rule_the_seed_and_the_ids_are_part_of_it(telling, english):
    prose = next(part for part in sample(telling, english) if isinstance(part, Prose))
    assert "18 of the 20 deals. Seed: 7." in prose.text
    assert "more than 30 days" in prose.text
    table = next(part for part in sample(telling, english) if getattr(part, "name", "") == "sample")
    assert table.frame["ids"][0] == ", ".join(f"W{n}" for n in range(10))


def test_without_creation_dates_no_match_on_quarter_is_claimed(silent, english):
    undated = silent._replace(caveats=("no_created_date",))
    prose = next(part for part in sample(undated, english) if isinstance(part, Prose))
    assert "could not be matched on quarter" in prose.text


def test_without_types_of_customer_no_match_on_them_is_claimed(silent, english):
    plain = silent._replace(sample=silent.sample._replace(rule="matched_quarter"))
    prose = next(part for part in sample(plain, english) if isinstance(part, Prose))
    assert "does not hold the type of customer" in prose.text


def test_the_other_side_is_lost_where_nothing_can_stall(silent, telling, english):
    tables = [next(p for p in ten(a, english) if isinstance(p, Table)) for a in (silent, telling)]
    headers = [[column.header for column in table.columns][2] for table in tables]
    assert headers == ["Lost", "Lost or stalled"]
    names = [part.name for part in sample(silent, english) if isinstance(part, Table)]
    assert "ten-without-stalled" not in names


def test_without_two_sides_there_is_a_reason(silent, look):
    empty = silent._replace(rows=silent.rows.assign(difference=float("nan")))
    assert not comparable(empty)
    assert ten(empty, look)[0].text == look.t("ten.none")
    assert sample(empty, look) == ()
    (prose,) = ten(silent._replace(ready=ready("won-lost", missing=["deals.outcome"])), look)
    assert prose.points == (look.t("ask.deals.outcome"),)


def test_few_levels_are_drawn_and_the_marked_ones_last():
    rows = pd.DataFrame(
        {
            "trait": ["a"] * 12 + ["b"] * 3,
            "level": [str(n) for n in range(15)],
            "known_at_creation": [True] * 12 + [False] * 3,
            "p_value": [0.01 * n for n in range(12)] + [0.001, 0.002, 0.003],
            "difference": 0.1,
            "verdict": ["undecided"] * 11 + ["too_few"] + ["clear"] * 3,
        }
    )
    drawn = drawn_rows(rows)
    assert drawn["level"].tolist() == [*map(str, range(6)), "12", "13"]


def test_the_chart_draws_both_shares_and_greys_what_is_undecided(telling, silent, look, ax):
    shares(telling.rows, "x", look.t, ax)
    won, other = (line for line in ax.lines if line.get_label() in (look.t("outcome.won"), "x"))
    assert won.get_xdata().tolist() == [0.9, 0.1]
    assert other.get_xdata().tolist() == [0.0, 1.0]
    assert won.get_marker() != other.get_marker()
    for answer, color in ((telling, INK), (silent, UNDECIDED.color)):
        ax.clear()
        differences(answer.rows, look.t, ax)
        dots = [line for line in ax.lines if line.get_marker() == "o"]
        assert {line.get_color() for line in dots} == {color}
