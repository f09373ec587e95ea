"""The agenda by the clock: the notebooks' own minutes, breaks, fixed times, and what cannot be."""

from __future__ import annotations

import pytest

from workshop.errors import InputError
from workshop.i18n import Translator
from workshop.session.agenda_file import AGENDA_FILE, programmes, take_programme
from workshop.views.playbook import notebooks, playbook
from workshop.views.running_order import order, running_order
from workshop.workspace import Workspace

EN, NL = Translator("en"), Translator("nl")
HEAD = "title: {nl: Dag, en: Day}\n"


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace.create(tmp_path / "client", "Rekvast", language="en")


def written(workspace: Workspace, text: str) -> Workspace:
    (workspace.path / AGENDA_FILE).write_text(HEAD + text, "utf-8")
    return workspace


def times(workspace: Workspace, start: str | None = None) -> list[tuple[str, int]]:
    return [(slot.clock, slot.minutes) for slot in order(workspace, EN, start).slots]


def said(workspace: Workspace, t: Translator = EN) -> str:
    with pytest.raises(InputError) as caught:
        order(workspace, t)
    return t(f"error.{caught.value.code}", **caught.value.fields)


class TestProgrammes:
    def test_half_a_day_is_the_readme_s(self, workspace):
        take_programme(workspace, "half-day")
        # 20, 30 and 45 minutes, a break of 15, then 30 and 30.
        assert times(workspace) == [
            ("09:00", 20), ("09:20", 30), ("09:50", 45), ("10:35", 15), ("10:50", 30), ("11:20", 30)
        ]  # fmt: skip
        assert order(workspace, EN).end == 11 * 60 + 50

    @pytest.mark.parametrize("name", programmes())
    @pytest.mark.parametrize("t", [EN, NL], ids=["en", "nl"])
    def test_each_fits_in_a_working_day_in_both_languages(self, workspace, name, t):
        take_programme(workspace, name)
        found = order(workspace, t)
        assert found.slots[0].start == 9 * 60 and found.end <= 17 * 60
        breaks = [slot for slot in found.slots if slot.book is None]
        assert len(breaks) >= 1
        # Nobody sits for more than two hours on end.
        ends = [slot.start for slot in breaks] + [found.end]
        begins = [found.slots[0].start] + [slot.start + slot.minutes for slot in breaks]
        assert all(end - begin <= 120 for begin, end in zip(begins, ends, strict=True))

    def test_the_first_is_written_once(self, workspace):
        take_programme(workspace, "half-day")
        assert workspace.path.joinpath(AGENDA_FILE).exists()
        assert Workspace.open(workspace.path).settings.programme == "half-day"
        with pytest.raises(InputError, match="agenda_is_there"):
            take_programme(workspace, "quarterly")

    def test_another_name_is_refused(self, workspace):
        with pytest.raises(InputError) as caught:
            take_programme(workspace, "whole-week")
        assert caught.value.fields["allowed"] == list(programmes())


class TestTimes:
    def test_minutes_are_the_notebook_s_own_unless_given(self, workspace):
        written(
            workspace, "steps: [{notebook: 01-diagnosis}, {notebook: 09-stand-up, minutes: 45}]"
        )
        assert times(workspace) == [("09:00", 30), ("09:30", 45)]

    def test_a_fixed_time_leaves_a_gap(self, workspace):
        text = "start: 10:15\nsteps: [{break: 30}, {notebook: 01-diagnosis, at: 13:00}]"
        assert times(written(workspace, text)) == [("10:15", 30), ("13:00", 30)]

    def test_another_start_than_the_file_s(self, workspace):
        written(workspace, "steps: [{break: 30}, {break: 10}]")
        assert times(workspace, "23:00") == [("23:00", 30), ("23:30", 10)]

    def test_no_agenda_is_said_with_what_to_do(self, workspace):
        assert order(workspace, EN) is None
        assert "--programme" in running_order(workspace, EN).plain()

    def test_the_screen_has_every_part_and_the_end(self, workspace):
        written(workspace, "start: 13:00\nsteps: [{notebook: 01-diagnosis}, {break: 10}]")
        shown = running_order(workspace, EN)
        assert shown.plain().splitlines() == [
            "Day", "13:00 Where does it hurt? (30)", "13:30 Break (10)", "13:40"
        ]  # fmt: skip
        for text in ("13:00", "13:30", "13:40", "Where does it hurt?"):
            assert text in shown.html()


class TestRefused:
    def test_a_notebook_that_is_none(self, workspace):
        text = said(written(workspace, "steps:\n  - break: 10\n  - notebook: 12-party\n"))
        assert "line 4" in text and "“12-party”" in text and "02-shared-terms" in text

    def test_minutes_in_which_its_exercises_do_not_fit(self, workspace):
        # The exercise of the diagnosis takes 7 minutes, the dots 3.
        least = 10
        text = "steps: [{notebook: 01-diagnosis, minutes: %d}]"
        assert order(written(workspace, text % least), EN) is not None
        assert str(least) in said(written(workspace, text % (least - 1)))

    def test_a_step_that_begins_before_the_one_before_is_over(self, workspace):
        text = "steps:\n  - notebook: 01-diagnosis\n  - notebook: 02-shared-terms\n    at: 09:20\n"
        found = said(written(workspace, text))
        assert "line 5" in found and "09:20" in found and "09:30" in found

    def test_an_end_that_is_too_early(self, workspace):
        text = 'end: "09:25"\nsteps: [{notebook: 01-diagnosis}]'
        found = said(written(workspace, text))
        assert "line 2" in found and "5 minutes after 09:25" in found

    def test_a_session_past_midnight(self, workspace):
        assert "24:00" in said(written(workspace, 'start: "23:50"\nsteps: [{break: 30}]'))

    def test_in_dutch(self, workspace):
        found = said(written(workspace, "steps: [{notebook: 12-party}]"), NL)
        assert "regel 2" in found and "notebook" in found


class TestPlaybook:
    @pytest.mark.parametrize("name", notebooks())
    def test_it_is_the_same_in_both_languages(self, name):
        english, dutch = playbook(name, EN), playbook(name, NL)
        assert [step[1:] for step in english.steps] == [step[1:] for step in dutch.steps]
        assert len(english.hard) == len(dutch.hard) >= 1
        for book in (english, dutch):
            assert book.decides and book.title != name
            assert all(text.startswith("**") and text.count("**") == 2 for text in book.hard)
        assert not set(english.hard) & set(dutch.hard)

    def test_what_it_holds(self):
        book = playbook("01-diagnosis", EN)
        assert (book.title, book.decides) == ("Where does it hurt?", "three things to work on.")
        assert book.minutes == 30
        assert book.exercises == ("diagnosis", "diagnosis-priorities")
        assert book.hard[0].startswith("**If it goes quiet:** two minutes in pairs")
