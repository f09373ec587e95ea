"""Draw what more than one table needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def pick(rng: Generator, shares: Mapping[Any, float], size: int) -> NDArray[np.object_]:
    """Return keys drawn with their shares."""
    keys = np.empty(len(shares), dtype=object)
    keys[:] = list(shares)
    weights = np.array(list(shares.values()))
    return np.asarray(keys[rng.choice(len(keys), size, p=weights / weights.sum())])


def chance(base: ArrayLike, *odds_ratios: ArrayLike) -> Floats:
    """Return the probability that has the base's odds times every odds ratio.

    >>> chance(0.5, 3.0).item()
    0.75
    """
    rate = np.asarray(base, dtype=float)
    odds = rate / (1 - rate)
    for ratio in odds_ratios:
        odds = odds * np.asarray(ratio, dtype=float)
    return np.asarray(odds / (1 + odds))


def happens(rng: Generator, probability: NDArray[np.floating[Any]]) -> NDArray[np.bool_]:
    """Return for each probability whether it came true."""
    return np.asarray(rng.random(probability.shape) < probability)


def numbered(prefix: str, count: int, width: int = 4) -> list[str]:
    """Return the ids prefix-0001 and so on."""
    return [f"{prefix}-{number:0{width}d}" for number in range(1, count + 1)]
