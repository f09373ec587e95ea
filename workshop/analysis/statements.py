"""How far people agree with statements (1 to 5): in the room, between the teams, within each."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from workshop.analysis.agreement import TEAMS
from workshop.analysis.intervals import benjamini_hochberg

FloatArray = NDArray[np.float64]

ANSWERS = (1, 2, 3, 4, 5)


def distribution(statements: pd.DataFrame) -> pd.DataFrame:
    """Count the answers, statement by statement and team by team.

    Parameters
    ----------
    statements : columns `person`, `team`, `statement`, `answer` (1 to 5; null: no answer), one
        row a person and statement.

    Returns
    -------
    DataFrame
        `statement`, `team`, `answer`, `people`: every answer of 1 to 5, also where nobody gave
        it; sorted.

    Raises
    ------
    ValueError
        If an answer is none of 1 to 5, or a person answered a statement twice.
    """
    given = statements[statements["answer"].notna()]
    wrong = given["answer"][~given["answer"].isin(ANSWERS)]
    if len(wrong):
        raise ValueError(f"an answer is one of 1 to 5, not {wrong.iloc[0]!r}")
    if given.duplicated(["person", "statement"]).any():
        raise ValueError("one answer a person and statement")
    counts = (
        given.astype({"answer": int})
        .pivot_table(
            index=["statement", "team"], columns="answer", values="person", aggfunc="count"
        )
        .reindex(columns=list(ANSWERS))
        .fillna(0)
        .astype(int)
    )
    return (
        counts.reset_index()
        .melt(["statement", "team"], var_name="answer", value_name="people")
        .astype({"answer": int})
        .sort_values(["statement", "team", "answer"], ignore_index=True)
    )


def compare_teams(statements: pd.DataFrame) -> pd.DataFrame:
    """Set the two teams' answers against each other, statement by statement.

    Parameters
    ----------
    statements : as for `distribution`; teams other than sales and marketing are left out.

    Returns
    -------
    DataFrame
        `statement`; `sales` and `marketing`, people who answered; `exceeds`, the probability that
        a random sales answer is above a random marketing answer, ties counted half; `p_value`,
        exact over all ways to form the teams, and `q_value` over the statements (Benjamini and
        Hochberg); van der Eijk's A: `agreement` of both teams together, `agreement_sales`,
        `agreement_marketing`; and `split_within`: sales, marketing, both, or null, the team
        whose own answers are polarised (A below 0). NaN where a team did not answer.
    """
    rows = distribution(statements[statements["team"].isin(TEAMS)])
    counts = rows.pivot_table(index="statement", columns=["team", "answer"], values="people")
    wanted = pd.MultiIndex.from_product([TEAMS, ANSWERS], names=["team", "answer"])
    teams = counts.reindex(columns=wanted).fillna(0).to_numpy(dtype=int).reshape(-1, 2, 5)
    p_value = np.array([rank_sum_p(sales, marketing) for sales, marketing in teams], dtype=float)
    by_team = np.array([[van_der_eijk(team) for team in pair] for pair in teams]).reshape(-1, 2)
    return pd.DataFrame(
        {
            "statement": counts.index,
            "sales": teams[:, 0].sum(axis=1),
            "marketing": teams[:, 1].sum(axis=1),
            "exceeds": [exceeds(sales, marketing) for sales, marketing in teams],
            "p_value": p_value,
            "q_value": benjamini_hochberg(p_value),
            "agreement": [van_der_eijk(pair.sum(axis=0)) for pair in teams],
            "agreement_sales": by_team[:, 0],
            "agreement_marketing": by_team[:, 1],
            "split_within": [_split(*pair) for pair in by_team < 0],
        }
    )


def van_der_eijk(counts: ArrayLike) -> float:
    """Return van der Eijk's A of answers on an ordered scale (van der Eijk 2001).

    -1 is polarised, 0 uniform, 1 agreed. NaN without answers.

    Parameters
    ----------
    counts : answers of each of the scale's 3 or more steps, in order.

    Raises
    ------
    ValueError
        If the scale has fewer than 3 steps, or a count is negative.

    Examples
    --------
    >>> round(van_der_eijk([1, 2, 5, 9, 3]), 4)
    0.475
    """
    left = np.asarray(counts, float)
    if len(left) < 3 or (left < 0).any():
        raise ValueError(f"counts of 3 or more steps, none negative: {left}")
    total, weighted = left.sum(), 0.0
    if total == 0:
        return float("nan")
    # Layer by layer: each has one height over the steps that still have answers.
    while (present := left > 0).any():
        height = left[present].min()
        weighted += height * present.sum() * _layer_agreement(present)
        left = left - height * present
    return float(weighted / total)


def exceeds(sales: ArrayLike, marketing: ArrayLike) -> float:
    """Return the probability that a random sales answer is above a random marketing answer.

    Ties count half. Counts of each answer, in order; NaN where a team has none.

    >>> exceeds([0, 1, 1], [1, 1, 0])
    0.875
    """
    above, below = np.asarray(sales, float), np.asarray(marketing, float)
    pairs = above.sum() * below.sum()
    if pairs == 0:
        return float("nan")
    smaller = np.cumsum(below) - below / 2
    return float(above @ smaller / pairs)


def rank_sum_p(sales: ArrayLike, marketing: ArrayLike) -> float:
    """Return the two-sided p-value of the rank sum over all ways to form the two teams.

    Exact, with ties: the number of ways to each rank sum is built up answer by answer. As extreme
    is a rank sum at least as far from its mean. NaN where a team has no answers.
    """
    ours, theirs = np.asarray(sales, int), np.asarray(marketing, int)
    size, people = int(ours.sum()), int(ours.sum() + theirs.sum())
    if size in (0, people):
        return float("nan")
    together = ours + theirs
    # Twice the mean rank of each answer: whole numbers.
    ranks = 2 * np.cumsum(together) - together + 1
    ways = np.zeros((size + 1, int(together @ ranks) + 1))
    ways[0, 0] = 1
    for answers, rank in zip(together.tolist(), ranks.tolist(), strict=True):
        grown = np.zeros_like(ways)
        for chosen in range(min(answers, size) + 1):
            shift = chosen * rank
            grown[chosen:, shift:] += (
                comb(answers, chosen) * ways[: size + 1 - chosen, : ways.shape[1] - shift]
            )
        ways = grown
    distance = np.abs(np.arange(ways.shape[1]) - size * (people + 1))
    observed = abs(int(ours @ ranks) - size * (people + 1))
    return float(min(1.0, ways[size][distance >= observed].sum() / ways[size].sum()))


def _layer_agreement(present: NDArray[np.bool_]) -> float:
    """Return A of a layer: unimodal against bimodal triples of steps, less its spread."""
    steps, used = len(present), int(present.sum())
    triples = np.array(list(combinations(present.tolist(), 3)), dtype=int)
    unimodal = int(((triples @ [1, 2, 4] == 3) | (triples @ [1, 2, 4] == 6)).sum())
    bimodal = int((triples @ [1, 2, 4] == 5).sum())
    if used == 1:
        return 1.0
    if used == steps:
        return 0.0
    shape = ((steps - 2) * unimodal - (steps - 1) * bimodal) / ((steps - 2) * (unimodal + bimodal))
    return float(shape * (1 - (used - 1) / (steps - 1)))


def _split(sales: bool, marketing: bool) -> str | None:
    """Name the team or teams that are split within."""
    if sales and marketing:
        return "both"
    return "sales" if sales else "marketing" if marketing else None
