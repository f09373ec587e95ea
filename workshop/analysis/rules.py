"""Count every rule of at most three criteria on what was known of a lead at creation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from workshop.analysis.intervals import ALPHA, FloatArray, share

LEAST_EXPECTED = 3
"""Won leads that a rule should pass on ``fit`` at the base rate, or it is not looked at.

Not the won leads that it does pass: to leave out the rules that fail would be a choice already.
"""
PLACES = ("first", "second", "third")

IntArray = NDArray[np.int64]


class Rules(NamedTuple):
    """Rules by the numbers of their criteria (-1 for none), with counts by period."""

    criteria: IntArray
    leads: FloatArray
    won: FloatArray
    earned: NDArray[np.bool_]


def possible(chosen: pd.DataFrame) -> pd.DataFrame:
    """Return every criterion: trait, operator, level, code; two levels need no ``is_not``."""
    sizes = chosen.groupby("trait")["code"].transform("size")
    stated = chosen.assign(operator="is")
    denied = chosen[sizes > 2].assign(operator="is_not")
    return pd.concat([stated, denied]).sort_values(["trait", "operator", "code"], ignore_index=True)


class _Trait(NamedTuple):
    """The criteria on one trait by number, none (-1) first, and which codes each one passes."""

    numbers: IntArray
    passes: FloatArray


class _Cells(NamedTuple):
    """Counts by period and the codes of three traits: where each stands in a table, and what."""

    where: IntArray
    leads: FloatArray
    won: FloatArray


def _trait(name: Any, chosen: pd.DataFrame, known: pd.DataFrame) -> _Trait:
    criteria = known[known["trait"] == name]
    numbers = np.concatenate([[-1], criteria.index.to_numpy()])
    return _Trait(numbers, _passes(criteria, int((chosen["trait"] == name).sum())))


def _passes(criteria: pd.DataFrame, levels: int) -> FloatArray:
    """Return, per criterion of one trait and first for none at all, which codes it passes."""
    codes = np.arange(levels + 2)
    is_level = criteria["code"].to_numpy()[:, None] == codes
    denied = (criteria["operator"] == "is_not").to_numpy()[:, None]
    passed = np.where(denied, ~is_level & (codes <= levels), is_level)
    return np.vstack([np.ones(levels + 2), passed]).astype(float)


def all_rules(crosses: pd.DataFrame, chosen: pd.DataFrame, known: pd.DataFrame) -> Rules:
    """Count every rule with enough leads and won ones on ``fit``, each once."""
    leads, won = totals(crosses, "fit")
    least = LEAST_EXPECTED * leads / max(won, 1.0)
    places = [crosses[place] for place in PLACES]
    traits = {name: _trait(name, chosen, known) for name in set().union(*places)}
    codes = [(crosses["period"] == "check"), *(crosses[f"{place}_code"] for place in PLACES)]
    where = np.stack([code.to_numpy(np.int64) for code in codes])
    counts = [crosses[what].to_numpy(float) for what in ("leads", "won")]
    alpha = ALPHA / max(len(known), 1)
    threes = cast("dict[Any, IntArray]", crosses.groupby(list(PLACES)).indices)
    parts = [
        _rules_of(
            _Cells(where[:, rows], *(count[rows] for count in counts)),
            [traits[name] for name in names],
            least,
            alpha,
        )
        for names, rows in sorted(threes.items())
    ]
    if not parts:
        empty = np.zeros((2, 0))
        return Rules(np.zeros((0, 3), np.int64), empty, empty, np.zeros(0, bool))
    stacked = Rules(
        np.concatenate([part.criteria for part in parts]),
        np.concatenate([part.leads for part in parts], axis=1),
        np.concatenate([part.won for part in parts], axis=1),
        np.concatenate([part.earned for part in parts]),
    )
    numbers, once = np.unique(stacked.criteria, axis=0, return_index=True)
    return Rules(numbers, stacked.leads[:, once], stacked.won[:, once], stacked.earned[once])


def _rules_of(cells: _Cells, three: Sequence[_Trait], least: float, alpha: float) -> Rules:
    """Count the rules on one three of traits."""
    passes = [trait.passes for trait in three]
    shape = 2, *(passed.shape[1] for passed in passes)
    leads, won = (
        np.einsum("xi,yj,zk,pijk->pxyz", *passes, _dense(cells.where, count, shape), optimize=True)
        for count in (cells.leads, cells.won)
    )
    grid = np.stack(np.meshgrid(*(trait.numbers for trait in three), indexing="ij"), axis=-1)
    enough = (leads[0] >= least) & (grid >= 0).any(axis=-1)
    earned = _earned(leads[0], won[0], grid, enough, alpha)
    return Rules(
        np.sort(grid[enough], axis=1)[:, ::-1], leads[:, enough], won[:, enough], earned[enough]
    )


def _dense(where: IntArray, count: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    """Return counts by period and the codes of three traits."""
    table = np.zeros(shape)
    np.add.at(table, tuple(where), count)
    return table


def _earned(
    leads: FloatArray, won: FloatArray, grid: IntArray, enough: NDArray[np.bool_], alpha: float
) -> NDArray[np.bool_]:
    """Tell which rules of enough leads are better than without any one of their criteria."""
    earned = enough.copy()
    single = (grid >= 0).sum(axis=-1) == 1
    for axis in range(3):
        all_leads, all_won = (np.take(x, [0], axis=axis) for x in (leads, won))
        asked = earned & (grid[..., axis] >= 0) & ~single
        cells = [np.broadcast_to(x, leads.shape)[asked] for x in (won, leads, all_won, all_leads)]
        earned[asked] &= proven(*cells, alpha=alpha)
    return earned


def proven(
    both: FloatArray, passed: FloatArray, won: FloatArray, leads: FloatArray, *, alpha: float
) -> NDArray[np.bool_]:
    """Tell where `p_greater` is below a level.

    The exact p of large counts takes long, so it is worked out only where the normal score is
    near its own quantile z: the two differ by less than z²/(3√e) and a step, e being the least
    of the four expected counts (Cornish & Fisher's first term, twice over).
    """
    lost, others = leads - won, leads - passed
    cells = [share(x * y, leads) for x in (won, lost) for y in (passed, others)]
    spread = np.sqrt(share(cells[0] * cells[3], leads))
    score = share(both - cells[0], spread)
    z = stats.norm.isf(alpha)
    near = z**2 / 3 * share(1, np.sqrt(np.min(cells, axis=0))) + share(1, spread)
    sure = score > z + near
    unsure = ~sure & (score > 0.5 * z) & ~(score < z - near)
    sure[unsure] = p_greater(*(x[unsure] for x in (both, passed, won, leads))) < alpha
    return np.asarray(sure)


def p_greater(
    both: FloatArray, passed: FloatArray, won: FloatArray | float, leads: FloatArray | float
) -> FloatArray:
    """Return the probability of at least so many won among the passed, by chance."""
    return np.asarray(stats.hypergeom.sf(both - 1, leads, won, passed))


def totals(crosses: pd.DataFrame, period: str) -> tuple[float, float]:
    """Return the leads of a period and the won ones, from the first three traits."""
    if crosses.empty:
        return 0.0, 0.0
    mine = (crosses[list(PLACES)] == crosses[list(PLACES)].iloc[0]).all(axis=1)
    rows = crosses[mine & (crosses["period"] == period)]
    return float(rows["leads"].sum()), float(rows["won"].sum())
