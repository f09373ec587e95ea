"""Draw the words in a chart at once: matplotlib writes each letter as a reference to its outline.

WeasyPrint styles, copies and places every such reference anew, which took two thirds of the time
of a report's PDF. The letters of a word share one style; only their outlines and places differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

_SVG = "{http://www.w3.org/2000/svg}"
_REFERENCE = "{http://www.w3.org/1999/xlink}href"
_OF_WORD = frozenset({"id", "style", "transform"})
_OF_LETTER = frozenset({_REFERENCE, "transform"})
_OF_OUTLINE = frozenset({"id", "d", "transform"})
_MORE_THAN_PAINT = frozenset({"clip-path", "display", "filter", "mask", "opacity", "visibility"})

Draw = Callable[..., None]


class _Letter(NamedTuple):
    """A reference to an outline, and that outline, as WeasyPrint wraps elements."""

    reference: Any
    outline: Any


@contextmanager
def words_at_once() -> Iterator[None]:
    """Within this, have WeasyPrint style each word once, and not each of its letters."""
    drawing = import_module("weasyprint.svg").SVG
    draw_node = drawing.draw_node
    drawing.draw_node = _at_once(draw_node)
    try:
        yield
    finally:
        drawing.draw_node = draw_node


def _at_once(draw_node: Draw) -> Draw:
    outlines: WeakKeyDictionary[Any, dict[str, Any]] = WeakKeyDictionary()

    def drawn(
        svg: Any, node: Any, font_size: Any, fill_stroke: bool = True, context: Any = None
    ) -> None:
        word: list[_Letter] = []
        if fill_stroke and _may_be_word(node):
            if svg not in outlines:
                outlines[svg] = _outlines(svg)
            word = _word(node, outlines[svg])
        if word:
            _draw(svg, node, word, font_size)
        else:
            draw_node(svg, node, font_size, fill_stroke, context)

    return drawn


def _may_be_word(node: Any) -> bool:
    """Tell whether a group has nothing but a colour and a place."""
    return (
        node.tag == "g"
        and _OF_WORD.issuperset(node._etree_node.keys())
        and not node.attrib.keys() & _MORE_THAN_PAINT
        and not node.get("fill", "").startswith("url")
    )


def _outlines(svg: Any) -> dict[str, Any]:
    """Return the outlines that a chart defines, by what refers to them."""
    paths = [w for w in svg.tree._wrapper.iter_subtree() if w.etree_element.tag == f"{_SVG}path"]
    return {f"#{w.id}": w for w in paths if w.id and _OF_OUTLINE.issuperset(w.etree_element.keys())}


def _word(node: Any, outlines: dict[str, Any]) -> list[_Letter]:
    """Return the letters of a group that has these only."""
    letters = []
    for wrapper in node._wrapper:
        element = wrapper.etree_element
        if element.tag == f"{_SVG}defs":
            continue
        outline = outlines.get(element.get(_REFERENCE, ""))
        plain = element.tag == f"{_SVG}use" and _OF_LETTER.issuperset(element.keys())
        if not plain or outline is None:
            return []
        letters.append(_Letter(wrapper, outline))
    return letters


def _draw(svg: Any, node: Any, word: list[_Letter], font_size: Any) -> None:
    """Draw each letter in its place, in the style of the first."""
    drawing = import_module("weasyprint.svg")
    stream, draw = svg.stream, drawing.TAGS["path"]
    letter, outline = (drawing.Node(wrapper, node._style) for wrapper in word[0])
    node.cascade(letter)
    letter.cascade(outline)
    font_size = drawing.size(node.get("font-size", "1em"), font_size, font_size)
    stream.push_state()
    svg.transform(node, font_size)
    fill, stroke = svg.set_graphical_state(outline, font_size)
    for letter in word:
        stream.push_state()
        steps = (part.etree_element.get("transform", "") for part in letter)
        stream.set_matrix(*_place(font_size, svg.inner_diagonal, *steps))
        draw(svg, drawing.Node(letter.outline, node._style), font_size)
        svg.fill_stroke(fill, stroke)
        stream.pop_state()
    stream.pop_state()


@lru_cache(maxsize=4096)
def _place(font_size: float, diagonal: float, *steps: str) -> tuple[float, ...]:
    """Return where transformations bring an outline, the outermost first."""
    transform = import_module("weasyprint.svg").transform
    place = transform("", None, font_size, diagonal)
    for step in steps:
        place = transform(step, None, font_size, diagonal) @ place
    return tuple(place.values)
