"""The clock: from a press on, through every step, wherever the kernel or the page begins anew."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from workshop.errors import InputError
from workshop.i18n import Translator
from workshop.session import sessions
from workshop.views.forms import clock_state
from workshop.views.forms.clock import Clock
from workshop.views.forms.clock_state import ClockState
from workshop.views.forms.clock_text import clock_text
from workshop.views.forms.ticker import Ticker
from workshop.views.time_boxes import Box, time_boxes
from workshop.workspace import Workspace

BOXES = (Box("1. First", 6), Box("2. Second", 4))
NINE = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)


@pytest.fixture
def at(monkeypatch):
    """Set the time: ``at(minutes=3)`` is three past nine."""

    def at(**passed: float) -> dt.datetime:
        moment = NINE + dt.timedelta(**passed)
        monkeypatch.setattr(clock_state, "now", lambda: moment)
        return moment

    at()
    return at


@pytest.fixture
def state(store, at):
    return ClockState(store, 4, "09-stand-up", BOXES)


def again(state: ClockState) -> ClockState:
    """Return the clock as another kernel finds it."""
    return ClockState(state.store, 4, "09-stand-up", BOXES)


def test_it_stands_still_until_it_is_started(state, at):
    at(minutes=5)
    assert (state.phase, state.reading()) == ("ready", (0, 360, 600))


def test_it_goes_through_the_steps_and_beyond(state, at):
    state.start()
    for minutes, reading in ((1, (0, 300, 540)), (6, (1, 240, 240)), (9.5, (1, 30, 30))):
        at(minutes=minutes)
        assert state.reading() == reading
    at(minutes=12)
    assert state.reading() == (1, -120, -120)


def test_a_pause_does_not_count(state, at):
    state.start()
    at(minutes=2)
    state.pause()
    at(minutes=30)
    assert (state.phase, state.reading().left) == ("paused", 480)
    state.start()
    at(minutes=31)
    assert (state.phase, state.reading().left) == ("running", 420)


def test_another_kernel_goes_on_with_it(state, at):
    state.start()
    at(minutes=3)
    assert (again(state).phase, again(state).reading()) == ("running", (0, 180, 420))
    state.pause()
    at(minutes=20)
    assert (again(state).phase, again(state).reading()) == ("paused", (0, 180, 420))
    state.reset()
    assert (again(state).phase, again(state).reading().left) == ("ready", 600)


def test_next_week_it_begins_anew(state, store, at):
    state.start()
    sessions.start(store)
    assert again(state).phase == "ready"


def test_one_that_was_left_running_is_forgotten(state, at):
    state.start()
    at(hours=2, minutes=9)
    assert again(state).phase == "running"
    at(hours=2, minutes=11)
    assert state.forgotten
    assert again(state).phase == "ready"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_screen_says_the_step_and_what_is_left(state, at, language):
    t = Translator(language)
    assert clock_text(state, t).time == "10:00"
    assert "1. First 6" in clock_text(state, t).plain()
    state.start()
    at(minutes=7, seconds=30)
    text = clock_text(state, t)
    assert (text.time, text.step, text.is_over) == ("2:30", "2. Second", False)
    assert "2:30" in text.rest
    assert text.bars == ((6, 100.0), (4, 37.5))
    at(minutes=11, seconds=5)
    assert clock_text(state, t).is_over
    assert "1:05" in clock_text(state, t).plain()


def test_the_buttons_follow_and_where_nobody_can_press_the_plan_stands(state, at, english):
    clock = Clock(state, english.t)
    buttons = (["Start the clock"], ["Pause"], ["Go on", "Back to the start"])
    for minute, expected in enumerate(buttons):
        at(minutes=minute)
        assert [one.description for one in clock.presses.children] == expected
        clock.presses.children[0].click()
    assert clock.plain() == "10 minutes: 1. First 6; 2. Second 4"
    assert clock.plain() in clock.html()
    clock.stop()


def test_it_moves_every_second_while_it_runs(state, at, english):
    async def look() -> None:
        clock = Clock(state, english.t)
        clock.ticker = Ticker(clock._tick, every=0.01)
        state.start()
        at(minutes=1)
        await asyncio.sleep(0.05)
        assert "5:00" in clock.told.value
        state.pause()
        await asyncio.sleep(0.05)
        assert not clock.ticker.runs
        clock.stop()

    asyncio.run(look())


class TestTimeBoxes:
    @pytest.fixture
    def client(self, tmp_path):
        return Workspace.create(tmp_path / "client", "Client", language="nl")

    @pytest.mark.parametrize(("notebook", "minutes"), [("09-stand-up", 30), ("10-retro", 60)])
    def test_they_are_those_of_the_notebook_in_each_language(self, client, notebook, minutes):
        dutch, english = (time_boxes(client, notebook, Translator(one)) for one in ("nl", "en"))
        assert sum(box.minutes for box in english) == minutes
        assert [box.minutes for box in dutch] == [box.minutes for box in english]
        assert dutch[0].name != english[0].name

    def test_the_client_s_own_copy_goes_first_and_a_broken_one_does_not(self, client):
        own = client.path / "notebooks" / "09-stand-up.ipynb"
        own.parent.mkdir()
        own.write_text('{"cells": [{"source": ["| 1. Alles | 12 |\\n"]}]}', "utf-8")
        assert time_boxes(client, "09-stand-up", Translator("nl")) == (Box("1. Alles", 12),)
        for broken in ("", "{}", '{"cells": []}', '{"cells": [{"source": ["no table"]}]}'):
            own.write_text(broken, "utf-8")
            assert len(time_boxes(client, "09-stand-up", Translator("nl"))) == 4

    def test_a_notebook_that_is_none_is_said(self, client):
        with pytest.raises(InputError) as caught:
            time_boxes(client, "09", Translator("nl"))
        assert caught.value.code == "no_time_boxes"
        assert "09-stand-up" in caught.value.fields["allowed"]
