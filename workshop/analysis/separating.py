"""Which criterion the labels of the room follow."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workshop.analysis.agreement import FloatArray, count_labels, team_answers
from workshop.analysis.intervals import share


def separating(
    labels: pd.DataFrame,
    criteria: pd.DataFrame,
    *,
    seed: int | np.random.Generator,
    permutations: int = 2000,
) -> pd.DataFrame:
    """Return the criteria by how well they separate the labels, best first.

    Parameters
    ----------
    labels : as for `alpha`.
    criteria : columns `lead_id`, `criterion`, `value` (null: unknown, a value of its own).

    Returns
    -------
    DataFrame
        `criterion`; `explained`, the share of differing pairs of labels that is gone between
        leads of the same value (Goodman and Kruskal's tau, 1954; NaN if no label differs); and
        `p_familywise`, how often the best of all criteria does so when the leads are shuffled:
        a few leads and many criteria always leave one that fits.
    """
    room = count_labels(team_answers(labels))
    names, values = _values(criteria, room.leads)
    rng = np.random.default_rng(seed)
    size = (permutations, len(room.leads))
    order = rng.permuted(np.tile(np.arange(size[1]), (permutations, 1)), axis=1).reshape(size)
    explained = np.array([_explained(room.all[None], value)[0] for value in values], dtype=float)
    mixed = room.all[order]
    shuffled = [_explained(mixed, value) for value in values]
    best = np.reshape(shuffled, (len(values), permutations)).max(axis=0, initial=-1)
    reached = (best >= explained[:, None] - 1e-12).sum(axis=1)
    table = pd.DataFrame(
        {
            "criterion": names,
            "explained": explained,
            "p_familywise": np.where(
                np.isnan(explained), np.nan, (1 + reached) / (1 + permutations)
            ),
        }
    )
    return table.sort_values("explained", ascending=False, kind="stable", ignore_index=True)


def _values(criteria: pd.DataFrame, leads: pd.Index) -> tuple[pd.Index, NDArray[np.int64]]:
    """Return the criteria, sorted, and criteria x leads each value as a number, unknown as -1."""
    wide = criteria.pivot(index="criterion", columns="lead_id", values="value").sort_index()
    rows = wide.reindex(columns=leads).to_numpy(dtype=object)
    numbers = [pd.factorize(row)[0] for row in rows]
    return wide.index, np.reshape(numbers, rows.shape).astype(np.int64)


def _explained(counts: FloatArray, value: NDArray[np.int64]) -> FloatArray:
    """Return Goodman and Kruskal's tau for stacks of leads x labels, given the leads' values."""
    is_value = (value[None, :] == np.unique(value)[:, None]).astype(float)
    cells = np.einsum("vl,blc->bvc", is_value, counts)
    rows, labels = cells.sum(axis=2), cells.sum(axis=1)
    total = rows.sum(axis=1)
    same = share((cells**2).sum(axis=2), rows)
    by_chance = share((labels**2).sum(axis=1), total)
    return share(np.nansum(same, axis=1) - by_chance, total - by_chance)
