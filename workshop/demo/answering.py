"""What the people of the example session answer: by the script, or by what a lead's card says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from workshop.demo.script import Person, Script, of
from workshop.session.exercise import Card, Choice, Exercise, Involvement, Label, Question

SEED = 138
_MISREAD = 0.12
"""How often someone takes a lead for a step more or less than the facts on its card say."""
_BIG = ("50–249", "250+")
_DECIDES = ("Zaakvoerder", "Logistiek manager")
_MOVES = ("Verhuizing", "Groei")
_WARM = ("Referentie", "Webinar")


class NoScript(ValueError):
    """A question that the script has no answers to."""


def answers(
    script: Script, name: str, exercise: Exercise, person: Person
) -> Iterator[tuple[str, Any]]:
    """Yield what a person answers in an exercise: items with their checked values.

    Raises ``NoScript`` where the script has no answers, ``BadAnswer`` where one is not allowed.
    """
    for question in exercise.questions:
        for item, value in _said(script, name, question, person):
            checked = question.checked(value)
            if checked is not None:
                yield item, checked


def _said(
    script: Script, name: str, question: Question, person: Person
) -> Iterator[tuple[str, Any]]:
    if isinstance(question, Label):
        for item, card in zip(question.items(), question.cards, strict=True):
            yield item, _label(question, card, person)
        return
    if isinstance(question, Involvement):
        for item in question.items():
            yield item, _involved(script, question, item, person)
        return
    values = script.given(name, question.id)
    if values is None:
        raise NoScript(f"{name}: {question.id}")
    yield question.id, _sent(question, of(values, person))


def _sent(question: Question, value: Any) -> Any:
    """Return a value as a phone would send it; an option of the CRM goes by its name here."""
    if isinstance(question, Choice) and question.which:
        named = {option.text.nl: option.id for option in question.options}
        return named.get(value, value)
    return list(value) if isinstance(value, tuple) else value


def _label(question: Label, card: Card, person: Person) -> str:
    """Label a lead: sales looks at who it is, marketing at what it did, the others at both."""
    facts = {field: value for field, value in card.facts if value}
    fit = _fit(facts)
    warmth = _warmth(facts)
    seen = {"sales": fit, "marketing": warmth, "other": round((fit + warmth) / 2)}[person.team]
    rng = _draws(f"{card.lead_id}/{person.number}")
    if rng.random() < _MISREAD:
        seen += int(rng.choice([-1, 1]))
    steps = [option.id for option in question.options]
    return steps[int(np.clip(seen, 0, len(steps) - 1))]


def _fit(facts: dict[str, str]) -> int:
    """Return how much a lead is what sales calls a good one, from 0 to 3."""
    big, decides = facts.get("employees") in _BIG, facts.get("role") in _DECIDES
    called = int(facts.get("activities.Telefoon", "0")) > 0
    return big + decides + (called or facts.get("trigger") in _MOVES)


def _warmth(facts: dict[str, str]) -> int:
    """Return how much a lead is what marketing calls a good one, from 0 to 3."""
    kinds = ("Websitebezoek", "E-mail geopend", "Download", "Nieuwsbrief")
    did = sum(int(facts.get(f"activities.{kind}", "0")) for kind in kinds)
    return min(3, min(2, did) + (facts.get("source") in _WARM))


def _involved(script: Script, question: Involvement, item: str, person: Person) -> int:
    """Return how much a team should do somewhere in the journey, as a person sees it."""
    place = question.place(item)
    stage = item.rsplit("/", 2)[1]
    known = script.play.involvement.get(place.customer_type, {}).get(stage)
    if known is None:
        raise NoScript(f"{item} ({place.customer_type})")
    by_sales, by_marketing = known["marketing" if place.team == "marketing" else "sales"]
    seen = {"sales": by_sales, "marketing": by_marketing}
    middle = seen.get(person.team, round((by_sales + by_marketing) / 2))
    moved = middle + int(_draws(f"{item}/{person.number}").choice([-1, 0, 0, 0, 1]))
    return int(np.clip(moved, 0, question.most))


def _draws(what: str) -> np.random.Generator:
    """Return draws that are the same each time for the same person and thing."""
    return np.random.default_rng([SEED, *json.dumps(what).encode()])
