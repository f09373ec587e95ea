"""The exercises of the kit: valid, whole in both languages, and short enough for a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from tests.test_i18n import ENGLISH, FORBIDDEN, LOCAL
from workshop.i18n import Translator
from workshop.model_file import read_model
from workshop.room.words import number, unit
from workshop.session.exercise import (
    About,
    Choice,
    Choices,
    Dots,
    Exercise,
    Involvement,
    Label,
    Number,
    Question,
    Ranking,
    Statement,
    Words,
)

FOLDER = Path(__file__).parents[2] / "templates" / "exercises"
FILES = sorted(FOLDER.glob("*.yaml"))
EXERCISES = {
    "after-signature",
    "customer-words",
    "diagnosis",
    "diagnosis-priorities",
    "disagreement",
    "feedback",
    "goal-commitment",
    "guesses",
    "journey",
    "kick-off",
    "lead-cards",
    "missing-content",
    "promises",
    "retro",
    "stand-up",
    "terms",
    "won-traits",
}
THEMES = {
    "silos",
    "figures",
    "feedback",
    "language",
    "success",
    "responsibility",
    "risk",
    "after-hand-over",
}
AGREEING_IS_BAD = {
    "two-stories",
    "numbers-say-little",
    "campaign-unknown",
    "arguing-about-words",
    "last-talk-wins",
    "nobody-asks",
    "follows-lead",
}
"""Statements of the diagnosis with which one agrees where it hurts."""
# What fits on a phone of 360 pixels: three lines of a question, two of a help, one of an option.
LONGEST = {"title": 40, "intro": 130, "question": 100, "help": 100, "option": 45}
SAME_IN_BOTH = {"Marketing", "Sales", "MQL", "SQL", "Webinars"}
"""Words of the trade that are the same in Dutch and English."""
MINUTES_AN_ITEM = 0.25
"""A quarter of a minute is the least that reading and answering one thing takes."""


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def exercise(request: pytest.FixtureRequest) -> Exercise:
    return read_model(request.param, Exercise)


def options_of(question: Question) -> tuple[Words, ...]:
    if isinstance(question, Involvement):
        return tuple(stage.text for stage in question.stages)
    if isinstance(question, Choice | Choices | Dots | Label | Ranking):
        return tuple(option.text for option in question.options)
    return ()


def texts_of(exercise: Exercise) -> Iterator[tuple[str, Words]]:
    """Yield every text that a phone shows, and what it is."""
    yield "title", exercise.title
    if exercise.intro:
        yield "intro", exercise.intro
    for question in exercise.questions:
        yield "question", question.text
        if question.help:
            yield "help", question.help
        yield from (("option", words) for words in options_of(question))


def test_all_of_the_programme_are_there_and_no_other() -> None:
    assert {path.stem for path in FILES} == EXERCISES


def test_a_text_fits_on_a_phone(exercise: Exercise) -> None:
    long = [
        (kind, len(text), text)
        for kind, words in texts_of(exercise)
        for text in (words.nl, words.en)
        if len(text) > LONGEST[kind]
    ]
    assert long == []


def test_the_languages_differ(exercise: Exercise) -> None:
    same = {words.nl for _, words in texts_of(exercise) if words.nl == words.en}
    assert same <= SAME_IN_BOTH


def test_the_dutch_is_dutch_in_both_countries(exercise: Exercise) -> None:
    for _, words in texts_of(exercise):
        dutch = words.nl.lower()
        assert not ENGLISH.findall(dutch), words.nl
        assert not [word for word in FORBIDDEN if word in dutch], words.nl
        local = [pair for pair in LOCAL.items() if any(word in dutch for word in pair)]
        # A word of one country alone stands beside that of the other.
        assert all(word in dutch for pair in local for word in pair), words.nl


def test_the_time_box_is_enough_to_read_and_answer(exercise: Exercise) -> None:
    items = sum(
        question.count if isinstance(question, Label) else len(question.items())
        for question in exercise.questions
    )
    assert exercise.minutes is not None
    assert items * MINUTES_AN_ITEM <= exercise.minutes <= 8


def test_no_statement_asks_two_things_or_calls_a_team_bad(exercise: Exercise) -> None:
    for question in exercise.questions:
        if isinstance(question, Statement):
            assert question.text.nl.endswith("."), question.id
            assert not re.search(r"\ben/of\b|\band/or\b", f"{question.text.nl} {question.text.en}")


def test_a_team_named_in_one_language_is_named_in_the_other(exercise: Exercise) -> None:
    for _, words in texts_of(exercise):
        for team in ("sales", "marketing"):
            assert (team in words.nl.lower()) == (team in words.en.lower()), words.nl


@cache
def diagnosis() -> dict[str, Statement]:
    found = read_model(FOLDER / "diagnosis.yaml", Exercise).questions
    assert all(isinstance(question, Statement) for question in found)
    return {question.id: question for question in found if isinstance(question, Statement)}


def test_the_diagnosis_has_all_themes_and_tires_nobody() -> None:
    assert 16 <= len(diagnosis()) <= 20
    themes = [statement.about for statement in diagnosis().values()]
    assert set(themes) == THEMES
    assert all(2 <= themes.count(theme) <= 3 for theme in THEMES)


def test_agreeing_is_not_always_good() -> None:
    assert set(diagnosis()) >= AGREEING_IS_BAD
    bad = {diagnosis()[name].about for name in AGREEING_IS_BAD}
    # Of risk no answer is the good one: there the teams only differ.
    assert bad == THEMES - {"risk"}
    good = {one.about for name, one in diagnosis().items() if name not in AGREEING_IS_BAD}
    assert good == THEMES


def test_the_priorities_are_more_than_the_dots() -> None:
    (question,) = read_model(FOLDER / "diagnosis-priorities.yaml", Exercise).questions
    assert isinstance(question, Dots)
    assert question.dots == 3
    assert len(question.options) >= 6


def test_the_guesses_are_about_what_the_crm_answers() -> None:
    numbers = [
        question
        for question in read_model(FOLDER / "guesses.yaml", Exercise).questions
        if isinstance(question, Number)
    ]
    about = [question.about for question in numbers]
    assert set(about) >= {"win_rate", "lead_to_won", "first_touch_hours", "days_to_won"}
    assert len(set(about)) == len(about)
    assert set(about) <= set(get_args(About))
    units = {question.about: question.unit for question in numbers}
    assert units["win_rate"] == units["lead_to_won"] == "percent"
    assert units["days_to_won"] == "days"
    assert units["first_touch_hours"] == "hours"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_phone_asks_for_a_number_in_its_unit(language: str) -> None:
    said = {"nl": ("uur", "0 uur", "dagen", "%"), "en": ("hours", "0 hours", "days", "%")}[language]
    t = Translator(language)
    asked = read_model(FOLDER / "guesses.yaml", Exercise).questions
    by_unit = {question.unit: question for question in asked if isinstance(question, Number)}
    hours, days, percent = (by_unit[name] for name in ("hours", "days", "percent"))
    low = number(t, hours, hours.lowest, "EUR")
    units = [unit(t, question, "EUR") for question in (hours, days, percent)]
    assert (units[0], low, *units[1:]) == said


def test_lead_cards_offer_what_the_room_may_do_with_a_lead() -> None:
    (question,) = read_model(FOLDER / "lead-cards.yaml", Exercise).questions
    assert isinstance(question, Label)
    assert {option.id for option in question.options} == {"mql", "sql", "neither", "call-now"}
    assert 12 <= question.count <= 20


def test_each_term_has_its_text() -> None:
    questions = read_model(FOLDER / "terms.yaml", Exercise).questions
    assert [question.id for question in questions] == [
        "lead",
        "prospect",
        "mql",
        "sql",
        "opportunity",
        "customer",
    ]
    assert {question.kind for question in questions} == {"text"}


@pytest.mark.parametrize("name", ["stand-up", "retro", "feedback"])
def test_the_rituals_ask_three_questions(name: str) -> None:
    assert len(read_model(FOLDER / f"{name}.yaml", Exercise).questions) == 3
