"""What was known of a lead at its landmark, and what a definition makes of it.

Every expression is three-valued as SQL is: an empty field makes a criterion unknown, ``and`` and
``or`` follow Kleene (false and unknown is false, true or unknown is true).
"""

from __future__ import annotations

import operator
from collections.abc import Collection, Iterable, Mapping
from functools import reduce

import ibis
import ibis.expr.types as ir

from workshop.criteria import AllOf, Clause, Criterion, Not, Value, criteria, parts
from workshop.crm.fact_fields import ACTIVITIES, FIRST_TOUCH, OF_KIND, OF_TEAM, is_count


def with_counts(
    leads: ir.Table, activities: ir.Table | None, clauses: Iterable[Clause], landmark_days: int
) -> ir.Table:
    """Add a column for each number of activities up to the landmark that the clauses name.

    ``leads`` has ``lead_id`` and ``created_day``, ``activities`` has ``day``; without them every
    number is null; so is that of a lead without a day of creation, which has no landmark.
    """
    return with_numbers(leads, activities, count_names(clauses), landmark_days)


def with_numbers(
    leads: ir.Table, activities: ir.Table | None, names: Mapping[str, str], landmark_days: int
) -> ir.Table:
    """Add the columns of `number_names`; see `with_counts`."""
    if not names:
        return leads
    if activities is None:
        return leads.mutate(**{column: ibis.null("int64") for column in names.values()})
    of_leads = activities.filter(activities.record == "lead")
    wanted = [_which(of_leads, name) for name in names]
    asked = [which for which in wanted if which is not None]
    if len(asked) == len(wanted):
        of_leads = of_leads.filter(ibis.or_(*asked))
    dated = of_leads.inner_join(
        leads.select("lead_id", "created_day"), of_leads.record_id == leads.lead_id
    )
    in_time = dated.filter(dated.day.delta(dated.created_day, unit="day") < landmark_days)
    counted = in_time.group_by(_lead=in_time.lead_id).agg(
        **{column: in_time.count(where=_which(in_time, name)) for name, column in names.items()}
    )
    joined = leads.left_join(counted, leads.lead_id == counted._lead)
    dated = joined.created_day.notnull()
    filled = {column: dated.ifelse(joined[column].fill_null(0), None) for column in names.values()}
    return joined.select(*(joined[name] for name in leads.columns), **filled)


def count_names(clauses: Iterable[Clause]) -> dict[str, str]:
    """Return the column of each number of activities that the clauses name."""
    named = {criterion.field for clause in clauses for criterion in criteria(clause)}
    return number_names(sorted(named))


def number_names(fields: Iterable[str]) -> dict[str, str]:
    """Return the column of each number of activities among some fields, each by its place."""
    counts = dict.fromkeys(name for name in fields if is_count(name))
    return {name: f"_activities_{number}" for number, name in enumerate(counts)}


def _which(activities: ir.Table, name: str) -> ir.BooleanColumn | None:
    if name == ACTIVITIES:
        return None
    if name in OF_TEAM:
        return activities.team == OF_TEAM[name]
    return activities.kind == name.removeprefix(OF_KIND)


def verdict(
    clause: Clause, leads: ir.Table, counts: Mapping[str, str], landmark_days: int
) -> ir.BooleanValue:
    """Return what a clause makes of each lead: true, false, or null for unknown.

    ``leads`` comes from `with_counts`, ``counts`` from `count_names`.
    """
    if isinstance(clause, Criterion):
        name = clause.field
        if name == FIRST_TOUCH:
            return _holds(clause, _days_to_touch(leads, landmark_days))
        return _holds(clause, leads[counts.get(name, name)])
    inner = [verdict(part, leads, counts, landmark_days) for part in parts(clause)]
    if isinstance(clause, Not):
        return ~inner[0]
    return reduce(operator.and_ if isinstance(clause, AllOf) else operator.or_, inner)


def _days_to_touch(leads: ir.Table, landmark_days: int) -> ir.IntegerColumn:
    """Return the days to a first touch up to the landmark, null where there was none by then."""
    days = ibis.greatest(leads.touch_day.delta(leads.created_day, unit="day"), 0)
    # Some databases' greatest of nothing and 0 is 0.
    dated = leads.touch_day.notnull() & leads.created_day.notnull()
    none = ~dated | (days >= landmark_days)
    return none.ifelse(ibis.null("int64"), days)


def _holds(criterion: Criterion, column: ir.Column) -> ir.BooleanValue:
    values = criterion.values
    if criterion.operator == "is_known":
        return column.notnull()
    if criterion.operator == "at_least":
        return column >= values[0]
    if criterion.operator == "at_most":
        return column <= values[0]
    if criterion.operator in ("is", "one_of"):
        return _among(column, values)
    return ~_among(column, values)


def _among(column: ir.Column, values: Collection[Value]) -> ir.BooleanValue:
    return column.isin(list(values)) if len(values) > 1 else column == next(iter(values))
