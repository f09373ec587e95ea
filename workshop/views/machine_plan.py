"""Where everything of a drawn state machine goes, in inches: boxes, arrows, labels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from matplotlib.path import Path

from workshop.session.machine import Machine
from workshop.views.layers import Link, Place, layers
from workshop.views.machine_sheet import (
    BEND,
    LINE_HEIGHT,
    PAD,
    START,
    ZONE,
    Point,
    Sheet,
    laid_out,
    middle_of,
    room_across,
)
from workshop.views.wrapped import Text, extent, wrapped

NAME_TEXT, BOX_TEXT = 9.0, 8.0
"""Sizes in points."""
HEAD = 0.085
"""How long an arrow's head is."""
_ACROSS_AT_MOST = 4
"""Layers that fit side by side with words between them; more are drawn from top to bottom."""
_NAME_LINES = 2
_BOX_ACROSS, _BOX_UPRIGHT = (1.0, 1.4), (1.25, 1.6)
_NAME, _REST = Text(NAME_TEXT, "bold"), Text(BOX_TEXT)


class Box(NamedTuple):
    """A status: its middle, its size, and its lines of text, the name's first."""

    x: float
    y: float
    width: float
    height: float
    name: tuple[str, ...]
    lines: tuple[str, ...]


class Run(NamedTuple):
    """An arrow: its line, where its head begins and ends, and its label around a middle."""

    line: Path
    head: tuple[Point, Point]
    label: Point
    lines: tuple[str, ...]


