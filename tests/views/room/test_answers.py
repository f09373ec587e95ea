"""The table of all that the room wrote and chose."""

from __future__ import annotations

from tests.views.played import answer, exercise, options, play
from workshop.i18n import Translator
from workshop.session import rounds, sessions
from workshop.session.results import results
from workshop.views.room.answers import answers_table

ASKED = exercise({"id": "why", "kind": "text"}, {"id": "who", "kind": "choice",
                                                "options": options("one", "two")})  # fmt: skip


def rows_of(found, language: str = "en") -> list[tuple]:
    frame = answers_table([found], Translator(language)).frame
    return list(frame[["team", "answer", "times", "by"]].itertuples(index=False, name=None))


def test_each_text_stands_once_with_how_many_wrote_it_and_each_option_with_its_number(store):
    said = [{"why": "price", "who": "one"}] * 3 + [{"why": "time", "who": "two"}]
    found = play(store, ASKED, {"sales": said, "marketing": said[:4]})
    assert rows_of(found) == [
        ("Sales", "price", 3, ""),
        ("Sales", "time", 1, ""),
        ("Marketing", "price", 3, ""),
        ("Marketing", "time", 1, ""),
        ("Sales", "One", 3, ""),
        ("Sales", "Two", 1, ""),
        ("Marketing", "One", 3, ""),
        ("Marketing", "Two", 1, ""),
    ]


def test_who_gave_a_name_stands_there_under_just_that(store):
    session = sessions.resume_or_start(store)
    asked = rounds.open_round(store, session.session_id, "exercise", ASKED, named=True)
    answer(store, asked, "sales", {"why": "price"}, name="An (IT)")
    rounds.reveal(store, asked.round_id, early=True)
    assert rows_of(results(store, asked.round_id))[0] == ("Sales", "price", 1, "An (IT)")
