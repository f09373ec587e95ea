"""A field for each answer of a printed card, of the kind that its question asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from workshop.i18n import Translator
from workshop.session.exercise import (
    Choice,
    Choices,
    Dots,
    Exercise,
    FreeText,
    Involvement,
    Label,
    Lines,
    Number,
    Question,
    Ranking,
    Statement,
)
from workshop.views.room.groups import group_name, part_name

WIDE = {"width": "auto"}
NARROW = {"width": "7rem"}


class Field:
    """A widget that is filled in, and how its answer is read and taken away."""

    def __init__(self, widget: Any, read: Callable[[], Any], clear: Callable[[], None]) -> None:
        self.widget = widget
        self.read = read
        self.clear = clear


def fields(exercise: Exercise, t: Translator) -> dict[str, tuple[str, Field]]:
    """Return a field for each item, with what stands above it."""
    return {
        item.name: (_heading(item.name, item.question, t), _field(item.question, t))
        for item in exercise.items()
    }


def _heading(item: str, question: Question, t: Translator) -> str:
    text = question.text.of(t.language)
    if isinstance(question, Label):
        return t("panel.card.of_lead", question=text, n=int(item.rsplit("/", 1)[1]) + 1)
    if isinstance(question, Involvement):
        where = question.place(item)
        parts = [where.customer_type, where.stage.of(t.language), group_name(t, where.team)]
        return " · ".join(one for one in parts if one)
    return text


def _field(question: Question, t: Translator) -> Field:
    match question:
        case Statement():
            return _one([(str(n), n) for n in range(1, 6)], buttons=True)
        case FreeText() | Lines():
            return _plain(widgets.Textarea(layout=WIDE, rows=3))
        case Choice() | Label():
            return _one([(option.text.of(t.language), option.id) for option in question.options])
        case Choices():
            return _several(question, t)
        case Ranking() | Dots():
            return _numbers(question, t)
        case Involvement():
            steps = range(question.most + 1)
            return _one([(part_name(t, n), n) for n in steps], buttons=True)
        case Number():
            return _plain(widgets.Text(layout=NARROW))


def _plain(widget: Any) -> Field:
    def clear() -> None:
        widget.value = ""

    return Field(widget, lambda: widget.value, clear)


def _one(options: list[tuple[str, Any]], *, buttons: bool = False) -> Field:
    """Return a choice of one, or none."""
    kind = widgets.ToggleButtons if buttons else widgets.Dropdown
    choices = options if buttons else [("", None), *options]
    widget = kind(options=choices, value=None)
    if buttons:
        widget.style.button_width = "3.5rem"

    def clear() -> None:
        widget.value = None

    return Field(widget, lambda: widget.value, clear)


def _several(question: Choices, t: Translator) -> Field:
    boxes = {
        option.id: widgets.Checkbox(
            description=option.text.of(t.language), indent=False, layout=WIDE
        )
        for option in question.options
    }

    def clear() -> None:
        for box in boxes.values():
            box.value = False

    return Field(
        widgets.VBox(list(boxes.values())),
        lambda: [name for name, box in boxes.items() if box.value],
        clear,
    )


def _numbers(question: Ranking | Dots, t: Translator) -> Field:
    """Return a small field for each option: its place, or its dots."""
    boxes = {option.id: widgets.Text(layout=NARROW) for option in question.options}
    rows = [
        widgets.HBox([boxes[option.id], widgets.Label(option.text.of(t.language))])
        for option in question.options
    ]

    def clear() -> None:
        for box in boxes.values():
            box.value = ""

    return Field(
        widgets.VBox(rows), lambda: {name: box.value for name, box in boxes.items()}, clear
    )
