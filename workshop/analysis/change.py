"""What changed between two groups of records that have none in common."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from workshop.analysis import waiting
from workshop.analysis.intervals import ALPHA, fisher, holm, newcombe, share

LEAST = 10
"""Records on either side under which nothing is compared."""

MEASURED = ["before", "since", "difference", "ci_low", "ci_high", "p_value"]


def shares(pairs: pd.DataFrame) -> pd.DataFrame:
    """Compare the shares of two groups, pair by pair.

    Parameters
    ----------
    pairs
        before_n and since_n (records), before_part and since_part (those counted of them). Other
        columns stay.

    Returns
    -------
    DataFrame
        The pairs with before and since (fractions of 1), difference (since minus before) with
        its 95% interval ci_low and ci_high (Newcombe 1998), and p_value (Fisher, two-sided). The
        last four are NaN with fewer than 10 records on either side.
    """
    low, high = newcombe(
        *(pairs[name] for name in ("since_part", "since_n", "before_part", "before_n"))
    )
    before = share(pairs["before_part"], pairs["before_n"])
    since = share(pairs["since_part"], pairs["since_n"])
    enough = _enough(pairs)
    tests = pairs[["since_part", "since_n", "before_part", "before_n"]].astype("int64")
    p_value = [
        fisher(*row) if kept else np.nan
        for row, kept in zip(tests.itertuples(index=False), enough, strict=True)
    ]
    return pairs.assign(before=before, since=since).assign(
        difference=np.where(enough, since - before, np.nan),
        ci_low=np.where(enough, low, np.nan),
        ci_high=np.where(enough, high, np.nan),
        p_value=np.asarray(p_value, float),
    )


def waits(cells: pd.DataFrame) -> pd.DataFrame:
    """Compare how long the leads of two groups wait, the untouched ones included.

    The difference is that of the medians (Kaplan and Meier); its interval joins theirs by the
    square-and-add method of Newcombe (Zou and Donner 2008), and is NaN where one of theirs is
    open. The p-value is that of the log-rank test over all waits (Mantel 1966).

    Parameters
    ----------
    cells
        since (bool), hours (waited until the touch, or until now), touched (bool), leads.

    Returns
    -------
    DataFrame
        One row: before_n, since_n, before and since (median hours), difference, ci_low, ci_high,
        p_value. The last four are NaN with fewer than 10 leads on either side.
    """
    seen = cells[cells["leads"] > 0]
    sides = [seen[seen["since"] == since] for since in (False, True)]
    sizes = [int(side["leads"].sum()) for side in sides]
    middles = [_median(side) for side in sides]
    (before, before_low, before_high), (since, since_low, since_high) = middles
    row = {
        "before_n": sizes[0],
        "since_n": sizes[1],
        "before": before,
        "since": since,
        "difference": since - before,
        "ci_low": since - before - np.hypot(since - since_low, before_high - before),
        "ci_high": since - before + np.hypot(since_high - since, before - before_low),
        "p_value": logrank(*sides),
    }
    compared = pd.DataFrame([row])
    return compared.assign(
        **{name: compared[name].where(_enough(compared)) for name in MEASURED[2:]}
    )


def logrank(first: pd.DataFrame, second: pd.DataFrame) -> float:
    """Test whether two groups of leads wait equally long (Mantel 1966); NaN without a touch.

    On counts, so that it does not matter how many leads there are; equal to
    ``scipy.stats.logrank`` on one row a lead.

    Parameters
    ----------
    first, second
        hours, touched (bool), leads (count).
    """
    parts = pd.concat([first.assign(one=1.0), second.assign(one=0.0)], ignore_index=True)
    touched = parts["touched"].astype(bool)
    leads = parts["leads"].astype(float)
    cells = pd.DataFrame(
        {
            "hours": parts["hours"],
            "left": leads,
            "left_one": leads * parts["one"],
            "touched": leads.where(touched, 0.0),
            "touched_one": (leads * parts["one"]).where(touched, 0.0),
        }
    )
    times = cells.groupby("hours").sum().sort_index(ascending=False)
    at_risk, one = times["left"].cumsum(), times["left_one"].cumsum()
    part = one / at_risk
    expected = times["touched"] * part
    spread = times["touched"] * part * (1 - part) * (at_risk - times["touched"])
    variance = float((spread / (at_risk - 1).clip(lower=1)).sum())
    if not variance > 0:
        return float("nan")
    z = float((times["touched_one"] - expected).sum()) / np.sqrt(variance)
    return float(2 * stats.norm.sf(abs(z)))


def judged(rows: pd.DataFrame) -> pd.DataFrame:
    """Give each comparison its verdict, all of them together one family.

    Verdicts: ``changed`` (p below 0.05 after Holm's correction over all that were compared),
    ``too_early`` (too few have had their time, but enough came in), ``too_few`` (fewer than 10 on
    either side), else ``undecided``.

    Parameters
    ----------
    rows
        before_n, since_n, waiting (came in since, have not had their time) and p_value.

    Returns
    -------
    DataFrame
        The rows with p_adjusted and verdict.
    """
    adjusted = holm(rows["p_value"].astype(float))
    early = (rows["since_n"] < LEAST) & (rows["since_n"] + rows["waiting"] >= LEAST)
    verdict = np.select(
        [early, rows["p_value"].isna(), adjusted < ALPHA],
        ["too_early", "too_few", "changed"],
        "undecided",
    )
    return rows.assign(p_adjusted=adjusted, verdict=verdict.astype(object))


def _enough(rows: pd.DataFrame) -> pd.Series[bool]:
    return (rows["before_n"] >= LEAST) & (rows["since_n"] >= LEAST)


def _median(cells: pd.DataFrame) -> tuple[float, float, float]:
    if cells.empty:
        return np.nan, np.nan, np.nan
    return waiting.quantile(waiting.survival(cells), 0.5)
