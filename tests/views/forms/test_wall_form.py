"""The wall of deals under the room's hands, and what of it waits in the definitions."""

from __future__ import annotations

import html

import pytest

from workshop.crm.tables import open_tables
from workshop.i18n import Translator
from workshop.session import sessions
from workshop.session.wall_drafts import Taken, kept_wall
from workshop.views.forms.definition_form import DefinitionForm
from workshop.views.forms.definition_state import DefinitionState
from workshop.views.forms.wall_form import OFFERED, WallForm
from workshop.views.forms.wall_state import WallState


@pytest.fixture(scope="module")
def tables(example):
    return open_tables(example)


@pytest.fixture
def state(kept, tables):
    return WallState(kept, 4, tables, 3)


@pytest.fixture(params=["nl", "en"])
def form(request, state):
    made = WallForm(state, Translator(request.param))
    yield made
    made.stop()


def test_looking_keeps_nothing_and_every_deal_has_its_row(form, state, kept):
    assert kept_wall(kept) is None
    assert sessions.all_sessions(kept) == ()
    for side in ("won", "lost"):
        # A head, and ten rows of a name, five traits and a button.
        assert len(form.sides[side].children) == 7 * 11
    for name in state.deals.deals["name"]:
        assert any(name in html.unescape(str(cell.value)) for grid in form.sides.values()
                   for cell in grid.children if hasattr(cell, "value"))  # fmt: skip


def test_a_swap_changes_one_row_and_says_what_it_does(form, state, kept):
    out = state.deals.deals["deal_id"].iloc[0]
    side = state.deals.deals["side"].iloc[0]
    # Every seventh cell after the head is a button; the first one is of the first deal.
    button = form.sides[side].children[13]
    button.click()
    after = state.deals.deals["deal_id"].tolist()
    assert out not in after
    assert state.wall.gone == (out,)
    assert kept_wall(kept) == state.wall
    said = {"nl": "1 van de 20 is geruild", "en": "1 of the 20 deals was swapped"}
    assert said[form.t.language] in form.told.value
    assert said[form.t.language] in form.plain()


def test_the_room_fills_in_only_what_the_crm_lacks(form, state, kept):
    fields = [
        cell for grid in form.sides.values() for cell in grid.children
        if type(cell).__name__ == "Text"
    ]  # fmt: skip
    assert len(fields) == int(state.deals.deals.iloc[:, -5:].isna().sum().sum())
    fields[0].value = "Nieuw magazijn <b>"
    assert [said for own in kept_wall(kept).filled.values() for said in own.values()] == [
        "Nieuw magazijn <b>"
    ]
    assert "<b>" not in form.html()
    marked = {"nl": "(zaal)", "en": "(room)"}[form.t.language]
    tables = form._parts()[:2]
    assert sum(marked in cell for table in tables for cell in table.frame.to_numpy().ravel()) == 1


def test_what_stands_out_is_offered_until_three_go_along(form, state):
    for n in range(3):
        assert len(form.along.children[3].children) == OFFERED
        form.along.children[3].children[n].click()
    assert len(state.wall.taken) == 3
    assert form.along.children[3].children == ()
    form.along.children[2].children[0].click()
    assert len(state.wall.taken) == 2


def test_a_later_look_finds_the_wall_as_it_was_left(state, kept, tables):
    state.swap(state.deals.deals["deal_id"].iloc[4])
    state.take(Taken("sector", "Bouw"))
    again = WallState(kept, 4, tables, 99)
    assert again.wall == state.wall


class TestInTheDefinition:
    def definition(self, kept, tables, language="en") -> DefinitionForm:
        state = DefinitionState(kept, 4, "mql", "joint", None, tables)
        return DefinitionForm(state, Translator(language))

    def test_nothing_is_offered_before_there_is_a_wall(self, kept, tables):
        assert self.definition(kept, tables)._from_wall() == []

    def test_a_trait_is_tried_out_with_one_press(self, state, kept, tables):
        state.take(Taken("sector", "Bouw"))
        form = self.definition(kept, tables)
        (button,) = form._from_wall()[-1].children
        assert button.description == "+ Sector: Bouw"
        button.click()
        assert "sector is Bouw" in form.plain()
        assert form.state.replayed is not None
        form.stop()

    def test_a_trait_that_no_lead_has_says_who_has_to_fill_it_in(self, state, kept, tables):
        state.take(Taken("problem", "Safety"))
        form = self.definition(kept, tables)
        assert "problem" not in form.state.offers
        hint = form._from_wall()[1].value
        assert "Problem: Safety cannot be tried out here" in hint
        form.stop()
