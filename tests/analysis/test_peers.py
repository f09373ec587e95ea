"""One client among its peers: right on average, and no use to who wants to know of another."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tests.calibration import FULL
from workshop.analysis.disclosure import standing_in
from workshop.analysis.peers import CELL, LEAST, Group, band, group_of, standing


def drawn(rng: np.random.Generator, clients: int, mean: float, correlation: float):
    """Draw clients' true shares, and what is counted of them."""
    size = 1 / correlation - 1
    truth = rng.beta(mean * size, (1 - mean) * size, clients)
    whole = np.exp(rng.uniform(np.log(15), np.log(600), clients)).astype(int)
    return truth, pd.DataFrame({"part": rng.binomial(whole, truth), "whole": whole})


def timed(rng: np.random.Generator, clients: int, spread: float):
    """Draw clients' true median times, and what is estimated of them."""
    truth = np.exp(3 + spread * rng.standard_normal(clients))
    error = rng.uniform(0.05, 0.6, clients)
    value = truth * np.exp(error * rng.standard_normal(clients))
    return truth, pd.DataFrame({"value": value, "error": error})


def covered(truth: np.ndarray, members: pd.DataFrame, unit: str, looked_at: int = 8):
    """Tell for some clients whether their interval holds, and whether a verdict is wrong."""
    group = group_of(members, unit)
    found = [standing(members.iloc[n], group, unit) for n in range(min(len(truth), looked_at))]
    holds = [one.low <= true <= one.high for one, true in zip(found, truth, strict=False)]
    return holds, [one.verdict for one in found]


class TestHonest:
    @pytest.mark.parametrize("clients", [7, 30])
    @pytest.mark.parametrize(("mean", "correlation"), [(0.3, 0.001), (0.3, 0.03), (0.06, 0.02)])
    def test_intervals_of_shares_cover(self, clients, mean, correlation):
        runs = 400 if FULL else 7
        rng = np.random.default_rng(7)
        shares = []
        for _ in range(runs):
            holds, _ = covered(*drawn(rng, clients, mean, correlation), "share")
            shares.append(np.mean(holds))
        assert np.mean(shares) > 0.93 - 3 * np.std(shares) / np.sqrt(runs)

    @pytest.mark.parametrize("spread", [0.01, 0.3, 0.8])
    def test_intervals_of_times_cover(self, spread):
        runs = 1000 if FULL else 25
        rng = np.random.default_rng(8)
        shares = [np.mean(covered(*timed(rng, 9, spread), "time")[0]) for _ in range(runs)]
        assert np.mean(shares) > 0.93 - 3 * np.std(shares) / np.sqrt(runs)

    def test_among_clients_that_are_all_alike_nobody_stands_out(self):
        rng = np.random.default_rng(9)
        verdicts = [
            verdict
            for _ in range(10)
            for verdict in covered(*drawn(rng, 12, 0.25, 1e-4), "share", 12)[1]
        ]
        assert np.mean([verdict != "undecided" for verdict in verdicts]) < 0.02

    def test_a_client_that_is_far_off_does(self):
        part = [30, 33, 29, 31, 28, 32, 30, 30, 31, 29, 95, 2]
        members = pd.DataFrame({"part": part, "whole": 100})
        group = group_of(members, "share")
        verdicts = [standing(members.iloc[n], group, "share").verdict for n in range(12)]
        assert verdicts[-2:] == ["above_peers", "below_peers"]
        assert set(verdicts[:-2]) == {"undecided"}

    def test_few_records_lean_on_the_group_and_many_do_not(self):
        group = Group(10, 0.3, 0.05)
        few = standing(pd.Series({"part": 9, "whole": 10}), group, "share")
        many = standing(pd.Series({"part": 9000, "whole": 10000}), group, "share")
        # by hand: a beta of 24.9 and 58.1 before, 33.9 and 59.1 after
        assert few.estimate == pytest.approx(33.9 / 93, abs=1e-3)
        assert many.estimate == pytest.approx(0.9, abs=0.01)
        assert many.high - many.low < few.high - few.low

    def test_a_time_is_weighed_by_what_is_known_of_it(self):
        found = standing(
            pd.Series({"value": 40.0, "error": 0.2}), Group(10, np.log(10), 0.2), "time"
        )
        assert found.estimate == pytest.approx(20)  # halfway, on the scale of logarithms
        reach = 1.96 * 0.2 / np.sqrt(2)
        assert [found.low, found.high] == pytest.approx(
            [20 * np.exp(-reach), 20 * np.exp(reach)], rel=1e-3
        )

    def test_the_band_is_the_middle_half_of_what_is_told(self):
        among = band(Group(20, 0.4, 0.1), "share")
        size = 0.4 * 0.6 / 0.01 - 1
        curve = stats.beta(0.4 * size, 0.6 * size)
        assert curve.cdf(among.high) - curve.cdf(among.low) == pytest.approx(0.5)
        assert among.middle_low < among.middle < among.middle_high


