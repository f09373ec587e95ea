"""Where does the funnel leak, month by month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from workshop.analysis import funnel as estimators
from workshop.crm import counts
from workshop.crm.readiness import Ready, readiness_of
from workshop.crm.tables import Tables

QUESTION = "funnel"


class Funnel(NamedTuple):
    """Cohorts by step (``rows``), the steps over mature cohorts, and where most is lost.

    ``visitors`` has the months before a lead has a name: ``period``, ``visitors``,
    ``engaged_visitors``, ``leads``.
    """

    ready: Ready
    rows: pd.DataFrame
    steps: pd.DataFrame
    leaks: pd.DataFrame
    windows: pd.DataFrame
    visitors: pd.DataFrame
    caveats: tuple[str, ...]


def funnel(tables: Tables, windows: Mapping[tuple[str, str], int] | None = None) -> Funnel:
    """Answer the question; ``windows`` sets the days of a step, by its two stages."""
    ready = readiness_of(tables, QUESTION)
    visitors = counts.visitors(tables)
    if ready.missing or tables.as_of is None:
        empty = pd.DataFrame()
        return Funnel(ready, empty, empty, empty, empty, visitors, ready.caveats)
    cohorts = _ordered(counts.cohorts(tables))
    rows = estimators.by_cohort(cohorts, tables.as_of, windows)
    steps = estimators.overall(rows)
    chosen = estimators.default_windows(cohorts, tables.as_of)
    caveats = list(ready.caveats)
    if steps["cohorts"].eq(0).any():
        caveats.append("no_mature_cohort")
    if chosen["cut_short"].any():
        caveats.append("window_cut_short")
    return Funnel(
        ready=ready,
        rows=rows,
        steps=steps,
        leaks=estimators.leak(steps),
        windows=chosen,
        visitors=visitors,
        caveats=tuple(caveats),
    )


def _ordered(cohorts: pd.DataFrame) -> pd.DataFrame:
    """Give the stages the funnel's order instead of the alphabet's."""
    stages = pd.CategoricalDtype(list(counts.FUNNEL), ordered=True)
    return cohorts.astype({"from_stage": stages, "to_stage": stages})
