"""The facts of a lead card in words."""

from __future__ import annotations

from workshop.crm.fact_fields import FIRST_TOUCH, OF_KIND, is_happening
from workshop.i18n import Translator
from workshop.session.exercise import Card
from workshop.views.naming import column_name

FIRST = ("sector", "employees", "role", "source")
"""What tells leads apart best on one line."""
MOST_NAMED = 4


def field_name(t: Translator, field: str) -> str:
    """Return what a field of a card is called: a column, or a kind of activity."""
    if field == FIRST_TOUCH:
        return t("said.card.first_touch")
    return field.removeprefix(OF_KIND) if field.startswith(OF_KIND) else column_name(t, field)


def card_name(card: Card) -> str:
    """Return what tells a card apart on a screen: the first known facts of who the lead is."""
    known = {field: value for field, value in card.facts if value and not is_happening(field)}
    order = [*(field for field in FIRST if field in known), *(f for f in known if f not in FIRST)]
    return " · ".join(known[field] for field in order[:MOST_NAMED])
