"""All that the room wrote and chose, as a table: a page holds only the part given most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pandas as pd

from workshop.i18n import Translator
from workshop.session.exercise import Choice, Choices, Dots, FreeText, Lines, Question
from workshop.session.results import Results
from workshop.session.tally import drawn_groups, tally
from workshop.views import sheet_name
from workshop.views.display import Prose
from workshop.views.files_only import InFiles
from workshop.views.fragment import Shown
from workshop.views.look import lines_of
from workshop.views.room.groups import group_name
from workshop.views.room.quotes import voices_of
from workshop.views.table import Column, Table

NAME = "answers"


class _Said(NamedTuple):
    """One answer of one group: how many people gave it, or the dots it got, and by whom."""

    exercise: str
    question: str
    team: str
    answer: str
    times: int
    by: str


def all_answers(shown: Sequence[Results], t: Translator) -> tuple[Shown, ...]:
    """Say where all answers are, with the table that holds them behind it."""
    table = answers_table(shown, t)
    return Prose(t("said.all", sheet=sheet_name(table.name))), InFiles(table)


def answers_table(shown: Sequence[Results], t: Translator) -> Table:
    """Return the texts and the options that may be shown, with who said them or how often."""
    rows = [
        row
        for found in shown
        for question in found.round.content.questions
        for row in _rows(found, question, t)
    ]
    columns = (
        Column("exercise", t("said.header.exercise")),
        Column("question", t("said.header.question")),
        Column("team", t("said.header.team")),
        Column("answer", t("said.header.answer")),
        Column("times", t("said.header.times"), "count"),
        Column("by", t("said.header.by")),
    )
    frame = pd.DataFrame(rows, columns=list(_Said._fields))
    return Table(frame, NAME, t("said.all.title"), columns, t)


def _rows(found: Results, question: Question, t: Translator) -> Iterator[_Said]:
    about = (found.round.content.title.of(t.language), question.text.of(t.language))
    if isinstance(question, FreeText | Lines):
        for group, said in voices_of(found, question, t).items():
            for one in said:
                yield _Said(*about, group_name(t, group), one.text, one.times, one.name)
    elif isinstance(question, Choice | Choices | Dots):
        texts = {option.id: option.text.of(t.language) for option in question.options}
        told = tally(found, question)
        for group in drawn_groups(set(told["team"])):
            for row in lines_of(told[told["team"] == group]):
                times = row.amount if isinstance(question, Dots) else row.people
                yield _Said(*about, group_name(t, group), texts[row.answer], int(times), "")
