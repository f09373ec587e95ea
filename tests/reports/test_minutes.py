"""Minutes: one page of the last meeting, with a CRM or without, and nothing cut in silence."""

from __future__ import annotations

import datetime as dt
import re
from types import SimpleNamespace

import pytest

from tests.views.played import answer
from workshop.errors import InputError
from workshop.i18n import Translator
from workshop.reports import kinds, meetings, minutes, rhythm
from workshop.reports.make import make_report
from workshop.session import reviews, rounds, sessions
from workshop.session.exercise_file import read_exercise
from workshop.session.ledger import Proposal, decide
from workshop.session.promises import Promise, promise
from workshop.session.store import open_store
from workshop.views.agenda import next_meeting, write_invitations
from workshop.views.display import Chart, Note, Prose
from workshop.views.invitations import invitations_of, rituals
from workshop.views.minutes import in_brief
from workshop.workspace import Workspace

MONDAY = dt.date(2026, 11, 2)
WEEK = dt.timedelta(weeks=1)
LONG = "Een klant zei dat de nieuwe planner precies doet wat zij al jaren met de hand deden. " * 2
CELLS = (minutes.present, minutes.reviewed, minutes.heard, minutes.decided, minutes.next_time)
NO_CRM = {"nl": "Er is geen export van het CRM", "en": "No export of the CRM"}


class Teams:
    """Two teams of one client, and the meetings that they hold on days that are given."""

    def __init__(self, path, patch):
        self.workspace = Workspace.create(path, "Client <b>", language="nl")
        self.store = open_store(self.workspace)
        self._patch = patch

    def sit(self, day):
        moment = dt.datetime.combine(day, dt.time(8), tzinfo=dt.UTC)
        self._patch.setattr(sessions, "now", lambda: moment)
        return sessions.start(self.store)

    def meet(self, day, kind, answers, *, show=True):
        session = self.sit(day)
        content = read_exercise(self.workspace, kind)
        found = rounds.open_round(self.store, session.session_id, kind, content)
        for n, (team, given) in enumerate(answers):
            name = f"Name {n}" if content.named else None
            answer(self.store, found, team, given, name=name)
        if show:
            rounds.reveal(self.store, found.round_id, early=True)
        return session.session_id

    def promise(self, session, day, what="Calls them", why="we know why"):
        given = Promise(what=what, so_that=why, owner="An", owner_team="sales", by=day + WEEK)
        return promise(self.store, session, given, today=day).decision_id

    def decide(self, session, day, subject, text, kind="other", content=None):
        given = Proposal(
            kind=kind, subject=subject, what=text, why=text, expects_of_marketing="a",
            expects_of_sales="b", owner="Bo", owner_team="marketing", review_on=day + WEEK,
            content=content,
        )  # fmt: skip
        return decide(self.store, session, given, today=day).decision_id

    def look(self, session, day, number, outcome, note=""):
        next_on = day + WEEK
        reviews.review(self.store, session, number, outcome, today=day, next_on=next_on, note=note)


def heard(n, *, full=False):
    lines = [f"{LONG[:180]} {n}.{k}" for k in range(4)] if full else [f"Signal {n}"]
    return {"signals": lines, "objections": lines[:2], "missing": lines[:1]}


def felt(n, *, full=False):
    lines = [f"{LONG[:180]} {n}.{k}" for k in range(4)] if full else [f"Worked {n}"]
    return {"worked": lines, "no-result": lines[:1], "differently": lines[:1]}


@pytest.fixture(scope="module")
def patch():
    with pytest.MonkeyPatch.context() as patching:
        yield patching