class TestTold:
    def test_nothing_of_fewer_than_seven(self):
        members = pd.DataFrame({"part": [3] * 7, "whole": [10] * 7})
        assert group_of(members, "share").clients == 7
        assert group_of(members.head(6), "share") is None

    def test_the_number_of_clients_is_rounded_down(self):
        members = pd.DataFrame({"part": [3] * 14, "whole": [10] * 14})
        assert [group_of(members.head(n), "share").clients for n in (9, 10, 14)] == [7, 10, 10]

    def test_nobody_weighs_more_than_a_fifth(self):
        giant = pd.DataFrame({"part": [900_000, *[20] * 9], "whole": [1_000_000, *[100] * 9]})
        small = giant.assign(part=[90, *[20] * 9], whole=100)
        assert group_of(giant, "share") == group_of(small, "share")
        sure = pd.DataFrame({"value": [100.0, *[10.0] * 9], "error": [1e-6, *[0.3] * 9]})
        assert group_of(sure, "time") == group_of(sure.assign(error=0.3), "time")

    @settings(max_examples=20, deadline=None)
    @given(
        st.lists(st.tuples(st.integers(0, 40), st.integers(40, 400)), min_size=7, max_size=15),
        st.randoms(use_true_random=False),
    )
    def test_it_is_round_and_the_order_does_not_matter(self, counts, chance):
        members = pd.DataFrame(counts, columns=["part", "whole"])
        found = group_of(members, "share")
        assert 0 < found.center < 1
        assert found.spread**2 < found.center * (1 - found.center)
        step = {7: 0.03, 10: 0.02, 15: 0.02}[found.clients]
        steps = round(found.center / step)
        assert found.center == pytest.approx(min(max(steps, 1) * step, 1 - step), abs=1e-3)
        order = list(range(len(counts)))
        chance.shuffle(order)
        assert group_of(members.iloc[order], "share") == found


class TestReconstruction:
    """Who lays pages together, takes out what they know, or compares two runs."""

    @pytest.mark.parametrize("clients", [7, 8, 12])
    def test_two_clients_cannot_tell_the_others_apart(self, clients):
        # They know their own counts. Whatever one of the others has, each of at least four more
        # could have it just as well: the same is told.
        rng = np.random.default_rng(clients)
        _, members = drawn(rng, clients, 0.3, 0.05)
        told = group_of(members, "share")
        others = range(2, clients)
        assert len(others) >= CELL
        for other in others[1:]:
            swapped = members.copy()
            swapped.iloc[[2, other]] = members.iloc[[other, 2]].to_numpy()
            assert group_of(swapped, "share") == told

    def test_even_all_but_one_together_hardly_find_that_one(self):
        # More than any reader knows: the counts of everyone else, and how many records the last
        # one has. All that this one may have, seeing what is told, lies many points apart.
        rng = np.random.default_rng(5)
        spans = []
        for _ in range(4):
            _, members = drawn(rng, LEAST, 0.3, 0.05)
            members.loc[0, "whole"] = 100
            members.loc[0, "part"] = int(rng.binomial(100, 0.3))
            told = group_of(members, "share")
            possible = [
                part
                for part in range(0, 101, 4)
                if group_of(members.assign(part=[part, *members["part"][1:]]), "share") == told
            ]
            truth = members["part"].iloc[0]
            assert min(possible, default=truth) <= truth + 3
            spans.append((max(possible, default=truth) - min(possible, default=truth)) / 100)
        assert np.median(spans) >= 0.08

    def test_two_runs_with_one_client_more_tell_the_same(self):
        first = [f"{n}" for n in range(9)]
        assert standing_in([*first, "x"], [first]) == 0
        assert standing_in(first[1:], [first]) == 0
        assert standing_in([*first[1:], "changed"], [first]) == 0

    def test_what_was_told_before_is_told_again(self):
        first, second = list("abcdefg"), list("tuvwxyz")
        assert standing_in(first, [first, second]) == 0
        assert standing_in(second, [first, second]) == 1

    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.sets(st.integers(0, 25), min_size=7, max_size=26), min_size=2, max_size=8))
    def test_of_no_two_tellings_the_difference_is_a_small_group(self, runs):
        told: list[list[str]] = []
        for run in runs:
            members = [str(client) for client in sorted(run)]
            place = standing_in(members, told)
            if place is None:
                told.append(members)
            else:
                assert (
                    max(len({*members} - {*told[place]}), len({*told[place]} - {*members})) < CELL
                )
        for number, one in enumerate(told):
            for other in told[:number]:
                assert max(len({*one} - {*other}), len({*other} - {*one})) >= CELL

    def test_clients_of_equal_figures_count_each(self):
        assert standing_in(["a"] * 12, [["a"] * 7]) is None
        assert standing_in(["a"] * 11, [["a"] * 7]) == 0

    def test_a_chain_of_small_steps_leads_nowhere(self):
        told = [[str(n) for n in range(10)]]
        for start, stop in pairwise(range(10, 14)):
            more = [str(n) for n in range(start, stop)]
            assert standing_in([*told[0], *more], told) == 0
