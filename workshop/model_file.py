"""Read a file that a person wrote into a pydantic model, and say all that is wrong with it.

A problem names the line, the field, what was given and what is allowed, the last of which comes
from the model itself: its types, bounds and choices, and `said_as` for what these do not tell. A
check among fields raises `misfit`. Nothing of pydantic's own English is passed on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from workshop.errors import InputError, Phrase
from workshop.model_kinds import Shape, said_as, spelled
from workshop.toml_lines import read_toml
from workshop.yaml_lines import Marked, Place, read_yaml, shortened

__all__ = ["Read", "checked", "misfit", "read_model", "read_with_lines", "said_as"]

MOST_PROBLEMS = 6
_COMMA = re.compile(r"(-?\d+),(\d+)", re.ASCII)
_OURS = "misfit"

Model = TypeVar("Model", bound=BaseModel)


class Read(NamedTuple, Generic[Model]):
    """What a file says, as a model, and where it says so."""

    model: Model
    marked: Marked


class _Problem(NamedTuple):
    place: Place
    line: int
    said: Phrase


def read_model(path: Path, model: type[Model]) -> Model:
    """Read a YAML file, or a TOML file by its name, into a model.

    Lists arrive as tuples: a strict model declares ``tuple[…, ...]``. Raises ``InputError`` that
    names the file and, for each problem, the line, the field, what was given and what is allowed.
    """
    return read_with_lines(path, model).model


def read_with_lines(path: Path, model: type[Model]) -> Read[Model]:
    """Read a file as `read_model` does; the lines are for checks that the model cannot make."""
    marked = read_toml(path) if path.suffix == ".toml" else read_yaml(path)
    try:
        return Read(model.model_validate(marked.data), marked)
    except ValidationError as error:
        found = _problems(error, model, marked)
        shown = [Phrase("problem.on_line", line=p.line, problem=p.said) for p in found]
        raise _error("unusable_file", shown, path=str(path), line=found[0].line) from error


def checked(given: Mapping[str, Any], model: type[Model]) -> Model:
    """Return values that are not from a file as a model; raise ``InputError`` as `read_model`."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        found = _problems(error, model, Marked(given, {}))
        raise _error("unusable_values", [problem.said for problem in found]) from error


def misfit(code: str, at: Sequence[str | int] = (), **fields: object) -> PydanticCustomError:
    """Return what a validator raises for values that do not go together.

    Its message is ``problem.<code>``, which gets the name of the ``field`` it is ``at`` (counted
    from what is validated) and the fields given here.
    """
    said = {name: spelled(v) if isinstance(v, float) else v for name, v in fields.items()}
    context = {"code": code, "at": tuple(at), "fields": said}
    return PydanticCustomError(_OURS, _OURS, context)


def _error(code: str, shown: Sequence[Phrase], **fields: object) -> InputError:
    more = len(shown) - MOST_PROBLEMS
    rest = [Phrase("problem.more", n=more)] if more > 0 else []
    return InputError(code, **fields, problems=[*shown[:MOST_PROBLEMS], *rest])


def _problems(error: ValidationError, model: type[BaseModel], marked: Marked) -> list[_Problem]:
    """Return each problem once, by line; what holds a problem is not called wrong as well."""
    shape = Shape(model, marked.data)
    found: list[_Problem] = []
    for item in error.errors(include_url=False):
        problem = _problem(item, shape, marked)
        # Each member of a union has its say about one value.
        if item["type"] == _OURS or problem.place not in {other.place for other in found}:
            found.append(problem)
    around = {problem.place[:end] for problem in found for end in range(len(problem.place))}
    own = [problem for problem in found if problem.place not in around]
    return sorted(own, key=lambda problem: problem.line)


def _problem(item: ErrorDetails, shape: Shape, marked: Marked) -> _Problem:
    location = item["loc"]
    if item["type"] == _OURS:
        context = item["ctx"]
        place = marked.place([*location, *context["at"]])
        said = Phrase(f"problem.{context['code']}", field=_field(place), **context["fields"])
    elif item["type"] == "missing":
        place = (*marked.place(location[:-1]), location[-1])
        said = Phrase("problem.missing", field=_field(place))
    elif item["type"] == "extra_forbidden":
        place = marked.place(location)
        names = shape.names(place[:-1])
        said = Phrase("problem.unknown", field=_field(place), allowed=names)
    elif item["type"].startswith("union_tag") and (tag := shape.tag(marked.place(location))):
        place = (*marked.place(location), tag[0])
        said = _wrong_tag(place, tag[1], marked)
    elif location[-1:] == ("[key]",):
        place = marked.place(location[:-1])
        given, allowed = shortened(str(item["input"])), shape.key(place[:-1])
        said = Phrase("problem.key", field=_field(place[:-1]), given=given, allowed=allowed)
    else:
        place = marked.place(location)
        said = _misfitting(place, item, shape)
    return _Problem(place, marked.line(place), said)


def _wrong_tag(place: Place, allowed: list[str], marked: Marked) -> Phrase:
    """Return what is wrong with the field that says which of several groups this is."""
    group = marked.at(place[:-1])
    choices = Phrase("kind.one_of", allowed=allowed)
    if place[-1] not in group:
        return Phrase("problem.missing_choice", field=_field(place), allowed=choices)
    given = _given(group[place[-1]])
    return Phrase("problem.other", field=_field(place), given=given, allowed=choices)


def _misfitting(place: Place, item: ErrorDetails, shape: Shape) -> Phrase:
    """Return what is wrong with a value that is not what its field takes."""
    given, field = item["input"], _field(place)
    if not place:
        code = "problem.empty_file" if given is None else "problem.no_fields"
        return Phrase(code, allowed=shape.names(place))
    if item["type"] == "string_type" and isinstance(given, bool | int | float):
        return Phrase("problem.quote", field=field, given=spelled(given))
    comma = _COMMA.fullmatch(given) if isinstance(given, str) else None
    if comma and item["type"].startswith("float"):
        return Phrase("problem.comma", field=field, given=given, meant=f"{comma[1]}.{comma[2]}")
    return Phrase("problem.other", field=field, given=_given(given), allowed=shape.taken(place))


def _given(value: object) -> Phrase:
    """Return what was given as it stood in the file, not all of it where it is long."""
    if isinstance(value, dict):
        return Phrase("given.fields")
    if isinstance(value, tuple):
        return Phrase("given.list", n=len(value)) if value else Phrase("given.empty_list")
    if value in (None, ""):
        return Phrase("given.nothing")
    return Phrase("given.value", value=shortened(spelled(value)))


def _field(place: Place) -> str:
    """Write a place as people do, counted from 1.

    >>> _field(("rules", 1, "owner"))
    'rules[2].owner'
    """
    text = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place)
    return text.removeprefix(".")
