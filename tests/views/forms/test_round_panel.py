"""The panel on the screen: buttons that follow the state, and a look every second."""

from __future__ import annotations

import asyncio

import ipywidgets as widgets
import pytest

from tests.views.played import answer, exercise, options
from workshop.i18n import Translator
from workshop.questions.cards import Filled
from workshop.views.display import Prose
from workshop.views.forms.answer_card import AnswerCard
from workshop.views.forms.card_form import CardForm
from workshop.views.forms.round_panel import RoundPanel
from workshop.views.forms.round_state import RoundState
from workshop.views.forms.ticker import Ticker

EVERY_KIND = exercise(
    {"id": "a", "kind": "statement"},
    {"id": "b", "kind": "text"},
    {"id": "c", "kind": "lines"},
    {"id": "d", "kind": "choice", "options": options("x", "y")},
    {"id": "e", "kind": "choices", "options": options("x", "y")},
    {
        "id": "f",
        "kind": "label",
        "options": options("x", "y"),
        "cards": [{"lead_id": "L-1", "facts": []}],
    },
    {"id": "g", "kind": "number", "highest": 10},
    {"id": "h", "kind": "involvement", "stages": options("x", "y"), "customer_types": ["New"]},
    {"id": "i", "kind": "ranking", "options": options("x", "y")},
    {"id": "j", "kind": "dots", "options": options("x", "y")},
)
TYPED = {
    "a": 4,
    "b": "Text",
    "c": "One\nTwo",
    "d": "x",
    "e": ["y"],
    "f/0": "y",
    "g": "2,5",
    "h/0/x/marketing": 1,
    "h/0/x/sales": 4,
    "h/0/y/marketing": 0,
    "h/0/y/sales": 2,
    "i": {"x": "2", "y": "1"},
    "j": {"x": "3", "y": ""},
}


@pytest.fixture
def state(store) -> RoundState:
    return RoundState(store, "x", EVERY_KIND, lambda content, seed: Filled(content, ()), 4)


@pytest.fixture
def panel(state, english):
    made = RoundPanel(state, lambda found: Prose(f"Result of {found.exercise}"), english.t)
    yield made
    made.stop()


def within(widget: widgets.Widget, kind: type) -> list[widgets.Widget]:
    """Return all widgets of a kind within another, in order."""
    own = [widget] if isinstance(widget, kind) else []
    return own + [
        found for child in getattr(widget, "children", ()) for found in within(child, kind)
    ]


def buttons(panel: RoundPanel) -> dict[str, widgets.Button]:
    return {found.description: found for found in within(panel.widget, widgets.Button)}


def test_a_round_from_opening_to_asking_again(panel, state):
    assert list(buttons(panel)) == ["Open for answers", "Refresh"]
    buttons(panel)["Open for answers"].click()
    assert list(buttons(panel)) == ["Show the answers", "Close without showing"]
    answer(state.store, state.round, "sales", {"a": 3}, done=False)
    buttons(panel)["Show the answers"].click()
    assert list(buttons(panel)) == ["End early and show", "Go on"]
    assert "Result" not in panel.widget.children[-1].value
    buttons(panel)["End early and show"].click()
    assert "Result of x" in panel.widget.children[-1].value
    buttons(panel)["Ask again"].click()
    assert state.round.repeats
    assert panel.widget.children[-1].value == ""


def test_named_and_minutes_are_chosen_before(panel, state):
    mode = within(panel.widget, widgets.ToggleButtons)[0]
    minutes = within(panel.widget, widgets.BoundedIntText)[0]
    mode.value, minutes.value = True, 7
    buttons(panel)["Open for answers"].click()
    assert (state.round.named, state.round.minutes) == (True, 7)


def test_a_store_error_is_a_sentence_that_is_read_out(panel, state):
    other = RoundState(state.store, "y", EVERY_KIND, state.fill, 4)
    other.open()
    buttons(panel)["Open for answers"].click()
    alert = panel.widget.children[1].value
    assert 'role="alert"' in alert
    assert "“Title” still takes answers." in alert


def test_without_a_front_end_it_shows_what_the_store_holds(panel, state):
    state.open()
    answer(state.store, state.round, "sales", {"b": "Sphinx"})
    bundle = panel._repr_mimebundle_()
    assert "Open for answers" in bundle["text/plain"]
    assert "Sphinx" not in str(bundle)
    state.reveal()
    assert "Result of x" in panel._repr_mimebundle_()["text/html"]


def test_the_result_is_drawn_once(state, english):
    drawn = []

    def result(found):
        drawn.append(found.round_id)
        return Prose("Result")

    panel = RoundPanel(state, result, english.t)
    state.open()
    state.reveal()
    panel.html()
    panel.plain()
    assert drawn == [state.round.round_id]


def test_it_follows_what_is_done_on_another_screen(state, english):
    async def follow() -> None:
        panel = RoundPanel(state, lambda found: Prose("Result"), english.t)
        panel.ticker._every = 0.01
        assert not panel.ticker.runs
        panel._repr_mimebundle_()
        assert panel.ticker.runs
        other = RoundState(state.store, "x", EVERY_KIND, state.fill, 4)
        other.open()
        await until(lambda: state.phase == "open")
        answer(state.store, state.round, "sales", {"a": 3})
        await until(lambda: state.seen.progress.done == 1)
        other.look()
        other.reveal()
        await until(lambda: state.phase == "revealed")
        assert "Result" in panel.widget.children[-1].value
        other.reopen()
        await until(lambda: state.phase == "open")
        assert panel.widget.children[-1].value == ""
        panel.stop()

    asyncio.run(follow())


def test_a_panel_that_was_replaced_looks_no_more(state, english):
    async def follow() -> None:
        state.open()
        panel = RoundPanel(state, lambda found: Prose("Result"), english.t)
        assert panel.ticker.runs
        panel.stop()
        await until(lambda: not panel.ticker.runs)

    asyncio.run(follow())


async def until(holds) -> None:
    """Wait for something, five seconds at most."""
    for _ in range(500):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen within five seconds")


def test_a_ticker_without_an_event_loop_does_nothing():
    async def never() -> bool:
        raise AssertionError

    ticker = Ticker(never)
    ticker.start()
    assert not ticker.runs


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_card_of_every_kind_of_question_can_be_typed_in(state, language):
    state.open()
    card = AnswerCard(state.store, state.round, language)
    form = CardForm(card, Translator(language))
    for item, (_, field) in form.fields.items():
        fill(field.widget, TYPED[item], EVERY_KIND.question_of(item))
    form.save()
    assert card.wrong == {}
    assert card.saved == 1
    assert all(not any_value(field.read()) for _, field in form.fields.values())
    state.reveal()
    assert state.phase == "revealed"


def fill(widget, value, question) -> None:
    """Fill in a field as someone would type it."""
    if isinstance(value, dict):
        for box, text in zip(within(widget, widgets.Text), value.values(), strict=True):
            box.value = text
    elif isinstance(value, list):
        ids = [option.id for option in question.options]
        for box, name in zip(within(widget, widgets.Checkbox), ids, strict=True):
            box.value = name in value
    else:
        widget.value = value


def any_value(value: object) -> bool:
    """Tell whether something stands in a field."""
    return any(value.values()) if isinstance(value, dict) else bool(value)


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(state, english):
    state.open()
    form = CardForm(AnswerCard(state.store, state.round, "en"), english.t)
    form.fields["g"][1].widget.value = "11"
    form.save()
    assert "Enter a number from 0 to 10." in form.below["g"].value
    assert "Nothing was saved yet" in form.said.value
    assert form.fields["g"][1].widget.value == "11"
