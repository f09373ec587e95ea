"""Count leads over every three traits at once: what a search for rules starts from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import combinations

import ibis
import ibis.expr.types as ir
import pandas as pd

from workshop.crm.replay import OUTCOMES, Judging, followed, frame, period
from workshop.crm.tables import Tables


def level_counts(
    tables: Tables, traits: Sequence[str], judging: Judging, check_from: dt.date | None
) -> pd.DataFrame:
    """Count the judged leads of the fit period per level of each trait.

    Columns: ``trait``, ``level`` (never null), ``leads``, ``won``, ``opportunity`` (of these,
    within the window).
    """
    leads = _mature(tables, traits, judging, check_from)
    leads = leads.filter(leads.period == "fit")
    parts = []
    for name in traits:
        known = leads.filter(leads[name].notnull())
        counted = known.group_by(level=known[name].cast("string")).agg(
            leads=known.count(), **_outcomes(known)
        )
        parts.append(counted.mutate(trait=ibis.literal(name)))
    columns = ["trait", "level", "leads", *OUTCOMES]
    if not parts:
        return pd.DataFrame({column: [] for column in columns})
    counted = ibis.union(*parts) if len(parts) > 1 else parts[0]
    return frame(counted, columns[:2])[columns]


def crosses(
    tables: Tables,
    candidates: pd.DataFrame,
    judging: Judging,
    check_from: dt.date | None,
) -> pd.DataFrame:
    """Count the judged leads over every three traits at once.

    ``candidates`` has ``trait``, ``level`` and ``code`` (from 0 within a trait). Columns:
    ``first``, ``second``, ``third`` (traits, empty where there are fewer than three),
    ``first_code``, ``second_code``, ``third_code`` (the number of levels of the trait for any
    other level, one more for an unknown one; 0 for an empty trait), ``period``, ``leads``,
    ``won``, ``opportunity``.
    """
    traits = sorted(candidates["trait"].unique())
    leads = _mature(tables, traits, judging, check_from)
    coded = {
        f"_code_{i}": _code(leads[name], candidates[candidates["trait"] == name])
        for i, name in enumerate(traits)
    }
    # The cells of the whole cross are far fewer than the leads: the threes are added up from them.
    grouped = leads.group_by(period=leads.period, **coded)
    cells = grouped.agg(leads=leads.count(), **_outcomes(leads))
    threes = _threes(len(traits))
    columns = [*_PLACES, *(f"{place}_code" for place in _PLACES), "period", "leads", *OUTCOMES]
    if not threes:
        return pd.DataFrame({column: [] for column in columns})
    rows = frame(_added_up(cells, threes), ["_three", *columns[3:7]])
    named = pd.DataFrame(
        [[traits[i] for i in three] + [""] * (3 - len(three)) for three in threes],
        columns=list(_PLACES),
    )
    return rows.join(named, on="_three")[columns]


_PLACES = ("first", "second", "third")


def _threes(traits: int) -> list[tuple[int, ...]]:
    return list(combinations(range(traits), min(3, traits))) if traits else []


def _added_up(cells: ir.Table, threes: Sequence[tuple[int, ...]]) -> ir.Table:
    """Add the cells up over each three of traits, in one query: each cell is in all of them."""
    each = cells.mutate(_three=ibis.array(range(len(threes))).unnest())
    codes = {f"{place}_code": _in_place(each, threes, i) for i, place in enumerate(_PLACES)}
    return each.group_by("_three", "period", **codes).agg(
        leads=each.leads.sum(), **{outcome: each[outcome].sum() for outcome in OUTCOMES}
    )


def _in_place(
    each: ir.Table, threes: Sequence[tuple[int, ...]], place: int
) -> ir.IntegerColumn | ir.IntegerScalar:
    """Return the code of the trait that a three has in a place; 0 where it has none there."""
    numbers: dict[int, list[int]] = {}
    for number, three in enumerate(threes):
        if place < len(three):
            numbers.setdefault(three[place], []).append(number)
    cases = [(each._three.isin(found), each[f"_code_{trait}"]) for trait, found in numbers.items()]
    return ibis.cases(*cases, else_=0) if cases else ibis.literal(0)


def _outcomes(leads: ir.Table) -> dict[str, ir.IntegerScalar]:
    return {outcome: leads[f"_{outcome}"].sum() for outcome in OUTCOMES}


def _code(column: ir.Column, levels: pd.DataFrame) -> ir.IntegerColumn:
    text = column.cast("string")
    cases = [
        (text == level, int(code))
        for level, code in zip(levels["level"], levels["code"], strict=True)
    ]
    return ibis.cases(*cases, (text.notnull(), len(levels)), else_=len(levels) + 1)


def _mature(
    tables: Tables, traits: Sequence[str], judging: Judging, check_from: dt.date | None
) -> ir.Table:
    leads = followed(tables, judging, traits)
    mature = leads.filter(leads._mature & ~leads._before)
    return mature.mutate(period=period(mature, check_from))
