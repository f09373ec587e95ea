"""Hand-over rules in the making: cards whose fields may still be empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from workshop.session.rules import ENDS, Rule, RuleSet


@dataclass(frozen=True)
class Card:
    """One rule as it is being filled in; hours are working hours, and nothing is an empty text."""

    name: str = ""
    from_status: str = ""
    to_status: str = ""
    trigger: str = ""
    customer_type: str = ""
    owner: str = ""
    time_limit: float | None = None
    at_most: int | None = None
    limit_status: str = ""
    limit_owner: str = ""
    limit_tell: str = ""
    decides: str = ""
    within: float | None = None
    reason_required: bool = True
    why: str = ""
    expects_of_marketing: str = ""
    expects_of_sales: str = ""


REQUIRED = ("name", "from_status", "trigger", "to_status")
"""What a card needs to be a rule at all, in the order in which a form asks for it."""


@dataclass(frozen=True)
class Cards:
    """All rules in the making, where a lead begins, and where it may rest."""

    cards: tuple[Card, ...] = ()
    start: str = ""
    ends: tuple[str, ...] = ENDS

    def plain(self) -> dict[str, Any]:
        """Return them as JSON keeps them."""
        return {
            "cards": [asdict(card) for card in self.cards],
            "start": self.start,
            "ends": list(self.ends),
        }


def from_plain(kept: Mapping[str, Any]) -> Cards:
    """Return what `Cards.plain` made JSON of."""
    return Cards(tuple(Card(**card) for card in kept["cards"]), kept["start"], tuple(kept["ends"]))


def cards_of(rules: RuleSet | None) -> Cards:
    """Return the rules of a file as cards; none where there is no file."""
    if rules is None:
        return Cards()
    return Cards(tuple(_card(rule) for rule in rules.rules), rules.start or "", rules.ends)


def _card(rule: Rule) -> Card:
    limit, who = rule.at_limit, rule.on_disagreement
    own = {field.name for field in fields(Card)} & set(Rule.model_fields)
    given = {
        **{name: getattr(rule, name) for name in own},
        "limit_status": limit and limit.status,
        "limit_owner": limit and limit.owner,
        "limit_tell": limit and limit.tell,
        "decides": who and who.decides,
        "within": who and who.within,
        "reason_required": who.reason_required if who else None,
    }
    return Card(**{name: value for name, value in given.items() if value is not None})


def rules_content(cards: Cards) -> dict[str, Any]:
    """Return cards as a file would hold them; what is empty is left out, and not checked yet."""
    start = {"start": cards.start.strip()} if cards.start.strip() else {}
    return {**start, "ends": list(cards.ends), "rules": [_values(card) for card in cards.cards]}


def _values(card: Card) -> dict[str, Any]:
    limit = {"status": card.limit_status, "owner": card.limit_owner, "tell": card.limit_tell}
    decides = {"decides": card.decides, "within": card.within}
    who = {**decides, "reason_required": card.reason_required} if _given(decides) else {}
    return _given(
        {
            "name": card.name,
            "from": card.from_status,
            "to": card.to_status,
            "trigger": card.trigger,
            "customer_type": card.customer_type,
            "owner": card.owner,
            "time_limit": card.time_limit,
            "at_limit": _given(limit),
            "at_most": card.at_most,
            "on_disagreement": _given(who),
            "why": card.why,
            "expects_of_marketing": card.expects_of_marketing,
            "expects_of_sales": card.expects_of_sales,
        }
    )


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what is filled in, texts without spaces around them."""
    trimmed = {name: v.strip() if isinstance(v, str) else v for name, v in values.items()}
    return {name: value for name, value in trimmed.items() if value not in ("", None, {})}


def lacking(card: Card) -> tuple[str, ...]:
    """Return what a card still needs to be a rule at all; who decides goes with within when."""
    needed = [name for name in REQUIRED if not getattr(card, name).strip()]
    decides = bool(card.decides.strip())
    if decides != (card.within is not None):
        needed.append("within" if decides else "decides")
    return tuple(needed)


def changed(cards: Sequence[Card], place: int, card: Card | None) -> tuple[Card, ...]:
    """Return the cards with another at a place, or without the one there."""
    middle = () if card is None else (card,)
    return (*cards[:place], *middle, *cards[place + 1 :])
