"""Pick won deals and lost ones that resemble them, from counts alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

IntArray = NDArray[np.int64]

SIDES = ("won", "lost")
_KEYS = ["quarter", "customer_type"]

# How far strata are apart: in quarters within a customer type. A deal without a creation date
# is further off than any that has one, and another type is further off than both.
_NO_QUARTER = 10**5
_OTHER_TYPE = 10**6


class Picking(NamedTuple):
    """The picked deals, and how many of them are matched within their own stratum."""

    deals: pd.DataFrame
    exact: int


class _Pair(NamedTuple):
    """Strata (by position) whose won and lost deals are matched, `times` deals of each."""

    won: int
    lost: int
    distance: int
    times: int


class _Draw(NamedTuple):
    """A number of deals to draw from one side of a stratum, and the set they are matched in."""

    side: str
    source: int
    matched_in: int | None
    distance: int
    deals: int


def pick(counts: pd.DataFrame, n: int = 10, *, seed: int | np.random.Generator) -> Picking:
    """Pick n won and n lost deals matched on creation quarter and customer type.

    As many pairs as there are come from within the strata, at random from all such pairs. What
    is then missing is paired between strata: same customer type and nearest quarter first, then
    another type and nearest quarter. A side with fewer than n deals is taken whole; the other
    still gives n, nearest first.

    Parameters
    ----------
    counts : columns `quarter` (such as 2025Q1; null if unknown), `customer_type` (null is a
        type of its own), `side` (won or lost; lost holds the stalled too), `deals` (a count).
    n : deals a side.
    seed : the same seed picks the same deals, whatever the order of the rows.

    Returns
    -------
    Picking
        `deals`, a row per picked deal: `quarter`, `customer_type`, `side`, `rank` (0-based
        place among the deals of that quarter, type and side, in any fixed order), `stratum`
        (the matched set that the deal stands in) and `match`: `exact`; `quarter`, same type
        but another quarter; `any`, another type; `none`, where the other side is empty.
        `exact` counts the deals, won and lost, that are matched exactly.

    Raises
    ------
    ValueError
        If n is under 1, or a side, quarter or count is not one.
    """
    if n < 1:
        raise ValueError(f"n is a number of deals a side, at least 1, not {n}")
    _refuse(counts)
    rng = np.random.default_rng(seed)
    strata = _strata(counts)
    pairs = _pairs(strata, n, rng)
    draws = [draw for pair in pairs for draw in _both_sides(pair)]
    extra = [draw for side in SIDES for draw in _unpaired(strata, pairs, side, n, rng)]
    deals = _drawn(strata, [*draws, *extra], rng)
    return Picking(deals, int(deals["match"].eq("exact").sum()))


def swap(sample: pd.DataFrame, out_id: str, in_id: str) -> pd.DataFrame:
    """Put one deal in another's place, and record it.

    Parameters
    ----------
    sample : columns `deal_id`, `side`, `stratum` and `swapped_for` (nullable); others stay.
    out_id, in_id : the deal that leaves, and the deal of the same side that takes its place.

    Returns
    -------
    DataFrame
        The sample with `in_id` where `out_id` was. `swapped_for` is the deal that was picked
        there in the first place, whatever swaps came between, and null once it is back.

    Raises
    ------
    ValueError
        If `out_id` is not in the sample, or `in_id` already is.
    """
    leaving = sample["deal_id"].eq(out_id)
    if not leaving.any():
        raise ValueError(f"the deal that leaves is one of the sample, not {out_id!r}")
    if sample["deal_id"].eq(in_id).any():
        raise ValueError(f"the deal that comes in is not yet in the sample: {in_id!r} is")
    recorded = sample["swapped_for"].astype(object)
    picked = recorded.where(recorded.notna(), sample["deal_id"])
    return sample.assign(
        deal_id=sample["deal_id"].mask(leaving, in_id),
        swapped_for=recorded.mask(leaving, picked.where(picked.ne(in_id), None)),
    )


def stand_in(
    counts: pd.DataFrame,
    seen: pd.DataFrame,
    leaving: pd.DataFrame,
    *,
    seed: int | np.random.Generator,
) -> pd.DataFrame:
    """Pick the deal that takes the place of one that nobody remembers.

    It is of the same side and was not seen yet: from the same quarter and customer type, else of
    the same type and the nearest quarter, else of another type; ties by lot.

    Parameters
    ----------
    counts : as for `pick`.
    seen : `quarter`, `customer_type`, `side` and `rank` of every deal that was in the sample.
    leaving : the same columns, the one row of the deal that leaves.
    seed : the same seed picks the same deal.

    Returns
    -------
    DataFrame
        The same columns, one row; none where no deal of that side is left.
    """
    rng = np.random.default_rng(seed)
    strata, where = _strata(counts), ["_quarter", "_type"]
    side = str(leaving["side"].iloc[0])
    own, gone, out = (_keyed(frame) for frame in (strata, seen[seen["side"] == side], leaving))
    taken = gone.groupby(where)["rank"].agg(set)
    used = [taken.get(key, set()) for key in zip(own["_quarter"], own["_type"], strict=True)]
    left = own[side].to_numpy(dtype=np.int64) - [len(ranks) for ranks in used]
    here = (own[where] == out[where].iloc[0]).all(axis=1).to_numpy().argmax()
    distance = _distances(strata)[here] + rng.random(len(own)) / 2
    if not (left > 0).any():
        return leaving.iloc[:0]
    place = int(np.where(left > 0, distance, np.inf).argmin())
    free = [rank for rank in range(int(own[side].iloc[place])) if rank not in used[place]]
    return strata.iloc[[place]][_KEYS].assign(side=side, rank=int(rng.choice(free)))


def _keyed(frame: pd.DataFrame) -> pd.DataFrame:
    """Add a stratum's quarter and type as texts, an unknown one as an empty text."""
    quarter, kind = (frame[key].astype("str").fillna("") for key in _KEYS)
    return frame.assign(_quarter=quarter, _type=kind)


