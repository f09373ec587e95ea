"""The minutes of a stand-up or a retro: one page, and a function for each cell of its notebook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from workshop.crm.tables import open_tables
from workshop.errors import WorkspaceError
from workshop.i18n import Translator
from workshop.questions.experiment import KIND as EXPERIMENT
from workshop.questions.period import parse_day
from workshop.reports.meetings import Meeting, last_meeting
from workshop.reports.session import Session, room_of
from workshop.session import ledger as store_ledger
from workshop.session.ledger import Decision
from workshop.session.people import joined
from workshop.session.promises import KIND
from workshop.session.results import Results, results
from workshop.session.store import Store
from workshop.views import minutes as minutes_view
from workshop.views.agenda import next_meeting
from workshop.views.display import Prose, Shown, collected, show
from workshop.views.fitted import lines_of, shares
from workshop.views.look import Look
from workshop.views.room.groups import hidden_sentence
from workshop.workspace import Workspace

ROOM = {"stand-up": 32, "retro": 26}
"""Lines of a page for what was promised, heard and decided together."""
LEAST = {
    "stand-up": {"heard": 15, "reviewed": 9, "decided": 8},
    "retro": {"heard": 9, "reviewed": 7, "decided": 10},
}
"""Lines that each of them has, however much the others have to say."""
BRIEF = 4
"""Lines for a chapter on the CRM."""


@dataclass(frozen=True)
class Minutes:
    """One meeting as it can be told afterwards; nothing of a round that was not shown."""

    workspace: Workspace
    store: Store | None
    look: Look
    kind: str
    until: dt.date
    seed: int

    @cached_property
    def meeting(self) -> Meeting | None:
        """The meeting: the last of its kind up to the day asked for; ``None`` before any."""
        if self.store is None:
            return None
        return last_meeting(self.store, self.kind, self.workspace.zone, self.until)

    @property
    def day(self) -> dt.date:
        """The day of the meeting, or without one the day asked for."""
        return self.until if self.meeting is None else self.meeting.day

    @cached_property
    def crm(self) -> Session | None:
        """What the CRM said by then; ``None`` where nothing was imported."""
        try:
            tables = open_tables(self.workspace)
        except WorkspaceError as error:
            if error.code == "no_data":
                return None
            raise
        if tables.as_of is not None and tables.as_of > self.day:
            tables = open_tables(self.workspace, self.day)
        return Session(self.workspace, tables, self.look, self.seed)

    @cached_property
    def decisions(self) -> tuple[Decision, ...]:
        """The ledger as it stood at the end of the meeting."""
        if self.store is None or self.meeting is None:
            return ()
        return store_ledger.ledger(self.store, until=self.meeting.session.session_id)

    @cached_property
    def said(self) -> Results | None:
        """What was heard, as far as it may be shown; ``None`` where no answers were shown."""
        if self.store is None or self.meeting is None or self.meeting.shown is None:
            return None
        return results(self.store, self.meeting.shown.round_id)

    @cached_property
    def heard(self) -> dict[str, list[str]]:
        """The lines of each question, by its words."""
        if self.said is None:
            return {}
        t, found = self.look.t, self.said
        return {
            question.text.of(t.language): minutes_view.heard_lines(found, question.id, t)
            for question in found.round.content.questions
        }

    @cached_property
    def reviewed(self) -> list[str]:
        """What became of what was promised, and what was due but not looked at."""
        t, number = self.look.t, self._number
        looked = [one for one in self.decisions if one.review and one.review.session_id == number]
        late = minutes_view.late_lines(self.decisions, self.day, t)
        return [*minutes_view.reviewed_lines(looked, t), *late]

    @cached_property
    def decided(self) -> list[str]:
        """What this meeting decided; a stand-up promises, a retro decides too."""
        made = [one for one in self.decisions if one.session_id == self._number]
        # What a month is to tell, then the promises: they are short, and the first to be due.
        ordered = sorted(
            made, key=lambda one: (one.kind != EXPERIMENT, one.kind != KIND, one.decision_id)
        )
        return minutes_view.decided_lines(ordered, self.look.t)

    @cached_property
    def rooms(self) -> dict[str, int]:
        """How many lines of the page each part may take."""
        said = [text for texts in self.heard.values() for text in texts]
        parts = {"heard": said, "reviewed": self.reviewed, "decided": self.decided}
        wanted = {name: sum(map(lines_of, texts)) for name, texts in parts.items()}
        return shares(wanted, LEAST[self.kind], ROOM[self.kind])

    @property
    def _number(self) -> int:
        return 0 if self.meeting is None else self.meeting.session.session_id


def opened(
    kind: str, workspace: str, language: str = "", as_of: str = "", seed: str = "0"
) -> Minutes:
    """Open a workspace for the minutes of its last meeting of a kind; it needs no CRM.

    Raises ``InputError`` for a language or a day that is none, ``WorkspaceError`` where there is
    no workspace.
    """
    space = Workspace.open(Path(workspace))
    t: Translator = space.translator(language or None)
    today = dt.datetime.now(space.zone).date()
    return Minutes(
        workspace=space,
        store=room_of(space),
        look=Look(t, space.settings.brand.color),
        kind=kind,
        until=parse_day(as_of) if as_of else today,
        seed=int(seed),
    )


def present(minutes: Minutes) -> None:
    """Show when it was and who was there, as numbers; before any meeting, how to hold one."""
    t = minutes.look.t
    if minutes.store is None or minutes.meeting is None:
        show(Prose(t(f"minutes.none.{minutes.kind}")))
        return
    people = joined(minutes.store, minutes.meeting.session.session_id)
    show(Prose(minutes_view.present(people, t)))


def reviewed(minutes: Minutes) -> None:
    """Show what became of what was promised."""
    show(_part(minutes, "reviewed", minutes.reviewed))


def decided(minutes: Minutes) -> None:
    """Show what was promised or decided for the time to come."""
    show(_part(minutes, "decided", minutes.decided))


def heard(minutes: Minutes) -> None:
    """Show what was said, question by question, as far as it may be shown."""
    t, asked = minutes.look.t, minutes.heard
    texts = {title: lines for title, lines in asked.items() if lines}
    if not texts:
        show(Prose(t(_unheard(minutes))), *_hidden(minutes))
        return
    wanted = {title: sum(map(lines_of, lines)) for title, lines in texts.items()}
    each = dict.fromkeys(texts, minutes.rooms["heard"] // len(texts))
    rooms = shares(wanted, each, minutes.rooms["heard"])
    parts = [minutes_view.points(texts[title], rooms[title], t, title) for title in texts]
    show(*parts, *_hidden(minutes))


def brief(minutes: Minutes, *chapters: Callable[[Session], None]) -> None:
    """Show in a few lines what chapters on the CRM say; without a CRM, that there is none."""
    t, crm = minutes.look.t, minutes.crm
    if crm is None:
        show(Prose(t("minutes.no_crm")))
        return
    said = [minutes_view.in_brief(collected(partial(one, crm))) for one in chapters]
    show(*(minutes_view.points(texts, BRIEF, t) for texts in said if texts))


def next_time(minutes: Minutes) -> None:
    """Show when they meet again, and what is due by then."""
    t, space = minutes.look.t, minutes.workspace
    planned = next_meeting(space, minutes.kind, minutes.day)
    due = [one.due_on for one in minutes.decisions if one.due_on is not None]
    waiting = sum(day <= planned.date() for day in due)
    said = t("minutes.next", day=planned.date(), time=planned.strftime("%H:%M"))
    show(Prose(f"{said} {t('minutes.due', n=waiting)}" if waiting else said))


def _part(minutes: Minutes, name: str, texts: list[str]) -> Shown:
    t = minutes.look.t
    if not texts:
        return Prose(t(f"minutes.nothing.{name}"))
    return minutes_view.points(texts, minutes.rooms[name], t)


def _unheard(minutes: Minutes) -> str:
    """Tell why nothing was heard, as a key."""
    met = minutes.meeting
    sealed = met is not None and met.asked and met.shown is None
    return "minutes.sealed" if sealed else "minutes.nothing.heard"


def _hidden(minutes: Minutes) -> tuple[Shown, ...]:
    found, meeting, store = minutes.said, minutes.meeting, minutes.store
    if found is None or meeting is None or store is None:
        return ()
    others = joined(store, meeting.session.session_id)["other"] > 0
    text = hidden_sentence(found, meeting.session.floor, minutes.look.t, others=others)
    return (Prose(text),) if text else ()