@pytest.fixture(scope="module")
def small(tmp_path_factory, patch):
    """Two stand-ups and a retro of five people, each a week after the other."""
    teams = Teams(tmp_path_factory.mktemp("small") / "client", patch)
    people = [("sales", "marketing")[n % 2] for n in range(5)]
    first = teams.meet(MONDAY, "stand-up", [(team, heard(n)) for n, team in enumerate(people)])
    made = [teams.promise(first, MONDAY, what) for what in ("Calls them", "Writes <i>", "Waits")]
    day = MONDAY + WEEK
    second = teams.meet(day, "stand-up", [(team, heard(n + 5)) for n, team in enumerate(people)])
    teams.look(second, day, made[0], "done")
    teams.look(second, day, made[1], "not_done", "Needs the prices")
    teams.promise(second, day, "Makes a price list.")
    retro = teams.meet(day + WEEK, "retro", [(team, felt(n)) for n, team in enumerate(people)])
    teams.look(retro, day + WEEK, made[1], "not_done")
    teams.decide(retro, day + WEEK, "Fairs", "One fair less")
    yield teams
    teams.store.close()


@pytest.fixture(scope="module")
def full(tmp_path_factory, patch):
    """A stand-up and a retro of thirty people who all write as much as they may."""
    teams = Teams(tmp_path_factory.mktemp("full") / "client", patch)
    people = [("sales", "marketing")[n % 2] for n in range(30)]
    first = teams.meet(MONDAY, "stand-up", [("sales", heard(0))])
    made = [teams.promise(first, MONDAY, LONG, LONG) for _ in range(3)]
    made += [teams.decide(first, MONDAY, f"No. {n}", LONG) for n in range(20)]
    for kind, day in (("stand-up", MONDAY + WEEK), ("retro", MONDAY + 2 * WEEK)):
        said = heard if kind == "stand-up" else felt
        given = [(team, said(n, full=True)) for n, team in enumerate(people)]
        session = teams.meet(day, kind, given)
        for number in made:
            teams.look(session, day, number, "not_done" if number in made[:3] else "kept", LONG)
        for n in range(15):
            teams.decide(session, day, f"New {kind} {n}", LONG)
        for _ in range(3):
            teams.promise(session, day, LONG, LONG)
    yield teams
    teams.store.close()


@pytest.fixture
def shown(monkeypatch):
    parts = []
    monkeypatch.setattr(minutes, "show", lambda *given: parts.extend(given))
    return parts


def text_of(teams, kind, shown, *, as_of="", language="en"):
    """Return what the cells of minutes say."""
    shown.clear()
    found = minutes.opened(kind, str(teams.workspace.path), language, as_of)
    for cell in CELLS:
        cell(found)
    return "\n".join(part.plain() for part in shown)


