"""The report on one page."""

from __future__ import annotations

import pytest

from tests.views.conftest import (
    channels_of,
    durations_of,
    funnel_of,
    goal_of,
    ready,
    velocity_of,
)
from workshop.views.display import Figures, Note, Prose
from workshop.views.summary import Answers, one_page


@pytest.fixture
def answers(outcomes, two_steps, telling, proposal) -> Answers:
    sources = channels_of({"Referral": (300, 60), "Posts": (500, 5)})
    sectors, _ = velocity_of(
        durations_of(
            {
                "Retail": [(20, "won", 50), (30, "lost", 50)],
                "Care": [(100, "won", 10), (120, "lost", 90)],
            }
        )
    )
    readiness = [ready("won-lost"), ready("funnel")]
    return Answers(readiness, outcomes, two_steps, sources, sectors, telling, proposal)


def test_four_figures_with_what_they_rest_on(answers, english):
    figures = one_page(answers, "EUR", english)[0].figures
    assert [figure.value for figure in figures] == ["45%", "€700,000", "30%", "50%"]
    # Wilson for 45 of 100: 35.6 to 54.8
    assert figures[0].detail == "45 of 100; 95% interval 36–55%"
    assert figures[1].detail == "and £5,000, not added up"
    assert figures[3].detail.startswith("proposal: €100,000 extra pipeline in Q1 2026")


def test_millions_fit_a_figure(answers, look):
    rich = answers.outcomes.assign(amount=answers.outcomes["amount"] * 10)
    value = one_page(answers._replace(outcomes=rich), "EUR", look)[0].figures[1].value
    assert value in ("€7.00m", "€\N{NO-BREAK SPACE}7,00 mln", "€ 7,00 mln")


def test_three_to_five_sentences_to_remember(answers, english):
    prose = next(part for part in one_page(answers, "EUR", english) if isinstance(part, Prose))
    assert 3 <= len(prose.points) <= 5
    assert prose.points[0].startswith("The weakest step is MQL → SQL")
    assert any("80% takes 240" in point for point in prose.points)


def test_channels_and_groups_are_named_where_they_stand_out(answers, english):
    points = one_page(answers, "EUR", english)[1].points
    assert points[1].startswith("Leads from Referral with 20.0%")
    assert "are clearly won more often than average" in points[1]
    assert "a clearly larger share is won in Retail (50%" in points[1]
    alike = channels_of({"Referral": (300, 30), "Posts": (500, 50)})
    same, _ = velocity_of(durations_of({"Food": [(20, "won", 50)], "IT": [(20, "won", 40)]}))
    silent = answers._replace(channels=alike, velocity=same)
    assert one_page(silent, "EUR", english)[1].points == (points[0], *points[2:])


def test_what_cannot_be_said_is_said(answers, english):
    missing = [ready("won-lost"), ready("channels", missing=["leads.source"])]
    note = one_page(answers._replace(ready=missing), "EUR", english)[-1]
    assert isinstance(note, Note)
    assert "no CRM says so" in note.text
    assert "“Which channels bring customers?”" in note.text


def test_what_is_missing_gives_way_to_what_there_is(answers, silent, look):
    young = funnel_of({("lead", "mql"): [("2025-12", 50, 5)]})
    bare = answers._replace(
        outcomes=answers.outcomes[answers.outcomes["state"] == "open"],
        funnel=young,
        channels=answers.channels._replace(ready=ready("channels", missing=["leads.source"])),
        velocity=answers.velocity._replace(ready=ready("velocity", missing=["deals.outcome"])),
        won_lost=silent._replace(ready=ready("won-lost", missing=["deals.outcome"])),
        goal=goal_of(kind=None),
        ready=[ready("won-lost", missing=["deals.outcome"]), ready("funnel")],
    )
    figures, prose, _ = one_page(bare, "EUR", look)
    assert isinstance(figures, Figures)
    assert [figure.value for figure in figures.figures] == [
        "10",
        look.t("label.of", part=1, whole=2),
    ]
    assert len(prose.points) == 1


def test_a_trait_that_nobody_vouched_for_is_nowhere_on_the_page(answers, look):
    doubtful = answers.won_lost._replace(
        rows=answers.won_lost.rows.assign(known_at_creation=False),
        history=answers.won_lost.history.assign(known_at_creation=False),
    )
    text = "\n".join(p.plain() for p in one_page(answers._replace(won_lost=doubtful), "EUR", look))
    assert "Food" not in text
