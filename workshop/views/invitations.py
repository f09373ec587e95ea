"""Reviews and rituals as calendar files, which any calendar takes in."""

from __future__ import annotations

import base64
import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from icalendar import Calendar, Event, vRecur

from workshop.i18n import Translator
from workshop.session.ledger import Decision
from workshop.session.promises import KIND
from workshop.views.fragment import Shown, fill
from workshop.views.ledger import decision_name
from workshop.workspace import Settings, Workspace

STAND_UP_MINUTES = 30
RETRO_MINUTES = 60
REVIEW_MINUTES = 30
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://github.com/samenspel/samenspel")


class Rituals(NamedTuple):
    """When the first stand-up (then weekly) and the first retro (then monthly) begin, local."""

    stand_up: dt.datetime
    retro: dt.datetime


class Invitation(NamedTuple):
    """A calendar file: its name, what it is called on the screen, and its bytes."""

    name: str
    title: str
    content: bytes


@dataclass(frozen=True)
class Invitations(Shown):
    """The calendar files, to be saved with a press."""

    files: tuple[Invitation, ...]
    folder: str
    t: Translator

    def html(self) -> str:
        """Return a link a file, which holds the file itself."""
        links = [(one, base64.b64encode(one.content).decode()) for one in self.files]
        return fill("invitations.html.j2", links=links, where=self._where())

    def plain(self) -> str:
        """Return the files by name."""
        return "\n".join([self._where(), *(f"- {one.name}: {one.title}" for one in self.files)])

    def _where(self) -> str:
        return self.t("agenda.where", folder=self.folder)


def rituals(settings: Settings, today: dt.date) -> Rituals:
    """Propose the stand-up on the first working day of next week, the retro a month from there.

    Both begin with the working day; the retro on the first such weekday of a month.
    """
    hours = settings.working_hours
    first = min(hours.weekdays, default=0)
    ahead = (first - today.weekday() - 1) % 7 + 1
    stand_up = today + dt.timedelta(days=ahead)
    month = (today.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    retro = month + dt.timedelta(days=(first - month.weekday()) % 7)
    later = (dt.datetime.combine(retro, hours.start) + dt.timedelta(hours=1)).time()
    return Rituals(dt.datetime.combine(stand_up, hours.start), dt.datetime.combine(retro, later))


def invitations_of(
    decisions: Sequence[Decision], planned: Rituals, workspace: Workspace, t: Translator
) -> tuple[Invitation, ...]:
    """Return the calendar files: reviews of the decisions that hold, the stand-up, the retro.

    An event keeps its identity: taken in again, it replaces the one of before. A review carries
    the time of its decision, a ritual that of its own beginning, so that equal plans give equal
    files.
    """
    holding = [(one, one.due_on) for one in decisions]
    zone = workspace.zone
    reviews = [_review(one, day, workspace, t) for one, day in holding if day is not None]
    stand_up = _event(
        workspace,
        "stand-up",
        t("agenda.stand_up"),
        t("agenda.stand_up.text"),
        planned.stand_up.replace(tzinfo=zone),
        STAND_UP_MINUTES,
    )
    stand_up.add("rrule", vRecur({"FREQ": "WEEKLY"}))
    retro = _event(
        workspace,
        "retro",
        t("agenda.retro"),
        t("agenda.retro.text"),
        planned.retro.replace(tzinfo=zone),
        RETRO_MINUTES,
    )
    retro.add("rrule", vRecur({"FREQ": "MONTHLY", "BYDAY": _place(planned.retro)}))
    found = [
        Invitation("stand-up.ics", t("agenda.stand_up.file"), _file([stand_up], t)),
        Invitation("retro.ics", t("agenda.retro.file"), _file([retro], t)),
    ]
    if reviews:
        title = t("agenda.reviews.file", n=len(reviews))
        found.insert(0, Invitation("reviews.ics", title, _file(reviews, t)))
    return tuple(found)


def _review(one: Decision, day: dt.date, workspace: Workspace, t: Translator) -> Event:
    """Return the moment at which a decision is looked at again; a later version moves it."""
    name = decision_name(one, t)
    said = {"of_marketing": one.expects_of_marketing, "of_sales": one.expects_of_sales}
    lines = [
        one.what,
        t("promise.agenda" if one.kind == KIND else "agenda.why", text=one.why),
        *(t(f"agenda.{side}", text=text) for side, text in said.items() if text),
        t(
            "agenda.owner",
            name=one.owner or t("agreed.forgotten"),
            team=t(f"said.group.{one.owner_team}"),
        ),
    ]
    start = dt.datetime.combine(day, workspace.settings.working_hours.start)
    event = _event(
        workspace,
        f"{one.kind}:{one.subject}",
        t("agenda.review", name=name),
        "\n\n".join(lines),
        start.replace(tzinfo=workspace.zone),
        REVIEW_MINUTES,
        one.decided_at if one.review is None else one.review.reviewed_at,
    )
    event.add("sequence", one.version - 1)
    return event


def _event(
    workspace: Workspace,
    what: str,
    summary: str,
    text: str,
    start: dt.datetime,
    minutes: int,
    made_at: dt.datetime | None = None,
) -> Event:
    event = Event()
    event.add("uid", f"{uuid.uuid5(_NAMESPACE, f'{workspace.settings.client}/{what}')}@samenspel")
    event.add("dtstamp", (made_at or start).astimezone(dt.UTC).replace(microsecond=0))
    event.add("dtstart", start)
    event.add("duration", dt.timedelta(minutes=minutes))
    event.add("summary", summary)
    event.add("description", text)
    return event


def _file(events: Sequence[Event], t: Translator) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", f"-//Samenspel//Samenspel//{t.language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for event in events:
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _place(day: dt.datetime) -> str:
    """Return which weekday of its month a day is, the way a rule says it: ``1MO``."""
    return f"{(day.day - 1) // 7 + 1}{_WEEKDAYS[day.weekday()]}"
