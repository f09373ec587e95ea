"""The funnel by month of entry: who moved on within a fixed window, and where most is lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from workshop.analysis.intervals import FloatArray, share, wilson

WINDOW_SHARE = 0.9
WINDOW_STEP = 30
WINDOW_CAP = 180

STEP = ["from_stage", "to_stage"]
RATE = ["rate", "ci_low", "ci_high"]
COHORT_COLUMNS = ["cohort", *STEP, "entered", "converted", "window_days", "mature", *RATE]
LEAK_COLUMNS = [
    "code",
    *STEP,
    "cohorts",
    "entered",
    "converted",
    "lost_per_cohort",
    *RATE,
    "verdict",
]


def by_cohort(
    counts: pd.DataFrame, as_of: date, windows: Mapping[tuple[str, str], int] | None = None
) -> pd.DataFrame:
    """Follow each monthly cohort through each step for that step's window.

    A conversion counts when it came within the window. A cohort is mature when its last
    member has had the whole window by the as-of date: ``cohort_end + window <= as_of``. A
    younger cohort keeps the rate so far, which is not yet the one within the window, and so
    gets no interval.

    Parameters
    ----------
    counts
        cohort ("2025-03"), cohort_end (last calendar day of the month), from_stage, to_stage,
        lag_days (0 or more, null for those who never moved on), entered (records). Stages
        that are ordered categoricals keep their order, others are sorted by name.
    as_of
        The last day that the counts know of.
    windows
        Days by ``(from_stage, to_stage)``, instead of those of `default_windows`.

    Returns
    -------
    pandas.DataFrame
        cohort, from_stage, to_stage, entered, converted, window_days, mature, rate, ci_low,
        ci_high (Wilson, 95%), by step and cohort.

    Raises
    ------
    ValueError
        If a window is set for an unknown step, or is shorter than a day.
    """
    chosen = _chosen(default_windows(counts, as_of), windows or {})
    followed = counts.merge(chosen[[*STEP, "window_days"]], on=STEP)
    within = _lags(followed) <= followed["window_days"]
    rows = (
        followed.assign(
            converted=followed["entered"].where(within, 0),
            mature=_days_followed(followed, as_of) >= followed["window_days"],
        )
        .groupby([*STEP, "cohort", "window_days", "mature"], observed=True)[
            ["entered", "converted"]
        ]
        .sum()
        .reset_index()
    )
    bounds = wilson(rows["converted"], rows["entered"])
    return rows.assign(
        rate=share(rows["converted"], rows["entered"]),
        ci_low=np.where(rows["mature"], bounds.low, np.nan),
        ci_high=np.where(rows["mature"], bounds.high, np.nan),
    )[COHORT_COLUMNS]


def default_windows(counts: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Derive each step's window: the days by which 90% of its conversions had come.

    The percentile is rounded up to 30 days and is at most 180; a step without a conversion
    gets 180.

    Slow conversions of young cohorts are still to come, so the percentile among those seen
    so far leans to the short side. That never biases a rate, which is the share *within* the
    window and only of cohorts that had all of it; it makes the window, and so the question
    that the rate answers, shorter than meant. How much shows in ``full_window_days``: the
    same window from the cohorts that have been followed for 180 days, which are not cut off.

    Parameters
    ----------
    counts
        As for `by_cohort`.
    as_of
        The last day that the counts know of.

    Returns
    -------
    pandas.DataFrame
        One row per step: from_stage, to_stage, conversions, window_days, full_window_days
        (NaN where no such cohort converted) and cut_short: whether the window is below the
        full one, or below 180 where there is no full one to compare it with.
    """
    lags = _lags(counts)
    table = (
        counts.assign(conversions=counts["entered"].where(lags.notna(), 0))
        .groupby(STEP, observed=True)[["conversions"]]
        .sum()
    )
    seen = counts.assign(lag_days=lags)[lags.notna()]
    full = seen[_days_followed(seen, as_of) >= WINDOW_CAP]
    table = table.assign(
        window_days=_window(seen).reindex(table.index).fillna(WINDOW_CAP).astype(int),
        full_window_days=_window(full).reindex(table.index),
    )
    longest = table["full_window_days"].fillna(WINDOW_CAP)
    return table.assign(cut_short=table["window_days"] < longest).reset_index()