class Plan(NamedTuple):
    """The picture's size, what is on it, and the arrow from the dot where a lead begins."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    runs: tuple[Run, ...]
    start: tuple[Point, Point]


_Side = Literal["low", "high"]


def planned(
    whole: Machine, boxes: Sequence[tuple[str, ...]], labels: Sequence[str], first: str
) -> Plan:
    """Lay out a machine with the texts of its boxes (the name first) and of its arrows.

    Fonts are measured as they are set by then. Up to four layers go from left to right, more from
    top to bottom, where there is room for words between them.
    """
    upright = _depth(whole) > _ACROSS_AT_MOST
    width = _box_width([lines[0] for lines in boxes], upright=upright)
    inside = width - 2 * PAD
    names = [wrapped(lines[0], _NAME, inside, _NAME_LINES) for lines in boxes]
    rest = [
        tuple(p for line in lines[1:] for p in wrapped(line, _REST, inside, 2)) for lines in boxes
    ]
    tallest = max(len(one) + len(other) for one, other in zip(names, rest, strict=True))
    box = (width, tallest * LINE_HEIGHT + 3 * PAD)
    ways = _ways(whole)
    sheet, texts = laid_out(len(names), ways, labels, box, upright=upright)
    start = [node.status for node in whole.nodes].index(first)
    ports = _ports(sheet, ways, start)
    drawn = tuple(
        Box(*sheet.at(middle_of(sheet, place.rank), place.across), *box, name, lines)
        for place, name, lines in zip(sheet.placed.nodes, names, rest, strict=True)
    )
    runs = tuple(_run(sheet, i, way, ports, texts[i]) for i, way in enumerate(ways))
    return Plan(*sheet.size(), drawn, runs, _start(sheet, ports, start))


def _ways(whole: Machine) -> list[tuple[int, int]]:
    """Return the ways by the numbers of their statuses."""
    number = {node.status: i for i, node in enumerate(whole.nodes)}
    return [(number[edge.from_status], number[edge.to_status]) for edge in whole.edges]


def _depth(whole: Machine) -> int:
    """Return how many layers of statuses there are."""
    links = [Link(*way, 0) for way in _ways(whole)]
    bare = layers(len(whole.nodes), links, node=1, bend=0, gap=0)
    return 1 + max(place.rank for place in bare.nodes) // 2


def _box_width(names: Sequence[str], *, upright: bool) -> float:
    """Return a width in which the longest word of a name fits, if that is possible."""
    least, most = _BOX_UPRIGHT if upright else _BOX_ACROSS
    longest = max(extent(word, _NAME) for name in names for word in name.split())
    return min(max(longest + 3 * PAD, least), most)


_Ports = dict[tuple[int, str], float]


def _ports(sheet: Sheet, ways: Sequence[tuple[int, int]], first: int) -> _Ports:
    """Spread the ends of arrows over the sides of their boxes, in the order of where they go."""
    sides: dict[tuple[int, _Side], list[tuple[float, int, str]]] = defaultdict(list)
    nodes = sheet.placed.nodes
    sides[first, "low"].append((nodes[first].across, -1, "start"))
    for i, (one, other) in enumerate(ways):
        passed = sheet.placed.links[i]
        leaves, enters = _sides(nodes[one], nodes[other])
        sides[one, leaves].append((passed[0].across, i, "from"))
        sides[other, enters].append((passed[-1].across, i, "to"))
    found: _Ports = {}
    room = sheet.box[not sheet.upright]
    for (node, _), ends in sides.items():
        for place, (_, i, end) in enumerate(sorted(ends), start=1):
            share = place / (len(ends) + 1) - 0.5
            found[i, end] = nodes[node].across + 0.8 * room * share
    return found


def _sides(one: Place, other: Place) -> tuple[_Side, _Side]:
    """Return at which sides an arrow leaves and enters."""
    if one == other:
        return "high", "high"
    return ("high", "low") if one.rank < other.rank else ("low", "high")


def _run(sheet: Sheet, i: int, way: tuple[int, int], ports: _Ports, lines: tuple[str, ...]) -> Run:
    """Draw one arrow through its places, and put its label where it has room."""
    one, other = (sheet.placed.nodes[n] for n in way)
    leaves, enters = _sides(one, other)
    tip = _edge(sheet, other.rank, enters)
    back = tip - HEAD if enters == "low" else tip + HEAD
    label = sheet.placed.labels[i]
    stops = _stops(sheet, sheet.placed.links[i], forward=leaves == "high")
    if one == other:
        stops = _turn(sheet, label, lines)
    points = [(_edge(sheet, one.rank, leaves), ports[i, "from"]), *stops, (back, ports[i, "to"])]
    head = (sheet.at(back, ports[i, "to"]), sheet.at(tip, ports[i, "to"]))
    middle = sheet.at(middle_of(sheet, label.rank), label.across)
    return Run(_smooth(sheet, points), head, middle, lines)


def _edge(sheet: Sheet, rank: int, side: _Side) -> float:
    return sheet.begins[rank] if side == "low" else sheet.ends[rank]


def _stops(sheet: Sheet, passed: Sequence[Place], *, forward: bool) -> Iterator[Point]:
    """Yield where a straight stretch begins and ends, rank by rank, as (along, across)."""
    for place in passed:
        inset = ZONE if place.rank % 2 else 0.0
        stretch = [sheet.begins[place.rank] + inset, sheet.ends[place.rank] - inset]
        yield from ((along, place.across) for along in (stretch if forward else stretch[::-1]))


def _turn(sheet: Sheet, label: Place, lines: tuple[str, ...]) -> Iterator[Point]:
    """Yield where an arrow from a status to itself turns back: at its label."""
    depth = room_across(lines, upright=not sheet.upright)
    along = middle_of(sheet, label.rank) - depth / 2
    yield from ((along, label.across - BEND), (along, label.across + BEND))


def _smooth(sheet: Sheet, points: Sequence[Point]) -> Path:
    """Return a line that is straight within a rank and bends between two."""
    found, codes = [sheet.at(*points[0])], [Path.MOVETO]
    for i, ((along, across), (to, end)) in enumerate(pairwise(points)):
        if i % 2:
            found.append(sheet.at(to, end))
            codes.append(Path.LINETO)
        else:
            half = (along + to) / 2
            found += [sheet.at(half, across), sheet.at(half, end), sheet.at(to, end)]
            codes += [Path.CURVE4] * 3
    return Path(found, codes)


def _start(sheet: Sheet, ports: _Ports, first: int) -> tuple[Point, Point]:
    """Return the dot where a lead begins, and where the arrow from it ends."""
    place = sheet.placed.nodes[first]
    along, across = _edge(sheet, place.rank, "low"), ports[-1, "start"]
    return sheet.at(along - 0.7 * START, across), sheet.at(along, across)
