"""What the room said, on the projector."""

from __future__ import annotations

import matplotlib.colors as mpl_colors
import pandas as pd
import pytest

from tests.views.played import exercise, options, play, words
from workshop.questions.estimates import Estimate
from workshop.questions.which import Beside, Known
from workshop.session.exercise import Exercise
from workshop.views.display import Chart, Figures, Prose
from workshop.views.room.canvas import SMALL_TYPE, TYPE
from workshop.views.room.quotes import Quotes
from workshop.views.room.result import Asked, Setting, result
from workshop.views.room.statements import SHADES

WIN_RATE = Estimate(45.4, 40.8, 50.1, 434)
LEAST_TYPE = 24
"""Pixels: the least that is read at eight metres from a picture of two metres and a half."""


@pytest.fixture
def shown(store, english):
    """Return what is shown of an exercise that some people answered."""

    def shown(
        content: Exercise, answers, *, look=english, estimate=None, known=None, named=False, **most
    ):
        found = play(store, content, answers, named=named)
        crm = Beside(lambda about: estimate, lambda which: known)
        setting = Setting(look, crm, "EUR", 4, "other" in answers, **most)
        return result(found, setting)

    return shown


def charts(projected) -> list[Chart]:
    return [part for part in projected.parts if isinstance(part, Chart)]


def texts(chart: Chart) -> list[str]:
    axes = chart.figure.axes[0]
    return [t.get_text() for t in [*axes.texts, *axes.get_yticklabels(), *axes.get_xticklabels()]]


def same(value: object, people: int, item: str = "q") -> list[dict[str, object]]:
    return [{item: value}] * people


STATEMENTS = exercise(*({"id": f"s{n}", "kind": "statement"} for n in range(6)))


def apart(sales: int, marketing: int):
    """Return answers that differ on the third statement only."""
    return {
        "sales": [{f"s{n}": 1 if n == 3 else 4 for n in range(6)}] * sales,
        "marketing": [{f"s{n}": 5 if n == 3 else 4 for n in range(6)}] * marketing,
    }


class TestStatements:
    def test_a_statement_in_a_title_leaves_its_full_stop(self, shown):
        content = exercise({"id": "q", "kind": "statement", "text": words("We agree.")})
        (chart,) = charts(shown(content, {"sales": same(1, 8), "marketing": same(5, 8)}))
        assert chart.title == "Sales and marketing clearly differ on “We agree”"
        assert "We agree." in texts(chart)

    def test_the_widest_gap_is_the_title_and_comes_first(self, shown):
        first, second = charts(shown(STATEMENTS, apart(6, 6)))
        assert first.title == "Sales and marketing clearly differ on “About s3”"
        headings = [text for text in texts(first) if text.startswith("About")]
        assert headings[0] == "About s3"
        assert len(headings) == 5
        assert second.title == "The other statements"

    def test_a_gap_that_can_be_chance_is_called_so(self, shown):
        # 4 against 4, all apart: p is 2 of 70, over six statements 0.17.
        title = charts(shown(STATEMENTS, apart(4, 4)))[0].title
        assert title.startswith("The teams are furthest apart on “About s3”, though")

    def test_without_teams_it_says_what_the_room_agrees_on(self, shown):
        content = exercise({"id": "q", "kind": "statement"})
        answers = {"sales": same(5, 3), "marketing": same(2, 1)}
        projected = shown(content, answers)
        assert charts(projected)[0].title == "75% of the room agrees: “About q”"
        assert texts(charts(projected)[0]).count("Together") == 1
        assert "Sales" not in charts(projected)[0].alt

    def test_a_team_that_is_divided_itself_is_named(self, shown):
        content = exercise({"id": "q", "kind": "statement"})
        sales = [*same(1, 3), *same(5, 3)]
        projected = shown(content, {"sales": sales, "marketing": same(3, 5)})
        prose = next(part for part in projected.parts if isinstance(part, Prose))
        assert prose.points == ("Sales itself is divided on “About q”.",)

    def test_a_bar_lies_left_of_the_line_for_who_disagrees(self, shown):
        content = exercise({"id": "q", "kind": "statement"})
        values = [1, 1, 3, 4]
        chart = charts(shown(content, {"sales": [{"q": v} for v in values]}))[0]
        parts = {
            mpl_colors.to_hex(bar.get_facecolor()): (bar.get_x(), bar.get_width())
            for bar in chart.figure.axes[0].patches
        }
        assert parts[SHADES[0]] == pytest.approx((-0.625, 0.5))
        assert parts[SHADES[2]] == pytest.approx((-0.125, 0.25))
        assert parts[SHADES[3]] == pytest.approx((0.125, 0.25))
        assert "About q”, Sales: 2 disagree, 1 in between, 1 agree" in chart.alt


