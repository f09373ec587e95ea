"""The cells of the rhythm: with a goal and without, the period running, and none begun."""

from __future__ import annotations

import pytest

from workshop import programme
from workshop.reports import rhythm
from workshop.views.display import Chart, Note


@pytest.fixture
def shown(monkeypatch):
    """Take down what a cell shows."""
    parts = []
    monkeypatch.setattr(rhythm, "show", lambda *given: parts.extend(given))
    return parts


def room_of(workspace, goal: str | None, language: str = "en"):
    if goal is not None:
        (workspace.path / "goal.yaml").write_text(goal, encoding="utf-8")
    return programme.opened(str(workspace.path), language)


def test_without_a_goal_or_an_experiment_each_cell_says_what_to_do(own_example, shown):
    room = room_of(own_example, None)
    for cell in (rhythm.pace, rhythm.gap, rhythm.experiment):
        programme.crm(room, cell)
    assert [type(part) for part in shown] == [Note, Note, Note]
    assert "notebook 07" in shown[0].text
    room.store.close()


def test_a_running_goal_has_its_band_and_its_split(own_example, shown):
    room = room_of(own_example, "kind: pipeline\ntarget: 100000\nperiod: 2026Q4\n")
    programme.crm(room, rhythm.pace)
    programme.crm(room, rhythm.gap)
    charts = [part for part in shown if isinstance(part, Chart)]
    assert [chart.name for chart in charts] == ["pace", "gap"]
    assert charts[0].title == "Nothing outside the band: no reason to intervene"
    assert list(charts[0].table.frame["value"].notna()) == [True] * 4 + [False] * 9
    room.store.close()


def test_a_goal_of_next_quarter_has_nothing_to_split_yet(own_example, shown):
    room = room_of(own_example, "kind: pipeline\ntarget: 100000\nperiod: 2027Q1\n", "nl")
    programme.crm(room, rhythm.pace)
    programme.crm(room, rhythm.gap)
    assert [type(part) for part in shown] == [Note, Note]
    assert "nog niet begonnen" in shown[0].text
    room.store.close()


def test_the_retro_shows_the_experiment_form(own_example, monkeypatch):
    forms = []
    monkeypatch.setattr(programme, "show", lambda *given: forms.extend(given))
    room = room_of(own_example, None)
    programme.experiment(room)
    programme.experiment(room)
    assert len(forms) == 2
    assert list(room.forms) == ["experiment"]
    room.store.close()
