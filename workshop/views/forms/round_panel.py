"""The facilitator's panel of one exercise: buttons and counts, bound to its state."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from workshop.i18n import Translator
from workshop.session.rounds import Round
from workshop.views.forms.answer_card import AnswerCard
from workshop.views.forms.card_form import CardForm
from workshop.views.forms.controls import button, error_text
from workshop.views.forms.panel_text import panel_text
from workshop.views.forms.round_state import RoundState
from workshop.views.forms.ticker import Ticker
from workshop.views.fragment import Shown, fill

_TRAITS = ["seen", "phase", "confirming", "problem", "trouble", "notice", "left_out"]
_LONGEST_BOX = 120


class RoundPanel(Shown):
    """A round to open, follow and show; where nobody can press, what the store holds of it.

    It looks at the store every second once it is displayed: the same exercise may stand on the
    projector and on the facilitator's own screen, and either may open it.
    """

    def __init__(self, state: RoundState, result: Callable[[Round], Shown], t: Translator) -> None:
        self.state = state
        self.result = result
        self.t = t
        self.ticker = Ticker(self._tick)
        self._shown: tuple[int, Shown] | None = None
        self._top, self._alert, self._answers = (widgets.HTML() for _ in range(3))
        self._controls = widgets.VBox()
        self._laid: tuple[object, ...] = ()
        self.widget = widgets.VBox([self._top, self._alert, self._controls, self._answers])
        state.observe(lambda _: self.update(), _TRAITS)
        self.update()

    def html(self) -> str:
        """Return what the store holds: where the round is, and the answers once shown."""
        shown = self._result()
        return panel_text(self.state, self.t).html() + (shown.html() if shown else "")

    def plain(self) -> str:
        """Return the same as text."""
        shown = self._result()
        text = panel_text(self.state, self.t).plain()
        return f"{text}\n\n{shown.plain()}" if shown else text

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        """Return the widget, and beside it what stands where there is none to press."""
        bundle = super()._repr_mimebundle_(include, exclude)
        self.ticker.start()
        return {**bundle, **self.widget._repr_mimebundle_(), "text/plain": bundle["text/plain"]}

    def stop(self) -> None:
        """Leave the exercise to another panel: this one looks no more and goes off the screen."""
        self.ticker.stop()
        self.state.unobserve_all()
        self.widget.close()

    async def _tick(self) -> bool:
        self.state.take(await asyncio.to_thread(self.state.read))
        self._say()
        return True

    def update(self) -> None:
        """Bring the screen to the state."""
        self._say()
        state = self.state
        number = state.round.round_id if state.round else 0
        layout = (state.phase, state.confirming, bool(state.seen.other), number)
        if layout != self._laid:
            self._laid = layout
            self._controls.children = self._buttons()
            self._show_answers()
        if state.phase == "open":
            self.ticker.start()

    def _say(self) -> None:
        self._top.value = panel_text(self.state, self.t).html()
        error = self.state.problem or self.state.trouble
        self._alert.value = "" if error is None else error_text(error, self.t)

    def _show_answers(self) -> None:
        if self.state.phase != "revealed":
            self._answers.value = ""
            return
        self._answers.value = fill("panel_line.html.j2", text=self.t("panel.drawing"), role="")
        shown = self._result()
        self._answers.value = shown._repr_mimebundle_()["text/html"] if shown else ""

    def _result(self) -> Shown | None:
        """Return the result of the round that was shown, drawn once."""
        found = self.state.round
        if found is None or found.state != "revealed":
            return None
        if self._shown is None or self._shown[0] != found.round_id:
            self._shown = found.round_id, self.result(found)
        return self._shown[1]

    def _buttons(self) -> tuple[Any, ...]:
        if self.state.phase == "waiting":
            return self._before()
        if self.state.phase == "open":
            return self._during()
        return (widgets.HBox([button(self.t("panel.again"), self.state.reopen)]),)

    def _before(self) -> tuple[Any, ...]:
        """Return the choice that is fixed from the opening on, and the button that opens."""
        t, state = self.t, self.state
        mode = widgets.ToggleButtons(
            options=[(t("panel.anonymous"), False), (t("panel.named"), True)],
            value=state.named,
            style={"button_width": "9rem"},
        )
        minutes = widgets.BoundedIntText(
            value=state.minutes,
            min=0,
            max=_LONGEST_BOX,
            layout=widgets.Layout(width="6rem"),
        )
        mode.observe(lambda change: self._choose(named=change.new), "value")
        minutes.observe(lambda change: self._choose(minutes=change.new), "value")
        start = button(t("panel.start"), state.open, "primary")
        minutes_of = widgets.Label(t("panel.minutes"), style={"font_size": "1.2rem"})
        box = widgets.HBox([mode, minutes_of, minutes])
        return (box, widgets.HBox([start, button(t("panel.look"), state.look)]))

    def _choose(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self.state, name, value)
        self._say()

    def _during(self) -> tuple[Any, ...]:
        t, state = self.t, self.state
        cancel = button(t("panel.cancel"), state.cancel)
        if state.confirming == "reveal":
            return (widgets.HBox([button(t("panel.early"), state.reveal, "warning"), cancel]),)
        if state.confirming == "close":
            return (widgets.HBox([button(t("panel.close.sure"), state.close, "danger"), cancel]),)
        pair = [
            button(t("panel.reveal"), state.reveal, "primary"),
            button(t("panel.close"), state.close),
        ]
        return (widgets.HBox(pair), self._cards())

    def _cards(self) -> Any:
        """Return the folded form for printed cards, made when it is unfolded."""
        fold = widgets.Accordion([widgets.VBox()], titles=[self.t("panel.card.title")])

        def unfold(change: Any) -> None:
            found = self.state.round
            if change.new == 0 and found is not None and not fold.children[0].children:
                form = CardForm(AnswerCard(self.state.store, found, self.t.language), self.t)
                fold.children[0].children = [form.widget]

        fold.observe(unfold, "selected_index")
        return fold