class TestOptions:
    def test_choices_count_people_of_each_team(self, shown):
        content = exercise({"id": "q", "kind": "choices", "options": options("a", "b", "c")})
        answers = {"sales": same(["a", "b"], 4), "marketing": [*same(["b"], 4), *same(["c"], 1)]}
        chart = charts(shown(content, answers))[0]
        assert "B, Sales: 4 of 4; B, Marketing: 4 of 5; A, Sales: 4 of 4" in chart.alt
        lengths = [bar.get_width() for bar in chart.figure.axes[0].patches]
        assert lengths == pytest.approx([1, 0.8, 1, 0, 0, 0.2])

    def test_the_title_says_whether_the_teams_chose_the_same(self, shown):
        content = exercise({"id": "q", "kind": "choice", "options": options("a", "b")})
        both = shown(content, {"sales": same("a", 4), "marketing": same("a", 4)})
        assert charts(both)[0].title == "Both teams chose “A” most often"
        differ = shown(content, {"sales": same("a", 4), "marketing": same("b", 4)})
        assert charts(differ)[0].title == "Sales chose “A” most often, marketing “B”"

    def test_of_a_tie_none_leads(self, shown):
        content = exercise({"id": "q", "kind": "choice", "options": options("a", "b", "c", "d")})
        tied = [*same("a", 2), *same("b", 2)]
        chart = charts(shown(content, {"sales": same("a", 4), "marketing": tied}))[0]
        assert chart.title == (
            "Sales: “A” chosen most often; Marketing: “A” and “B” chosen equally often"
        )
        four = [{"q": name} for name in "abcd"]
        chart = charts(shown(content, {"sales": four, "marketing": []}))[0]
        assert chart.title == "Sales: 4 options chosen equally often"

    def test_what_the_crm_says_stands_beside_each_and_of_the_first_in_words(self, shown):
        rows = pd.DataFrame(
            [("A", 0.1, 0.07, 0.15, 230, "fits"), ("B", 0.003, 0, 0.01, 669, "against"),
             ("C", 0.05, 0.03, 0.09, 200, "undecided")],
            columns=["name", "share", "ci_low", "ci_high", "records", "verdict"],
        )  # fmt: skip
        question = {"id": "q", "kind": "choice", "which": "best_channel"}
        content = exercise({**question, "options": options("a", "b", "c", "d")})
        answers = {"sales": same("a", 4), "marketing": [*same("b", 3), *same("d", 1)]}
        known = Known("best_channel", rows, 180)
        projected = shown(content, answers, known=known)
        drawn = texts(charts(projected)[0])
        assert {"A · CRM: 10%, clearly more", "B · CRM: 0.3%, clearly less", "D"} <= set(drawn)
        prose = projected.parts[-1]
        assert prose.points == (
            "“A”: the CRM says so too.",
            "“B”: the CRM says the opposite.",
        )
        assert prose.text.startswith("Clearly so in the CRM: A (10% of 230).")
        assert "C · CRM: 5.0%, about average" in drawn
        sector = texts(charts(shown(content, answers, known=Known("fastest_sector", rows, 90)))[0])
        assert "C · CRM: 5.0%, undecided" in sector
        noisy = Known("noisy_channel", rows, None)
        drawn = texts(charts(shown(content, answers, known=noisy))[0])
        assert "A · CRM: 10%, clearly less" in drawn

    def test_dots_are_added_up(self, shown):
        content = exercise({"id": "q", "kind": "dots", "dots": 3, "options": options("a", "b")})
        answers = {"sales": same({"a": 3}, 4), "marketing": same({"a": 1, "b": 2}, 4)}
        alt = charts(shown(content, answers))[0].alt
        assert "A, Sales: 12 dots; A, Marketing: 4 dots; B, Sales: 0 dots" in alt

    def test_of_many_options_the_most_chosen_are_drawn_and_all_are_said(self, shown):
        names = [f"o{n}" for n in range(9)]
        content = exercise({"id": "q", "kind": "choice", "options": options(*names)})
        chart = charts(shown(content, {"sales": same("o8", 4)}))[0]
        assert chart.reading == "Chosen by nobody: O0, O1, O2, O3 and 4 others."
        assert [t for t in texts(chart) if t.startswith("O")] == ["O8"]
        assert all(f"O{n}, Sales" in chart.alt for n in range(9))
        one_each = {"sales": [*({"q": f"o{n}"} for n in range(8)), {"q": "o7"}]}
        chart = charts(shown(content, one_each))[0]
        assert [t for t in texts(chart) if t.startswith("O")] == [
            "O7",
            *(f"O{n}" for n in range(6)),
        ]
        assert chart.reading == (
            "1 more option was chosen as often or less often. Chosen by nobody: O8."
        )

    def test_places_that_are_equal_share_the_first(self, shown):
        content = exercise({"id": "q", "kind": "ranking", "options": options("a", "b", "c")})
        orders = [*same(["a", "b", "c"], 2), *same(["b", "a", "c"], 2)]
        chart = charts(shown(content, {"sales": orders, "marketing": same(["c", "a", "b"], 4)}))[0]
        assert chart.title == "Sales: “A” and “B” share the first place; Marketing: “C” comes first"

    def test_a_ranking_shows_the_mean_place(self, shown):
        content = exercise({"id": "q", "kind": "ranking", "options": options("a", "b", "c")})
        answers = {"sales": [*same(["a", "b", "c"], 2), *same(["b", "a", "c"], 2)]}
        chart = charts(shown(content, answers))[0]
        assert "A, Sales: 1.5; B, Sales: 1.5; C, Sales: 3.0" in chart.alt


