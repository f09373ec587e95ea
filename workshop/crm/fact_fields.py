"""The fields of a lead that a criterion may name, and a clause made to fit this CRM."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

import ibis
import ibis.expr.types as ir

from workshop.criteria import AllOf, AnyOf, Clause, Criterion, Value, criteria, parts
from workshop.crm.schema import SIZES
from workshop.crm.sizes import size_class
from workshop.crm.tables import Tables
from workshop.errors import InputError

ACTIVITIES = "activities"
OF_KIND = "activities."
OF_TEAM = {"marketing_activities": "marketing", "sales_activities": "sales"}
FIRST_TOUCH = "days_to_first_touch"
"""The days to a first touch up to the landmark; unknown where there was none by then."""

_NUMERIC_ONLY = ("at_least", "at_most")


class FactField(NamedTuple):
    """A field that a criterion may name, and whether it is known when a lead comes in.

    What happens up to the landmark is dated, so it counts as vouched for.
    """

    name: str
    kind: Literal["text", "number", "size"]
    vouched: bool


def fact_fields(tables: Tables) -> dict[str, FactField]:
    """Return the fields of this CRM's leads; ``activities.<kind>`` is one for any kind."""
    leads = tables.leads
    if leads is None:
        raise ValueError("no leads")
    found = {
        name: FactField(name, _kind(name, tables), vouched)
        for name, vouched in tables.traits("leads").items()
        if name in leads.columns
    }
    happened = (ACTIVITIES, *OF_TEAM, FIRST_TOUCH)
    return found | {name: FactField(name, "number", True) for name in happened}


def _kind(name: str, tables: Tables) -> Literal["text", "number", "size"]:
    if name == "employees":
        return "size"
    own = tables.trait("leads", name)
    return "number" if own is not None and own.numeric else "text"


def fitted(clause: Clause, tables: Tables) -> Clause:
    """Return a clause that fits this CRM: known fields, values of their kind, as it spells them.

    Sizes become classes; a text becomes all spellings that differ in capitals or spaces only.
    Raises ``InputError`` that says what was given and what is allowed.
    """
    known = fact_fields(tables)
    checked = _mapped(clause, lambda criterion: _fitted(criterion, known))
    return respelled(checked, [tables.leads] if tables.leads is not None else [])


def respelled(clause: Clause, sources: Sequence[ir.Table]) -> Clause:
    """Return a clause whose texts are all the spellings that some tables have of them."""
    found = spellings_of(clause, sources)

    def change(criterion: Criterion) -> Criterion:
        texts = [value for value in criterion.values if isinstance(value, str)]
        if not texts or is_happening(criterion.field):
            return criterion
        known = [v for text in texts for v in found.get((criterion.field, _key(text)), [text])]
        values = tuple(dict.fromkeys(sorted(known)))
        return criterion.model_copy(update={"value": values})

    return _mapped(clause, change)


def spellings_of(clause: Clause, sources: Sequence[ir.Table]) -> dict[tuple[str, str], list[str]]:
    """Return how some tables spell the values of the fields that a clause asks a text of."""
    named = sorted(
        {
            criterion.field
            for criterion in criteria(clause)
            if any(isinstance(value, str) for value in criterion.values)
        }
    )
    parts = [
        source.select(field=ibis.literal(name), value=source[name].cast("string")).distinct()
        for source in sources
        for name in named
        if name in source.columns
    ]
    if not parts:
        return {}
    rows = (ibis.union(*parts, distinct=True) if len(parts) > 1 else parts[0]).execute().dropna()
    found: dict[tuple[str, str], list[str]] = {}
    for field, value in sorted(zip(rows["field"], rows["value"], strict=True)):
        found.setdefault((field, _key(value)), []).append(value)
    return found


def _key(text: str) -> str:
    """Return what two spellings have in common that differ in capitals or spaces only."""
    return " ".join(text.split()).casefold()


