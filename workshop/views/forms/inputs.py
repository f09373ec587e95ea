"""Fields of a form: a label above, a word of help, and what is wrong below."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import ipywidgets as widgets

from workshop.errors import WorkshopError
from workshop.i18n import Translator
from workshop.views.fragment import fill

WIDE = {"width": "98%"}
SHORT = {"width": "16rem"}

Take = Callable[[Any], object]
"""What is done with a new value."""


def styled(children: Sequence[Any]) -> Any:
    """Return widgets under each other, large enough for a projector."""
    box = widgets.VBox([widgets.HTML(fill("form.html.j2") + fill("lab.html")), *children])
    box.add_class("kit-form")
    return box


def line(kind: str, *lines: str) -> str:
    """Return lines of text as a title, a label, a hint or a fault; none is nothing."""
    return fill("form_text.html.j2", kind=kind, lines=[text for text in lines if text])


def title(text: str) -> Any:
    """Return a heading."""
    return widgets.HTML(line("title", text))


class Field:
    """A widget under its label, with a line for what is wrong with it."""

    def __init__(self, widget: Any, label: str, hint: str = "") -> None:
        self.widget, self.label = widget, label
        self._wrong = widgets.HTML()
        above = widgets.HTML(fill("form_label.html.j2", label=label, hint=hint))
        self.box = widgets.VBox([above, widget, self._wrong], layout=widgets.Layout(width="100%"))

    def say(self, text: str) -> None:
        """Say what is wrong here, or with an empty text that nothing is."""
        self._wrong.value = line("wrong", text)


def lacking(fields: Mapping[str, Field], missing: Collection[str], t: Translator) -> str:
    """Say which fields have to be filled in yet, for who stands at the button below them."""
    labels = list(dict.fromkeys(field.label for name, field in fields.items() if name in missing))
    return t("agreed.form.missing", fields=labels) if labels else ""


def text(value: str, take: Take, *, rows: int = 1, short: bool = False, hint: str = "") -> Any:
    """Return a field for text, taken over when the hand leaves it."""
    kind = widgets.Textarea if rows > 1 else widgets.Text
    given = {"rows": rows} if rows > 1 else {}
    made = kind(
        value=value,
        continuous_update=False,
        placeholder=hint,
        layout=SHORT if short else WIDE,
        **given,
    )
    return bound(made, take)


def choice(value: Any, options: Sequence[tuple[str, Any]], take: Take, width: str = "16rem") -> Any:
    """Return a list to choose one from."""
    made = widgets.Dropdown(
        options=list(options), value=value, layout=widgets.Layout(width=width, min_width="6rem")
    )
    return bound(made, take)


def check(value: bool, label: str, take: Take) -> Any:
    """Return a box to tick."""
    layout = widgets.Layout(width="auto")
    return bound(
        widgets.Checkbox(value=value, description=label, indent=False, layout=layout), take
    )


def day(value: dt.date | None, take: Take) -> Any:
    """Return a field for a day."""
    return bound(widgets.DatePicker(value=value, layout=SHORT), take)


def small_button(label: str, action: Callable[[], object], tip: str = "") -> Any:
    """Return a button that stands in a row of fields."""
    made = widgets.Button(
        description=label,
        tooltip=tip,
        layout=widgets.Layout(width="auto", height="2.4rem"),
        style={"font_size": "1.1rem"},
    )
    made.on_click(lambda _: action())
    return made


def row(*children: Any) -> Any:
    """Return widgets beside each other, on more lines where there is no room."""
    box = widgets.HBox(list(children), layout=widgets.Layout(flex_flow="row wrap"))
    box.add_class("kit-form-row")
    return box


def bound(widget: Any, take: Take) -> Any:
    """Return a widget whose new values are handed on."""
    widget.observe(lambda change: take(change.new), "value")
    return widget


def worded(error: WorkshopError | None, t: Translator) -> str:
    """Return an error as one sentence; nothing for none."""
    return "" if error is None else " ".join(t(f"error.{error.code}", **error.fields).split())
