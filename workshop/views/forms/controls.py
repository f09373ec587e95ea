"""Buttons and lines large enough for a room, with every text escaped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from workshop.errors import WorkshopError
from workshop.i18n import Translator
from workshop.views.fragment import fill


def button(text: str, action: Callable[[], object], look: str = "") -> Any:
    """Return a large button; ``look`` is primary, warning or nothing."""
    made = widgets.Button(
        description=text,
        button_style=look,
        layout=widgets.Layout(width="auto", height="3.5rem", padding="0 1.5rem"),
        style={"font_size": "1.4rem"},
    )
    made.on_click(lambda _: action())
    return made


def text_line(text: str) -> Any:
    """Return a line of text."""
    return widgets.HTML(fill("panel_line.html.j2", text=text, role=""))


def error_text(error: WorkshopError | str, t: Translator) -> str:
    """Return an error as one sentence that is read out."""
    text = error if isinstance(error, str) else t(f"error.{error.code}", **error.fields)
    return fill("panel_line.html.j2", text=" ".join(text.split()), role="alert")