def overall(rows: pd.DataFrame) -> pd.DataFrame:
    """Add up the mature cohorts of each step.

    Parameters
    ----------
    rows
        As `by_cohort` returns them.

    Returns
    -------
    pandas.DataFrame
        from_stage, to_stage, window_days, cohorts (mature ones), entered, converted, rate,
        ci_low, ci_high (Wilson, 95%). A step without a mature cohort keeps its row: 0 entered,
        rate and interval NaN.
    """
    counted = rows[["entered", "converted"]].mul(rows["mature"].astype(int), axis=0)
    steps = (
        rows.assign(cohorts=rows["mature"].astype(int), **counted)
        .groupby([*STEP, "window_days"], observed=True)[["cohorts", "entered", "converted"]]
        .sum()
        .reset_index()
    )
    bounds = wilson(steps["converted"], steps["entered"])
    return steps.assign(
        rate=share(steps["converted"], steps["entered"]), ci_low=bounds.low, ci_high=bounds.high
    )


def leak(steps: pd.DataFrame) -> pd.DataFrame:
    """Find the step where most is lost, by number and by rate: they are two questions.

    ``most_lost`` is the step that loses most records per mature cohort: not in total, since a
    step with a shorter window has more mature cohorts. It is often the first one, where most
    people are. ``lowest_rate`` is the step that the smallest share gets through. "Lost" means
    not moved on within the window.

    Parameters
    ----------
    steps
        As `overall` returns them.

    Returns
    -------
    pandas.DataFrame
        Two rows: code (``most_lost``, ``lowest_rate``), from_stage, to_stage, cohorts,
        entered, converted, lost_per_cohort, rate, ci_low, ci_high, verdict. The verdict is
        ``clear`` when the interval overlaps with that of no other step, else, or when there
        is no other step, ``undecided``. The stages are null when no step has a mature cohort.
    """
    known = steps[steps["entered"] > 0].reset_index(drop=True)
    lost = 1 - known[["rate", "ci_high", "ci_low"]].to_numpy(float)
    size = known["entered"].to_numpy(float) / known["cohorts"].to_numpy(float)
    known = known.assign(lost_per_cohort=lost[:, 0] * size)
    found = [_worst(known, lost * size[:, None]), _worst(known, lost)]
    rows = pd.concat(found, ignore_index=True)
    return rows.assign(code=["most_lost", "lowest_rate"])[LEAK_COLUMNS]


def _worst(known: pd.DataFrame, lost: FloatArray) -> pd.DataFrame:
    """Pick the row that loses most, from columns with each row's loss and its bounds."""
    if known.empty:
        return known.reindex([0]).assign(verdict="undecided")
    worst = int(lost[:, 0].argmax())
    highest_other = np.delete(lost[:, 2], worst).max(initial=-np.inf)
    clear = len(known) > 1 and lost[worst, 1] > highest_other
    return known.iloc[[worst]].assign(verdict="clear" if clear else "undecided")


def _chosen(table: pd.DataFrame, windows: Mapping[tuple[str, str], int]) -> pd.DataFrame:
    """Lay the caller's windows over the default ones."""
    steps = list(zip(table["from_stage"], table["to_stage"], strict=True))
    if unknown := set(windows) - set(steps):
        raise ValueError(f"windows are set for unknown steps {sorted(unknown)}; steps: {steps}")
    if short := {step: days for step, days in windows.items() if days < 1}:
        raise ValueError(f"a window is at least one day: {short}")
    return table.assign(
        window_days=[
            windows.get(step, days) for step, days in zip(steps, table["window_days"], strict=True)
        ]
    )


def _window(conversions: pd.DataFrame) -> pd.Series[float]:
    """Round the 90th percentile of each step's lags up to the window."""
    lags = conversions.groupby([*STEP, "lag_days"], observed=True)["entered"].sum()
    steps = lags.groupby(STEP, observed=True)
    reached = steps.cumsum() / steps.transform("sum")
    by_then = reached[reached >= WINDOW_SHARE].reset_index("lag_days")
    days = by_then.groupby(STEP, observed=True)["lag_days"].min()
    # -(-x // y) is x / y rounded up.
    return -(-days.clip(WINDOW_STEP, WINDOW_CAP) // WINDOW_STEP) * WINDOW_STEP


def _lags(counts: pd.DataFrame) -> pd.Series[float]:
    return counts["lag_days"].astype(float)


def _days_followed(counts: pd.DataFrame, as_of: date) -> pd.Series[int]:
    """Count the days for which every member of the cohort has been followed."""
    return (pd.Timestamp(as_of) - pd.to_datetime(counts["cohort_end"])).dt.days
