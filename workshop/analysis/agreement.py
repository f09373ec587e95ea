"""How far sales and marketing label the same leads alike, and which leads split the room."""

from __future__ import annotations

from typing import NamedTuple

import krippendorff
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from workshop.analysis.intervals import share

FloatArray = NDArray[np.float64]

# `other` stays out: its answers would follow from a total shown beside the two teams.
TEAMS = ("sales", "marketing")

_BOUNDS = (0.025, 0.975)


class Room(NamedTuple):
    """The labels of the two teams, counted: leads x labels, both sorted."""

    leads: pd.Index
    sales: FloatArray
    marketing: FloatArray

    @property
    def all(self) -> FloatArray:
        """Both teams together."""
        return self.sales + self.marketing


class _Group(NamedTuple):
    """Who is compared with whom: its alpha, and its coincidence matrix lead by lead."""

    name: str
    people: int
    alpha: float
    coincidences: FloatArray


def alpha(
    labels: pd.DataFrame, *, seed: int | np.random.Generator, replicates: int = 2000
) -> pd.DataFrame:
    """Measure the agreement of blind labels by Krippendorff's alpha, for nominal labels.

    Between the teams only pairs of one person from each count: the cross-team pairs of a lead
    weigh as much as its answers, and chance is pairing any two of the answers so weighted. With
    one person a team it is the ordinary alpha.

    Parameters
    ----------
    labels : columns `person`, `team`, `lead_id`, `label` (null: no answer), one row a person
        and lead; teams other than sales and marketing are left out.
    replicates : bootstrap samples of the leads.

    Returns
    -------
    DataFrame
        `group` (overall, sales, marketing, between), `people`, `leads` (with a pair to compare),
        `alpha` (1 is agreement, 0 chance), `ci_low` and `ci_high`, percentiles of a bootstrap
        over leads, expanded since plain ones cover too little with few leads. Alpha is NaN
        where no pair is compared or all used one label; the interval also where no pair
        disagrees, since resampling cannot show what never happened.

    Raises
    ------
    ValueError
        If a person labelled a lead twice.
    """
    answers = team_answers(labels)
    room = count_labels(answers)
    rng = np.random.default_rng(seed)
    size = len(room.leads)
    samples = (
        rng.multinomial(size, np.full(size, 1 / size), replicates) if size else np.zeros((1, 0))
    )
    rows = []
    for name, people, estimate, coincidences in _groups(answers, room):
        leads = int((coincidences.sum(axis=(1, 2)) > 0).sum())
        resampled = _alpha(np.tensordot(samples, coincidences, axes=1))
        rows.append((name, people, leads, estimate, *_interval(resampled, estimate, leads)))
    return pd.DataFrame(rows, columns=["group", "people", "leads", "alpha", "ci_low", "ci_high"])


def splitting(labels: pd.DataFrame) -> pd.DataFrame:
    """Return the leads that split the room, most first.

    Parameters
    ----------
    labels : as for `alpha`.

    Returns
    -------
    DataFrame
        `lead_id`, `answers`, and the share of pairs of people that label the lead differently:
        `disagreement` of all pairs, `between` of those across the teams, `within` of those in
        one team; NaN where there is no pair.
    """
    room = count_labels(team_answers(labels))
    sales, marketing = (team.sum(axis=1) for team in (room.sales, room.marketing))
    across = sales * marketing
    inside = (sales * (sales - 1) + marketing * (marketing - 1)) / 2
    across_differ = across - (room.sales * room.marketing).sum(axis=1)
    inside_differ = _differing(room.sales) + _differing(room.marketing)
    table = pd.DataFrame(
        {
            "lead_id": room.leads,
            "answers": (sales + marketing).astype(int),
            "disagreement": share(across_differ + inside_differ, across + inside),
            "between": share(across_differ, across),
            "within": share(inside_differ, inside),
        }
    )
    return table.sort_values("disagreement", ascending=False, kind="stable", ignore_index=True)


def team_answers(labels: pd.DataFrame) -> pd.DataFrame:
    """Keep the answers of the two teams."""
    answers = labels[labels["team"].isin(TEAMS) & labels["label"].notna()]
    twice = answers[answers.duplicated(["person", "lead_id"])]
    if len(twice):
        first = twice.iloc[0]
        raise ValueError(f"one label a person and lead: {first['person']!r}, {first['lead_id']!r}")
    return answers


