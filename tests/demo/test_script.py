"""The example session's script: an answer to all that is asked, the same play in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from workshop.criteria import Definition
from workshop.demo.answering import NoScript, answers
from workshop.demo.example import AGREED, agreed_file
from workshop.demo.script import read_script
from workshop.model_file import read_model
from workshop.resources import kit
from workshop.session.exercise import Exercise, FreeText, Words
from workshop.session.machine import lint
from workshop.session.rules import RuleSet
from workshop.session.schema import TEAMS

EXERCISES = sorted(kit("templates", "exercises").glob("*.yaml"))


@pytest.fixture(scope="module", params=["nl", "en"])
def script(request):
    return read_script(request.param)


def steps(script, verb: str) -> list[str]:
    return [
        step.what[-1] for sitting in script.play.sittings for step in sitting.done()
        if step.verb == verb
    ]  # fmt: skip


def shape(value: Any) -> Any:
    """Return where a file says something, without what it says."""
    if isinstance(value, Mapping):
        return {name: shape(part) for name, part in value.items()}
    if isinstance(value, tuple | list):
        return [shape(part) for part in value]
    return value is not None


def test_fourteen_people_of_three_teams(script):
    assert [person.number for person in script.people] == list(range(1, 15))
    sizes = [sum(person.team == team for person in script.people) for team in TEAMS]
    assert sizes == [6, 5, 3]
    assert {"(fictief)": "nl", "(fictional)": "en"}[script.name(3).split()[-1]] == script.language


def test_every_exercise_is_played_once(script):
    assert sorted(steps(script, "ask")) == sorted(path.stem for path in EXERCISES)


def test_nothing_is_scripted_that_is_not_asked(script):
    asked = {path.stem: read_model(path, Exercise) for path in EXERCISES}
    for part in (script.play.answers, script.spoken.answers):
        for name, given in part.items():
            assert set(given) <= {question.id for question in asked[name].questions}
    assert not {
        (name, question)
        for name, given in script.play.answers.items()
        for question in given
        if question in script.spoken.answers.get(name, {})
    }


def test_no_team_says_more_than_it_has_people(script):
    parts = [script.play.answers, script.spoken.answers]
    lists = [given for part in parts for asked in part.values() for given in asked.values()]
    for given in [*lists, *script.play.votes.values(), *script.spoken.reasons.values()]:
        for team, values in given.items():
            assert len(values) <= script.play.teams[team], given


def test_a_question_without_a_script_is_refused(script):
    asked = Exercise(
        title=Words(nl="x", en="x"),
        questions=(FreeText(id="new", kind="text", text=Words(nl="x", en="x")),),
    )
    with pytest.raises(NoScript, match="terms: new"):
        list(answers(script, "terms", asked, script.person(1)))


def test_all_that_is_agreed_has_its_words(script):
    play, spoken = script.play, script.spoken
    assert sorted(steps(script, "decide")) == sorted(play.decisions) == sorted(spoken.decisions)
    experiments = sorted(steps(script, "experiment"))
    assert experiments == sorted(play.experiments) == sorted(spoken.experiments)
    assert sorted(steps(script, "promise")) == sorted(play.promises) == sorted(spoken.promises)
    assert sorted(steps(script, "review")) == sorted(play.reviews)
    assert set(spoken.notes) <= set(play.reviews)
    assert sorted(steps(script, "vote")) == sorted(play.votes)
    signed = {name: who.signed for name, who in play.decisions.items() if who.signed}
    assert set(signed) == set(play.votes)
    for sales, marketing in signed.values():
        assert (script.person(sales).team, script.person(marketing).team) == ("sales", "marketing")


def test_both_languages_say_as_much():
    dutch, english = (read_script(name).spoken.model_dump() for name in ("nl", "en"))
    assert shape(dutch) == shape(english)


def without_words(value: Any) -> Any:
    """Return what a machine reads of something agreed: no texts, no names."""
    texts = {"text", "name", "trigger", "why", "tell", "decides", "status", "ends"}
    texts |= {"expects_of_marketing", "expects_of_sales"}
    if isinstance(value, Mapping):
        return {name: without_words(part) for name, part in value.items() if name not in texts}
    return [without_words(part) for part in value] if isinstance(value, tuple | list) else value


@pytest.mark.parametrize("name", AGREED)
def test_both_languages_agree_on_the_same(name):
    model = RuleSet if Path(name).stem == "rules" else Definition
    dutch, english = (read_model(agreed_file(language, name), model) for language in ("nl", "en"))
    assert dutch != english
    assert without_words(dutch.model_dump()) == without_words(english.model_dump())
    if isinstance(english, RuleSet):
        assert lint(dutch) == lint(english) == ()
