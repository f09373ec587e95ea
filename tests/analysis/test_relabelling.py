"""What a level, a channel or a group is called has no bearing on what is estimated of it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workshop.analysis import channels, history, ten, velocity, waiting
from workshop.analysis.replay import scores
from workshop.analysis.suggest import candidates, suggest

NAMES = ["Bouw", "Voeding", "Metaal", "Zorg"]


def of_history(rng: np.random.Generator) -> pd.DataFrame:
    won, lost, still_open = rng.integers(0, 40, (3, 4))
    return pd.DataFrame({"level": NAMES, "won": won, "lost": lost, "open": still_open})


def by_level(counts: pd.DataFrame) -> pd.DataFrame:
    return history.by_level(counts.assign(trait="sector", known_at_creation=True))


def of_channels(rng: np.random.Generator) -> pd.DataFrame:
    leads = rng.integers(1, 300, 4)
    won = rng.binomial(leads, rng.uniform(0, 0.3, 4))
    return pd.DataFrame(
        {"level": NAMES, "leads": leads, "won": won, "mature_leads": leads, "mature_won": won}
    )


def by_channel(counts: pd.DataFrame) -> pd.DataFrame:
    found = channels.by_channel(counts.rename(columns={"level": "channel"}))
    return found.rename(columns={"channel": "level"})


def of_velocity(rng: np.random.Generator) -> pd.DataFrame:
    cells = pd.DataFrame(
        {
            "level": rng.choice(NAMES, 60),
            "days": rng.integers(0, 200, 60),
            "outcome": rng.choice(["won", "lost", "open"], 60),
        }
    )
    return cells.assign(deals=rng.integers(1, 6, 60))


def by_speed(counts: pd.DataFrame) -> pd.DataFrame:
    named = counts.rename(columns={"level": "group"})
    return velocity.by_group(named, seed=1, replicates=50).rename(columns={"group": "level"})


def of_waiting(rng: np.random.Generator) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "level": rng.choice(NAMES, 60),
            "hours": rng.exponential(20, 60).round(1),
            "touched": rng.random(60) < 0.7,
            "leads": rng.integers(1, 6, 60),
        }
    )


def by_wait(counts: pd.DataFrame) -> pd.DataFrame:
    found = waiting.by_group(counts.rename(columns={"level": "group"}))
    return found.rename(columns={"group": "level"})


def of_ten(rng: np.random.Generator) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "deal_id": [f"D{i:02}" for i in range(20)],
            "side": ["won"] * 10 + ["lost"] * 10,
            "stratum": [f"Q{i % 2}" for i in range(20)],
            "level": rng.choice(NAMES, 20),
        }
    )


def by_ten(deals: pd.DataFrame) -> pd.DataFrame:
    return ten.compare(deals.rename(columns={"level": "sector"}), ["sector"], seed=1)


@pytest.mark.parametrize(
    ("drawn", "estimated"),
    [
        (of_history, by_level),
        (of_channels, by_channel),
        (of_velocity, by_speed),
        (of_waiting, by_wait),
        (of_ten, by_ten),
    ],
    ids=["history", "channels", "velocity", "waiting", "ten"],
)
@given(seed=st.integers(0, 2**32), names=st.permutations(["a", "k", "q", "z"]))
@settings(max_examples=15, deadline=None)
def test_other_names_give_the_same_rows(
    drawn: Callable[[np.random.Generator], pd.DataFrame],
    estimated: Callable[[pd.DataFrame], pd.DataFrame],
    seed: int,
    names: list[str],
) -> None:
    counts = drawn(np.random.default_rng(seed))
    called = dict(zip(NAMES, names, strict=True))
    back = {new: name for name, new in called.items()}
    plain = estimated(counts)
    renamed = estimated(counts.assign(level=counts["level"].map(called)))
    renamed = renamed.assign(level=renamed["level"].map(back))
    keys = ["level", "horizon_days"] if "horizon_days" in plain else ["level"]
    pd.testing.assert_frame_equal(
        *(rows.sort_values(keys, ignore_index=True) for rows in (plain, renamed)),
        check_dtype=False,
    )


def crossed(rng: np.random.Generator, names: dict[str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Count leads over two traits, one of whose levels wins more."""
    leads = pd.DataFrame(
        {"source": rng.choice(NAMES, 3_000), "role": rng.choice(["x", "y"], 3_000)}
    )
    odds = np.where(leads["source"] == "Zorg", 0.3, 0.06)
    leads = leads.assign(won=rng.random(3_000) < odds, period=rng.choice(["fit", "check"], 3_000))
    leads["source"] = leads["source"].map(names)
    fit = leads[leads["period"] == "fit"]
    levels = [
        fit.groupby(trait)["won"].agg(leads="size", won="sum").rename_axis("level").reset_index()
        for trait in ("source", "role")
    ]
    chosen = candidates(
        pd.concat(part.assign(trait=t) for part, t in zip(levels, ("source", "role"), strict=True))
    )
    codes = {
        trait: leads[trait].map(chosen[chosen["trait"] == trait].set_index("level")["code"])
        for trait in ("role", "source")
    }
    cells = leads.assign(first_code=codes["role"], second_code=codes["source"], third_code=0)
    keys = ["first_code", "second_code", "third_code", "period"]
    counted = cells.groupby(keys)["won"].agg(leads="size", won="sum").reset_index()
    return counted.assign(first="role", second="source", third=""), chosen


@given(seed=st.integers(0, 2**32), names=st.permutations(["a", "k", "q", "z"]))
@settings(max_examples=10, deadline=None)
def test_the_rule_that_is_found_is_the_same_under_another_name(seed: int, names: list[str]) -> None:
    called = dict(zip(NAMES, names, strict=True))
    plain = suggest(*crossed(np.random.default_rng(seed), {name: name for name in NAMES}))
    renamed = suggest(*crossed(np.random.default_rng(seed), called))
    first, other = (found.rows.iloc[0] for found in (plain, renamed))
    assert [(c.field, c.value) for c in first["criteria"]] == [("source", "Zorg")]
    assert [(c.field, c.value) for c in other["criteria"]] == [("source", called["Zorg"])]
    numbers = [name for name in plain.rows.columns if name.startswith(("fit_", "check_"))]
    pd.testing.assert_series_equal(first[numbers], other[numbers])
    assert plain.rules_tried == renamed.rules_tried


@given(seed=st.integers(0, 2**32))
@settings(max_examples=20, deadline=None)
def test_sides_that_are_renamed_keep_their_scores(seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts = pd.DataFrame(
        {
            "period": rng.choice(["fit", "check"], 40),
            "sales": rng.choice(["true", "false", "unknown"], 40),
            "became": rng.random(40) < 0.3,
            "leads": rng.integers(1, 30, 40),
        }
    )
    plain = scores(counts, ["sales"]).drop(columns="side")
    renamed = scores(counts.rename(columns={"sales": "z"}), ["z"]).drop(columns="side")
    pd.testing.assert_frame_equal(plain, renamed)
