"""The form for an experiment: what, how it is measured, whether a month can tell, and who."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as widgets

from workshop.i18n import Translator
from workshop.questions.experiment import BY_HAND
from workshop.session.ledger import Decision
from workshop.views.experiment import foresight_text, measure_name, now_text, sentence
from workshop.views.forms import inputs
from workshop.views.forms.controls import button
from workshop.views.forms.experiment_state import DAYS, FIELDS, ExperimentState
from workshop.views.forms.form import Form
from workshop.views.forms.inputs import Field, worded
from workshop.views.ledger import decided_text

_ROWS = (
    ("tries",),
    ("with_whom",),
    ("because",),
    ("measure",),
    ("source", "counts", "before"),
    ("at_least", "starts_on", "ends_on"),
    ("if_not",),
    ("marketing", "marketing_does"),
    ("sales", "sales_does"),
    ("looks",),
)
_OF_HAND = ("counts", "before")
_TEAMS = ("marketing", "sales")


class ExperimentForm(Form):
    """One experiment, with what it can tell beside it; for who cannot press, what stands there."""

    def __init__(self, state: ExperimentState, sources: Sequence[str], t: Translator) -> None:
        self.state, self.sources, self.t = state, tuple(sources), t
        self.now, self.told, self.said, self.shown = (widgets.HTML() for _ in range(4))
        self.fields = {name: self._field(name) for name in FIELDS}
        self.widget = inputs.styled(self._laid_out())
        state.observe(lambda _: self._say())
        state.observe(self._follow, FIELDS)
        self._say()

    def html(self) -> str:
        """Return the experiment as it stands."""
        return inputs.line("title", self._title()) + inputs.line("hint", *self._lines())

    def plain(self) -> str:
        """Return the same as text."""
        return "\n".join([self._title(), *self._lines()])

    def stop(self) -> None:
        """Go off the screen."""
        self.state.unobserve_all()
        super().stop()

    def _title(self) -> str:
        return self.t("experiment.form.title")

    def _lines(self) -> list[str]:
        trial = self.state.trial()
        if trial is None:
            return [self.t("experiment.form.empty")]
        return [sentence(trial, self.state.because or "…", self.t), self._foreseen()]

    def _laid_out(self) -> list[Any]:
        rows: list[Any] = [inputs.title(self._title())]
        for names in _ROWS:
            boxes = [self.fields[name].box for name in names]
            rows.append(boxes[0] if len(boxes) == 1 else widgets.HBox(boxes))
            if "source" in names:
                rows.append(self.now)
            if "at_least" in names:
                rows.append(self.told)
        press = button(self.t("experiment.form.record"), self.state.record, "primary")
        return [*rows, self.said, widgets.HBox([press]), self.shown]

    def _field(self, name: str) -> Field:
        hint = f"experiment.hint.{name}"
        label = self.t(f"experiment.field.{name}")
        return Field(self._widget(name), label, self.t(hint) if self.t.has(hint) else "")

    def _widget(self, name: str) -> Any:
        value, take = getattr(self.state, name), self._taker(name)
        if name in DAYS:
            return inputs.day(value, take)
        if name in ("measure", "source", "looks"):
            width = "98%" if name == "measure" else "16rem"
            return inputs.choice(value, self._choices(name), take, width)
        return inputs.text(value, take, short=name in ("before", "at_least"))

    def _choices(self, name: str) -> list[tuple[str, str]]:
        t = self.t
        if name == "source":
            kept = self.state.source
            more = [kept] if kept and kept not in self.sources else []
            return [
                (t("experiment.all_leads"), ""),
                *((one, one) for one in (*self.sources, *more)),
            ]
        if name == "looks":
            return [(t("build.choose"), ""), *((t(f"said.group.{one}"), one) for one in _TEAMS)]
        found = [(measure_name(one, t), one) for one in self.state.measures]
        return [(t("build.choose"), ""), *found]

    def _taker(self, name: str) -> Callable[[Any], None]:
        return lambda value: setattr(self.state, name, value)

    def _follow(self, change: Any) -> None:
        self.fields[change.name].widget.value = change.new

    def _foreseen(self) -> str:
        """Say whether so long can tell, once the test is whole."""
        state, trial = self.state, self.state.trial()
        found = state.foresight()
        if trial is None or found is None:
            return ""
        return foresight_text(trial, state.leads, found, self.t)

    def _say(self) -> None:
        state, t = self.state, self.t
        by_hand = state.measure == BY_HAND
        for name in (*_OF_HAND, "source"):
            hidden = by_hand == (name == "source") or not state.measure
            self.fields[name].box.layout.display = "none" if hidden else ""
        now = state.now
        self.now.value = inputs.line(
            "hint", "" if now is None else now_text(now, state.is_share, t)
        )
        self.told.value = inputs.line("hint", self._foreseen())
        for name, field in self.fields.items():
            fault = t("agreed.missing") if name in state.missing else ""
            field.say(t("agreed.too_long") if name in state.overlong else fault)
        lacking = inputs.lacking(self.fields, state.missing, t)
        self.said.value = inputs.line("wrong", lacking, worded(state.problem, t))
        made = state.decided
        told = "" if made is None else decided_text(Decision(*made), t)
        self.shown.value = inputs.line("title", told) + inputs.line(
            "hint", "" if made is None else Decision(*made).what
        )
