"""Say what is wrong with a call that the command line could not parse.

Typer words its errors in English; here each becomes a `Phrase`, by its class and its fields.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from workshop.errors import Phrase

_NAMED = re.compile(r"(?:\(s\))? \((.*)\)$", re.DOTALL)


def is_bare(error: Any) -> bool:
    """Tell a call without anything in it, which is answered with the help."""
    return type(error).__name__ == "NoArgsIsHelpError"


def what_is_wrong(error: Any, arguments: Sequence[str]) -> Phrase:
    """Return what Typer found wrong with the arguments."""
    kind = type(error).__name__
    if kind == "MissingParameter":
        return Phrase("call.missing", name=_name(error.param))
    if kind == "NoSuchOption":
        return _no_option(error)
    if kind == "BadOptionUsage":
        # One class for a value too few and a value too many.
        joined = any(argument.startswith(f"{error.option_name}=") for argument in arguments)
        key = "call.takes_no_value" if joined else "call.needs_value"
        return Phrase(key, option=error.option_name)
    if kind == "BadParameter":
        return _bad_value(error)
    commands = getattr(error.ctx.command, "commands", None) if error.ctx else None
    if commands:
        given = next((part for part in arguments if not part.startswith("-")), "")
        key = "call.no_command" if given else "call.which_command"
        return Phrase(key, given=given, allowed=list(commands))
    extra = _NAMED.search(error.message)
    return Phrase("call.too_many", given=extra[1] if extra else " ".join(arguments))


def _name(param: Any) -> str:
    """Return a parameter as the help writes it: ``PATH``, or ``--client NAME``."""
    metavar = param.metavar or param.name.upper()
    return metavar if param.param_type_name == "argument" else f"{param.opts[0]} {metavar}"


def _no_option(error: Any) -> Phrase:
    if error.possibilities:
        near = sorted(error.possibilities)
        return Phrase("call.near_option", option=error.option_name, allowed=near)
    params = error.ctx.command.params if error.ctx else ()
    options = [param.opts[0] for param in params if param.param_type_name == "option"]
    return Phrase("call.no_option", option=error.option_name, allowed=[*options, "--help"])


def _bad_value(error: Any) -> Phrase:
    """Return a value that is not of its parameter's type, and what that takes."""
    from pydantic import ValidationError

    from workshop.model_kinds import kind_of

    name, cause = _name(error.param), error.__cause__
    if not isinstance(cause, ValidationError):
        return Phrase("call.unfit", name=name)
    found = cause.errors(include_url=False)[0]
    schema = _number(found, error.param)
    given = str(found["input"])
    if schema is None:
        return Phrase("call.unfit_value", name=name, given=given)
    return Phrase("call.bad_value", name=name, given=given, allowed=kind_of(schema))


def _number(found: Any, param: Any) -> dict[str, object] | None:
    """Return what a number has to be, as a JSON schema; none where no number was asked for."""
    bounds = {"minimum": param.min, "maximum": param.max}
    given = {name: bound for name, bound in bounds.items() if bound is not None}
    if found["type"].startswith("int"):
        return {"type": "integer", **given}
    if found["type"].startswith("float"):
        return {"type": "number", **given}
    limits = [value for value in found.get("ctx", {}).values() if isinstance(value, int | float)]
    if not limits:
        return None
    whole = all(isinstance(limit, int) for limit in limits)
    return {"type": "integer" if whole else "number", **given}
