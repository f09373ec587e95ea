"""The whole history, and what may stand behind it."""

from __future__ import annotations

import pandas as pd
import pytest
from matplotlib import pyplot as plt

from tests.views.conftest import ready, won_lost_of
from workshop.colors import palette
from workshop.views.behind import behind
from workshop.views.display import Chart, Table
from workshop.views.history import doubt, headline, history
from workshop.views.history_chart import drawn_rows, win_rates
from workshop.views.levels import by_p, closed, findings, overall

COLORS = palette("#1f4e79")


@pytest.fixture
def followed(telling):
    """Sector goes with the owner: within owners only IT still differs."""
    pair = {"trait": ["sector"], "confounder": ["owner"], "deals": [200], "cramers_v": [0.7]}
    within = pd.DataFrame(
        {
            "trait": "sector",
            "level": ["Food", "IT", None],
            "strata": 3,
            "odds_ratio": [1.6, 0.2, 0.1],
            "ci_low": [0.8, 0.1, 0.01],
            "ci_high": [3.2, 0.4, 0.9],
            "p_value": [0.2, 0.001, 0.04],
            "q_value": [0.2, 0.003, 0.06],
            "confounder": "owner",
        }
    )
    return telling._replace(confounded=pd.DataFrame(pair), within=within)


def tables(parts) -> dict[str, Table]:
    return {part.name: part for part in parts if isinstance(part, Table)}


def test_findings_have_a_value_and_a_voucher(telling):
    clear = telling.history[telling.history["verdict"] == "clear"]
    assert clear["level"].isna().sum() == 1
    assert set(findings(telling.history)["level"]) == {"Food", "IT"}
    doubtful = won_lost_of({"Food": (5, 5), "IT": (5, 5)}, {"Food": (90, 10), "IT": (10, 90)})
    assert findings(doubtful.history.assign(known_at_creation=False)).empty


def test_totals_come_from_the_levels(telling):
    assert closed(telling.history) == 240
    assert overall(telling.history) == pytest.approx(101 / 240)


def test_a_finding_is_said_with_rate_and_interval(telling, english):
    rate, clear = headline(telling, english.t)
    assert rate == "Of 240 closed deals, 42% were won."
    # Wilson for 80 of 100: 71.1 to 86.7
    assert "sector Food at 80% (71–87%)" in clear
    assert "not filled in" not in clear


def test_no_difference_is_said_plainly(silent, english):
    assert headline(silent, english.t) == (
        "Over 180 closed deals, no trait makes a clear difference to the win rate of 50%. Looked "
        "at: sector.",
    )


def test_where_nobody_vouched_for_any_trait_nothing_is_a_finding(english):
    doubtful = won_lost_of(
        {"Food": (9, 0), "IT": (1, 10)}, {"Food": (80, 20), "IT": (20, 80)}, known=False
    )
    text = " ".join(headline(doubtful, english.t))
    assert "none of them can be a finding" in text
    prose = history(doubtful, pd.DataFrame(columns=["currency", "state", "amount"]), english)[0]
    assert "Sector †" in prose.text


def test_too_few_everywhere_is_no_silence(english):
    few = won_lost_of({"Food": (5, 5), "IT": (5, 5)}, {"A": (2, 3), "B": (4, 2)})
    assert headline(few, english.t)[1] == "No category has enough closed deals for a verdict."


def test_the_share_of_value_won_stands_beside_that_of_deals(telling, outcomes, english):
    prose = history(telling, outcomes, english)[0]
    assert "Of their value, 70% was won (amounts in EUR)." in prose.text
    without = outcomes[outcomes["state"] != "lost"]
    assert "value" not in history(telling, without, english)[0].text


def test_a_finding_that_falls_within_the_owner_says_so_and_names_nobody(
    followed, outcomes, english
):
    assert doubt(followed, english.t) == (
        "Since sector goes closely with the owner of the deal, it cannot be told for Food which "
        "of the two makes the difference.",
    )
    text = history(followed, outcomes, english)[0].text
    assert "the difference stands for IT" in text
    assert "For Food it can then no longer be told" in text


def test_the_findings_come_first_among_what_goes_together(followed, english):
    table = tables(behind(followed, english))["confounded"]
    assert table.title == "Traits that go together: sector with owner"
    assert table.shown == 2
    assert table.frame["level"].tolist()[:2] == ["IT", "Food"]


def test_a_pair_that_goes_together_is_named_once(followed, english):
    both = pd.DataFrame(
        {
            "trait": ["source", "medium"],
            "confounder": ["medium", "source"],
            "deals": 200,
            "cramers_v": [0.9, 0.8],
        }
    )
    table = tables(behind(followed._replace(confounded=both), english))["confounded"]
    assert table.title.count(" with ") == 1


def test_blanks_that_differ_are_named(telling, silent, english):
    # blank on 1 of 101 won deals and on 39 of 139 lost ones
    table = tables(behind(telling, english))["blanks"]
    assert table.title == "Won and lost deals are not filled in equally well: sector"
    row = table.frame.iloc[0]
    assert (row["won_share"], row["lost_share"]) == pytest.approx((1 / 101, 39 / 139))
    assert "blanks" not in tables(behind(silent, english))


def test_the_verdicts_are_counted_by_whether_the_trait_was_known(telling, look):
    table = tables(behind(telling, look))["verdicts"]
    assert table.frame["known"].tolist() == [3, 0, 0]
    assert [column.field for column in table.columns] == ["verdict", "known"]


def test_levels_left_out_are_named(silent, look):
    wide = silent._replace(too_many_levels=("postcode",))
    outcomes = pd.DataFrame(columns=["currency", "state", "amount"])
    assert any("postcode" in part.plain() for part in history(wide, outcomes, look))


def test_without_anything_to_test_there_is_one_sentence(silent, look):
    outcomes = pd.DataFrame(columns=["currency", "state", "amount"])
    untested = silent._replace(history=silent.history.assign(q_value=float("nan")))
    (prose,) = history(untested, outcomes, look)
    assert prose.text == look.t("history.none")
    assert behind(untested, look) == ()
    missing = silent._replace(ready=ready("won-lost", missing=["deals.outcome"]))
    (prose,) = history(missing, outcomes, look)
    assert prose.points == (look.t("ask.deals.outcome"),)


def test_the_chart_colours_findings_only(telling, look):
    drawn = drawn_rows(by_p(telling.history))
    assert drawn["win_rate"].is_monotonic_decreasing
    _, ax = plt.subplots()
    win_rates(drawn, overall(telling.history), look.t, COLORS, ax)
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    assert [line.get_color() == COLORS.graphic for line in dots] == [True, True, False]
    ticks = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "|"]
    assert ticks == pytest.approx([0.8, 0.2, 1 / 40])
    plt.close("all")


def test_chart_and_table_agree_in_both_languages(telling, outcomes, look):
    _, chart, _, table = history(telling, outcomes, look)
    assert isinstance(chart, Chart)
    assert "80%" in chart.alt
    assert table.frame["win_rate"].max() == 0.8