class TestNumbers:
    CONTENT = exercise(
        {"id": "q", "kind": "number", "highest": 100, "unit": "percent", "about": "win_rate"}
    )

    def test_the_room_stands_beside_the_data(self, shown):
        guesses = {"sales": same(70, 4), "marketing": same(80, 4)}
        chart = charts(shown(self.CONTENT, guesses, estimate=WIN_RATE))[0]
        assert chart.title == "The room guessed 75%, the CRM says 45%"
        assert "Sales: from 70% to 70%, in the middle 70%" in chart.alt
        assert chart.reading.endswith("from 41% to 50%. Measured on 434 closed deals.")

    @pytest.mark.parametrize("unit", ["days", "hours"])
    def test_a_time_has_its_unit(self, shown, unit):
        content = exercise({"id": "q", "kind": "number", "highest": 100, "unit": unit})
        chart = charts(shown(content, {"sales": same(8, 4), "marketing": same(24, 4)}))[0]
        assert chart.title == f"In the middle sales says 8 {unit}, marketing 24 {unit}"

    @pytest.mark.parametrize(
        ("guess", "title"),
        [(44, "bears that out"), (30, "some of you were close")],
    )
    def test_a_guess_that_comes_near_is_told_so(self, shown, guess, title):
        guesses = {"sales": [*same(guess, 4), *same(47, 1)]}
        chart = charts(shown(self.CONTENT, guesses, estimate=WIN_RATE))[0]
        assert title in chart.title

    def test_teams_on_either_side_of_the_data_are_told_apart(self, shown):
        guesses = {"sales": same(20.5, 4), "marketing": same(80, 4)}
        chart = charts(shown(self.CONTENT, guesses, estimate=WIN_RATE))[0]
        assert chart.title == "Sales guesses 21%, marketing 80%; the CRM says 45%"

    def test_a_small_percentage_keeps_its_decimal(self, shown):
        few = Estimate(4.5, 3.8, 5.3, 3170)
        chart = charts(shown(self.CONTENT, {"sales": same(9, 4)}, estimate=few))[0]
        assert chart.title == "The room guessed 9%, the CRM says 4.5%"
        assert "from 3.8% to 5.3%" in chart.reading

    def test_without_data_the_teams_are_set_beside_each_other(self, shown):
        chart = charts(shown(self.CONTENT, {"sales": same(30, 4), "marketing": same(60, 4)}))[0]
        assert chart.title == "In the middle sales says 30%, marketing 60%"
        assert "Your CRM" not in texts(chart)


