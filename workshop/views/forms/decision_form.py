"""The form that records a decision: a field for each thing that it takes, bound to its state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from workshop.i18n import Translator
from workshop.session.ledger import Decision
from workshop.session.schema import TEAMS
from workshop.views.forms import inputs
from workshop.views.forms.controls import button
from workshop.views.forms.decision_state import FIELDS, DecisionState
from workshop.views.forms.form import Form
from workshop.views.forms.inputs import Field, worded
from workshop.views.fragment import Shown
from workshop.views.ledger import decided_text
from workshop.views.proposals import matter_name

_BESIDE = (("expects_of_marketing", "expects_of_sales"), ("owner", "owner_team", "review_on"),
           ("signed_sales", "signed_marketing"))  # fmt: skip
_LONG = {"what": 7, "why": 3, "expects_of_marketing": 3, "expects_of_sales": 3}
_FAULTS = ("missing", "overlong", "problem", "decided")


class DecisionForm(Form):
    """What was decided, why, what the teams expect of each other, whose it is, and who signed.

    ``above`` shows what is proposed and how the vote stands, ``after`` the decision once it is in
    the ledger; ``texts`` is what goes by itself into the fields that nobody wrote in.
    """

    def __init__(
        self,
        state: DecisionState,
        above: Callable[[], Shown] | None,
        t: Translator,
        after: Callable[[], Shown],
        texts: Callable[[], dict[str, str]],
    ) -> None:
        self.state, self.t, self.above, self.after, self.texts = state, t, above, after, texts
        self.proposed = widgets.HTML()
        self.fields = {name: self._field(name) for name in self._asked()}
        self.said = widgets.HTML()
        self.shown = widgets.HTML()
        self.another = button(self.t("agreed.form.another"), self._begin_anew)
        self.widget = inputs.styled(self._laid_out())
        state.observe(lambda _: self._say(), _FAULTS)
        state.observe(self._follow, FIELDS)
        self.look()
        self._say()

    def html(self) -> str:
        """Return what the ledger and the draft hold, for who cannot press."""
        parts = [] if self.above is None else [self.above().html()]
        rows = [f"{self._label(name)}: {self._written(name)}" for name in self._asked()]
        return "".join([inputs.line("title", self._title()), *parts, inputs.line("hint", *rows)])

    def plain(self) -> str:
        """Return the same as text."""
        parts = [] if self.above is None else [self.above().plain()]
        rows = [f"{self._label(name)}: {self._written(name)}" for name in self._asked()]
        return "\n".join([self._title(), *parts, *rows])

    def look(self) -> None:
        """Bring what is proposed, what follows from it, and how the vote stands, up to date."""
        self.state.propose(**self.texts())
        self.proposed.value = "" if self.above is None else self.above().html()

    def _asked(self) -> list[str]:
        return [name for name in FIELDS if name != "subject" or not self.state.matter.subject]

    def _title(self) -> str:
        return self.t("agreed.form.title", matter=matter_name(self.state.matter, self.t))

    def _label(self, name: str) -> str:
        return self.t(f"agreed.field.{name}")

    def _written(self, name: str) -> str:
        value = getattr(self.state, name)
        if name == "owner_team" and value:
            return self.t(f"said.group.{value}")
        return self.t.plain(value or None)

    def _laid_out(self) -> list[Any]:
        rows: list[Any] = [inputs.title(self._title())]
        if self.above is not None:
            rows.append(self.proposed)
        beside = {name: together for together in _BESIDE for name in together}
        for name in self.fields:
            together = beside.get(name, (name,))
            if together[0] == name:
                rows.append(widgets.HBox([self.fields[one].box for one in together]))
        press = [button(self.t("agreed.form.decide"), self.state.decide, "primary")]
        if self.above is not None:
            press.append(button(self.t("panel.look"), self.look))
        return [*rows, self.said, widgets.HBox(press), self.shown, widgets.HBox([self.another])]

    def _begin_anew(self) -> None:
        self.state.begin_anew()
        self.look()

    def _field(self, name: str) -> Field:
        hint = self.t(f"agreed.hint.{name}") if self.t.has(f"agreed.hint.{name}") else ""
        return Field(self._widget(name), self._label(name), hint)

    def _widget(self, name: str) -> Any:
        value, take = getattr(self.state, name), self._taker(name)
        if name == "review_on":
            return inputs.day(value, take)
        if name == "owner_team":
            teams = [(self.t(f"said.group.{team}"), team) for team in TEAMS]
            return inputs.choice(value, [(self.t("build.choose"), ""), *teams], take)
        return inputs.text(value, take, rows=_LONG.get(name, 1))

    def _taker(self, name: str) -> Callable[[Any], None]:
        return lambda value: setattr(self.state, name, value)

    def _follow(self, change: Any) -> None:
        if change.name in self.fields:
            self.fields[change.name].widget.value = change.new

    def _fault(self, name: str) -> str:
        is_open = name == "what" and self.state.matter.outline and self.state.what
        return self.t("agreed.outline.open" if is_open else "agreed.missing")

    def _say(self) -> None:
        state, t = self.state, self.t
        for name, field in self.fields.items():
            fault = self._fault(name) if name in state.missing else ""
            field.say(t("agreed.too_long") if name in state.overlong else fault)
        lacking = inputs.lacking(self.fields, state.missing, t)
        self.said.value = inputs.line("wrong", lacking, worded(state.problem, t))
        made = state.decided
        is_last = made is None or state.matter.voted
        self.another.layout.display = "none" if is_last else ""
        if made is None:
            self.shown.value = ""
            return
        told = inputs.line("title", decided_text(Decision(*made), t))
        self.shown.value = told + self.after().html()
