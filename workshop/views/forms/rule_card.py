"""One hand-over rule as a card of fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import ipywidgets as widgets

from workshop.i18n import Translator
from workshop.session.rule_drafts import Card
from workshop.session.rules import Team
from workshop.views.forms import inputs
from workshop.views.forms.inputs import Field
from workshop.views.forms.rules_state import RulesState
from workshop.views.rule_words import STATUSES, status_of, status_typed

OWNERS: tuple[Team, ...] = ("marketing", "sales")
_STATUS = ("from_status", "to_status", "limit_status")
_OWNER = ("owner", "limit_owner")
_HOURS = ("time_limit", "within")
_LONG = ("why", "expects_of_marketing", "expects_of_sales")
ROWS = (
    ("name", "customer_type"),
    ("from_status", "trigger", "to_status"),
    ("owner", "time_limit", "at_most"),
    ("limit_status", "limit_owner", "limit_tell"),
    ("decides", "within", "reason_required"),
    ("why",),
    ("expects_of_marketing", "expects_of_sales"),
)
LARGEST = 2_000


class RuleCard:
    """The fields of one card, each handed on as it is filled in."""

    def __init__(self, state: RulesState, place: int, types: Sequence[str], t: Translator) -> None:
        self.state, self.place, self.types, self.t = state, place, types, t
        self.fields = {name: self._field(name) for row in ROWS for name in row}
        self.wrong = widgets.HTML()
        remove = inputs.small_button(t("build.rule.remove"), partial(state.remove, place))
        rows = [widgets.HBox([self.fields[name].box for name in row]) for row in ROWS]
        self.widget = widgets.VBox([*rows, self.wrong, widgets.HBox([remove])])

    @property
    def card(self) -> Card:
        """The card as it stands."""
        return self.state.cards.cards[self.place]

    def say(self, *faults: str) -> None:
        """Say what is wrong with this rule."""
        self.wrong.value = inputs.line("wrong", *faults)

    def offer(self, statuses: Sequence[str]) -> None:
        """Offer the statuses that other cards name, then those that most CRMs have."""
        for name in _STATUS:
            self.fields[name].widget.options = self._offered(statuses)

    def _offered(self, statuses: Sequence[str]) -> tuple[str, ...]:
        return tuple(status_typed(self.t, one) for one in dict.fromkeys([*statuses, *STATUSES]))

    def _field(self, name: str) -> Field:
        key = f"build.rule.hint.{name}"
        hint = self.t(key) if self.t.has(key) else ""
        return Field(self._widget(name), self.t(f"build.rule.{name}"), hint)

    def _widget(self, name: str) -> Any:
        value, take = getattr(self.card, name), self._taker(name)
        if name in _STATUS or name == "customer_type":
            options = tuple(self.types)
            if name in _STATUS:
                value, options = status_typed(self.t, value), self._offered(self.state.statuses())
            made = widgets.Combobox(
                value=value, options=options, ensure_option=False,
                continuous_update=False, layout=inputs.WIDE,
            )  # fmt: skip
            return inputs.bound(made, take)
        if name in _OWNER:
            teams = [(self.t(f"hand_over.team.{team}"), team) for team in OWNERS]
            return inputs.choice(value, [(self.t("build.choose"), ""), *teams], take)
        if name == "reason_required":
            return inputs.check(value, self.t("build.rule.reason_required.box"), take)
        if name in _HOURS or name == "at_most":
            shown = "" if value is None else self.t.plain(_short(value))
            return inputs.text(shown, partial(self._number, name), short=True)
        return inputs.text(value, take, rows=2 if name in _LONG else 1)

    def _taker(self, name: str) -> Callable[[Any], None]:
        if name in _STATUS:
            return lambda text: self.state.change(self.place, **{name: status_of(self.t, text)})
        return lambda value: self.state.change(self.place, **{name: value})

    def _number(self, name: str, text: str) -> None:
        """Take a number above 0, or none; what is neither is said and changes nothing."""
        try:
            value = _read(text, whole=name == "at_most")
        except ValueError:
            self.fields[name].say(self.t("build.rule.no_number", given=text))
            return
        self.fields[name].say("")
        self.state.change(self.place, **{name: value})


def _read(text: str, *, whole: bool) -> float | int | None:
    if not text.strip():
        return None
    number = float(text.strip().replace(",", "."))
    if not 0 < number <= LARGEST or (whole and not number.is_integer()):
        raise ValueError(text)
    return int(number) if whole or number.is_integer() else round(number, 2)


def _short(number: float) -> float | int:
    return int(number) if float(number).is_integer() else number