class TestCards:
    def content(self, count: int = 3) -> Exercise:
        cards = [
            {"lead_id": f"L-{n}", "facts": [("sector", "Food" if n else "IT"), ("role", None)]}
            for n in range(count)
        ]
        label = {"id": "q", "kind": "label", "options": options("mql", "sql"), "cards": cards}
        return exercise(label)

    def test_agreement_and_the_cards_that_split_the_room(self, shown):
        sales = [{"q/0": "mql", "q/1": "sql", "q/2": "mql"}] * 4
        marketing = [{"q/0": "mql", "q/1": "mql", "q/2": "mql"}] * 4
        projected = shown(self.content(), {"sales": sales, "marketing": marketing})
        figures = next(part for part in projected.parts if isinstance(part, Figures))
        assert [f.label for f in figures.figures][-1] == "Between the teams"
        chart = charts(projected)[0]
        assert chart.title == "You disagreed on 1 of 3 cards"
        assert texts(chart)[0] == "Card 2: Food"

    def test_no_card_shows_its_id(self, shown):
        answers = {"sales": [{"q/0": "mql", "q/1": "sql", "q/2": "mql"}] * 4}
        projected = shown(self.content(), answers)
        assert "L-" not in projected.plain()
        assert "L-" not in "".join(texts(charts(projected)[0]))


class TestQuotes:
    def test_texts_stand_under_their_team_and_are_text(self, shown):
        content = exercise({"id": "q", "kind": "lines"})
        answers = {"sales": same(["<script>x</script>", "b"], 4), "marketing": same(["c"], 4)}
        projected = shown(content, answers)
        quotes = next(part for part in projected.parts if isinstance(part, Quotes))
        assert [column.name for column in quotes.columns] == ["Sales", "Marketing"]
        assert [(quote.text, quote.times) for quote in quotes.columns[0].quotes] == [
            ("<script>x</script>", 4), ("b", 4),
        ]  # fmt: skip
        assert "- b × 4" in quotes.plain()
        assert "<script>" not in projected.html()
        assert "&lt;script&gt;" in projected.html()

    def test_of_many_texts_those_that_most_wrote_stand_on_the_page(self, shown):
        content = exercise({"id": "q", "kind": "lines"})
        answers = {"sales": [{"q": ["z", f"a{n}"]} for n in range(6)]}
        found = shown(content, answers, most_quotes=4)
        column = next(part for part in found.parts if isinstance(part, Quotes)).columns[0]
        assert [quote.text for quote in column.quotes] == ["z", "a0", "a1", "a2"]
        assert column.quotes[0].often == "× 6"
        assert column.rest == "and 3 more"
        assert "and 3 more" in found.html()
        assert "7 answers" not in found.plain()
        assert "12 answers" in found.plain()

    def test_of_small_teams_the_texts_stand_together(self, shown):
        content = exercise({"id": "q", "kind": "text"})
        projected = shown(content, {"sales": same("ours", 3), "marketing": same("theirs", 2)})
        quotes = next(part for part in projected.parts if isinstance(part, Quotes))
        assert [column.name for column in quotes.columns] == ["Together"]

    def test_a_name_stands_beside_a_text_in_a_named_round_only(self, shown):
        content = exercise({"id": "q", "kind": "lines"})
        answers = {"sales": same(["ours", "and this"], 1)}
        projected = shown(content, answers, named=True)
        (quotes,) = (part for part in projected.parts if isinstance(part, Quotes))
        assert [quote.text for quote in quotes.columns[0].quotes] == ["ours", "and this"]
        assert quotes.title.startswith("2 answers")
        assert projected.html().count("(sales 0)") == 2
        assert "sales 0" not in shown(content, {"sales": same(["ours"], 4)}).html()


class TestHidden:
    SENTENCE = "A team of which fewer than 4 people answered is not shown apart"

    def test_what_is_left_out_is_said(self, shown):
        content = exercise({"id": "q", "kind": "statement"})
        projected = shown(content, {"sales": same(3, 4), "marketing": same(3, 2)})
        assert self.SENTENCE in projected.plain()

    def test_where_all_is_shown_nothing_is_said_of_it(self, shown):
        content = exercise({"id": "q", "kind": "statement"})
        projected = shown(content, {"sales": same(3, 4), "marketing": same(3, 4)})
        assert "fewer than" not in projected.plain()
        named = shown(content, {"sales": same(3, 1)}, named=True)
        assert "fewer than" not in named.plain()

    def test_people_of_neither_team_are_told_of_too(self, shown):
        content = exercise({"id": "q", "kind": "statement"})
        answers = {"sales": same(3, 4), "marketing": same(3, 4), "other": same(1, 1)}
        assert self.SENTENCE in shown(content, answers).plain()

    def test_nothing_at_all(self, shown):
        content = exercise({"id": "q", "kind": "statement"})
        projected = shown(content, {"sales": same(3, 2)})
        assert charts(projected) == []
        assert projected.plain().startswith("There is nothing to show: fewer than 4 people")


