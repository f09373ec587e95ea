"""The rows of a definition: a field, how, a value; within groups that hold together."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets

from workshop.crm.fact_fields import ACTIVITIES, FIRST_TOUCH, OF_KIND, OF_TEAM
from workshop.i18n import Translator
from workshop.session.tree import Group, Leaf, Path
from workshop.views.forms import inputs
from workshop.views.forms.definition_state import DEEPEST, DefinitionState
from workshop.views.look import MARK
from workshop.views.naming import column_name

LONGEST_VALUE = 40


def field_label(t: Translator, name: str) -> str:
    """Return what a field is called in a list to choose from."""
    if name in (ACTIVITIES, *OF_TEAM, FIRST_TOUCH):
        return t(f"build.field.{name}")
    if name.startswith(OF_KIND):
        return t("build.field.kind", kind=name.removeprefix(OF_KIND))
    return column_name(t, name)


class CriteriaRows:
    """The tree of a `DefinitionState` as widgets; rows stay where they are while values change."""

    def __init__(self, state: DefinitionState, t: Translator) -> None:
        self.state, self.t = state, t
        self.widget = widgets.VBox()
        self._shape: object = None
        self._rows: dict[Path, tuple[Any, ...]] = {}
        state.observe(lambda _: self.follow(), ["meaning", "wrong"])
        self.follow()

    def follow(self) -> None:
        """Bring the rows to the state: made anew where fields changed, else only their values."""
        shape = _shape(self.state.meaning.criteria)
        if shape != self._shape:
            self._shape, self._rows = shape, {}
            self.widget.children = [self._group(self.state.meaning.criteria, ())]
        for path, (leaf, place, below) in self._rows.items():
            self._fill(path, leaf, place, below)

    def _group(self, group: Group, path: Path) -> Any:
        t, state = self.t, self.state
        how = [(t(f"build.group.{code}"), code) for code in ("all_of", "any_of")]
        head = [
            inputs.check(group.negated, t("build.not"), lambda v: state.negate(path, v)),
            inputs.choice(group.how, how, lambda v: state.join(path, v), "22rem"),
        ]
        buttons = [inputs.small_button(t("build.add"), lambda: state.add(path))]
        if len(path) < DEEPEST - 1:
            buttons.append(inputs.small_button(t("build.add_group"), lambda: state.add_group(path)))
        if path:
            buttons.append(self._remove(path))
        inner = [
            self._group(part, (*path, n))
            if isinstance(part, Group)
            else self._row(part, (*path, n))
            for n, part in enumerate(group.parts)
        ]
        box = widgets.VBox([inputs.row(*head, *buttons), *inner])
        box.add_class("kit-form-group")
        return box

    def _row(self, leaf: Leaf, path: Path) -> Any:
        t, state = self.t, self.state
        offered = [(field_label(t, name), name) for name in state.offers]
        offered.sort(key=lambda pair: pair[0].casefold())
        if leaf.field and leaf.field not in state.offers:
            offered.append((f"{field_label(t, leaf.field)} {MARK}", leaf.field))
        place, below = widgets.HBox(), widgets.HTML()
        self._rows[path] = (leaf, place, below)
        parts = [
            inputs.check(leaf.negated, t("build.not"), lambda v: state.negate(path, v)),
            inputs.choice(
                leaf.field,
                [(t("build.field"), ""), *offered],
                lambda v: state.choose(path, v) if v else None,
                "19rem",
            ),
        ]
        if leaf.field:
            operators = _operators(leaf, state)
            named = [(t(f"build.operator.{self._kind(leaf)}.{code}"), code) for code in operators]
            parts.append(
                inputs.choice(leaf.operator, named, lambda v: state.operate(path, v), "15rem")
            )
            parts.append(place)
            about = [(t(f"build.about.{code}"), code) for code in ("fit", "readiness")]
            parts.append(
                inputs.choice(
                    leaf.about or "",
                    [(t("build.about"), ""), *about],
                    lambda v: state.mark(path, v),
                    "14rem",
                )
            )
        return widgets.VBox([inputs.row(*parts, self._remove(path)), below])

    def _remove(self, path: Path) -> Any:
        return inputs.small_button("×", lambda: self.state.remove(path), self.t("build.remove"))

    def _kind(self, leaf: Leaf) -> str:
        return "number" if self.state.offer(leaf.field).field.kind == "number" else "text"

    def _fill(self, path: Path, before: Leaf, place: Any, below: Any) -> None:
        """Show the values of a row, and what is wrong with what was typed there."""
        leaf = self.state.leaf(path)
        number = bool(leaf.field) and self._kind(leaf) == "number"
        if leaf != before or not place.children:
            place.children = self._values(path, leaf, number=number)
            self._rows[path] = (leaf, place, below)
        wrong = self.state.wrong.get(path)
        lacking = self.t("build.incomplete") if leaf.field and not leaf.complete else ""
        fault = self.t("build.no_number", given=wrong) if wrong else ""
        below.value = inputs.line("wrong", fault) + inputs.line("hint", lacking)

    def _values(self, path: Path, leaf: Leaf, *, number: bool) -> tuple[Any, ...]:
        if not leaf.field or leaf.operator == "is_known":
            return ()
        state, t = self.state, self.t
        if number:
            shown = "; ".join(_written(value, t) for value in leaf.values)
            field = inputs.text(shown, lambda v: state.number(path, v), short=True)
            field.layout.width = "8rem"
            return (field,)
        left = [value for value in state.values(leaf.field) if value not in leaf.values]
        options = [(t("build.value"), ""), *((_short(value), value) for value in left)]
        chips = [self._chip(path, leaf, value) for value in leaf.values]
        more = inputs.choice(
            "", options, lambda v: state.value(path, *leaf.values, v) if v else None, "14rem"
        )
        return (inputs.row(*chips, more),)

    def _chip(self, path: Path, leaf: Leaf, value: Any) -> Any:
        rest = [one for one in leaf.values if one != value]
        return inputs.small_button(
            f"{_short(str(value))} ×",
            lambda: self.state.value(path, *rest),
            self.t("build.remove"),
        )


def _operators(leaf: Leaf, state: DefinitionState) -> tuple[str, ...]:
    fitting = state.offer(leaf.field).operators
    return fitting if leaf.operator in fitting else (*fitting, leaf.operator)


def _shape(node: Group | Leaf) -> object:
    if isinstance(node, Leaf):
        return node.field
    return tuple(_shape(part) for part in node.parts)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def _written(value: Any, t: Translator) -> str:
    text = str(value)
    return text.replace(".", ",") if t.language == "nl" else text
