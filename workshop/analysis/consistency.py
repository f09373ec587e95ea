"""Whether one status is used alike: do groups differ in it by more than chance."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from workshop.analysis.intervals import ALPHA, holm
from workshop.analysis.shrinkage import shrink

LEAST_EXPECTED = 5.0
"""Records that chance alone would give a group on either side, under which it is left out."""

MOST_UNKNOWN = 0.05
"""The share of records without a group above which the groups are not compared."""

GROUPED = ["from_stage", "to_stage", "by"]
COLUMNS = [*GROUPED, "groups", "records", "low", "high", "p_value", "p_adjusted", "verdict"]


class _Spread(NamedTuple):
    groups: int
    records: int
    low: float
    high: float
    p_value: float


def spread(counts: pd.DataFrame) -> pd.DataFrame:
    """Test, for each step and grouping, whether the groups differ in the share that goes on.

    Pearson's chi-squared test over the groups in which chance alone would give at least 5 records
    that go on and 5 that do not, and Holm's correction over all tests. ``low`` and ``high`` are
    the lowest and highest of the groups' shares after shrinking (`shrinkage.shrink`): without it
    chance alone would set them apart. A grouping that is unknown of more than one record in twenty
    is left out: an owner, say, often comes with the status.

    Verdicts: ``clear`` (p_adjusted below 0.05), ``too_few`` (under two such
    groups), else ``undecided``.

    Parameters
    ----------
    counts
        from_stage, to_stage, by, level (null where unknown), records, converted.

    Returns
    -------
    pandas.DataFrame
        from_stage, to_stage, by, groups, records (in those groups), low, high (fractions of 1),
        p_value, p_adjusted, verdict.
    """
    rows = [
        (*key, *_spread(cells.dropna(subset="level")))
        for key, cells in counts.groupby(GROUPED, sort=False, observed=True)
        if _unknown(cells) <= MOST_UNKNOWN
    ]
    found = pd.DataFrame(rows, columns=COLUMNS[:-2]).astype({"p_value": float})
    adjusted = holm(found["p_value"])
    verdict = np.select(
        [found["p_value"].isna(), adjusted < ALPHA], ["too_few", "clear"], "undecided"
    )
    return found.assign(p_adjusted=adjusted, verdict=verdict.astype(object))


def _unknown(cells: pd.DataFrame) -> float:
    unknown = cells["records"].where(cells["level"].isna(), 0).sum()
    return float(unknown / max(cells["records"].sum(), 1))


def _spread(cells: pd.DataFrame) -> _Spread:
    rate = cells["converted"].sum() / max(cells["records"].sum(), 1)
    expected = cells["records"] * min(rate, 1 - rate)
    kept = cells[expected >= LEAST_EXPECTED]
    yes, no = kept["converted"], kept["records"] - kept["converted"]
    if len(kept) < 2 or not yes.sum() or not no.sum():
        return _Spread(len(kept), int(kept["records"].sum()), np.nan, np.nan, np.nan)
    p_value = stats.chi2_contingency(np.array([yes, no]), correction=False).pvalue
    rates = shrink(yes, kept["records"]).rate
    return _Spread(
        len(kept),
        int(kept["records"].sum()),
        float(rates.min()),
        float(rates.max()),
        float(p_value),
    )
