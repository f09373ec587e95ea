"""The form for a promise: who does what by when, so that what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from workshop.i18n import Translator
from workshop.session.schema import TEAMS
from workshop.views.forms import inputs
from workshop.views.forms.controls import button
from workshop.views.forms.form import Form
from workshop.views.forms.inputs import Field, worded
from workshop.views.forms.promise_state import FIELDS, PromiseState
from workshop.views.promised import made_list

_FAULTS = ["missing", "overlong", "problem", "made"]


class PromiseForm(Form):
    """What this session promised so far, and a form for the next one, three at most."""

    def __init__(self, state: PromiseState, t: Translator) -> None:
        self.state, self.t = state, t
        self.made, self.wrong = widgets.HTML(), widgets.HTML()
        self.fields = {name: Field(self._widget(name), self._label(name)) for name in FIELDS}
        beside = [self.fields[name].box for name in ("owner", "owner_team", "by")]
        press = button(t("promise.record"), state.record, "primary")
        self.asked = widgets.VBox(
            [
                self.fields["what"].box,
                widgets.HBox(beside),
                self.fields["so_that"].box,
                self.wrong,
                widgets.HBox([press]),
            ]
        )
        self.widget = inputs.styled([self.made, self.asked])
        state.observe(lambda _: self._say(), _FAULTS)
        state.observe(self._follow, FIELDS)
        self._say()

    def html(self) -> str:
        """Return what was promised, for who cannot press."""
        return made_list(self.state.made, self.t).html()

    def plain(self) -> str:
        """Return the same as text."""
        return made_list(self.state.made, self.t).plain()

    def _label(self, name: str) -> str:
        return self.t(f"promise.field.{name}")

    def _widget(self, name: str) -> Any:
        value, take = getattr(self.state, name), self._taker(name)
        if name == "by":
            return inputs.day(value, take)
        if name == "owner_team":
            teams = [(self.t(f"said.group.{team}"), team) for team in TEAMS]
            return inputs.choice(value, [(self.t("build.choose"), ""), *teams], take)
        return inputs.text(value, take)

    def _taker(self, name: str) -> Callable[[Any], None]:
        return lambda value: setattr(self.state, name, value)

    def _follow(self, change: Any) -> None:
        self.fields[change.name].widget.value = change.new

    def _say(self) -> None:
        state, t = self.state, self.t
        self.made.value = made_list(state.made, t).html()
        self.asked.layout.display = "none" if state.full else ""
        for name, field in self.fields.items():
            fault = t("agreed.missing") if name in state.missing else ""
            field.say(t("agreed.too_long") if name in state.overlong else fault)
        self.wrong.value = inputs.line("wrong", worded(state.problem, t))
