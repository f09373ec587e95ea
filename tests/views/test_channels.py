"""Channels and campaigns: what the page says of them, and what it leaves open."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from tests.analysis.paths import counted
from tests.views.conftest import channels_of, ready
from workshop.analysis.channels import attribution, cost_per_won
from workshop.colors import palette
from workshop.questions.channels import Channels
from workshop.views.campaigns import campaigns
from workshop.views.campaigns_chart import outside, plotted_rows, rate_by_volume
from workshop.views.channels import channels, headline
from workshop.views.channels_chart import DRAWN, drawn_rows, rates
from workshop.views.display import Chart, Note, Prose, Table
from workshop.views.style import UNDECIDED

COLORS = palette("#1f4e79")


@pytest.fixture
def telling() -> Channels:
    """Of all 1,200 leads 90 were won: referral 40 of 200, posts 2 of 500, the others as all."""
    return channels_of(
        {"Referral": (200, 40), "Posts": (500, 2), "Fair": (300, 28), None: (200, 20)}
    )


@pytest.fixture
def silent() -> Channels:
    """A tenth of everything is won."""
    return channels_of({"Fair": (300, 30), "Web": (500, 50), "Post": (200, 20)})


@pytest.fixture
def campaign_answer() -> Channels:
    """Six campaigns of 100 leads with 10 won, one of 300 with none, and leads without one."""
    leads = {f"C{n}": (100, 10) for n in range(6)}
    answer = channels_of({**leads, "Dud": (300, 0), None: (400, 50)}, by="campaign")
    costs = pd.DataFrame(
        {
            "channel": ["C0", "C1", "C2", "Dud"],
            "cost": [1000.0, 9000.0, 500.0, 300.0],
            "leads": [100, 100, 100, 300],
            "won": [10, 10, 10, 0],
        }
    )
    divided = cost_per_won(costs)
    running = divided["channel"] == "C2"
    parts = ["cost_per_won", "cost_low", "cost_high"]
    divided.loc[running, parts] = float("nan")
    return answer._replace(costs=divided)


def of(parts, kind):
    return [part for part in parts if isinstance(part, kind)]


def test_what_works_and_what_is_noise_is_said_with_rate_and_interval(telling, english):
    opening, works, noise, part = headline(telling, english.t)
    assert opening == (
        "Of the 1,200 leads that have had at least 180 days, 7.5% became a won deal in that time."
    )
    assert re.fullmatch(
        r"Leads from Referral with 20\.0% \(\d+\.\d–\d+\.\d%\) are clearly won more often than "
        r"average\.",
        works,
    )
    assert noise.startswith("Mostly noise comes from Posts with 0.4% (")
    # 500 of 1,200 leads, 2 of 90 won
    assert part == "That is 42% of these leads, and 2% of the won ones."


def test_no_difference_is_said_plainly(silent, look):
    assert headline(silent, look.t)[1:] == (look.t("channels.silent"),)
    parts = channels(silent, look)
    assert of(parts, Chart)[0].title == look.t("channels.chart.silent", rate=look.t.percent(0.1))
    assert [note.kind for note in of(parts, Note)] == ["limits"]


def test_a_missing_channel_is_shown_in_words_and_never_a_finding(look):
    answer = channels_of({None: (400, 80), "Fair": (400, 20), "Web": (400, 22)})
    blank = answer.rows[answer.rows["channel"].isna()].iloc[0]
    assert blank["verdict"] == "works"
    said = " ".join(headline(answer, look.t))
    assert look.t("label.unknown") not in said
    table = of(channels(answer, look), Table)[0]
    assert table.frame["name"].tolist()[-1] == look.t("label.unknown")


def test_too_young_and_too_few_are_not_silence(english):
    young = channels_of({"Fair": (50, 0), "Web": (60, 3)}, young=("Fair", "Web"))
    assert headline(young, english.t) == (
        "None of the 110 leads has had 180 days yet: it is too early to judge a channel.",
    )
    few = channels_of({"Fair": (6, 1), "Web": (5, 1)})
    assert headline(few, english.t)[1] == "No channel has enough leads for a verdict yet."


def test_where_nothing_is_known_to_be_won_nothing_is_compared(look):
    answer = channels_of({"Fair": (50, 0), "Web": (60, 0)})
    parts = channels(answer, look)
    assert of(parts, Prose)[0].text == look.t("channels.none_won", n=110, days=180)
    assert not of(parts, Chart)
    assert campaigns(answer, answer, "EUR", look) == ()


def test_one_channel_is_nothing_to_compare(english):
    answer = channels_of({"Web": (500, 50)})
    assert headline(answer, english.t)[1].startswith("They all come from one channel")
    assert not of(channels(answer, english), Chart)


def test_what_cannot_be_answered_asks_for_what_it_needs(look):
    missing = channels_of({"Web": (5, 1)}, ready=ready("channels", ["leads.source"]))
    (prose,) = channels(missing, look)
    assert prose.points == (look.t("ask.leads.source"),)
    assert headline(missing, look.t) == ()
    assert campaigns(missing, missing, "EUR", look) == ()


def test_findings_come_first_and_what_cannot_be_judged_last(telling, english):
    rows = {"Early": (40, 0), "Referral": (200, 40), "Posts": (500, 2), "Fair": (300, 28)}
    answer = channels_of(rows, young=("Early",))
    table = of(channels(answer, english), Table)[0]
    assert table.frame["name"].tolist() == ["Referral", "Posts", "Fair", "Early"]
    assert table.frame["verdict_text"].iloc[-1] == "Too early to tell"


def test_the_chart_shows_the_interval_of_each_channel(telling, english, ax):
    drawn = drawn_rows(telling.rows)
    rates(drawn, 0.075, english.t, COLORS, ax)
    spans = [tuple(c.get_segments()[0][:, 0]) for c in ax.collections]
    expected = list(zip(drawn["shrunk_low"], drawn["shrunk_high"], strict=True))
    assert spans == [pytest.approx(pair) for pair in expected]
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "Referral",
        "(not filled in)",
        "Fair",
        "Posts",
    ]
    assert "40 of 200" in [text.get_text() for text in ax.texts]
    assert ax.get_ylim() == (3.5, -0.5)


def test_a_verdict_has_its_own_mark_as_well_as_its_colour(telling, english, ax):
    drawn = drawn_rows(telling.rows)
    rates(drawn, 0.075, english.t, COLORS, ax)
    marks = [line for line in ax.lines if line.get_marker() in "^vo"]
    shown = dict(zip(drawn["verdict"], marks, strict=True))
    assert shown["works"].get_marker() == "^"
    assert shown["noise"].get_marker() == "v"
    assert shown["as_average"].get_marker() == "o"
    assert shown["as_average"].get_color() == UNDECIDED.color
    assert shown["as_average"].get_markerfacecolor() == "white"


def test_of_four_hundred_channels_a_page_is_drawn_and_the_findings_are_in_it(english):
    leads = {f"Partner {n:03}": (12, 1) for n in range(399)}
    answer = channels_of({**leads, "Referral": (60, 40)})
    drawn = drawn_rows(answer.rows)
    assert len(drawn) == DRAWN
    assert drawn["channel"].iloc[0] == "Referral"
    parts = channels(answer, english)
    assert "Drawn are 12 of 400" in of(parts, Chart)[0].reading
    table = of(parts, Table)[0]
    assert (len(table.frame), table.shown) == (400, 8)


def test_a_campaign_outside_the_limits_is_named(campaign_answer, english):
    named = campaign_answer.rows[campaign_answer.rows["channel"].notna()]
    # none of 300 where 10 in a hundred is usual: a chance of 2e-14
    assert outside(plotted_rows(named), 0.1)["channel"].tolist() == ["Dud"]
    chart = of(campaigns(campaign_answer, campaign_answer, "EUR", english), Chart)[0]
    assert chart.title.endswith("among the campaigns: Dud")


def test_what_the_table_names_within_the_outer_limits_is_said_below_the_chart(english):
    rows = {f"C{n}": (200, 9) for n in range(6)}
    rows |= {"Client": (112, 14), "Webinar": (77, 10), "Paper": (240, 1)}
    answer = channels_of(rows, by="campaign")
    parts = campaigns(answer, answer, "EUR", english)
    chart, (table, *_) = of(parts, Chart)[0], of(parts, Table)
    assert table.frame["name"].tolist()[:3] == ["Client", "Webinar", "Paper"]
    assert "Webinar" not in chart.title
    assert chart.reading.endswith("and therefore also names “Client” and “Webinar”.")


def test_campaigns_that_are_all_alike_are_within_what_chance_does(english):
    answer = channels_of({f"C{n}": (100, 10) for n in range(6)}, by="campaign")
    chart = of(campaigns(answer, answer, "EUR", english), Chart)[0]
    assert chart.title == "No campaign differs more from the rest than chance allows"


def test_the_funnel_plot_has_a_mark_for_each_campaign(campaign_answer, english, ax):
    rows = plotted_rows(campaign_answer.rows[campaign_answer.rows["channel"].notna()])
    rate_by_volume(rows, 0.1, english.t, COLORS, ax)
    marks = {
        (line.get_xdata()[0], line.get_ydata()[0]) for line in ax.lines if line.get_marker() in "Do"
    }
    assert marks == {(100, 0.1), (300, 0.0)}
    assert [text.get_text() for text in ax.texts] == ["Dud"]
    assert ax.get_ylim()[0] < 0 < 0.1 < ax.get_ylim()[1]


def test_the_cost_of_a_won_deal_has_its_interval_or_the_least_it_may_be(campaign_answer, english):
    parts = campaigns(campaign_answer, campaign_answer, "EUR", english)
    table = next(table for table in of(parts, Table) if table.name == "campaigns")
    costs = table.frame.set_index("name")["cost_text"]
    # 1,000 for 10 of 100; Wilson: 5.52% to 17.44%
    assert costs["C0"] == "€100 (€57 to €181)"
    # nothing won of 300: Wilson's upper bound is 1.264%, so 3.79 deals at most
    assert costs["Dud"] == "at least €79"
    assert costs["C2"] == "–"
    assert table.title == "A won deal cost from €100 to €900 per campaign"


def test_without_costs_there_is_no_column_for_them(campaign_answer, look):
    answer = campaign_answer._replace(costs=pd.DataFrame())
    table = next(t for t in of(campaigns(answer, answer, "EUR", look), Table))
    assert "cost_text" not in [column.field for column in table.columns]
    assert table.title == look.t("channels.campaigns.title")


def test_touches_stand_side_by_side_and_cause_nothing(silent, english):
    paths = counted((("Fair", "Web"), True, 4), (("Fair", "Post"), True, 2), (("Fair",), False, 3))
    answer = silent._replace(touches=attribution(paths))
    none = channels_of({None: (5, 1)}, by="campaign")
    (table,) = of(campaigns(answer, none, "EUR", english), Table)
    by_name = table.frame.set_index("name")
    assert by_name.loc["Fair", ["first", "last", "linear", "touched"]].tolist() == [6, 0, 3, 9]
    # three of the nine paths that Fair is in were never won
    assert by_name.loc["Fair", "lost_share"] == pytest.approx(3 / 9)
    assert table.title.endswith("Fair had the first touch of 6 won deals, and the last of 0")
    assert "None of the three ways says what a channel caused." in table.notes


def test_dutch_says_the_same(telling, dutch):
    text = channels(telling, dutch)[0].text
    assert "Leads via Referral met 20,0% (" in text
    assert "Vooral ruis komt van Posts met 0,4% (" in text
