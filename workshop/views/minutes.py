"""Minutes of one page: who was there, what was promised, what was heard, and what comes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from workshop.i18n import Translator
from workshop.questions.experiment import KIND as EXPERIMENT
from workshop.questions.experiment import Experiment
from workshop.session.ledger import Decision
from workshop.session.promises import KIND
from workshop.session.results import Results
from workshop.session.tally import gathered, lines
from workshop.views.display import Chart, Note, Prose
from workshop.views.experiment import minute
from workshop.views.fitted import fitted
from workshop.views.fragment import Shown, fill, paragraphs
from workshop.views.ledger import decision_name, owner_text
from workshop.views.look import opened_with
from workshop.views.outcomes import outcome_text, shortened
from workshop.views.room.groups import group_name

PART = 90
"""Characters of what was agreed, of why, or of a note; so that each of them is there."""
SO_THAT = 55
"""Characters of what a promise is for: three promises fit whoever wrote them."""


@dataclass(frozen=True)
class Points(Shown):
    """Short lines, under a question where there is one; what did not fit is said there or below."""

    title: str
    lines: tuple[str, ...]
    more: str = ""

    def html(self) -> str:
        """Return a list."""
        return fill("points.html.j2", shown=self)

    def plain(self) -> str:
        """Return the same as text."""
        rows = [f"- {line}" for line in self.lines]
        return "\n".join(filter(None, [self.title, *rows, self.more]))


def points(texts: Sequence[str], room: int, t: Translator, title: str = "") -> Points:
    """Return the texts that fit in so many lines, with the number of those that do not."""
    found = fitted(texts, room, beside=bool(title))
    said = "minutes.more.beside" if title else "minutes.more"
    more = t(said, n=found.left_out) if found.left_out else ""
    return Points(title, found.items, more)


def present(people: Mapping[str, int], t: Translator) -> str:
    """Say who was there, as numbers; nobody by name."""
    groups = [
        t("minutes.people", n=number, team=group_name(t, team))
        for team, number in people.items()
        if number
    ]
    if not groups:
        return t("minutes.nobody")
    return t("minutes.present", n=sum(people.values()), groups=groups)


def reviewed_lines(decisions: Sequence[Decision], t: Translator) -> list[str]:
    """Say what became of each decision that was looked at, and when that comes back."""
    return [_reviewed(one, t) for one in decisions]


def decided_lines(decisions: Sequence[Decision], t: Translator) -> list[str]:
    """Say who does what by when, and of other decisions what, why and whose."""
    lines = {KIND: _promised, EXPERIMENT: _tried}
    return [lines.get(one.kind, _decided)(one, t) for one in decisions]


def heard_lines(found: Results, item: str, t: Translator) -> list[str]:
    """Return what was said to a question, as far as it may be shown; who, only where named.

    Everyone in turn, or each team where nobody is named: what a page has no room for is then not
    all of one side.
    """
    rows = found.rows[found.rows["item"] == item]
    each = rows.groupby(["name", "team"], dropna=False)["value"]
    told = [_heard(name, team, list(values), t) for (name, team), values in each]
    return [line for turn in zip_longest(*told) for line in turn if line is not None]


def _heard(name: Any, team: Any, values: Sequence[Any], t: Translator) -> list[str]:
    who = [name] if isinstance(name, str) else []
    texts = [text for value in values for text in lines(value)] if who else _once(values, t)
    who += [group_name(t, team)] if isinstance(team, str) else []
    return [t("minutes.said", text=text, who=", ".join(who)) if who else text for text in texts]


def _once(values: Sequence[Any], t: Translator) -> list[str]:
    """Return each line once, those that most wrote first, with how many wrote it."""
    return [
        f"{text} {t('room.result.times', n=n)}" if n > 1 else text for text, n in gathered(values)
    ]


def late_lines(decisions: Sequence[Decision], today: dt.date, t: Translator) -> list[str]:
    """Say what was due and was not looked at."""
    return [
        t("minutes.late", what=ended(_what(one, t)), owner=owner_text(one, t), day=one.due_on)
        for one in decisions
        if one.is_overdue(today)
    ]


def in_brief(parts: Sequence[Shown]) -> list[str]:
    """Return what a chapter says in words: what its charts state, its sentences, what to do.

    Tables, and what a chapter cannot show, stay where there is room for them.
    """
    texts = [part.title for part in parts if isinstance(part, Chart)]
    for part in parts:
        if isinstance(part, Prose):
            texts += [*paragraphs(part.text), *part.points]
        elif isinstance(part, Note) and part.kind != "limits":
            texts += paragraphs(part.text)
    # A chart may state what a sentence says too.
    return list(dict.fromkeys(ended(text) for text in texts))


def _reviewed(one: Decision, t: Translator) -> str:
    day = t("minutes.again", day=one.due_on) if one.due_on is not None else ""
    note = shortened(one.review.note, PART) if one.review is not None else ""
    said = opened_with(outcome_text(one, t))
    what = ended(_what(one, t))
    line = t("minutes.reviewed", owner=owner_text(one, t), what=what, outcome=said)
    return " ".join(filter(None, [line, day, note]))


def _promised(one: Decision, t: Translator) -> str:
    text = ended(shortened(one.why, SO_THAT))
    owner = owner_text(one, t)
    return t("minutes.promised", owner=owner, what=_what(one, t), text=text, day=one.review_on)


def _tried(one: Decision, t: Translator) -> str:
    return minute(Experiment.model_validate(one.content), owner_text(one, t), one.review_on, t)


def _decided(one: Decision, t: Translator) -> str:
    what = ended(shortened(f"{decision_name(one, t)}: {one.what}", PART))
    owner, why = owner_text(one, t), ended(shortened(one.why, PART))
    return t("minutes.decided", owner=owner, day=one.review_on, what=what, why=why)


def ended(text: str) -> str:
    """Return a text with a full stop, unless it ends in a sign of its own.

    >>> ended("So be it"), ended("And so on…")
    ('So be it.', 'And so on…')
    """
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _what(one: Decision, t: Translator) -> str:
    return shortened(one.what.rstrip("."), PART) if one.kind == KIND else decision_name(one, t)
