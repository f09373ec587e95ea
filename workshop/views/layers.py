"""Place the nodes of a directed graph in layers, with room for the label of each link.

Layered drawing after Sugiyama, Tagawa and Toda (1981). Ranks of nodes and ranks of labels take
turns; a link passes each rank between its ends at a place of its own, so that it can be drawn
without touching a node or another link's label.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations, pairwise
from typing import NamedTuple

import numpy as np
from scipy.optimize import isotonic_regression

SWEEPS = 12
ROUNDS = 60


class Link(NamedTuple):
    """A link by the numbers of its nodes, and how much room across its label takes."""

    start: int
    end: int
    label: float


class Place(NamedTuple):
    """Where something is: its rank (even for nodes, odd for labels), and its middle across."""

    rank: int
    across: float


class Layers(NamedTuple):
    """Where the nodes are, and the places that each link passes, from its start to its end.

    ``labels`` says which of these places is that of the label. ``extent`` is the whole room
    across, from 0.
    """

    nodes: tuple[Place, ...]
    links: tuple[tuple[Place, ...], ...]
    labels: tuple[Place, ...]
    extent: float


class _Item(NamedTuple):
    """What takes room in a rank: a node, or a link that passes."""

    rank: int
    kind: str
    number: int


_Order = dict[int, list[_Item]]


class _Graph(NamedTuple):
    """The items with their room across, and those that a line joins, rank by rank."""

    sizes: dict[_Item, float]
    joined: dict[_Item, list[_Item]]
    labels: tuple[_Item, ...]


def layers(nodes: int, links: Sequence[Link], *, node: float, bend: float, gap: float) -> Layers:
    """Place nodes and links; the first node is where reading begins.

    Parameters
    ----------
    nodes
        How many nodes there are.
    links
        The links between them; one from a node to itself only has a label.
    node, bend
        The room across that a node takes, and a link that passes.
    gap
        The least room between two of these.
    """
    ranks = [2 * layer for layer in _layers(nodes, links)]
    graph = _graph(ranks, links, node, bend)
    order = _ordered(graph)
    middle = _middles(graph, order, gap)
    low = min(middle[item] - graph.sizes[item] / 2 for item in graph.sizes)
    high = max(middle[item] + graph.sizes[item] / 2 for item in graph.sizes)
    places = {item: Place(item.rank, float(middle[item] - low)) for item in graph.sizes}
    passed = tuple(
        tuple(places[_Item(rank, "link", i)] for rank in _between(ranks, link))
        for i, link in enumerate(links)
    )
    return Layers(
        tuple(places[_Item(rank, "node", i)] for i, rank in enumerate(ranks)),
        passed,
        tuple(places[item] for item in graph.labels),
        float(high - low),
    )


def _layers(nodes: int, links: Sequence[Link]) -> list[int]:
    """Return each node's layer: one more than that of any node before it, ways back apart."""
    following = defaultdict(list)
    for link in links:
        following[link.start].append(link.end)
    forward: list[tuple[int, int]] = []
    done: dict[int, bool] = {}

    def visit(one: int) -> None:
        done[one] = False
        for other in following[one]:
            if other not in done:
                visit(other)
            if done[other]:
                forward.append((one, other))
            elif other != one:
                forward.append((other, one))
        done[one] = True

    for one in range(nodes):
        if one not in done:
            visit(one)
    found = [0] * nodes
    for _ in range(nodes):
        for one, other in forward:
            found[other] = max(found[other], found[one] + 1)
    return found


def _between(ranks: Sequence[int], link: Link) -> list[int]:
    """Return the ranks that a link passes, in its direction; a way back goes down."""
    start, end = ranks[link.start], ranks[link.end]
    if start == end:
        return [start + 1]
    step = 1 if end > start else -1
    return list(range(start + step, end, step))


def _graph(ranks: Sequence[int], links: Sequence[Link], node: float, bend: float) -> _Graph:
    sizes = {_Item(rank, "node", i): node for i, rank in enumerate(ranks)}
    joined: dict[_Item, list[_Item]] = defaultdict(list)
    taken: dict[int, float] = defaultdict(float)
    labels = []
    for i, link in enumerate(links):
        passed = _between(ranks, link)
        room = min((rank for rank in passed if rank % 2), key=lambda rank: (taken[rank], rank))
        taken[room] += link.label
        labels.append(_Item(room, "link", i))
        items = [_Item(rank, "link", i) for rank in passed]
        sizes |= {item: link.label if item.rank == room else bend for item in items}
        ends = [_Item(ranks[n], "node", n) for n in (link.start, link.end)]
        for one, other in pairwise([ends[0], *items, *ends[1 : 1 + (link.start != link.end)]]):
            joined[one].append(other)
            joined[other].append(one)
    return _Graph(sizes, joined, tuple(labels))


def _ordered(graph: _Graph) -> _Order:
    """Order each rank by the middle of what it is joined to, and keep the fewest crossings."""
    order: _Order = defaultdict(list)
    for item in sorted(graph.sizes, key=lambda item: (item.rank, item.kind != "node", item.number)):
        order[item.rank].append(item)
    best, fewest = {rank: list(items) for rank, items in order.items()}, _crossings(graph, order)
    for sweep in range(SWEEPS):
        step = 1 if sweep % 2 == 0 else -1
        for rank in sorted(order)[::step]:
            before = {item: i for i, item in enumerate(order.get(rank - step, ()))}
            order[rank] = _by_middle(graph, order[rank], before)
        crossings = _crossings(graph, order)
        if crossings < fewest:
            best, fewest = {rank: list(items) for rank, items in order.items()}, crossings
    return best


def _by_middle(graph: _Graph, items: list[_Item], before: dict[_Item, int]) -> list[_Item]:
    """Sort a rank by the mean place of what each is joined to in the one before."""
    wanted = {}
    for i, item in enumerate(items):
        places = [before[other] for other in graph.joined[item] if other in before]
        wanted[item] = float(np.mean(places)) if places else float(i)
    return sorted(items, key=lambda item: wanted[item])


def _crossings(graph: _Graph, order: _Order) -> int:
    """Count the lines that cross between ranks."""
    place = {item: i for items in order.values() for i, item in enumerate(items)}
    found = 0
    for rank, items in order.items():
        lines = [
            (place[item], place[other])
            for item in items
            for other in graph.joined[item]
            if other.rank == rank + 1
        ]
        found += sum((a - c) * (b - d) < 0 for (a, b), (c, d) in combinations(lines, 2))
    return found


def _middles(graph: _Graph, order: _Order, gap: float) -> dict[_Item, float]:
    """Move everything towards what it is joined to, as far as its neighbours leave room.

    Within a rank the closest places that keep the order and the gaps are an isotonic regression.
    """
    offsets = {}
    for rank, items in order.items():
        sizes = np.array([graph.sizes[item] for item in items])
        apart = (sizes[1:] + sizes[:-1]) / 2 + gap
        offsets[rank] = np.concatenate([[0.0], np.cumsum(apart)])
    middle = {
        item: float(place - offsets[rank][-1] / 2)
        for rank, items in order.items()
        for item, place in zip(items, offsets[rank], strict=True)
    }
    for turn in range(ROUNDS):
        for rank in sorted(order)[:: 1 if turn % 2 == 0 else -1]:
            items = order[rank]
            wanted = [
                float(np.mean([middle[other] for other in graph.joined[item]] or [middle[item]]))
                for item in items
            ]
            fitted = isotonic_regression(np.array(wanted) - offsets[rank]).x + offsets[rank]
            middle |= dict(zip(items, map(float, fitted), strict=True))
    return middle
