"""Draw each shape of a chart once: its letters come back by the thousand.

WeasyPrint reads the outline of a letter anew wherever it stands, which took half the time of a
report's PDF. What it draws is the same, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, NamedTuple

Draw = Callable[[Any, Any, Any], None]


class _Drawn(NamedTuple):
    """What a path added to the page and, for arrow heads, its corners."""

    operators: list[Any]
    vertices: list[Any]


@contextmanager
def each_shape_once() -> Iterator[None]:
    """Within this, have WeasyPrint read each outline once; one document at a time."""
    tags: dict[str, Draw] = import_module("weasyprint.svg").TAGS
    draw = tags["path"]
    tags["path"] = _remembered(draw)
    try:
        yield
    finally:
        tags["path"] = draw


def _remembered(draw: Draw) -> Draw:
    known: dict[str, _Drawn] = {}

    def path(svg: Any, node: Any, font_size: Any) -> None:
        operators: list[Any] = svg.stream.stream
        # Outlines are numbers without units: neither the page nor the font changes them.
        outline = node.get("d", "")
        drawn = known.get(outline)
        if drawn is None:
            before, corners = len(operators), len(node.vertices)
            draw(svg, node, font_size)
            known[outline] = _Drawn(operators[before:], [*node.vertices][corners:])
        else:
            operators.extend(drawn.operators)
            node.vertices.extend(drawn.vertices)

    return path
