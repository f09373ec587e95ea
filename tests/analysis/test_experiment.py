"""What a month can tell: against sums over every outcome, and held to its own error rate."""

from __future__ import annotations

from math import comb, exp, isnan, lgamma, log

import pytest

from workshop.analysis.experiment import Seen, Trial, foresee, judge

BEFORE = Seen(36, 120)


def share(at_least: float, before: Seen = BEFORE, more: bool = True) -> Trial:
    return Trial("share", before, at_least, more)


def beta_binomial(hits: int, of: int, before: Seen) -> float:
    """Integrate the binomial over what the past says of the share, in closed form."""
    a, b = before.hits + 0.5, before.of - before.hits + 0.5

    def log_beta(x: float, y: float) -> float:
        return lgamma(x) + lgamma(y) - lgamma(x + y)

    return comb(of, hits) * exp(log_beta(hits + a, of - hits + b) - log_beta(a, b))


def binomial_tail(least: int, of: int, p: float) -> float:
    return sum(comb(of, k) * p**k * (1 - p) ** (of - k) for k in range(least, of + 1))


def test_chance_is_the_sum_over_every_outcome_that_is_as_good():
    found = foresee(share(0.4), 40)
    assert found.by_chance == pytest.approx(
        sum(beta_binomial(k, 40, BEFORE) for k in range(16, 41))
    )
    less = foresee(share(0.2, more=False), 40)
    assert less.by_chance == pytest.approx(sum(beta_binomial(k, 40, BEFORE) for k in range(9)))


def test_the_telling_figure_is_the_first_that_chance_seldom_reaches():
    found = foresee(share(0.4), 40)
    tails = [sum(beta_binomial(k, 40, BEFORE) for k in range(c, 41)) for c in range(41)]
    first = next(c for c in range(41) if tails[c] <= 0.05)
    assert found.telling == first / 40
    assert not found.tells
    assert foresee(share(first / 40), 40).tells


def test_fewer_is_better_mirrors_more_is_better():
    more, less = foresee(share(0.4), 40), foresee(share(0.6, Seen(84, 120), more=False), 40)
    assert less.telling == pytest.approx(1 - more.telling)
    assert less.noticed == pytest.approx(1 - more.noticed)
    assert less.by_chance == pytest.approx(more.by_chance)


@pytest.mark.parametrize("of", [12, 40, 150])
def test_the_noticed_share_reaches_the_telling_figure_four_times_in_five(of):
    found = foresee(share(0.5), of)
    assert binomial_tail(round(found.telling * of), of, found.noticed) == pytest.approx(0.8)


def test_a_count_is_predicted_by_the_gamma_mixture_of_poissons():
    trial = Trial("count", Seen(90, 90), 45)
    found = foresee(trial, 30)
    # Summed over k: the integral of Poisson(30 x) over Gamma(90.5, 90).
    tail = 1 - sum(
        exp(lgamma(k + 90.5) - lgamma(90.5) - lgamma(k + 1) + 90.5 * log(0.75) + k * log(0.25))
        for k in range(45)
    )
    assert found.by_chance == pytest.approx(tail)
    below = sum(exp(k * log(found.noticed) - found.noticed - lgamma(k + 1))
                for k in range(int(found.telling)))  # fmt: skip
    assert 1 - below == pytest.approx(0.8)


@pytest.mark.parametrize("true", [0.1, 0.3, 0.6])
@pytest.mark.parametrize(("before", "of"), [(40, 20), (120, 40), (200, 100)])
def test_where_nothing_changes_one_month_in_twenty_is_called_a_success(true, before, of):
    def pmf(k: int, n: int) -> float:
        return comb(n, k) * true**k * (1 - true) ** (n - k)

    wrong = 0.0
    for past in range(before + 1):
        found = foresee(share(0.0, Seen(past, before)), of)
        if found.telling is not None and pmf(past, before) > 1e-9:
            wrong += pmf(past, before) * binomial_tail(round(found.telling * of), of, true)
    assert wrong <= 0.055


@pytest.mark.parametrize(
    ("at_least", "seen", "verdict"),
    [
        (0.4, Seen(20, 40), "reached"),  # 50%, and chance gives that in 1 of 60
        (0.4, Seen(17, 40), "cannot_tell"),  # 42.5% is met, but chance gives it in 1 of 10
        (0.4, Seen(13, 40), "cannot_tell"),  # 32.5%, between 20% and 48%: fits both
        (0.4, Seen(8, 40), "not_reached"),  # 20%, at most 35%
        (0.6, Seen(52, 100), "not_reached"),  # better than before, but below what was agreed
        (0.4, Seen(4, 4), "cannot_tell"),  # four of four, of 30% before: too few to decide
        (0.4, Seen(0, 0), "cannot_tell"),
    ],
)
def test_the_verdict_is_the_one_that_was_agreed(at_least, seen, verdict):
    assert judge(share(at_least), seen).verdict == verdict


def test_less_is_judged_the_other_way_round():
    trial = share(0.2, more=False)
    assert judge(trial, Seen(4, 40)).verdict == "reached"
    assert judge(trial, Seen(20, 40)).verdict == "not_reached"


def test_a_count_is_judged_with_its_exact_interval():
    found = judge(Trial("count", Seen(30, 30), 45), Seen(50, 30))
    assert (found.figure, found.verdict) == (50.0, "reached")
    assert (found.low, found.high) == pytest.approx((37.11, 65.92), abs=0.01)
    assert judge(Trial("count", Seen(30, 30), 60), Seen(30, 30)).verdict == "not_reached"


def test_with_next_to_nothing_no_figure_tells():
    found = foresee(share(1.0), 2)
    assert (found.telling, found.noticed, found.tells) == (None, None, False)
    assert not foresee(share(0.5), 0).tells
    assert isnan(judge(share(0.5), Seen(0, 0)).figure)


@pytest.mark.parametrize("before", [Seen(1, 0), Seen(-1, 4), Seen(5, 4)])
def test_there_is_something_to_compare_with(before):
    with pytest.raises(ValueError, match="compared with something"):
        share(0.5, before)
