"""What did the deals that went well share, and does the whole history agree."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from workshop.analysis import history, picking, ten
from workshop.crm import counts
from workshop.crm.readiness import Ready, readiness_of
from workshop.crm.tables import Tables

QUESTION = "won-lost"
DEALS_A_SIDE = 10
MOST_LEVELS = 1_000
"""A trait with more levels is nobody's trait (a postcode, a number): left out, and said."""
FEW_LEVELS = 60
"""Traits with more levels are not held against each other: each pair is a table of its own."""


QUARTER_AND_TYPE, QUARTER = "matched_quarter_customer_type", "matched_quarter"
"""How the deals are picked: matched on both, or on the quarter where no type is known."""


class Sample(NamedTuple):
    """Which deals were picked, by which rule and seed, and how many are matched exactly."""

    ids: dict[str, list[str]]
    seed: int
    rule: str
    exact: int
    stalled: int
    stalled_after_days: int | None


class WonLost(NamedTuple):
    """Ten against ten, with and without the stalled deals, and the whole history beside it.

    ``confounded`` has a row per trait that follows another column (``trait``, ``confounder``,
    ``cramers_v``); ``within`` re-estimates its levels within that column.
    """

    ready: Ready
    rows: pd.DataFrame
    rows_without_stalled: pd.DataFrame
    history: pd.DataFrame
    missingness: pd.DataFrame
    confounded: pd.DataFrame
    within: pd.DataFrame
    sample: Sample | None
    too_many_levels: tuple[str, ...]
    caveats: tuple[str, ...]


def won_lost(tables: Tables, seed: int = 0) -> WonLost:
    """Answer the question; the same seed picks the same deals."""
    ready = readiness_of(tables, QUESTION)
    if ready.missing:
        return _unanswered(ready, (), ready.caveats)
    levels = counts.trait_levels(tables)
    sizes = levels.groupby("trait")["level"].nunique()
    wide = tuple(sorted(sizes.index[sizes > MOST_LEVELS]))
    levels = levels[~levels["trait"].isin(wide)]
    traits = sorted(levels["trait"].unique())
    if not traits:
        return _unanswered(ready, wide, (*ready.caveats, "too_many_levels"))
    rows, sample = _ten(tables, traits, seed, stalled_as_lost=True)
    without, _ = _ten(tables, traits, seed, stalled_as_lost=False)
    past = history.by_level(levels)
    confounded, within = _confounders(tables, [t for t in traits if sizes[t] <= FEW_LEVELS])
    caveats = [*ready.caveats]
    caveats += ["sampled_by_outcome"] if len(rows) else []
    caveats += ["traits_not_vouched"] if not past["known_at_creation"].all() else []
    caveats += ["too_many_levels"] if wide else []
    caveats += ["confounded"] if len(confounded) else []
    caveats += ["nothing_stalled"] if sample.stalled_after_days is None else []
    return WonLost(
        ready=ready,
        rows=rows,
        rows_without_stalled=without,
        history=past,
        missingness=history.missingness(levels),
        confounded=confounded,
        within=within,
        sample=sample,
        too_many_levels=wide,
        caveats=tuple(caveats),
    )


def _unanswered(ready: Ready, wide: tuple[str, ...], caveats: tuple[str, ...]) -> WonLost:
    empty = pd.DataFrame()
    return WonLost(ready, empty, empty, empty, empty, empty, empty, None, wide, caveats)


def _ten(
    tables: Tables, traits: list[str], seed: int, *, stalled_as_lost: bool
) -> tuple[pd.DataFrame, Sample]:
    pool = counts.strata(tables, stalled_as_lost=stalled_as_lost)
    picks = picking.pick(pool, DEALS_A_SIDE, seed=seed)
    deals = counts.picked(tables, picks.deals, stalled_as_lost=stalled_as_lost)
    known = pd.Series(tables.traits("deals"), dtype=bool)
    rows = ten.compare(deals, traits, seed=seed)
    rows = rows.assign(known_at_creation=rows["trait"].map(known).astype(bool))
    sides = deals.groupby("side")["deal_id"].apply(list)
    return rows, Sample(
        ids={side: list(sides.get(side, [])) for side in picking.SIDES},
        seed=seed,
        rule=QUARTER_AND_TYPE if pool["customer_type"].notna().any() else QUARTER,
        exact=picks.exact,
        stalled=int((deals["state"] == "stalled").sum()),
        stalled_after_days=counts.stalled_after(tables),
    )


def _confounders(tables: Tables, traits: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find what each trait follows most, and estimate its levels again within that."""
    if not traits:
        return pd.DataFrame(), pd.DataFrame()
    pairs = history.confounding(counts.trait_associations(tables, traits))
    found = pairs[pairs["confounded"]].drop_duplicates("trait").reset_index(drop=True)
    parts = [
        history.within_strata(counts.trait_pairs(tables, trait, other)).assign(confounder=other)
        for trait, other in zip(found["trait"], found["confounder"], strict=True)
    ]
    within = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    return found[["trait", "confounder", "deals", "cramers_v"]], within