def _refuse(counts: pd.DataFrame) -> None:
    """Raise for the first side, quarter or count that is not one."""
    quarters = counts["quarter"].dropna()
    wrong = {
        "side is won or lost": counts.loc[~counts["side"].isin(SIDES), "side"],
        "quarter is such as 2025Q1": quarters[~quarters.astype(str).str.match(r"\d{4}Q[1-4]$")],
        "deals is a count": counts.loc[counts["deals"] < 0, "deals"],
    }
    for rule, values in wrong.items():
        if len(values):
            raise ValueError(f"{rule}, not {values.iloc[0]!r}")


def _strata(counts: pd.DataFrame) -> pd.DataFrame:
    """Lay the sides beside each other: a row per stratum, sorted."""
    sides = {side: counts["deals"].where(counts["side"].eq(side), 0) for side in SIDES}
    return (
        counts[_KEYS]
        .assign(**sides)
        .groupby(_KEYS, dropna=False, observed=True)
        .sum()
        .reset_index()
    )


def _distances(strata: pd.DataFrame) -> IntArray:
    """Say how far each stratum is from each other one."""
    text = strata["quarter"].astype("str")
    since = pd.to_numeric(text.str[:4]) * 4 + pd.to_numeric(text.str[5:])
    place = since.fillna(-_NO_QUARTER).to_numpy(dtype=np.int64)
    kind = pd.factorize(strata["customer_type"])[0]
    other_type = kind[:, None] != kind
    return np.asarray(np.abs(place[:, None] - place) + _OTHER_TYPE * other_type, dtype=np.int64)


def _pairs(strata: pd.DataFrame, n: int, rng: np.random.Generator) -> list[_Pair]:
    """Match up to n won deals with as many lost ones."""
    won, lost = (strata[side].to_numpy(dtype=np.int64) for side in SIDES)
    possible = np.minimum(won, lost)
    inside = rng.multivariate_hypergeometric(possible, min(n, int(possible.sum())))
    pairs = [_Pair(i, i, 0, int(inside[i])) for i in np.flatnonzero(inside).tolist()]
    missing = n - int(inside.sum())
    if missing:
        pairs += _nearest(strata.assign(won=won - inside, lost=lost - inside), missing, rng)
    return pairs