class TestContent:
    def test_a_stand_up_says_what_was_promised_heard_and_comes(self, small, shown):
        text = text_of(small, "stand-up", shown)
        assert "5 people joined in: Sales 3 and Marketing 2." in text
        assert "Done. An (Sales): Calls them." in text
        assert (
            "Not done. An (Sales): Writes <i>. Again on 16 November 2026. Needs the prices" in text
        )
        assert "Not looked at" not in text  # that its day has come is not yet overdue
        assert "- Signal 7 (Name 2, Sales)" in text
        assert "An (Sales), by 16 November 2026: Makes a price list, so that we know why." in text
        assert "Signal 0" not in text
        assert "Fairs" not in text
        assert "16 November 2026, 09:00. 3 promises and decisions come back by then." in text

    def test_what_is_overdue_and_was_not_looked_at_is_said(self, small, shown):
        text = text_of(small, "retro", shown)
        assert "Not done, 2 times now. An (Sales): Writes <i>." in text
        assert "Not looked at, overdue since 9 November 2026. An (Sales): Waits." in text

    def test_a_retro_is_anonymous_and_says_reasons(self, small, shown):
        text = text_of(small, "retro", shown)
        assert "Name" not in text
        assert sorted(re.findall(r"- Worked \d", text))[::3] == [f"- Worked {n}" for n in range(5)]
        assert "fewer than 4 people" in text
        assert "Bo (Marketing), again on 23 November 2026. Fairs: One fair less. " in text
        assert "Because: One fair less." in text

    def test_an_earlier_meeting_is_told_as_it_was_then(self, small, shown):
        text = text_of(small, "stand-up", shown, as_of="2026-11-08")
        assert "Signal 0" in text
        assert "Signal 5" not in text
        assert "Nothing was due." in text
        assert "so that we know why." in text

    def test_answers_that_were_not_shown_are_not_in_the_minutes(self, tmp_path, patch, shown):
        teams = Teams(tmp_path / "client", patch)
        teams.meet(MONDAY, "stand-up", [("sales", heard(1))], show=False)
        text = text_of(teams, "stand-up", shown)
        assert "Signal" not in text
        assert "The answers were not shown" in text
        teams.store.close()

    def test_a_meeting_that_asked_nothing_has_minutes_all_the_same(self, tmp_path, patch, shown):
        teams = Teams(tmp_path / "client", patch)
        first = teams.sit(MONDAY).session_id
        made = teams.promise(first, MONDAY)
        teams.look(teams.sit(MONDAY + WEEK).session_id, MONDAY + WEEK, made, "done")
        last = teams.sit(MONDAY + 2 * WEEK).session_id
        teams.look(last, MONDAY + 2 * WEEK, teams.promise(last, MONDAY + WEEK), "done")
        trial = {
            "tries": "a call within a day", "with_whom": "webshops", "measure": "to_sql",
            "at_least": 0.4, "hits": 20, "of": 100, "starts_on": "2026-11-17",
            "ends_on": "2026-11-23", "if_not": "go back to mail",
        }  # fmt: skip
        teams.decide(last, MONDAY + 2 * WEEK, "Calls", "They call back", "experiment", trial)
        days = [meetings.report_day(teams.workspace, kind, None) for kind in meetings.MEETINGS]
        assert days == [MONDAY + WEEK, MONDAY + 2 * WEEK]
        text = text_of(teams, "stand-up", shown)
        assert "Done. An (Sales): Calls them" in text
        assert "were not shown" not in text
        text = text_of(teams, "retro", shown)
        assert "We try a call within a day with webshops. It has worked if by 23 November" in text
        assert "is at least 40%; if not, we stop and go back to mail. Bo (Marketing) looks" in text
        teams.store.close()

    @pytest.mark.parametrize("kind", meetings.MEETINGS)
    def test_before_any_meeting_it_says_how_to_hold_one(self, tmp_path, shown, kind):
        client = Workspace.create(tmp_path / "client", "Client", language="en")
        text = text_of(SimpleNamespace(workspace=client), kind, shown)
        assert "has been held yet" in text
        assert not (client.path / "session.db").exists()

    def test_without_a_crm_there_are_no_figures_and_with_one_a_few_lines(
        self, small, own_example, shown
    ):
        found = minutes.opened("stand-up", str(small.workspace.path), "en")
        minutes.brief(found, rhythm.pace, rhythm.gap)
        assert [part.plain() for part in shown] == [
            "No export of the CRM has been imported, so there are no figures here."
        ]
        shown.clear()
        (own_example.path / "goal.yaml").write_text(
            "kind: pipeline\ntarget: 400000\nperiod: 2026Q4\n", "utf-8"
        )
        found = minutes.opened("stand-up", str(own_example.path), "en", "2026-10-20")
        assert found.crm.tables.as_of == dt.date(2026, 10, 20)
        minutes.brief(found, rhythm.pace)
        (figures,) = shown
        assert 0 < len(figures.lines) <= minutes.BRIEF
        assert "€400,000" in figures.plain()
        assert minutes.opened("stand-up", str(own_example.path), "en").crm.tables.as_of == dt.date(
            2026, 10, 31
        )

    def test_in_brief_a_chart_is_what_it_states(self):
        chart = Chart.__new__(Chart)
        object.__setattr__(chart, "title", "Most is lost early")
        parts = (
            Prose("It goes well.\n\nMost is lost early.", ("a point",)),
            chart,
            Note("limits", "Not this", Translator("en")),
            Note("next", "Do that!", Translator("en")),
        )
        assert in_brief(parts) == ["Most is lost early.", "It goes well.", "a point.", "Do that!"]


