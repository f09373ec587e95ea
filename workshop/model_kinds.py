"""Say what a field of a pydantic model takes, from the model's JSON schema."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo

from workshop.errors import Phrase
from workshop.yaml_lines import Place

Schema = Mapping[str, Any]

_ANY: Schema = {}
_FORMATS = {"date": "kind.date", "time": "kind.time"}


class Closed(BaseModel):
    """A model that does not change, and takes its own fields only."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Strict(Closed):
    """One that makes no number of a text, nor a text of a number."""

    model_config = ConfigDict(strict=True)


def said_as(code: str) -> FieldInfo:
    """Name what a field takes by a message of its own, ``kind.<code>``, in its ``Annotated``.

    For what bounds and choices do not tell: a pattern, or a check by code that raises
    ``ValueError``.
    """
    found: FieldInfo = FieldInfo(json_schema_extra={"kind": code})
    return found


class Shape:
    """What a model allows, place by place of a file."""

    def __init__(self, model: type[BaseModel], data: Any) -> None:
        self.root: Schema = model.model_json_schema()
        self.data = data

    def taken(self, place: Place) -> Phrase:
        """Return what is allowed at a place: ``a whole number from 1 to 100``."""
        return self._kind(self._at(place)[0])

    def names(self, place: Place) -> str:
        """Return the fields that may stand in a place, as they are spelled in a file."""
        schema, data = self._at(place)
        return ", ".join(self._branch(schema, data).get("properties", ()))

    def tag(self, place: Place) -> tuple[str, list[str]] | None:
        """Return the field by which one of several groups is chosen, and its choices."""
        schema, _ = self._at(place)
        among = [schema, *schema.get("anyOf", ())]
        found = next((part["discriminator"] for part in among if "discriminator" in part), None)
        return (found["propertyName"], list(found["mapping"])) if found else None

    def key(self, place: Place) -> Phrase:
        """Return what a key may be in a place whose keys are free."""
        schema = self._branch(*self._at(place))
        named = schema.get("propertyNames", {"type": "string"})
        pattern = next(iter(schema.get("patternProperties", ())), None)
        return self._kind(named if pattern is None else {**named, "pattern": pattern})

    def _at(self, place: Place) -> tuple[Schema, Any]:
        schema, data = self.root, self.data
        for part in place:
            schema = _child(self._branch(schema, data), part)
            data = _part(data, part)
        return schema, data

    def _resolved(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            schema = {**self.root["$defs"][name], **{k: schema[k] for k in schema if k != "$ref"}}
        return schema

    def _choices(self, schema: Schema, *, named: bool = False) -> list[Schema]:
        """Return what a schema is one of, without nothing; whole where it is ``named``."""
        schema = self._resolved(schema)
        among = schema.get("anyOf") or schema.get("oneOf")
        if not among or (named and "kind" in schema):
            return [schema]
        found = [choice for part in among for choice in self._choices(part, named=named)]
        return [choice for choice in found if choice.get("type") != "null"]

    def _branch(self, schema: Schema, data: Any) -> Schema:
        """Return the choice that was meant: the one that shares most with what was given."""
        return max(self._choices(schema), key=lambda choice: _shared(choice, data), default=_ANY)

    def _kind(self, schema: Schema) -> Phrase:
        choices: list[Phrase] = []
        for choice in self._choices(schema, named=True):
            found = kind_of(choice)
            if found not in choices:
                choices.append(found)
        return choices[0] if len(choices) == 1 else Phrase("kind.one_of", allowed=choices)


def kind_of(schema: Schema) -> Phrase:
    """Return what a schema without choices takes."""
    kind, form = schema.get("type"), schema.get("format")
    if "kind" in schema:
        return _bounded(Phrase(f"kind.{schema['kind']}"), schema)
    if "enum" in schema or "const" in schema:
        allowed = schema.get("enum", [schema.get("const")])
        return Phrase("kind.one_of", allowed=[spelled(value) for value in allowed])
    if form in _FORMATS:
        return Phrase(_FORMATS[form])
    if "pattern" in schema:
        return Phrase("kind.pattern", pattern=schema["pattern"])
    if kind == "boolean":
        return Phrase("kind.true_or_false")
    if kind == "object":
        names = ", ".join(schema.get("properties", ()))
        return Phrase("kind.fields", names=names) if names else Phrase("kind.pairs")
    return _bounded(Phrase(_KINDS.get(kind or "", "kind.value")), schema)


def spelled(value: object) -> str:
    """Write a plain value as it stands in a file.

    >>> spelled(True), spelled(2000.0), spelled("sales")
    ('true', '2000', 'sales')
    """
    if value is None or isinstance(value, bool):
        return {True: "true", False: "false", None: "null"}[value]
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _child(schema: Schema, part: str | int) -> Schema:
    if isinstance(part, int):
        first = schema.get("prefixItems", ())
        found = first[part] if part < len(first) else schema.get("items")
    else:
        patterns: Iterable[Any] = schema.get("patternProperties", _ANY).values()
        free = next(iter(patterns), schema.get("additionalProperties"))
        found = schema.get("properties", _ANY).get(part, free)
    return found if isinstance(found, Mapping) else _ANY


def _part(data: Any, part: str | int) -> Any:
    if isinstance(data, dict):
        return data.get(part)
    inside = isinstance(data, tuple) and isinstance(part, int) and part < len(data)
    return data[part] if inside else None


def _shared(schema: Schema, data: Any) -> int:
    """Tell how much a choice has of what was given; a value that only it allows decides."""
    if isinstance(data, dict):
        names = schema.get("properties", _ANY)
        same = sum(names[name].get("const", _ANY) == data[name] for name in names if name in data)
        shared = len(names.keys() & data.keys())
        return 1 + shared + 100 * same if schema.get("type") == "object" else 0
    return int(isinstance(data, tuple) and schema.get("type") == "array")


def _bounded(what: Phrase, schema: Schema) -> Phrase:
    """Return what is taken with its bounds, where it has any."""
    low = next((name for name in _LOW if name in schema), "")
    high = next((name for name in _HIGH if name in schema), "")
    if not low and not high:
        return what
    least, most = schema.get(low), schema.get(high)
    high = low if least == most else high
    bounds = Phrase(_BOUNDS[low, high], n=least, least=spelled(least), most=spelled(most))
    return Phrase("kind.bounded", what=what, bounds=bounds)


_KINDS = {
    "integer": "kind.whole",
    "number": "kind.number",
    "string": "kind.text",
    "array": "kind.list",
}
_LOW = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_HIGH = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
_BOUNDS = {
    ("minimum", ""): "bounds.least",
    ("minimum", "minimum"): "bounds.exactly",
    ("minimum", "maximum"): "bounds.between",
    ("minimum", "exclusiveMaximum"): "bounds.least_below",
    ("", "maximum"): "bounds.most",
    ("", "exclusiveMaximum"): "bounds.below",
    ("exclusiveMinimum", ""): "bounds.above",
    ("exclusiveMinimum", "maximum"): "bounds.above_most",
    ("exclusiveMinimum", "exclusiveMaximum"): "bounds.above_below",
    ("minLength", ""): "bounds.text_least",
    ("minLength", "minLength"): "bounds.text_exactly",
    ("minLength", "maxLength"): "bounds.text_between",
    ("", "maxLength"): "bounds.text_most",
    ("minItems", ""): "bounds.list_least",
    ("minItems", "minItems"): "bounds.list_exactly",
    ("minItems", "maxItems"): "bounds.list_between",
    ("", "maxItems"): "bounds.list_most",
}
