"""A client among its peers on the page: the words, the picture, the table."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from workshop.colors import INK
from workshop.questions.among import among
from workshop.questions.benchmark import COLUMNS, TYPES
from workshop.questions.benchmark_file import BenchmarkFile, Told
from workshop.views.benchmark import benchmark, headline, to_remember
from workshop.views.display import Chart, Note, Prose, Table
from workshop.views.peers_chart import own_marks
from workshop.views.style import UNDECIDED

DAY = dt.date(2026, 10, 31)
NONE = np.nan
OWN = [
    ("step", "lead>mql", "share", 90, 60, 100, 0.6, NONE),
    ("win_rate", None, "share", NONE, 30, 100, 0.3, NONE),
    ("first_contact", None, "time", NONE, NONE, 200, 80.0, 0.1),
    ("days_to_won", None, "time", 180, NONE, 30, 61.0, 0.2),
    ("unreached", None, "share", 5, 10, 100, 0.1, NONE),
]


def told(figure, unit, center, spread, name=None, clients=20):
    kept = {"figure": figure, "name": name, "unit": unit, "clients": clients}
    return Told(**kept, center=center, spread=spread, as_of=DAY)


TOLD = BenchmarkFile(
    figures=(
        told("step", "share", 0.3, 0.05, "lead>mql"),
        told("win_rate", "share", 0.3, 0.1),
        told("first_contact", "time", np.log(16), 0.5),
        told("days_to_won", "time", np.log(60), 0.3),
    )
)


@pytest.fixture
def found():
    """Two figures above the middle, two undecided, and one that too few have."""
    return among(pd.DataFrame(OWN, columns=COLUMNS).astype(TYPES), TOLD)


def of(parts, kind):
    return [part for part in parts if isinstance(part, kind)]


def test_the_verdicts_are_those_of_the_intervals(found):
    verdicts = dict(zip(found.rows["figure"], found.rows["verdict"], strict=True))
    assert verdicts == {
        "step": "above_peers",
        "win_rate": "undecided",
        "first_contact": "above_peers",
        "days_to_won": "undecided",
        "unreached": "too_few",
    }
    assert found.as_of == DAY


def test_the_headline_counts_what_can_be_told_apart(found, english, dutch):
    assert headline(found, english.t) == (
        "2 of the 4 figures that could be compared clearly differ from the middle of the peers."
    )
    assert headline(found, dutch.t).startswith("2 van de 4 cijfers die te vergelijken waren")
    calm = found._replace(rows=found.rows[found.rows["verdict"] == "undecided"])
    assert headline(calm, english.t).startswith("None of the 2 figures")
    alone = found._replace(rows=found.rows[found.rows["figure"] == "step"])
    assert headline(alone, english.t).startswith("The one figure that could be compared clearly")


def test_the_first_page_names_what_differs_and_beside_what(found, english):
    (said,) = to_remember(found, 8, english.t)
    # by hand: the middle of the peers is 16 hours, two days of eight
    assert "Lead → MQL in 90 days: 46% (the middle: 30%); Half have a first contact" in said
    assert said.endswith("(the middle: 2 working days).")
    calm = found._replace(rows=found.rows[found.rows["verdict"] == "undecided"])
    assert to_remember(calm, 8, english.t) == (headline(calm, english.t),)
    untold = found._replace(rows=found.rows[found.rows["clients"].isna()])
    assert to_remember(untold, 8, english.t) == ()


def test_each_that_is_apart_is_named_beside_the_middle(found, english):
    prose = of(benchmark(found, 8, english), Prose)[0]
    # by hand: a beta of 24.9 and 58.1 before, 84.9 and 98.1 after
    assert "Lead → MQL in 90 days: 46%, above the middle of the peers (30%)" in prose.points
    assert len(prose.points) == 2
    assert "At least 20 of them have each figure, as a rule this one included" in prose.text


def test_every_language_has_all_of_it(found, look):
    parts = benchmark(found, 8, look)
    shares, times = of(parts, Chart)
    assert (shares.name, times.name) == ("peers-share", "peers-time")
    assert len(of(parts, Note)) == 1
    (table,) = of(parts, Table)
    assert len(table.frame) == len(OWN)
    html = " ".join(part.html() for part in parts)
    assert "nan" not in html
    assert "None<" not in html


def test_what_too_few_have_stands_in_the_table_alone(found, english):
    (table,) = of(benchmark(found, 8, english), Table)
    row = table.frame.set_index("figure").loc["unreached"]
    assert (row["own_text"], row["peers_text"]) == ("10% (100)", "–")
    assert row["verdict_text"] == "Too few companies"
    assert table.notes[-1].startswith("Too few companies: fewer than seven")
    everyone = found._replace(rows=found.rows[found.rows["clients"].notna()])
    (table,) = of(benchmark(everyone, 8, english), Table)
    assert len(table.notes) == 1
    assert "No contact" not in of(benchmark(found, 8, english), Chart)[0].alt


def test_where_nothing_is_told_that_is_said(found, english):
    nobody = among(pd.DataFrame(OWN, columns=COLUMNS).astype(TYPES), BenchmarkFile())
    (prose,) = benchmark(nobody, 8, english)
    assert "nothing is told of fewer than seven" in prose.text


def test_a_client_without_a_figure_is_not_told_that_the_others_lack_them(found, english):
    (prose,) = benchmark(found._replace(rows=found.rows.iloc[:0]), 8, english)
    assert prose.text.startswith("This company has none of the figures")


@pytest.mark.parametrize(
    ("own_day", "included"), [(dt.date(2025, 10, 31), True), (dt.date(2025, 10, 30), False)]
)
def test_whose_data_are_a_year_older_is_told_that_it_is_not_in_the_group(
    own_day, included, english
):
    own = pd.DataFrame(OWN, columns=COLUMNS).astype(TYPES)
    prose = of(benchmark(among(own, TOLD, own_day), 8, english), Prose)[0]
    assert ("more than a year earlier" in prose.text) is not included


def test_the_title_names_what_is_apart_and_the_reading_says_how(found, english):
    shares, times = of(benchmark(found, 8, english), Chart)
    assert shares.title == "Above the middle of the peers: “Lead → MQL in 90 days”"
    assert "Half have a first contact within" in times.title
    low = found.rows["figure"] == "win_rate"
    verdict = found.rows["verdict"].mask(low, "below_peers")
    both = found._replace(rows=found.rows.assign(verdict=verdict))
    title = of(benchmark(both, 8, english), Chart)[0].title
    assert "in 90 days”. Below the middle of the peers: “Win rate" in title
    calm = found._replace(rows=found.rows[found.rows["verdict"] == "undecided"])
    shares, times = of(benchmark(calm, 8, english), Chart)
    assert shares.title == "No share can be told apart from the middle of the peers"
    assert times.title == "No time can be told apart from the middle of the peers"


def test_the_own_mark_lies_on_the_band(found, english, ax):
    rows = found.rows[(found.rows["unit"] == "share") & found.rows["clients"].notna()]
    own_marks(rows, ["a", "b"], english.t, ax)
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    assert [dot.get_xdata()[0] for dot in dots] == rows["estimate"].tolist()
    assert [dot.get_color() for dot in dots] == [INK, UNDECIDED.color]
    assert [dot.get_markerfacecolor() for dot in dots] == [INK, "white"]
    first = ax.collections[0].get_segments()[0]
    assert first[:, 0].tolist() == rows[["peers_low", "peers_high"]].iloc[0].tolist()
    low, high = ax.get_xlim()
    assert low == 0
    assert rows["ci_high"].max() < high <= 1


def test_times_stand_on_a_scale_of_factors(found, english, ax):
    rows = found.rows[(found.rows["unit"] == "time") & found.rows["clients"].notna()]
    own_marks(rows, ["a", "b"], english.t, ax)
    assert ax.get_xscale() == "log"
    low, high = ax.get_xlim()
    assert low < rows["ci_low"].min()
    assert rows["ci_high"].max() < high
