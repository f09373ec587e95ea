"""The panel that goes through what was promised: one at a time, a button for each answer."""

from __future__ import annotations

from functools import partial
from typing import Any

import ipywidgets as widgets

from workshop.i18n import Translator
from workshop.session.ledger import Decision
from workshop.session.reviews import outcomes
from workshop.views.forms import inputs
from workshop.views.forms.controls import button
from workshop.views.forms.form import Form
from workshop.views.forms.inputs import Field, worded
from workshop.views.forms.review_state import ReviewState
from workshop.views.outcomes import press_text
from workshop.views.promised import due_text, handled_list, lists

_LOOKS = {"done": "primary", "kept": "primary"}


class ReviewForm(Form):
    """What is due, the one that is looked at now large, and what was said so far."""

    def __init__(self, state: ReviewState, t: Translator) -> None:
        self.state, self.t = state, t
        self.now, self.said, self.wrong = (widgets.HTML() for _ in range(3))
        self.note = Field(
            inputs.text(state.note, self._taker("note")), t("review.note"), t("review.note.hint")
        )
        self.day = Field(inputs.day(state.next_on, self._taker("next_on")), t("review.next_on"))
        self.presses = widgets.HBox()
        self.fields = widgets.HBox([self.note.box, self.day.box])
        self.controls = widgets.HBox()
        rows = [self.now, self.fields, self.presses, self.wrong, self.said, self.controls]
        self.widget = inputs.styled(rows)
        state.observe(lambda _: self.update(), ["listed", "current", "problem"])
        state.observe(self._follow, ["note", "next_on"])
        self.update()

    def html(self) -> str:
        """Return the whole list, for who cannot press."""
        state = self.state
        return "".join(part.html() for part in lists(state.listed, state.today, self.t))

    def plain(self) -> str:
        """Return the same as text."""
        state = self.state
        return "\n".join(part.plain() for part in lists(state.listed, state.today, self.t))

    def update(self) -> None:
        """Bring the screen to the state."""
        state, t = self.state, self.t
        found = state.decision
        self.now.value = (
            "" if found is None else due_text(state.listed, found, state.today, t).html()
        )
        self.said.value = self._said(found)
        self.wrong.value = inputs.line("wrong", worded(state.problem, t))
        self.presses.children = self._presses()
        self.fields.layout.display = "none" if found is None else ""
        self.controls.children = self._controls()

    def _said(self, found: Decision | None) -> str:
        """Return what was said so far; while none is looked at, all there is to list."""
        state = self.state
        if found is None:
            return self.html()
        return handled_list(state.listed, self.t).html() if state.listed.handled else ""

    def _presses(self) -> tuple[Any, ...]:
        """Return a button for each thing that can have become of the one that is looked at."""
        found, say = self.state.decision, self.state.say
        if found is None:
            return ()
        return tuple(
            button(press_text(found.kind, one, self.t), partial(say, one), _LOOKS.get(one, ""))
            for one in outcomes(found.kind)
        )

    def _controls(self) -> tuple[Any, ...]:
        back = [inputs.small_button(self.t("review.back"), self.state.back)]
        look = inputs.small_button(self.t("panel.look"), self.state.look)
        return (*(back if self.state.last else ()), look)

    def _taker(self, name: str) -> Any:
        return lambda value: setattr(self.state, name, value)

    def _follow(self, change: Any) -> None:
        field = self.note if change.name == "note" else self.day
        field.widget.value = change.new
