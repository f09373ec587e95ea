"""Answer cards: every kind of question on paper, two a page where they fit, the same leads."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from tests.room.phones import KINDS, words
from workshop.errors import InputError
from workshop.questions.cards import fill
from workshop.reports.answer_cards import grouped, make_cards, text_lines
from workshop.reports.pdf import as_pdf
from workshop.session import sessions
from workshop.session.exercise import Exercise
from workshop.session.exercise_file import exercise_files, read_exercise
from workshop.session.store import open_store
from workshop.workspace import Workspace

pytestmark = pytest.mark.skipif(as_pdf("<p>") is None, reason="needs the system's Pango")


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace.create(tmp_path / "client", "Rekvast <BV>", language="nl")


def text(path: Path) -> str:
    done = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
    )
    return " ".join(done.stdout.split())


def pages(path: Path) -> int:
    shown = subprocess.run(["pdfinfo", str(path)], capture_output=True, text=True, check=True)
    return int(shown.stdout.split("Pages:")[1].split()[0])


def question(kind: str, **more: object) -> dict[str, object]:
    return {"id": kind, "kind": kind, "text": words(f"asked <b>{kind}</b>"), **KINDS[kind], **more}


def own(workspace: Workspace, *kinds: str, **fields: object) -> Exercise:
    """Write an exercise of these kinds into the workspace, as a facilitator would."""
    folder = workspace.path / "exercises"
    folder.mkdir(exist_ok=True)
    content = {"title": words("title"), "questions": [question(kind) for kind in kinds], **fields}
    (folder / "own.yaml").write_text(yaml.safe_dump(content), "utf-8")
    return read_exercise(workspace, "own")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_kind_of_question_is_on_paper_in_either_language(workspace, language):
    exercise = own(workspace, *KINDS)
    made = make_cards(workspace, "own", language)
    assert made.path == workspace.reports / "cards" / f"own-{language}.pdf"
    said = text(made.path)
    for one in exercise.questions:
        assert one.text.of(language) in said, one.kind
        for option in getattr(one, "options", ()):
            assert option.text.of(language) in said
    other = {"nl": "en", "en": "nl"}[language]
    assert f"asked <b>text</b> {other}" not in said
    assert "Rekvast <BV>" in said


def test_a_lead_card_on_paper_shows_no_outcome_name_or_owner(workspace):
    own(workspace, "label")
    said = text(make_cards(workspace, "own").path)
    assert "Bouw" in said and "<50k>" in said
    for unseen in ("the outcome", "the name", "the owner", "secret-"):
        assert unseen not in said


def test_a_short_card_stands_twice_on_a_page_and_a_long_one_once(workspace):
    own(workspace, "choice")
    short = make_cards(workspace, "own")
    assert (short.on_a_page, pages(short.path)) == (2, 1)
    assert text(short.path).count("asked <b>choice</b>") == 2
    own(workspace, *KINDS)
    long = make_cards(workspace, "own")
    assert long.on_a_page == 1
    assert pages(long.path) > 1
    assert text(long.path).count("asked <b>choice</b>") == 1


def test_a_name_is_asked_where_the_exercise_is_by_name_and_only_there(workspace):
    t = workspace.translator()
    own(workspace, "choice")
    said = text(make_cards(workspace, "own").path)
    assert t("cards.anonymous") in said and t("cards.name") not in said
    own(workspace, "choice", named=True)
    said = text(make_cards(workspace, "own").path)
    assert t("cards.anonymous") not in said and t("cards.name") in said


def test_every_exercise_of_the_kit_can_be_printed(own_example, tmp_path):
    for number, name in enumerate(exercise_files(own_example)):
        # Dutch takes the most room; every fourth in English shows that it takes less.
        for language in ("nl",) if number % 4 else ("nl", "en"):
            made = make_cards(own_example, name, language)
            said = text(made.path)
            assert read_exercise(own_example, name).title.of(language) in said
            assert pages(made.path) <= 4, name
            assert made.on_a_page == 1 or pages(made.path) == 1, name


def test_the_leads_on_paper_are_those_that_the_round_deals(own_example):
    """Printed the day before, they belong to the session that starts then."""
    from workshop.crm.tables import open_tables

    said = text(make_cards(own_example, "lead-cards").path)
    store = open_store(own_example)
    session = sessions.resume_or_start(store)
    asked = fill(
        read_exercise(own_example, "lead-cards"), open_tables(own_example), session.session_id
    )
    again = text(make_cards(own_example, "lead-cards").path)
    sessions.end(store, session.session_id)
    other = text(make_cards(own_example, "lead-cards").path)
    store.close()
    assert said == again != other
    (label,) = [one for one in asked.exercise.questions if one.kind == "label"]
    campaigns = [
        value for card in label.cards for field, value in card.facts if field == "campaign"
    ]
    places = [said.find(value) for value in campaigns if value]
    assert -1 not in places
    assert f"sessie {session.session_id}" in said


def test_a_room_without_leads_is_told(workspace):
    with pytest.raises(InputError) as caught:
        make_cards(workspace, "lead-cards")
    assert caught.value.code == "no_leads_to_label"


def test_an_exercise_that_is_none_is_said_with_those_that_are(workspace):
    with pytest.raises(InputError) as caught:
        make_cards(workspace, "diagnose")
    assert caught.value.code == "unknown_exercise"
    assert "diagnosis" in caught.value.fields["allowed"]


def test_statements_that_follow_each_other_are_one_table():
    kinds = ["statement", "statement", "text", "text", "statement"]
    questions = [{"id": f"q{n}", "kind": kind, "text": words("x")} for n, kind in enumerate(kinds)]
    exercise = Exercise.model_validate({"title": words("t"), "questions": questions})
    ids = [[one.id for one in group] for group in grouped(exercise)]
    assert ids == [["q0", "q1"], ["q2"], ["q3"], ["q4"]]


@pytest.mark.parametrize(("longest", "lines"), [(20, 3), (270, 3), (271, 4), (600, 7), (2000, 12)])
def test_a_text_gets_the_lines_that_it_can_need(longest, lines):
    question = {"id": "q", "kind": "text", "text": words("x"), "longest": longest}
    exercise = Exercise.model_validate({"title": words("t"), "questions": [question]})
    assert text_lines(exercise.questions[0]) == lines
