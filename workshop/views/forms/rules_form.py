"""The builder of hand-over rules: cards, what is wrong with them, the picture, the replay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import ipywidgets as widgets

from workshop.errors import WorkshopError
from workshop.session.rule_drafts import lacking
from workshop.session.rules import RuleSet
from workshop.views.agreed_rules import drawn
from workshop.views.display import Note, Prose, Shown
from workshop.views.forms import inputs
from workshop.views.forms.controls import button
from workshop.views.forms.form import Form
from workshop.views.forms.inputs import Field, worded
from workshop.views.forms.rule_card import RuleCard
from workshop.views.forms.rules_state import RulesState
from workshop.views.hand_over import waiting
from workshop.views.look import Look
from workshop.views.machine_chart import machine_chart
from workshop.views.replayed import html_of
from workshop.views.rule_words import defect_text, rule_text, status_of, status_typed


class RulesForm(Form):
    """The hand-over rules, to be shaped card by card."""

    def __init__(self, state: RulesState, types: Sequence[str], look: Look) -> None:
        self.state, self.types, self.look, self.t = state, types, look, look.t
        self.day_hours = state.working.day_hours
        self.cards: list[RuleCard] = []
        self.fold = widgets.Accordion([])
        self.wrong, self.lint, self.picture, self.result = (widgets.HTML() for _ in range(4))
        self._drawn: tuple[RuleSet | None, tuple[Shown, ...]] = (None, ())
        self.widget = inputs.styled(self._laid_out())
        state.observe(lambda _: self._follow(), ["cards", "defects", "unusable", "rules"])
        state.observe(lambda _: self._say(), ["problem", "answer"])
        self._follow()

    def html(self) -> str:
        """Return the rules as they stand: drawn, checked and in words."""
        return inputs.line("title", self.t("build.rules.title")) + html_of(self._parts())

    def plain(self) -> str:
        """Return the same as text."""
        parts = (part.plain() for part in self._parts())
        return "\n\n".join([self.t("build.rules.title"), *parts])

    def stop(self) -> None:
        """Go off the screen."""
        self.state.unobserve_all()
        super().stop()

    def _parts(self) -> tuple[Shown, ...]:
        rules = self.state.rules
        if rules is None:
            return (Note("session", self.t("build.rules.none"), self.t),)
        texts = tuple(rule_text(self.t, rule, self.day_hours) for rule in rules.rules)
        opening = self.t("hand_over.rules.opening", n=len(texts))
        return (*self._pictures(), self._checked(), Prose(opening, texts))

    def _pictures(self) -> tuple[Shown, ...]:
        """Return the rules drawn, once as long as they stay what they are."""
        rules = self.state.rules
        if rules is not None and rules is not self._drawn[0]:
            charts = (
                machine_chart(rules, name, self.day_hours, self.look) for name in drawn(rules)
            )
            # The table behind a picture goes with a report; here the cards are above it.
            self._drawn = (rules, tuple(replace(chart, table=None) for chart in charts))
        return self._drawn[1] if rules is not None else ()

    def _checked(self) -> Shown:
        defects, t = self.state.defects, self.t
        if not defects:
            return Prose(t("hand_over.lint.none"))
        points = tuple(defect_text(t, defect) for defect in defects)
        return Prose(t("hand_over.lint.opening", n=len(points)), points)

    def _laid_out(self) -> list[Any]:
        t, state = self.t, self.state
        start = inputs.text(
            status_typed(t, state.cards.start), lambda text: state.begin(status_of(t, text)),
            short=True,
        )  # fmt: skip
        ends = inputs.text(
            ", ".join(status_typed(t, one) for one in state.cards.ends),
            lambda text: state.end(",".join(status_of(t, part) for part in text.split(","))),
        )
        top = widgets.HBox(
            [
                Field(start, t("build.rules.start"), t("build.rules.start.hint")).box,
                Field(ends, t("build.rules.ends"), t("build.rules.ends.hint")).box,
            ]
        )
        add = button(t("build.rules.add"), state.add)
        press = [add]
        if state.tables is not None:
            press.append(button(t("build.rules.replay"), state.replay))
        heading = inputs.title(t("build.rules.title"))
        below = [self.wrong, self.lint, self.picture, self.result]
        return [heading, top, self.fold, widgets.HBox(press), *below]

    def _follow(self) -> None:
        """Bring the cards to the state: made anew where one came or went."""
        state = self.state
        if len(self.cards) != len(state.cards.cards):
            self.cards = [
                RuleCard(state, place, self.types, self.t)
                for place in range(len(state.cards.cards))
            ]
            self.fold.children = [card.widget for card in self.cards]
            self.fold.selected_index = len(self.cards) - 1 if self._has_new() else None
        self.fold.titles = tuple(map(self._name, range(len(self.cards))))
        for place, card in enumerate(self.cards):
            card.offer(state.statuses())
            card.say(*map(partial(defect_text, self.t), state.defects_of(place)))
        self._say()

    def _has_new(self) -> bool:
        return bool(self.cards) and not self.state.cards.cards[-1].name

    def _name(self, place: int) -> str:
        card = self.state.cards.cards[place]
        name = card.name.strip() or self.t("build.rule.new")
        if not card.customer_type.strip():
            return name
        return self.t("hand_over.rule.name", name=name, type=card.customer_type.strip())

    def _unfinished(self) -> list[str]:
        """Say of each card that is no rule yet what it still needs."""
        cards = self.state.cards.cards
        return [
            self.t(
                "build.rules.lacking",
                name=self._name(place),
                fields=[self.t(f"build.rule.{field}") for field in lacking(card)],
            )
            for place, card in enumerate(cards)
            if lacking(card)
        ]

    def _say(self) -> None:
        state, t = self.state, self.t
        error: WorkshopError | None = state.problem or state.unusable
        lines = self._unfinished() if state.problem is None else []
        self.wrong.value = inputs.line("wrong", *(lines or [worded(error, t)]))
        self.lint.value = self._checked().html() if state.rules else ""
        self.picture.value = html_of(self._pictures())
        found = state.found
        self.result.value = html_of(waiting(found, self.day_hours, self.look)) if found else ""
