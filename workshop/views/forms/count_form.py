"""The form for what was counted by hand, once an experiment is over."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets

from workshop.errors import InputError, WorkshopError
from workshop.i18n import Translator
from workshop.questions.experiment import Told, counted_key, kept_counts
from workshop.session.store import Store
from workshop.views.forms import inputs
from workshop.views.forms.form import Form, Keeper
from workshop.views.forms.inputs import Field, worded

_DIGITS = 9


class CountForm(Form):
    """A field for what one experiment counted; what is kept is judged by it."""

    def __init__(self, told: Told, store: Store, floor: int, t: Translator) -> None:
        self.told, self.store, self.t = told, store, t
        number = told.decision.decision_id
        self.keeper = Keeper(store, floor, "decision", counted_key(number))
        self.given = ""
        kept = kept_counts(store, [number]).get(number)
        text = inputs.text("" if kept is None else str(kept), self._take, short=True)
        self.field = Field(text, self._label())
        self.said = widgets.HTML()
        press = inputs.small_button(t("experiment.count.keep"), self.keep)
        self.widget = inputs.styled([self.field.box, inputs.row(press, self.said)])

    def html(self) -> str:
        """Return what is asked."""
        return inputs.line("label", self._label())

    def plain(self) -> str:
        """Return the same as text."""
        return self._label()

    def keep(self) -> None:
        """Keep the number, or say what is wrong with it."""
        bare = self.given.strip()
        problem: WorkshopError | None = None
        if bare.isdecimal() and len(bare) <= _DIGITS:
            self.keeper.keep({"counted": int(bare)})
            problem = self.keeper.problem
        else:
            problem = InputError("bad_count", given=bare)
        self.field.say(worded(problem, self.t))
        kept = "" if problem else self.t("experiment.count.kept", n=int(bare))
        self.said.value = inputs.line("hint", kept)

    def _take(self, value: Any) -> None:
        self.given = value

    def _label(self) -> str:
        trial = self.told.experiment
        return self.t(
            "experiment.count.field",
            what=trial.counts,
            starts=trial.starts_on,
            ends=trial.ends_on,
        )
