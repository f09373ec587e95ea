"""What a form offers for a criterion: the fields of this CRM, and the values they have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import ibis

from workshop.crm.fact_fields import (
    ACTIVITIES,
    FIRST_TOUCH,
    OF_KIND,
    OF_TEAM,
    FactField,
    is_happening,
)
from workshop.crm.fact_fields import fact_fields as all_fields
from workshop.crm.schema import SIZES
from workshop.crm.tables import Tables

MOST_VALUES = 200
MOST_KINDS = 40

TEXT_OPERATORS = ("one_of", "none_of", "is_known")
NUMBER_OPERATORS = ("at_least", "at_most", "is", "is_not", "is_known")


class Offer(NamedTuple):
    """A field to choose, and the operators that fit it; counts of activities are never unknown."""

    field: FactField
    operators: tuple[str, ...]


def offers(tables: Tables) -> tuple[Offer, ...]:
    """Return the fields whose value was known when a lead was judged, and no other.

    Not offered: traits that nobody vouched for, and what this CRM has nothing of.
    """
    known = [field for field in all_fields(tables).values() if field.vouched]
    who = [field for field in known if not is_happening(field.name)]
    happened = [field for field in known if is_happening(field.name) and _has(field.name, tables)]
    kinds = [FactField(OF_KIND + kind, "number", True) for kind in _kinds(tables)]
    return tuple(Offer(field, operators_of(field)) for field in (*who, *happened, *kinds))


def operators_of(field: FactField) -> tuple[str, ...]:
    """Return the operators that fit a field."""
    if field.kind != "number":
        return TEXT_OPERATORS
    counted = is_happening(field.name) and field.name != FIRST_TOUCH
    return NUMBER_OPERATORS[:-1] if counted else NUMBER_OPERATORS


def values_of(tables: Tables, field: FactField) -> tuple[str, ...]:
    """Return the values that leads have in a field, the most frequent first; none of a number."""
    leads = tables.leads
    if field.kind == "number" or leads is None:
        return ()
    if field.kind == "size":
        return SIZES
    named = leads.select(value=leads[field.name].cast("string")).filter(ibis._.value.notnull())
    counted = named.group_by("value").agg(n=ibis._.count())
    most = counted.order_by(ibis.desc("n"), "value").limit(MOST_VALUES).execute()
    return _once(most["value"])


def _once(values: Sequence[str]) -> tuple[str, ...]:
    """Keep one spelling, the most frequent, of values that differ in capitals or spaces only."""
    found: dict[str, str] = {}
    for value in values:
        found.setdefault(" ".join(value.split()).casefold(), value)
    return tuple(found.values())


def _has(name: str, tables: Tables) -> bool:
    if name == FIRST_TOUCH:
        leads = tables.leads
        return leads is not None and bool(leads.touch_day.notnull().any().execute())
    activities = tables.activities
    if activities is None or not tables.dated_leads:
        return False
    if name == ACTIVITIES:
        return True
    return bool((activities.team == OF_TEAM[name]).any().execute())


def _kinds(tables: Tables) -> tuple[str, ...]:
    activities = tables.activities
    if activities is None or not tables.dated_leads:
        return ()
    of_leads = activities.filter((activities.record == "lead") & activities.kind.notnull())
    counted = of_leads.group_by("kind").agg(n=ibis._.count())
    most = counted.order_by(ibis.desc("n"), "kind").limit(MOST_KINDS).execute()
    return tuple(str(kind) for kind in most["kind"] if str(kind).strip())
