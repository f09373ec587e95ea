"""What a revealed round shows on the phone, held to what was answered."""

from __future__ import annotations

import re

import pytest

from tests.room.phones import exercise
from workshop.crm import fact_fields
from workshop.i18n import LANGUAGES, Translator
from workshop.room import words
from workshop.room.shown import shown
from workshop.session import people, rounds
from workshop.session.answers import Given, save
from workshop.session.exercise import Exercise

EN = Translator("en")


def revealed(store, session, content, given, *, named=False):
    """Reveal a round in which people of teams gave values: team, then value by item."""
    found = rounds.open_round(store, session.session_id, "a", content, named=named)
    for n, (team, values) in enumerate(given):
        who = people.join(store, session.session_id, people.new_token(), team, "en")
        rows = [
            Given(found.round_id, who.participant_id, item, value, f"key {n} {item}")
            for item, value in values.items()
        ]
        save(store, rows)
    return rounds.reveal(store, found.round_id, early=True)


def parts(store, session, content, given, floor=4):
    found = revealed(store, session, content, given)
    return [part for one in shown(store, found, floor, EN, "EUR") for part in one.parts]


def test_choices_are_counted_by_team(store, session):
    given = [("sales", {"choice": "a"})] * 3 + [("sales", {"choice": "b"})] * 2
    given += [("marketing", {"choice": "b"})] * 4
    (part,) = parts(store, session, exercise("choice"), given)
    bars = {line.answer: [(b.team, b.people, b.share) for b in line.bars] for line in part.lines}
    assert bars == {
        "a": [("Sales", 3, 60), ("Marketing", 0, 0)],
        "b": [("Sales", 2, 40), ("Marketing", 4, 100)],
        "c": [("Sales", 0, 0), ("Marketing", 0, 0)],
    }
    assert [line.bars[0].said for line in part.lines] == ["3 · 60%", "2 · 40%", "0 · 0%"]
    assert part.note is None


def test_a_team_under_the_floor_leaves_everyone_together_and_a_sentence(store, session):
    given = [("sales", {"statement": 4})] * 5 + [("marketing", {"statement": 1})] * 2
    (part,) = parts(store, session, exercise("statement"), given)
    assert part.people == (("Everyone together", "total", 7),)
    assert [line.bars[0].people for line in part.lines] == [2, 0, 0, 5, 0]
    assert part.note == (
        "The teams are not shown separately: fewer than 4 people of at least one team answered."
    )


def test_too_few_of_all_show_nothing_but_that(store, session):
    (part,) = parts(store, session, exercise("statement"), [("sales", {"statement": 4})] * 3)
    assert part.people == part.spreads == ()
    assert [line.bars for line in part.lines] == [()] * 5
    assert part.note == "Nothing is shown here: fewer than 4 people answered."


def test_numbers_have_their_middle_and_their_ends(store, session):
    given = [("sales", {"number": value}) for value in (10.0, 20.0, 30.5, 90.0)]
    (part,) = parts(store, session, exercise("number"), given)
    (spread,) = part.spreads
    # The middle of 20 and 30.5
    assert (spread.low, spread.high) == (10, 90)
    assert abs(spread.middle - 25.25) < 0.06
    assert spread.said.startswith("Middle: 25.3%. From 10% to 90%.")


def test_a_strip_runs_over_the_answers_where_they_lie_close_together(store, session):
    days = Exercise.model_validate(
        {
            "title": {"nl": "a", "en": "b"},
            "questions": [
                {
                    "id": "n",
                    "kind": "number",
                    "unit": "days",
                    "highest": 730,
                    "text": {"nl": "a", "en": "b"},
                }
            ],
        }
    )
    given = [("sales", {"n": value}) for value in (20.0, 30.0, 30.0, 40.0)]
    given += [("marketing", {"n": 60.0})] * 4
    (part,) = parts(store, session, days, given)
    assert [(s.low, s.middle, s.high) for s in part.spreads] == [(0, 25, 50), (100, 100, 100)]
    (alone,) = parts(store, session, days, given[4:])
    assert [(s.low, s.middle, s.high) for s in alone.spreads] == [(50, 50, 50)]


def test_a_ranking_goes_by_mean_place(store, session):
    orders = [["a", "b", "c"], ["b", "a", "c"], ["b", "c", "a"], ["b", "a", "c"]]
    given = [("sales", {"ranking": order}) for order in orders]
    (part,) = parts(store, session, exercise("ranking"), given)
    assert [(line.answer, line.bars[0].said) for line in part.lines] == [
        ("b", "place 1.3"),
        ("a", "place 2.0"),
        ("c", "place 2.8"),
    ]


def test_dots_are_a_share_of_all_dots(store, session):
    given = [("sales", {"dots": {"a": 2, "c": 1}})] * 3 + [("sales", {"dots": {"c": 3}})]
    (part,) = parts(store, session, exercise("dots"), given)
    assert [(line.answer, line.bars[0].share) for line in part.lines] == [
        ("a", 50),
        ("c", 50),
        ("b", 0),
    ]


def test_the_same_text_stands_once_with_its_count(store, session):
    given = [("sales", {"text": text}) for text in ("same", "same", "other", "same")]
    (part,) = parts(store, session, exercise("text"), given)
    assert part.quotes[0].texts[0] == ("same", None, 3)
    assert len(part.quotes[0].texts) == 2


def test_in_a_named_round_each_line_stands_by_itself(store, session):
    given = [("sales", {"lines": ["ours", "and this"]}), ("sales", {"lines": ["theirs"]})]
    found = revealed(store, session, exercise("lines"), given, named=True)
    (one,) = shown(store, found, 4, EN, "EUR")
    (said,) = one.parts[0].quotes
    assert sorted(text for text, _, _ in said.texts) == ["and this", "ours", "theirs"]


def test_one_s_own_answer_stands_beside_the_room_s(store, session, phone):
    one = phone(language="en")
    content = exercise("choice", "number", "ranking", "dots", "involvement", "text", "lines")
    found = rounds.open_round(store, session.session_id, "a", content)
    own = {"choice": "b", "number": 12.5, "ranking": ["c", "a", "b"], "dots": {"a": 3}}
    one.send(found.round_id, {**own, "involvement/0/a/sales": 3, "text": "<script>mine</script>"})
    rounds.reveal(store, found.round_id, early=True)
    page = one.page()
    assert "you: much" in page
    told = re.findall(r'<p class="mine">Your answer: <b>(.*?)</b>', page)
    assert told == [
        "option b en",
        "12.5%",
        "option c en › option a en › option b en",
        "option a en (3)",
        "&lt;script&gt;mine&lt;/script&gt;",
    ]
    assert "You gave no answer here." in page


def test_the_crm_s_names_for_what_happened_have_their_words():
    counted = {fact_fields.ACTIVITIES, *fact_fields.OF_TEAM, fact_fields.FIRST_TOUCH}
    assert set(words.COUNTS) == counted
    assert words.OF_KIND == fact_fields.OF_KIND


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_middle_of_a_team_has_the_word_of_the_nearest_answer(language):
    t = Translator(language)
    said = [words.part(t, value / 2) for value in range(9)]
    assert len(set(said)) == 5
    assert said[1::2] == said[2::2]
