"""Ten against ten on the wall: the report's deals, swapped by the rule, filled in by a room."""

from __future__ import annotations

import pandas as pd
import pytest

from workshop.crm.tables import open_tables
from workshop.questions.wall import TRAITS, begun, shared, swapped, wall_of
from workshop.questions.won_lost import won_lost
from workshop.session.wall_drafts import MOST_TAKEN, Taken, Wall, of_plain

SEED = 3


@pytest.fixture(scope="module")
def tables(example):
    return open_tables(example)


@pytest.fixture(scope="module")
def fresh(tables) -> Wall:
    return begun(tables, Wall(), SEED)


@pytest.fixture(scope="module")
def deals(tables) -> pd.DataFrame:
    return tables.deals.execute().set_index("deal_id")


def ids(wall: Wall, side: str) -> list[str]:
    return [one.deal_id for one in wall.deals if one.side == side]


def test_they_are_the_deals_of_the_ten_against_ten(tables, fresh):
    picked = won_lost(tables, SEED).sample.ids
    assert {side: sorted(ids(fresh, side)) for side in ("won", "lost")} == {
        side: sorted(picked[side]) for side in ("won", "lost")
    }


def test_the_crm_s_own_words_stand_beside_each(tables, fresh, deals):
    found = wall_of(tables, fresh).deals.set_index("deal_id")
    own = deals.loc[found.index]
    assert found["name"].tolist() == own["name"].tolist()
    for trait in ("trigger", "problem", "role"):
        assert found[trait].isna().tolist() == own[trait].isna().tolist()
        assert found[trait].dropna().tolist() == own[trait].dropna().tolist()


def test_a_swap_brings_a_new_deal_of_the_same_kind_and_quarter_and_is_counted(tables, fresh, deals):
    out = ids(fresh, "lost")[0]
    once = swapped(tables, fresh, out, SEED)
    (new,) = set(ids(once, "lost")) - set(ids(fresh, "lost"))
    assert ids(once, "won") == ids(fresh, "won")
    quarter = pd.PeriodIndex(deals.loc[[out, new], "created_day"], freq="Q")
    assert quarter[0] == quarter[1]
    assert deals.loc[out, "customer_type"] == deals.loc[new, "customer_type"]
    assert wall_of(tables, once).swaps == 1
    again = swapped(tables, once, new, SEED)
    assert again.gone == (out, new)
    assert wall_of(tables, again).swaps == 1
    assert len({one.deal_id for one in again.deals} | {*again.gone}) == 22


def test_no_deal_comes_back_and_the_last_one_stays(tables, fresh, deals):
    wall, seen = fresh, set(ids(fresh, "won"))
    outcomes = deals["outcome"].value_counts()
    for _ in range(12):
        wall = swapped(tables, wall, ids(wall, "won")[0], SEED)
        (new,) = set(ids(wall, "won")) - seen
        seen.add(new)
    assert len(seen) == 22
    everything = wall.__class__(wall.deals, tuple(deals.index[deals["outcome"] == "won"]))
    assert outcomes["won"] > 22
    assert swapped(tables, everything, ids(wall, "won")[0], SEED) is None


def test_what_the_room_remembers_fills_a_gap_and_never_writes_over_the_crm(tables, fresh):
    before = wall_of(tables, fresh).deals
    gap = before[before["role"].isna()].iloc[0]["deal_id"]
    known = before[before["role"].notna()].iloc[0]
    wall = fresh.remembered(gap, "role", "  De  baas ").remembered(known["deal_id"], "role", "X")
    found = wall_of(tables, wall)
    after = found.deals.set_index("deal_id")
    assert after.loc[gap, "role"] == "De baas"
    assert after.loc[known["deal_id"], "role"] == known["role"]
    assert int(found.remembered.to_numpy().sum()) == 1
    taken_back = wall.remembered(gap, "role", " ")
    assert gap not in taken_back.filled


def test_what_sets_the_sides_apart_comes_first(tables, fresh):
    found = shared(wall_of(tables, fresh))
    apart = [abs(one.won - one.lost) for one in found]
    assert apart == sorted(apart, reverse=True)
    deals = wall_of(tables, fresh).deals
    for one in found[:5]:
        own = deals[deals[one.trait] == one.level]["side"].value_counts()
        assert (one.won, one.lost) == (own.get("won", 0), own.get("lost", 0))


def test_at_most_three_traits_go_along_each_once():
    wall = Wall()
    for level in ("a", "a", "b", "c", "d"):
        wall = wall.with_trait(Taken("sector", level))
    assert [one.level for one in wall.taken] == ["a", "b", "c"]
    assert len(wall.taken) == MOST_TAKEN
    assert wall.without_trait(Taken("sector", "b")).taken[1].level == "c"


def test_it_comes_back_as_it_was_kept(fresh):
    wall = fresh.remembered("VK-1", "role", "De baas").with_trait(Taken("role", "De baas"))
    assert of_plain(wall.plain()) == wall


def test_a_crm_without_the_columns_leaves_them_to_the_room(maven):
    tables = open_tables(maven)
    wall = begun(tables, Wall(), SEED)
    deals = wall_of(tables, wall).deals
    assert len(deals) == 20
    assert deals[["trigger", "problem"]].isna().all(axis=None)
    assert list(TRAITS) == [name for name in deals.columns if name in TRAITS]
