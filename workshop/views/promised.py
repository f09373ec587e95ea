"""What was promised and what became of it: as a list, and one of them large enough for a room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workshop.i18n import Translator
from workshop.session.ledger import Decision
from workshop.session.promises import KIND, MOST, Listed
from workshop.views.fragment import Shown, fill
from workshop.views.ledger import decision_name, owner_text
from workshop.views.outcomes import TOO_OFTEN, outcome_text


@dataclass(frozen=True)
class Lines(Shown):
    """A heading with lines under it, large enough for a room."""

    title: str
    lines: tuple[tuple[str, str], ...]
    """What it is, and a mark beside it."""
    closing: str = ""

    def html(self) -> str:
        """Return a list under its heading."""
        return fill("promises.html.j2", shown=self)

    def plain(self) -> str:
        """Return the same as text."""
        rows = [f"- {text} ({mark})" if mark else f"- {text}" for text, mark in self.lines]
        return "\n".join([self.title, *rows, *filter(None, [self.closing])])


@dataclass(frozen=True)
class Due(Shown):
    """The one that is looked at: what, whose, why, since when, and how often it was not done."""

    place: str
    title: str
    lines: tuple[str, ...]
    late: str

    def html(self) -> str:
        """Return it large."""
        return fill("promise.html.j2", shown=self)

    def plain(self) -> str:
        """Return the same as text."""
        return "\n".join(filter(None, [self.place, self.title, *self.lines, self.late]))


def lists(listed: Listed, today: dt.date, t: Translator) -> tuple[Lines, ...]:
    """List what is due, and what this session said of what was; each where there is any."""
    waiting = (waiting_list(listed, today, t),) if listed.waiting or not listed.handled else ()
    return (*waiting, handled_list(listed, t)) if listed.handled else waiting


def waiting_list(listed: Listed, today: dt.date, t: Translator) -> Lines:
    """List what is due, overdue first, and say what comes later."""
    if not listed.waiting:
        return Lines(t("review.nothing"), (), _coming(listed, t))
    lines = tuple((promise_line(one, t), lateness(one, today, t)) for one in listed.waiting)
    return Lines(t("review.due", n=len(lines)), lines, _coming(listed, t))


def handled_list(listed: Listed, t: Translator) -> Lines:
    """List what this session said of each; once all were looked at, say so."""
    lines = tuple((promise_line(one, t), outcome_text(one, t)) for one in listed.handled)
    if listed.waiting:
        return Lines(t("review.said"), lines)
    return Lines(t("review.through"), lines, _coming(listed, t))


def made_list(made: Sequence[Decision], t: Translator) -> Lines:
    """List what this session promises, with the day of each; after three, that it is enough."""
    lines = tuple((_promised(one, t), t("promise.by", day=one.due_on)) for one in made)
    if not made:
        return Lines(t("promise.none"), (), t("promise.most", n=MOST))
    return Lines(t("promise.made", n=len(made)), lines, t("promise.full") if _is_full(made) else "")


def due_text(listed: Listed, one: Decision, today: dt.date, t: Translator) -> Due:
    """Show the one that is looked at."""
    left = len(listed.waiting)
    place = t("review.place", n=left) if one in listed.waiting else t("review.again")
    reason = [t("promise.so_that", text=one.why)] if one.kind == KIND else _of_decision(one, t)
    lines = [owner_text(one, t), *reason, *_before(one, t)]
    return Due(place, _title(one, t), tuple(lines), lateness(one, today, t))


def promise_line(one: Decision, t: Translator) -> str:
    """Return who promised what in one line."""
    return t("promise.line", owner=owner_text(one, t), what=_title(one, t))


def lateness(one: Decision, today: dt.date, t: Translator) -> str:
    """Say since when something is overdue, or that it is due now."""
    if one.due_on is None:
        return ""
    return t("review.late" if one.is_overdue(today) else "review.today", day=one.due_on)


def _coming(listed: Listed, t: Translator) -> str:
    return t("review.coming", n=listed.coming) if listed.coming else ""


def _promised(one: Decision, t: Translator) -> str:
    bare = promise_line(one, t).rstrip(".")
    return t("promise.whole", promise=bare, text=one.why)


def _is_full(made: Sequence[Decision]) -> bool:
    return len(made) >= MOST


def _title(one: Decision, t: Translator) -> str:
    return one.what if one.kind == KIND else decision_name(one, t)


def _of_decision(one: Decision, t: Translator) -> Iterable[str]:
    dissent = [text["text"] for text in one.dissent]
    yield one.what
    yield t("agenda.why", text=one.why)
    if dissent:
        yield t("review.dissent", texts=dissent)


def _before(one: Decision, t: Translator) -> Iterable[str]:
    """Say what it came to the last time, and that three times is enough."""
    if one.review is None:
        return
    last = t("review.before", outcome=outcome_text(one, t))
    yield f"{last} {one.review.note}".rstrip()
    if one.missed >= TOO_OFTEN - 1 and one.review.outcome == "not_done":
        yield t("review.too_often")