def as_numbers(leads: ir.Table, tables: Tables, names: Iterable[str]) -> ir.Table:
    """Turn the columns of own names that hold numbers, which are kept as text, into numbers."""
    own = {name: tables.trait("leads", name) for name in names if name in leads.columns}
    numeric = [name for name, trait in own.items() if trait is not None and trait.numeric]
    if not numeric:
        return leads
    return leads.mutate(**{name: leads[name].cast("float64") for name in numeric})


def _mapped(clause: Clause, change: Callable[[Criterion], Criterion]) -> Clause:
    if isinstance(clause, Criterion):
        return change(clause)
    inner = tuple(_mapped(part, change) for part in parts(clause))
    if isinstance(clause, AllOf):
        return clause.model_copy(update={"all_of": inner})
    if isinstance(clause, AnyOf):
        return clause.model_copy(update={"any_of": inner})
    return clause.model_copy(update={"negated": inner[0]})


def _fitted(criterion: Criterion, known: Mapping[str, FactField]) -> Criterion:
    field = field_of(criterion, known)
    if field.kind == "number":
        texts = [value for value in criterion.values if isinstance(value, str)]
        if texts:
            raise InputError("number_needed", field=field.name, given=texts[0])
        return criterion
    if criterion.operator in _NUMERIC_ONLY:
        raise InputError("no_number_field", field=field.name, operator=criterion.operator)
    if field.kind == "size":
        return _with_values(criterion, [_size(value) for value in criterion.values])
    numbers = [value for value in criterion.values if not isinstance(value, str)]
    if numbers:
        raise InputError("text_needed", field=field.name, given=numbers[0])
    return criterion


def _with_values(criterion: Criterion, values: list[str]) -> Criterion:
    if not values:
        return criterion
    value = tuple(values) if isinstance(criterion.value, tuple) else values[0]
    return criterion.model_copy(update={"value": value})


def _size(value: Value) -> str:
    found = size_class(str(value))
    if found is None:
        raise InputError("unknown_size", given=value, allowed=list(SIZES))
    return found


def field_of(criterion: Criterion, known: Mapping[str, FactField]) -> FactField:
    """Return the field of a criterion; raise ``InputError`` where this CRM has no such one."""
    name = criterion.field
    if name.startswith(OF_KIND) and len(name) > len(OF_KIND) and name not in known:
        return FactField(name, "number", True)
    if name not in known:
        allowed = [*sorted(known), OF_KIND + "…"]
        raise InputError("unknown_field", given=name, allowed=allowed)
    return known[name]


def unseen(clause: Clause, tables: Tables) -> list[tuple[str, str]]:
    """Return the fields and values of a clause that no lead, or activity of a lead, has."""
    sources = [tables.leads] if tables.leads is not None else []
    found = spellings_of(clause, sources)
    missing = []
    for criterion in criteria(clause):
        sized = criterion.field == "employees"
        if not is_happening(criterion.field) and not sized:
            texts = [value for value in criterion.values if isinstance(value, str)]
            absent = [t for t in texts if (criterion.field, _key(t)) not in found]
            missing += [(criterion.field, text) for text in absent]
    return list(dict.fromkeys([*missing, *_unseen_kinds(clause, tables)]))


def _unseen_kinds(clause: Clause, tables: Tables) -> list[tuple[str, str]]:
    named = {c.field.removeprefix(OF_KIND) for c in criteria(clause) if c.field.startswith(OF_KIND)}
    activities = tables.activities
    if not named or activities is None:
        return [(OF_KIND.rstrip("."), kind) for kind in sorted(named)]
    of_leads = activities.filter(
        (activities.record == "lead") & activities.kind.isin(sorted(named))
    )
    seen = set(of_leads.select("kind").distinct().execute()["kind"])
    return [(OF_KIND.rstrip("."), kind) for kind in sorted(named - seen)]


def is_happening(name: str) -> bool:
    """Tell whether a field is about what happened, not about who the lead is."""
    return is_count(name) or name == FIRST_TOUCH


def is_count(name: str) -> bool:
    """Tell whether a field is a number of activities."""
    return name == ACTIVITIES or name in OF_TEAM or name.startswith(OF_KIND)
