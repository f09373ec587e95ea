"""Calendar files: read back by another eye, the same for the same plans, text as text."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from workshop.errors import InputError
from workshop.i18n import Translator
from workshop.session.ledger import Decision
from workshop.session.reviews import Review
from workshop.views.agenda import moment, write_invitations
from workshop.views.invitations import Invitations, Rituals, invitations_of, rituals
from workshop.workspace import Settings, WorkingHours, Workspace

PLANNED = Rituals(dt.datetime(2026, 10, 19, 9), dt.datetime(2026, 12, 14, 10))
"""The stand-up begins in summer time; a week later it is winter time."""


@pytest.fixture
def workspace(tmp_path):
    return Workspace.create(tmp_path / "client", "Rekvast; en, Zn\\n")


def decision(**other) -> Decision:
    given = {
        "decision_id": 1,
        "session_id": 1,
        "kind": "definition",
        "subject": "mql",
        "version": 2,
        "what": "Past; bij, ons\\n\nBEGIN:VALARM\r\nEND:VEVENT",
        "why": "Omdat",
        "expects_of_marketing": "a",
        "expects_of_sales": "b",
        "owner": "An",
        "owner_team": "sales",
        "review_on": dt.date(2026, 12, 1),
        "content": None,
        "round_id": None,
        "vote": None,
        "dissent": [],
        "signed_sales": "An",
        "signed_marketing": "Bo",
        "replaces": None,
        "replaced_by": None,
        "decided_at": dt.datetime(2026, 11, 2, 14, 30, 5, 99, tzinfo=dt.UTC),
    }
    return Decision(**{**given, **other})


def events(workspace, decisions, language="nl", planned=PLANNED) -> dict[str, list]:
    files = invitations_of(decisions, planned, workspace, Translator(language))
    return {one.name: Calendar.from_ical(one.content).walk("VEVENT") for one in files}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_what_was_typed_is_text_and_nothing_else(workspace, language):
    files = invitations_of([decision()], PLANNED, workspace, Translator(language))
    content = next(one.content for one in files if one.name == "reviews.ics")
    assert content.count(b"BEGIN:VEVENT") == content.count(b"\r\nEND:VEVENT") == 1
    assert b"\r\nBEGIN:VALARM" not in content
    event = Calendar.from_ical(content).walk("VEVENT")[0]
    assert str(event["description"]).startswith("Past; bij, ons\\n\nBEGIN:VALARM")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))


def test_a_review_is_in_the_client_s_own_time(workspace):
    event = events(workspace, [decision()])["reviews.ics"][0]
    assert event["dtstart"].dt == dt.datetime(2026, 12, 1, 9, tzinfo=ZoneInfo("Europe/Brussels"))
    assert event["dtstart"].params["TZID"] == "Europe/Brussels"
    assert event["duration"].dt == dt.timedelta(minutes=30)
    assert event["dtstamp"].dt == dt.datetime(2026, 11, 2, 14, 30, 5, tzinfo=dt.UTC)


def test_a_file_tells_its_time_zone_with_both_its_halves(workspace):
    content = invitations_of([], PLANNED, workspace, Translator("nl"))[0].content
    zones = Calendar.from_ical(content).walk("VTIMEZONE")
    assert [str(zone["tzid"]) for zone in zones] == ["Europe/Brussels"]
    assert zones[0].walk("STANDARD")
    assert zones[0].walk("DAYLIGHT")


def test_rituals_come_back_every_week_and_every_month(workspace):
    found = events(workspace, [])
    stand_up, retro = found["stand-up.ics"][0], found["retro.ics"][0]
    assert stand_up["duration"].dt == dt.timedelta(minutes=30)
    assert stand_up["rrule"] == {"FREQ": ["WEEKLY"]}
    assert retro["rrule"] == {"FREQ": ["MONTHLY"], "BYDAY": ["2MO"]}


def test_a_later_version_moves_the_same_event_and_a_replaced_one_is_left_out(workspace):
    old = decision(replaced_by=7)
    new = decision(decision_id=7, version=3, review_on=dt.date(2027, 1, 4))
    before = events(workspace, [decision()])["reviews.ics"][0]
    after = events(workspace, [old, new])["reviews.ics"]
    assert len(after) == 1
    assert after[0]["uid"] == before["uid"]
    assert (before["sequence"], after[0]["sequence"]) == (1, 2)


def test_the_same_plans_give_the_same_bytes_and_other_subjects_other_events(workspace):
    decisions = [decision(), decision(decision_id=2, subject="sql")]
    first, second = (invitations_of(decisions, PLANNED, workspace, Translator("nl"))
                     for _ in range(2))  # fmt: skip
    assert first == second
    uids = [e["uid"] for found in events(workspace, decisions).values() for e in found]
    assert len(set(uids)) == len(uids) == 4


@pytest.mark.parametrize(
    ("today", "stand_up", "retro"),
    [
        (dt.date(2026, 11, 2), dt.date(2026, 11, 9), dt.date(2026, 12, 7)),
        (dt.date(2026, 11, 8), dt.date(2026, 11, 9), dt.date(2026, 12, 7)),
        (dt.date(2026, 12, 31), dt.date(2027, 1, 4), dt.date(2027, 1, 4)),
    ],
)
def test_rituals_are_proposed_on_the_first_working_day(today, stand_up, retro):
    found = rituals(Settings(client="A"), today)
    assert (found.stand_up.date(), found.retro.date()) == (stand_up, retro)
    assert (found.stand_up.time(), found.retro.time()) == (dt.time(9), dt.time(10))


def test_another_week_begins_on_its_own_day():
    hours = WorkingHours(weekdays=(2, 3), start=dt.time(8, 30))
    found = rituals(Settings(client="A", working_hours=hours), dt.date(2026, 11, 4))
    assert found.stand_up == dt.datetime(2026, 11, 11, 8, 30)


def test_files_are_written_and_offered(workspace):
    files = invitations_of([decision()], PLANNED, workspace, Translator("nl"))
    folder = write_invitations(workspace, files)
    assert folder == workspace.reports / "agenda"
    assert {p.name for p in folder.iterdir()} == {"reviews.ics", "stand-up.ics", "retro.ics"}
    shown = Invitations(files, str(folder), Translator("nl"))
    assert shown.html().count('download="') == 3
    assert "data:text/calendar" in shown.html()


@pytest.mark.parametrize("text", ["morgen", "2026-13-01 09:00", "2026-12-07T09:00+01:00"])
def test_a_moment_that_is_none_says_how_to_write_one(text):
    assert moment("2026-12-07 09:00") == dt.datetime(2026, 12, 7, 9)
    with pytest.raises(InputError, match="bad_moment"):
        moment(text)


def test_a_promise_is_reminded_of_until_it_is_done_and_moves_with_its_review(workspace):
    given = {"kind": "promise", "subject": "1", "expects_of_marketing": "", "expects_of_sales": ""}
    made = dt.datetime(2026, 12, 1, 10, tzinfo=dt.UTC)
    later = Review(1, 1, 2, "not_done", "", dt.date(2026, 12, 8), made)
    (before,) = events(workspace, [decision(**given)])["reviews.ics"]
    (after,) = events(workspace, [decision(**given, review=later)])["reviews.ics"]
    assert "expects" not in str(before["description"])
    assert (after["uid"], after["dtstart"].dt.day) == (before["uid"], 8)
    # Of two with one number in their sequence, a calendar takes the later stamp.
    assert after["dtstamp"].dt > before["dtstamp"].dt
    done = later._replace(outcome="done", next_on=None)
    assert "reviews.ics" not in events(workspace, [decision(**given, review=done)])
