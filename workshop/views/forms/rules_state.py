"""Hand-over rules being shaped: cards, what is wrong with them, and their replay. No widget."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from traitlets import HasTraits, Instance, Tuple

from workshop.crm.calendar import WorkingTime
from workshop.crm.tables import Tables
from workshop.errors import WorkshopError
from workshop.model_file import checked
from workshop.questions.agreed_files import SUBJECTS
from workshop.questions.hand_over import HandOver, hand_over
from workshop.session import rule_drafts
from workshop.session.machine import Defect, lint
from workshop.session.rule_drafts import Card, Cards
from workshop.session.rules import RuleSet
from workshop.session.store import Store
from workshop.views.forms.form import Keeper


class RulesState(HasTraits):
    """All rules in the making; each change is kept and checked.

    ``cards`` are what is filled in, ``rules`` what it comes to where nothing essential lacks,
    else the last that did; ``defects`` what is wrong with those. ``unusable`` is why the cards as
    they stand are no rules yet. ``answer`` is the replay, until a card changes.
    """

    cards = Instance(Cards, ())
    rules = Instance(RuleSet, allow_none=True)
    defects = Tuple()
    unusable = Instance(WorkshopError, allow_none=True)
    answer = Instance(tuple, allow_none=True)
    problem = Instance(WorkshopError, allow_none=True)

    def __init__(
        self,
        store: Store,
        floor: int,
        written: RuleSet | None,
        tables: Tables | None,
        working: WorkingTime,
    ) -> None:
        super().__init__()
        self.tables, self.working = tables, working
        self.keeper = Keeper(store, floor, "rules", SUBJECTS["rules"])
        kept = self.keeper.latest()
        self.cards = (
            rule_drafts.cards_of(written) if kept is None else rule_drafts.from_plain(kept.content)
        )
        self._check()

    def add(self) -> None:
        """Add a card, which begins where the last one leads to."""
        last = self.cards.cards[-1] if self.cards.cards else Card(to_status="lead")
        self._take(replace(self.cards, cards=(*self.cards.cards, Card(from_status=last.to_status))))

    def remove(self, place: int) -> None:
        """Take a card away."""
        cards = rule_drafts.changed(self.cards.cards, place, None)
        self._take(replace(self.cards, cards=cards))

    def change(self, place: int, **values: Any) -> None:
        """Fill in fields of a card."""
        card = replace(self.cards.cards[place], **values)
        cards = rule_drafts.changed(self.cards.cards, place, card)
        self._take(replace(self.cards, cards=cards))

    def begin(self, status: str) -> None:
        """Say in which status a lead begins."""
        self._take(replace(self.cards, start=status.strip().lower()))

    def end(self, text: str) -> None:
        """Say in which statuses a lead may rest: a text with commas between them."""
        ends = tuple(dict.fromkeys(part.strip().lower() for part in text.split(",")))
        self._take(replace(self.cards, ends=tuple(part for part in ends if part)))

    def replay(self) -> None:
        """Replay the rules on the stage history of this CRM."""
        if self.tables is not None and self.rules is not None and self.unusable is None:
            self.answer = hand_over(self.tables, self.working, self.rules)

    @property
    def found(self) -> HandOver | None:
        """The replay of the rules as they stand."""
        return None if self.answer is None else HandOver(*self.answer)

    def statuses(self) -> tuple[str, ...]:
        """Return every status that a card names, in order."""
        named = [
            status.strip().lower()
            for card in self.cards.cards
            for status in (card.from_status, card.to_status, card.limit_status)
        ]
        return tuple(dict.fromkeys([name for name in (*named, *self.cards.ends) if name]))

    def _take(self, cards: Cards) -> None:
        if cards == self.cards:
            return
        with self.hold_trait_notifications():
            self.answer = None
            self.cards = cards
            self.keeper.keep(cards.plain())
            self.problem = self.keeper.problem
            self._check()

    def _check(self) -> None:
        if not self.cards.cards:
            self.rules, self.unusable, self.defects = None, None, ()
            return
        given = rule_drafts.rules_content(self.cards)
        tuples = {name: tuple(v) if isinstance(v, list) else v for name, v in given.items()}
        try:
            self.rules = checked(tuples, RuleSet)
        except WorkshopError as error:
            self.unusable = error
            return
        self.unusable, self.defects = None, lint(self.rules)

    def defects_of(self, place: int) -> tuple[Defect, ...]:
        """Return what is wrong with one card's rule."""
        card = self.cards.cards[place]
        own = (card.customer_type or "").strip() or None
        return tuple(
            defect
            for defect in self.defects
            if card.name.strip() in defect.rules and defect.customer_type in (None, own)
        )
