"""What data says of a share between 0 and 1."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

FloatArray = NDArray[np.float64]


class Posterior(NamedTuple):
    """What is known of a share: a Beta distribution, by its mean and variance."""

    mean: float
    variance: float

    def quantile(self, levels: ArrayLike) -> FloatArray:
        """Return the quantiles at levels from 0 to 1; a share without variance is known."""
        wanted = np.asarray(levels, float)
        if self.variance <= 1e-12 * self.mean * (1 - self.mean):
            return np.full(wanted.shape, self.mean)
        size = self.mean * (1 - self.mean) / self.variance - 1
        return np.asarray(special.betaincinv(self.mean * size, (1 - self.mean) * size, wanted))


def jeffreys(successes: float, trials: float) -> Posterior:
    """Return the posterior of a rate under Jeffreys' prior, Beta(1/2, 1/2).

    >>> jeffreys(30, 150).quantile([0.025, 0.975]).round(3).tolist()
    [0.142, 0.269]
    """
    mean = (successes + 0.5) / (trials + 1)
    return Posterior(mean, mean * (1 - mean) / (trials + 2))