ALL = exercise(
    {"id": "a", "kind": "statement", "text": words("A statement that takes a line " * 5)},
    {"id": "b", "kind": "choice", "options": options("a", "b")},
    {"id": "c", "kind": "number", "highest": 9},
    {"id": "d", "kind": "ranking", "options": options("a", "b")},
    {"id": "e", "kind": "involvement", "stages": options("a", "b")},
)
ANSWERS = {
    "a": 2,
    "b": "a",
    "c": 4,
    "d": ["b", "a"],
    **{f"e/0/{s}/{team}": 3 for s in "ab" for team in ("sales", "marketing")},
}


@pytest.mark.parametrize(
    "teams",
    [{"sales": 4}, {"marketing": 4}, {"other": 4}, {"sales": 3, "marketing": 1}, {"other": 3}],
    ids=str,
)
def test_whoever_may_be_shown_is_drawn_and_nobody_else(shown, teams):
    label = {"id": "l", "kind": "label", "options": options("x", "y")}
    cards = [{"lead_id": f"L-{n}", "facts": [("sector", "IT")]} for n in range(3)]
    content = ALL.model_copy(
        update={
            "questions": (
                *ALL.questions,
                *exercise({**label, "cards": cards}, {"id": "t", "kind": "text"}).questions,
            )
        }
    )
    own = {**ANSWERS, "l/0": "x", "l/1": "y", "l/2": "x", "t": "Sphinx"}
    projected = shown(content, {team: [own] * people for team, people in teams.items()})
    names = {"sales": "Sales", "marketing": "Marketing", "other": "Others"}
    if sum(teams.values()) < 4:
        assert charts(projected) == []
        assert "Sphinx" not in projected.plain()
        return
    expected = {"Together"} if len(teams) > 1 else {names[team] for team in teams}
    journey = projected.parts.index(next(p for p in projected.parts if p.plain() == "About e"))
    for chart in charts(projected):
        drawn = {text.get_text() for text in chart.figure.axes[0].get_yticklabels()}
        assert drawn == expected or projected.parts.index(chart) > journey
    (curves,) = [chart for chart in charts(projected) if chart.alt.startswith("How much")]
    legend = {text.get_text() for text in curves.figure.axes[0].get_legend().get_texts()}
    whose = {"Sales": "sales says", "Marketing": "marketing says"}
    assert legend == {"what sales does", "what marketing does"} | {
        whose.get(name, name) for name in expected
    }
    assert "Sphinx" in projected.plain()


def test_what_the_room_agrees_on_most_comes_first(shown):
    content = exercise(*({"id": name, "kind": "statement"} for name in "abc"))
    one = {"a": 1, "b": 5, "c": 3}
    chart = charts(shown(content, {"sales": [one] * 3, "marketing": [{**one, "c": 4}] * 2}))[0]
    assert chart.title == "100% of the room agrees: “About b”"
    headings = [text for text in texts(chart) if text.startswith("About")]
    assert headings == ["About b", "About c", "About a"]


@pytest.fixture
def everything(shown, look):
    return shown(ALL, {"sales": [ANSWERS] * 4, "marketing": [ANSWERS] * 4}, look=look)


def test_each_question_has_its_chart_a_text_alternative_and_its_words(everything, look):
    assert len(charts(everything)) == 6
    asked = [part.text for part in everything.parts if isinstance(part, Asked)]
    suffix = " (nl)" if look.t.language == "nl" else ""
    assert asked == [f"About {name}{suffix}" for name in "bcde"]
    assert all(chart.alt.strip() for chart in charts(everything))


def test_what_is_drawn_can_be_read_at_eight_metres(everything):
    for chart in charts(everything):
        figure = chart.figure
        figure.draw_without_rendering()
        axes = figure.axes[0]
        drawn = [*axes.texts, *axes.get_yticklabels(), *axes.get_xticklabels()]
        sizes = {text.get_fontsize() for text in drawn if text.get_text()}
        assert min(sizes) * 96 / 72 >= LEAST_TYPE
        assert sizes <= {TYPE, SMALL_TYPE}


def test_nothing_is_drawn_outside_its_picture(everything):
    for chart in charts(everything):
        figure = chart.figure
        figure.draw_without_rendering()
        whole = figure.get_tightbbox()
        width, height = figure.get_size_inches()
        assert min(whole.x0, whole.y0) >= -0.05
        assert whole.x1 <= width + 0.05
        assert whole.y1 <= height + 0.05