def count_labels(answers: pd.DataFrame) -> Room:
    """Count labels by lead and team, in sorted order, whatever the order of the rows."""
    leads = pd.Index(sorted(answers["lead_id"].unique()), dtype=object)
    names = sorted(answers["label"].unique())
    counts = np.zeros((len(TEAMS), len(leads), len(names)))
    team = answers["team"].map({team: place for place, team in enumerate(TEAMS)})
    label = pd.Index(names, dtype=object).get_indexer(answers["label"].astype(object))
    lead = leads.get_indexer(answers["lead_id"].astype(object))
    np.add.at(counts, (team.to_numpy(dtype=int), lead, label), 1)
    return Room(leads, counts[0], counts[1])


def _groups(answers: pd.DataFrame, room: Room) -> list[_Group]:
    people = answers.groupby("team")["person"].nunique().reindex(TEAMS, fill_value=0)
    between = _between(room.sales, room.marketing)
    return [
        _Group("overall", int(people.sum()), _krippendorff(room.all), _within(room.all)),
        _Group("sales", int(people["sales"]), _krippendorff(room.sales), _within(room.sales)),
        _Group(
            "marketing",
            int(people["marketing"]),
            _krippendorff(room.marketing),
            _within(room.marketing),
        ),
        _Group("between", int(people.sum()), float(_alpha(between.sum(axis=0))), between),
    ]


def _krippendorff(counts: FloatArray) -> float:
    """Return the ordinary alpha, NaN where fewer than two labels are in any pair."""
    paired = counts[counts.sum(axis=1) >= 2].sum(axis=0)
    if (paired > 0).sum() < 2:
        return float("nan")
    return float(
        krippendorff.alpha(value_counts=counts.astype(int), level_of_measurement="nominal")
    )


def _within(counts: FloatArray) -> FloatArray:
    """Return each lead's coincidences of any two people: leads x labels x labels."""
    people = counts.sum(axis=1)
    same = counts[:, :, None] * np.eye(counts.shape[1])
    pairs = counts[:, :, None] * counts[:, None, :] - same
    return np.asarray(pairs / np.maximum(people - 1, 1)[:, None, None])


def _between(sales: FloatArray, marketing: FloatArray) -> FloatArray:
    """Return each lead's coincidences of one person from each team."""
    one_way = sales[:, :, None] * marketing[:, None, :]
    pairs = sales.sum(axis=1) * marketing.sum(axis=1)
    weight = share((sales + marketing).sum(axis=1), 2 * pairs)
    both_ways = one_way + one_way.swapaxes(1, 2)
    return np.asarray(both_ways * np.nan_to_num(weight)[:, None, None])


def _alpha(coincidences: FloatArray) -> FloatArray:
    """Return alpha for coincidence matrices on the last two axes (Krippendorff 2011)."""
    used = coincidences.sum(axis=-1)
    total = used.sum(axis=-1)
    observed = total - np.trace(coincidences, axis1=-2, axis2=-1)
    expected = total**2 - (used**2).sum(axis=-1)
    # One label alone leaves 1e-15 of its own square.
    return np.asarray(1 - (total - 1) * share(observed, np.where(expected > 1e-9, expected, 0)))


def _interval(resampled: FloatArray, estimate: float, leads: int) -> tuple[float, float]:
    """Return percentiles of the resampled alphas, expanded for few leads (Hesterberg 2015)."""
    known = resampled[~np.isnan(resampled)]
    if np.isnan(estimate) or leads < 2 or len(known) == 0 or known.min() == 1:
        return float("nan"), float("nan")
    expanded = stats.t.ppf(_BOUNDS, leads - 1) * np.sqrt(leads / (leads - 1))
    low, high = np.quantile(known, stats.norm.cdf(expanded))
    return float(low), float(high)


def _differing(counts: FloatArray) -> FloatArray:
    """Count the pairs of people with different labels, lead by lead."""
    return np.asarray((counts.sum(axis=1) ** 2 - (counts**2).sum(axis=1)) / 2)