class TestPage:
    @pytest.mark.parametrize(
        ("kind", "language"), [("stand-up", "nl"), ("retro", "nl"), ("stand-up", "en")]
    )
    def test_a_full_meeting_is_one_page_and_says_what_is_left_out(self, full, kind, language):
        weasyprint = pytest.importorskip("weasyprint", exc_type=OSError, reason="needs Pango")
        day = meetings.report_day(full.workspace, kind, None)
        report = make_report(
            full.workspace, kind, language, as_of=day.isoformat(), formats=("html",)
        )
        assert report.folder.name == f"{kind}-{day}-{language}"
        assert report.warnings == ()
        html = (report.folder / "report.html").read_text("utf-8")
        no_figures = html.partition('<div class="kit kit-prose">\n<p>' + NO_CRM[language])
        assert no_figures[1]
        # As much as the chapters on the CRM may take, and the sentence on small teams.
        lines = "<li>x</li>" * (minutes.BRIEF * (2 if kind == "retro" else 1) + 2)
        most = f"{no_figures[0]}<ul>{lines}</ul>{no_figures[1]}{no_figures[2]}"
        assert len(weasyprint.HTML(string=most).render().pages) == 1
        assert "Client &lt;b&gt;" in html
        assert not re.search(r"\{\w+(:\w+)?\}|\bNone\b|\bnan\b", html.partition("<body")[2])
        more = {"nl": r"[Nn]og (\d+), bewaard", "en": r"(\d+) more, kept"}[language]
        left_out = sum(map(int, re.findall(more, html)))
        listed = len(re.findall(r"<li>", html))
        asked = 30 * (4 + 2 + 1) if kind == "stand-up" else 30 * (4 + 1 + 1)
        assert left_out + listed == asked + 23 + 15 + 3
        by = {"nl": "tegen", "en": "by"}[language]
        assert html.count(f"An (Sales), {by} {Translator(language).date(day + WEEK)}: ") == 3


class TestDay:
    def test_minutes_are_of_their_meeting_s_day(self, small):
        space = small.workspace
        assert meetings.report_day(space, "stand-up", None) == MONDAY + WEEK
        assert meetings.report_day(space, "retro", None) == MONDAY + 2 * WEEK
        assert meetings.report_day(space, "stand-up", "2026-11-08") == MONDAY
        assert meetings.report_day(space, "retro", "2026-11-08") == dt.date(2026, 11, 8)

    def test_without_a_meeting_they_are_of_today_and_need_no_crm(self, tmp_path):
        client = Workspace.create(tmp_path / "client", "Client")
        today = dt.datetime.now(client.zone).date()
        assert meetings.report_day(client, "stand-up", None) == today
        with pytest.raises(InputError, match="day"):
            meetings.report_day(client, "stand-up", "yesterday")

    def test_the_next_one_is_as_the_calendar_has_it(self, tmp_path):
        space = Workspace.create(tmp_path / "client", "Client")
        proposed = rituals(space.settings, MONDAY)
        assert next_meeting(space, "retro", MONDAY) == proposed.retro
        planned = proposed._replace(stand_up=dt.datetime(2026, 11, 5, 16, 30))
        write_invitations(space, invitations_of([], planned, space, space.translator()))
        for day, begins in ((MONDAY, 5), (MONDAY + 3 * dt.timedelta(days=1), 12)):
            found = next_meeting(space, "stand-up", day)
            assert found == dt.datetime(2026, 11, begins, 16, 30)
        (space.reports / "agenda" / "retro.ics").write_text("no calendar", "utf-8")
        assert next_meeting(space, "retro", MONDAY) == proposed.retro


def test_a_kind_is_one_whose_notebook_is_there():
    assert {"session", "stand-up", "retro"} <= set(kinds.kinds()) <= set(kinds.NOTEBOOKS)
    with pytest.raises(InputError) as caught:
        kinds.notebook_of("slides")
    assert caught.value.fields["allowed"] == kinds.kinds()