def _nearest(strata: pd.DataFrame, missing: int, rng: np.random.Generator) -> Iterator[_Pair]:
    """Match what is left between strata, nearest first and ties at random."""
    won, lost = (strata[side].to_numpy(dtype=np.int64, copy=True) for side in SIDES)
    rows, columns = np.flatnonzero(won), np.flatnonzero(lost)
    distances = _distances(strata)[np.ix_(rows, columns)]
    order = np.argsort(distances + rng.random(distances.shape) / 2, axis=None)
    for k in order.tolist():
        i, j = int(rows[k // len(columns)]), int(columns[k % len(columns)])
        times = min(int(won[i]), int(lost[j]), missing)
        if times:
            yield _Pair(i, j, int(distances.flat[k]), times)
            won[i] -= times
            lost[j] -= times
            missing -= times


def _both_sides(pair: _Pair) -> tuple[_Draw, _Draw]:
    """Draw the deals of a pair, both into the matched set of the won one."""
    return (
        _Draw("won", pair.won, pair.won, pair.distance, pair.times),
        _Draw("lost", pair.lost, pair.won, pair.distance, pair.times),
    )


def _unpaired(
    strata: pd.DataFrame, pairs: list[_Pair], side: str, n: int, rng: np.random.Generator
) -> list[_Draw]:
    """Fill a side up to n where the other has too few deals to pair them with."""
    left = strata[side].to_numpy(dtype=np.int64, copy=True)
    for pair in pairs:
        left[pair.won if side == "won" else pair.lost] -= pair.times
    missing = min(n - sum(pair.times for pair in pairs), int(left.sum()))
    if not missing:
        return []
    if not pairs:
        drawn = rng.multivariate_hypergeometric(left, missing)
        return [_Draw(side, i, None, 0, int(drawn[i])) for i in np.flatnonzero(drawn).tolist()]
    partners = [pair.lost if side == "won" else pair.won for pair in pairs]
    distances = _distances(strata)[:, partners]
    nearest, distance = distances.argmin(axis=1), distances.min(axis=1)
    order = np.argsort(distance + rng.random(len(left)) / 2)
    before = left[order].cumsum() - left[order]
    times = np.clip(missing - before, 0, left[order])
    return [
        _Draw(side, i, pairs[nearest[i]].won, int(distance[i]), int(deals))
        for i, deals in zip(order.tolist(), times.tolist(), strict=True)
        if deals
    ]


def _drawn(strata: pd.DataFrame, draws: list[_Draw], rng: np.random.Generator) -> pd.DataFrame:
    """Draw ranks without replacement from each side of each stratum."""
    rows = pd.DataFrame(draws, columns=list(_Draw._fields))
    rows = rows.loc[rows.index.repeat(rows["deals"].astype("int64"))]
    rows = rows.sort_values(["source", "side", "matched_in", "distance"], ignore_index=True)
    alone = rows["matched_in"].isna()
    kinds = [alone, rows["distance"].eq(0), rows["distance"] < _OTHER_TYPE]
    own = strata.loc[rows["source"]].reset_index(drop=True)
    available = own["won"].where(rows["side"].eq("won"), own["lost"])
    ranks = available.groupby([rows["source"], rows["side"]]).transform(
        lambda deals: rng.choice(int(deals.iloc[0]), len(deals), replace=False)
    )
    return pd.DataFrame(
        {
            "quarter": own["quarter"],
            "customer_type": own["customer_type"],
            "side": rows["side"],
            "rank": ranks.astype("int64"),
            "stratum": _labels(strata).loc[rows["matched_in"].fillna(rows["source"])].to_numpy(),
            "match": np.select(kinds, ["none", "exact", "quarter"], "any"),
        }
    )


def _labels(strata: pd.DataFrame) -> pd.Series[str]:
    """Name each stratum after the quarter and the type that are known."""
    quarter, kind = (strata[key].astype("str").fillna("") for key in _KEYS)
    return (quarter + " " + kind).str.strip()
