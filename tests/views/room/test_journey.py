"""The customer journey at the reveal: two curves, in words, and the football field."""

from __future__ import annotations

import pytest
from matplotlib.patches import Polygon

from tests.views.played import exercise, options, play
from workshop.questions.journey import journeys
from workshop.questions.which import Beside
from workshop.views.display import Chart, Prose
from workshop.views.room.pitch import HALF_WIDE
from workshop.views.room.result import Setting, result

STAGES = ("visit", "lead", "offer", "client")


def content(*types: str):
    question = {"id": "q", "kind": "involvement", "stages": options(*STAGES)}
    return exercise({**question, "customer_types": list(types)})


def given(*parts: tuple[int, int], number: int = 0) -> dict[str, int]:
    """Return one person's answers: how much marketing and sales should do, stage by stage."""
    return {
        f"q/{number}/{stage}/{team}": value
        for stage, part in zip(STAGES, parts, strict=True)
        for team, value in zip(("marketing", "sales"), part, strict=True)
    }


CROSSING = given((4, 0), (3, 2), (1, 4), (4, 2))
NEVER = given((4, 3), (4, 2), (3, 2), (3, 1))


@pytest.fixture
def shown(store, english):
    def shown(asked, answers, look=english):
        crm = Beside(lambda about: None, lambda which: None)
        return result(play(store, asked, answers), Setting(look, crm, "EUR", 4, "other" in answers))

    return shown


def charts(projected) -> list[Chart]:
    return [part for part in projected.parts if isinstance(part, Chart)]


def told(projected) -> str:
    return next(part for part in projected.parts if isinstance(part, Prose)).plain()


def test_the_words_say_where_the_lead_changes_and_who_works_along(shown):
    projected = shown(content(), {"sales": [CROSSING] * 4, "marketing": [CROSSING] * 4})
    curves, field = charts(projected)
    assert curves.title == "The lead changes hands 2 times"
    assert "Offer: marketing little, sales leads" in curves.alt
    assert field.title == "2 passes from team to team"
    assert told(projected).strip().splitlines() == [
        "- Marketing leads from “Visit”.",
        "- Sales takes over at “Offer”.",
        "- Marketing comes back at “Client”.",
        "- While marketing leads, sales is at work too at “Lead” and “Client”.",
    ]


def test_curves_need_not_cross(shown):
    projected = shown(content(), {"sales": [NEVER] * 4, "marketing": [NEVER] * 4})
    curves, field = charts(projected)
    assert curves.title == "Only marketing leads, sales nowhere"
    assert field.title == "Not one pass from team to team"


def test_a_stage_that_is_nobody_s_and_one_that_both_claim_are_named(shown):
    sales = given((1, 2), (1, 4), (3, 1), (4, 4))
    marketing = given((2, 1), (4, 1), (1, 3), (4, 4))
    projected = shown(content(), {"sales": [sales] * 4, "marketing": [marketing] * 4})
    text = told(projected)
    assert "Nobody leads at “Visit”: there both at most help." in text
    assert "At “Lead” each team thinks that it leads itself." in text
    assert "At “Offer” each team looks at the other." in text
    assert "They do it together at “Client”." in text
    above = [text.get_text() for text in charts(projected)[0].figure.axes[0].texts]
    assert above == ["nobody", "both?", "who?", "together"]


def test_each_type_of_customer_has_its_own_pair(shown, store):
    both = {**CROSSING, **given((0, 4), (0, 4), (0, 4), (0, 4), number=1)}
    projected = shown(
        content("New $5 & <b>", "Old"), {"sales": [both] * 4, "marketing": [both] * 4}
    )
    titles = [chart.title for chart in charts(projected)]
    assert titles == [
        "New $5 & <b>: the lead changes hands 2 times",
        "New $5 & <b>: 2 passes from team to team",
        "Old: only sales leads, marketing nowhere",
        "Old: not one pass from team to team",
    ]
    assert "<b>" not in projected.html()


def test_of_too_few_nothing_is_drawn_and_one_team_stands_for_itself(shown, store):
    few = {"sales": [CROSSING] * 2, "marketing": [CROSSING]}
    assert charts(shown(content(), few)) == []
    alone = play(store, content(), {"sales": [CROSSING] * 4, "marketing": [NEVER]})
    (journey,) = journeys(alone, alone.round.content.questions[0])
    # Five together and four of sales: marketing's one would follow, so all count as one.
    assert set(journey.rows["base"]) <= {"total", "sales"}
    assert "marketing" not in set(journey.views["team"])


def test_who_does_nothing_sits_on_the_bench_and_who_leads_is_nearest_the_middle(shown, store):
    one = given((4, 0), (3, 2), (1, 4), (0, 0))
    field = charts(shown(content(), {"sales": [one] * 4, "marketing": [one] * 4}))[1]
    axes = field.figure.axes[0]
    shirts = [patch for patch in axes.patches if type(patch) is Polygon]
    heights = [float(shirt.get_xy()[:-1, 1].mean()) for shirt in shirts]
    marketing, sales = heights[0::2], heights[1::2]
    assert [abs(y) > HALF_WIDE for y in marketing] == [False, False, False, True]
    assert [abs(y) > HALF_WIDE for y in sales] == [True, False, False, True]
    assert abs(marketing[1]) < abs(sales[1])
    assert abs(sales[2]) < abs(marketing[2])
    assert "Nobody has the ball at “Client”" in field.title
    assert [text.get_text() for text in axes.texts].count("?") == 1


def test_everything_is_inside_its_picture_in_both_languages(shown, look):
    long = options("a" * 12 + " " + "b" * 14, "c" * 16 + " d", "e", "f")
    question = {"id": "q", "kind": "involvement", "stages": [
        {**stage, "id": name} for stage, name in zip(long, STAGES, strict=True)
    ]}  # fmt: skip
    projected = shown(exercise(question), {"sales": [CROSSING] * 4}, look=look)
    for chart in charts(projected):
        chart.figure.draw_without_rendering()
        box, (width, height) = chart.figure.get_tightbbox(), chart.figure.get_size_inches()
        assert min(box.x0, box.y0) >= -0.05
        assert box.x1 <= width + 0.05
        assert box.y1 <= height + 0.05
        assert chart.alt
