"""The goal's sliders: a hand on target, volume and rate, and the curve that follows it."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets

from workshop.questions.goal import Moved
from workshop.views.display import Note, Prose, Shown
from workshop.views.forms import inputs
from workshop.views.forms.form import Form
from workshop.views.forms.goal_state import KINDS, GoalState
from workshop.views.forms.inputs import Field, worded
from workshop.views.goal import headline, period_name, unit
from workshop.views.goal_hand import HandCurve, furthest, goal_sentence
from workshop.views.look import Look, limits
from workshop.views.replayed import html_of

_SHORTEST, _LONGEST = 0.1, 3.0
_STEPS = 100
_SLIDER = {"width": "30rem"}


class GoalForm(Form):
    """A goal to be shaped by hand."""

    def __init__(self, state: GoalState, look: Look) -> None:
        self.state, self.look, self.t = state, look, look.t
        self.curve, self.sentence, self.wrong = (widgets.HTML() for _ in range(3))
        self.hands = widgets.VBox()
        self._values: dict[str, Any] = {}
        self.widget = inputs.styled(self._laid_out())
        state.observe(lambda _: self._begin(), ["base"])
        state.observe(lambda _: self._follow(), ["answer", "problem"])
        self._begin()

    def html(self) -> str:
        """Return where the goal stands, and its curve."""
        return inputs.line("title", self.t("build.goal.title")) + html_of(self._parts())

    def plain(self) -> str:
        """Return the same as text."""
        parts = (part.plain() for part in self._parts())
        return "\n\n".join([self.t("build.goal.title"), *parts])

    def stop(self) -> None:
        """Go off the screen."""
        self.state.unobserve_all()
        super().stop()

    def expectations(self) -> dict[str, str]:
        """Return what the hands ask of each team, for the form that records the decision."""
        state, t = self.state, self.t
        if state.found is None or state.found.kind is None or not state.mqls:
            return {}
        name = unit(state.found, t)
        period = period_name(state.found.period, t)
        asked = {
            "expects_of_marketing": t("build.goal.owed.marketing", n=state.mqls, unit=name,
                                      period=period),
        }  # fmt: skip
        if self._rated():
            key = f"build.goal.owed.{state.kind}"
            asked["expects_of_sales"] = t(key, rate=state.rate, unit=name)
        return asked

    def _rated(self) -> bool:
        """Tell whether sales holds a rate here: where opportunities are counted all become one."""
        found = self.state.found
        return bool(found and (self.state.kind == "revenue" or found.unit != "opportunity"))

    def _parts(self) -> tuple[Shown, ...]:
        state, t = self.state, self.t
        found = state.found
        if found is None:
            return (Note("session", t("build.goal.no_crm"), t),)
        if found.kind is None or state.answer is None:
            return (Prose(headline(found, t)),)
        moved = Moved(*state.answer)
        said = Prose(goal_sentence(found, moved, state.target, state.mqls, t))
        chart = HandCurve(found, moved, state.mqls, self.look)
        return (said, chart, limits(self.look, t("goal.limits"), ()))

    def _laid_out(self) -> list[Any]:
        t, state = self.t, self.state
        kinds = [(t(f"build.goal.kind.{code}"), code) for code in KINDS]
        kind = inputs.choice(state.kind, kinds, lambda v: state.ask(kind=v))
        period = inputs.text(state.period, lambda v: state.ask(period=v), short=True)
        period.placeholder = t("build.goal.period.hint")
        asked = [Field(kind, t("build.goal.kind")).box, Field(period, t("build.goal.period")).box]
        left = widgets.VBox([*asked, self.hands, self.wrong])
        left.layout = widgets.Layout(flex="1 1 30rem")
        self.curve.layout = widgets.Layout(flex="1 1 28rem")
        below = widgets.HTML(Note("limits", t("goal.limits"), t).html())
        heading = inputs.title(t("build.goal.title"))
        beside = widgets.HBox([left, self.curve], layout=widgets.Layout(flex_flow="row wrap"))
        return [heading, self.sentence, beside, below]

    def _begin(self) -> None:
        """Set the hands out for a kind and a period."""
        found = self.state.found
        self._values = {}
        if found is None or found.kind is None:
            self.hands.children = ()
        else:
            self.hands.children = [self._target(), self._volume(), *self._rate()]
        self._follow()

    def _target(self) -> Any:
        state = self.state
        base = (state.found and state.found.target) or state.target
        low = min(_SHORTEST * base, state.target)
        high = max(_LONGEST * base, state.target)
        slider = widgets.FloatSlider(
            value=state.target, min=low, max=high, step=_step(high), readout=False, layout=_SLIDER
        )
        inputs.bound(slider, lambda v: state.move(target=v))
        return self._hand("target", self.t("build.goal.target"), slider)

    def _volume(self) -> Any:
        state = self.state
        most = furthest(state.found) if state.found else 12
        slider = widgets.IntSlider(
            value=min(state.mqls, most), min=0, max=most, readout=False, layout=_SLIDER
        )
        inputs.bound(slider, lambda v: state.move(mqls=v))
        return self._hand("volume", self.t("build.goal.volume", unit=self._unit()), slider)

    def _rate(self) -> tuple[Any, ...]:
        if not self._rated():
            return ()
        state = self.state
        most = min(1.0, max(2 * state.history_rate, state.rate, 0.02))
        slider = widgets.FloatSlider(
            value=state.rate, min=0.001, max=most, step=0.001, readout=False, layout=_SLIDER
        )
        inputs.bound(slider, lambda v: state.move(rate=v))
        label = self.t(f"build.goal.rate.{state.kind}", unit=self._unit())
        return (self._hand("rate", label, slider),)

    def _hand(self, name: str, label: str, slider: Any) -> Any:
        value = widgets.HTML()
        self._values[name] = value
        return widgets.VBox([widgets.HTML(inputs.line("label", label)), inputs.row(slider, value)])

    def _unit(self) -> str:
        return unit(self.state.found, self.t) if self.state.found else ""

    def _follow(self) -> None:
        state, t = self.state, self.t
        self.wrong.value = inputs.line("wrong", worded(state.problem, t))
        for name, value in self._values.items():
            value.value = inputs.line("label", self._written(name))
        parts = self._parts()
        self.sentence.value = inputs.line("title", parts[0].plain())
        self.curve.value = parts[1].html() if len(parts) > 1 else ""

    def _written(self, name: str) -> str:
        state, t = self.state, self.t
        if name == "target":
            return t.money(state.target, state.found.currency if state.found else "EUR")
        if name == "volume":
            return t.count(state.mqls)
        return t("build.goal.rate", rate=state.rate, history=state.history_rate)


def _step(high: float) -> float:
    """Return a round step, such that a hand has about a hundred places."""
    rough = high / _STEPS
    scale = 10.0 ** (len(str(int(rough))) - 1) if rough >= 1 else 1.0
    return max(round(rough / scale) * scale, 1.0)
