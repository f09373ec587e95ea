"""A revealed round on the projector: a chart or quotes for each question."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from workshop.questions.which import Beside
from workshop.session.exercise import (
    Choice,
    Choices,
    Dots,
    FreeText,
    Involvement,
    Label,
    Lines,
    Number,
    Question,
    Ranking,
    Statement,
)
from workshop.session.results import Results
from workshop.views.display import Prose
from workshop.views.fragment import Shown, fill
from workshop.views.look import Look
from workshop.views.room.bars import MOST_OPTIONS, options_chart
from workshop.views.room.canvas import Projected
from workshop.views.room.cards import labels_chart
from workshop.views.room.groups import hidden_sentence
from workshop.views.room.journey import journey_charts
from workshop.views.room.places import ranking_chart
from workshop.views.room.quotes import quotes
from workshop.views.room.spreads import number_chart
from workshop.views.room.statements import statements


@dataclass(frozen=True)
class Asked(Shown):
    """The question above its answers."""

    text: str

    def html(self) -> str:
        """Return a line of text."""
        return fill("asked.html.j2", text=self.text)

    def plain(self) -> str:
        """Return the text."""
        return self.text


@dataclass(frozen=True)
class Setting:
    """What a result needs beside the answers: the look, the data, the floor.

    ``others`` is whether someone of neither team joined. ``most_quotes`` (all, unless given) and
    ``most_options`` are as many as there is room for.
    """

    look: Look
    crm: Beside
    currency: str
    floor: int
    others: bool
    most_quotes: int | None = None
    most_options: int = MOST_OPTIONS


def result(found: Results, setting: Setting) -> Projected:
    """Show a round's answers, as far as they may be shown, and say in a sentence what is not."""
    parts: list[Shown] = []
    for _, together in groupby(found.round.content.questions, key=type):
        questions = list(together)
        agreed = [question for question in questions if isinstance(question, Statement)]
        # One chart sets statements beside each other.
        parts += statements(found, agreed, setting.look) if agreed else []
        for question in questions[len(agreed) :]:
            shown = _shown(found, question, setting)
            asked = question.text.of(setting.look.t.language)
            parts += [Asked(asked), *shown] if shown else []
    hidden = hidden_sentence(found, setting.floor, setting.look.t, others=setting.others)
    parts += [Prose(hidden)] if hidden else []
    return Projected(tuple(parts))


def _shown(found: Results, question: Question, setting: Setting) -> list[Shown]:
    look = setting.look
    match question:
        case FreeText() | Lines():
            return quotes(found, question, look.t, setting.most_quotes)
        case Choice() if question.which:
            known = setting.crm.known(question.which)
            return options_chart(found, question, look, known, setting.most_options)
        case Choice() | Choices() | Dots():
            return options_chart(found, question, look, most=setting.most_options)
        case Number():
            estimate = setting.crm.estimate(question.about) if question.about else None
            return number_chart(found, question, estimate, look, setting.currency)
        case Involvement():
            return journey_charts(found, question, look)
        case Ranking():
            return ranking_chart(found, question, look)
        case Label():
            return labels_chart(found, question, look)
        case Statement():
            return statements(found, [question], look)
