"""The form in which a printed answer card is typed in."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets

from workshop.i18n import Translator
from workshop.session.schema import TEAMS
from workshop.views.forms.answer_card import AnswerCard
from workshop.views.forms.answer_fields import WIDE, fields
from workshop.views.forms.controls import button, error_text, text_line
from workshop.views.room.groups import group_name


class CardForm:
    """Fields bound to an `AnswerCard`: what is saved leaves the form at once."""

    def __init__(self, state: AnswerCard, t: Translator) -> None:
        self.state = state
        self.t = t
        self.fields = fields(state.round.content, t)
        self.team = widgets.Dropdown(options=[(group_name(t, team), team) for team in TEAMS])
        self.name = widgets.Text(placeholder=t("panel.card.name"))
        self.said = widgets.HTML()
        self.below = {item: widgets.HTML() for item in self.fields}
        self.widget = self._laid_out()

    def _laid_out(self) -> Any:
        who = [widgets.Label(self.t("panel.card.team")), self.team]
        who += [self.name] if self.state.round.named else []
        rows = [
            widgets.VBox([text_line(heading), field.widget, self.below[item]])
            for item, (heading, field) in self.fields.items()
        ]
        save = button(self.t("panel.card.save"), self.save, "primary")
        note = text_line(self.t("panel.card.note"))
        return widgets.VBox([note, widgets.HBox(who), *rows, save, self.said], layout=WIDE)

    def save(self) -> None:
        """Send what was filled in to the store; say what is wrong, or make room for the next."""
        self.state.team, self.state.name = self.team.value, self.name.value
        saved = self.state.enter({item: field.read() for item, (_, field) in self.fields.items()})
        for item, line in self.below.items():
            wrong = self.state.wrong.get(item)
            line.value = self._alert(f"room.bad.{wrong.code}", **wrong.fields) if wrong else ""
        self.said.value = self._outcome(saved)
        if saved:
            self.name.value = ""
            for _, field in self.fields.values():
                field.clear()

    def _outcome(self, saved: bool) -> str:
        if self.state.problem is not None:
            return error_text(self.state.problem, self.t)
        if self.state.wrong:
            return self._alert("panel.card.wrong")
        return text_line(self.t("panel.card.saved", n=self.state.saved)).value if saved else ""

    def _alert(self, key: str, **fields: object) -> str:
        return error_text(self.t(key, **fields), self.t)
