"""What a reveal may show of a room, and how its guesses stand beside the data."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

FLOOR = 4
LEAST_FLOOR = 3
# Shown on its own if at all: never in the total, from which it would follow.
APART = "other"
TOTAL = "total"


class Guesses(NamedTuple):
    """A room's guesses beside the data's estimate; NaN where there is none."""

    people: int
    median: float
    lowest: float
    highest: float
    estimate: float
    ci_low: float
    ci_high: float
    verdict: Literal["inside", "overlapping", "apart", "undecided"]


def showable(groups: pd.DataFrame, floor: int = FLOOR) -> pd.DataFrame:
    """Decide which groups an anonymous reveal may show, and whether their total.

    Nothing hidden may follow by subtraction: what the total leaves beside the groups shown is
    nobody, or as many people as the floor. Nor may it follow from an earlier reveal: whatever is
    shown again holds no new answers or as many as the floor, and a group hidden then stays
    hidden. The total, in which everyone counts, goes before the groups: where not all can be
    shown, the smallest give way.

    Parameters
    ----------
    groups : columns `group` and `people`, who answered; groups share nobody, and `other` is
        never in the total. Once something was shown also `changed`, how many of them were added,
        took back or changed their answer since a figure that holds them was last shown, and
        `shown_before`, whether the group itself was.
    floor : the fewest people that are shown, at least 3.

    Returns
    -------
    DataFrame
        `group` and `shown`: the groups, sorted, and last the `total`.

    Raises
    ------
    ValueError
        If the floor is below 3, or a count is negative.

    Examples
    --------
    >>> room = pd.DataFrame({"group": ["sales", "marketing"], "people": [6, 2]})
    >>> showable(room).values.tolist()
    [['marketing', False], ['sales', False], ['total', True]]
    """
    if floor < LEAST_FLOOR:
        raise ValueError(f"a floor is at least {LEAST_FLOOR}, not {floor}")
    table = groups.assign(
        changed=groups.get("changed", 0), shown_before=groups.get("shown_before", True)
    ).sort_values("group", ignore_index=True)
    counts = table[["people", "changed"]].to_numpy(dtype=int)
    if (counts < 0).any():
        raise ValueError(f"counts of people are at least 0, not {counts.min()}")
    inside = table["group"].ne(APART).to_numpy()
    total = counts[inside].sum(axis=0)
    whole = bool(_safe(total, floor) and total[0] > 0)
    shown = table["shown_before"].to_numpy(dtype=bool) & _safe(counts, floor) & (counts[:, 0] > 0)
    for place in np.argsort(counts[:, 0], kind="stable"):
        if not whole or _safe(total - counts[inside & shown].sum(axis=0), floor):
            break
        shown[place] &= not inside[place]
    return pd.DataFrame({"group": [*table["group"], TOTAL], "shown": [*shown.tolist(), whole]})


def compare_guesses(guesses: ArrayLike, estimate: float, ci_low: float, ci_high: float) -> Guesses:
    """Set a room's guesses beside an estimate and its interval.

    The verdict is `inside` where the median guess lies in the interval, `overlapping` where only
    the range of the guesses meets it, `apart` where it does not, and `undecided` without guesses
    or without an interval.

    >>> compare_guesses([0.1, 0.25, 0.4], 0.2, 0.12, 0.31).verdict
    'inside'
    """
    values = np.asarray(guesses, float).ravel()
    values = values[~np.isnan(values)]
    if len(values) == 0:
        nothing = float("nan")
        return Guesses(0, nothing, nothing, nothing, estimate, ci_low, ci_high, "undecided")
    median, lowest, highest = (float(x) for x in np.quantile(values, [0.5, 0, 1]))
    verdict: Literal["inside", "overlapping", "apart", "undecided"]
    if np.isnan([ci_low, ci_high]).any():
        verdict = "undecided"
    elif ci_low <= median <= ci_high:
        verdict = "inside"
    else:
        verdict = "overlapping" if lowest <= ci_high and highest >= ci_low else "apart"
    return Guesses(len(values), median, lowest, highest, estimate, ci_low, ci_high, verdict)


def _safe(counts: NDArray[np.int64], floor: int) -> NDArray[np.bool_]:
    """Tell whether people and changes, on the last axis, are each nobody or reach the floor."""
    return np.asarray(((counts == 0) | (counts >= floor)).all(axis=-1))
