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
    parts = [_three(cells, traits, three) for three in _threes(len(traits))]
    columns = [*_PLACES, *(f"{place}_code" for place in _PLACES), "period", "leads", *OUTCOMES]
    if not parts:
        return pd.DataFrame({column: [] for column in columns})
    counted = ibis.union(*parts) if len(parts) > 1 else parts[0]
    rows = frame(counted, ["_three", *columns[3:7]])
    named = pd.DataFrame(
        [[traits[i] for i in three] + [""] * (3 - len(three)) for three in _threes(len(traits))],
        columns=list(_PLACES),
    )
    return rows.join(named, on="_three")[columns]


_PLACES = ("first", "second", "third")


def _threes(traits: int) -> list[tuple[int, ...]]:
    return list(combinations(range(traits), min(3, traits))) if traits else []


def _three(cells: ir.Table, traits: Sequence[str], three: tuple[int, ...]) -> ir.Table:
    number = _threes(len(traits)).index(three)
    codes = {
        f"{place}_code": cells[f"_code_{three[i]}"] if i < len(three) else ibis.literal(0)
        for i, place in enumerate(_PLACES)
    }
    counted = cells.group_by(period=cells.period, **codes).agg(
        leads=cells.leads.sum(), **{outcome: cells[outcome].sum() for outcome in OUTCOMES}
    )
    return counted.mutate(_three=ibis.literal(number))


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
