"""The layered layout: nothing overlaps, everything reads on from the first node."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workshop.views.layers import Link, layers

SIZES = {"node": 0.6, "bend": 0.05, "gap": 0.1}


def placed(nodes, ways, label=0.3):
    return layers(nodes, [Link(*way, label) for way in ways], **SIZES)


def ranks(found):
    return [place.rank for place in found.nodes]


def test_a_chain_is_a_straight_line():
    found = placed(4, [(0, 1), (1, 2), (2, 3)])
    assert ranks(found) == [0, 2, 4, 6]
    assert {round(place.across, 6) for place in found.nodes} == {0.3}
    assert found.extent == pytest.approx(0.6)


def test_a_way_back_does_not_turn_the_order_round():
    found = placed(3, [(0, 1), (1, 2), (2, 0)])
    assert ranks(found) == [0, 2, 4]
    assert [place.rank for place in found.links[2]] == [3, 2, 1]


def test_a_way_that_skips_a_layer_passes_beside_what_is_there():
    found = placed(3, [(0, 1), (1, 2), (0, 2)])
    (beside,) = [place for place in found.links[2] if place.rank == 2]
    assert abs(beside.across - found.nodes[1].across) >= 0.3 + 0.1 + 0.025 - 1e-9


def test_a_status_that_leads_to_itself_has_a_place_for_its_label():
    found = placed(1, [(0, 0)])
    assert [place.rank for place in found.labels] == [1]


def test_what_nothing_leads_to_stands_at_the_beginning():
    assert ranks(placed(3, [(0, 1), (2, 1)])) == [0, 2, 0]


def test_two_ways_that_need_not_cross_do_not():
    found = placed(4, [(0, 3), (0, 2), (0, 1)])
    label = {i: place.across for i, place in enumerate(found.labels)}
    node = {i: found.nodes[end].across for i, end in enumerate((3, 2, 1))}
    assert sorted(label, key=label.get) == sorted(node, key=node.get)


graphs = st.integers(1, 12).flatmap(
    lambda n: st.tuples(
        st.just(n), st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=24)
    )
)


@settings(deadline=None)
@given(graphs)
def test_nothing_overlaps_and_every_way_goes_rank_by_rank(graph):
    nodes, ways = graph
    found = placed(nodes, ways)
    items = [(place, 0.6) for place in found.nodes]
    for label, passed in zip(found.labels, found.links, strict=True):
        assert label in passed
        assert label.rank % 2
        items += [(place, 0.3 if place == label else 0.05) for place in passed]
    for (one, other), passed in zip(ways, found.links, strict=True):
        start, end = found.nodes[one].rank, found.nodes[other].rank
        if one != other:
            steps = [start, *(place.rank for place in passed), end]
            assert {abs(a - b) for a, b in pairwise(steps)} == {1}
    for rank in {place.rank for place, _ in items}:
        here = sorted((place.across, size) for place, size in items if place.rank == rank)
        for (low, size), (high, other) in pairwise(here):
            assert high - low >= (size + other) / 2 + 0.1 - 1e-6
        assert here[0][0] - here[0][1] / 2 >= -1e-6
        assert here[-1][0] + here[-1][1] / 2 <= found.extent + 1e-6
