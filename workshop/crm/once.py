"""Answer a question about a CRM once: a report's chapters and its room ask some of them often."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from workshop.crm.tables import Tables

P = ParamSpec("P")
R = TypeVar("R")


def once(answer: Callable[Concatenate[Tables, P], R]) -> Callable[Concatenate[Tables, P], R]:
    """Have a function answer once for the same tables and arguments, as long as these are open.

    What it returns is shared: nobody changes it.
    """
    known: WeakKeyDictionary[Tables, dict[Any, R]] = WeakKeyDictionary()
    signature = inspect.signature(answer)

    @wraps(answer)
    def remembered(tables: Tables, /, *args: P.args, **kwargs: P.kwargs) -> R:
        given = signature.bind(tables, *args, **kwargs)
        given.apply_defaults()
        key = given.args[1:], tuple(given.kwargs.items())
        answers = known.setdefault(tables, {})
        if key not in answers:
            answers[key] = answer(tables, *args, **kwargs)
        return answers[key]

    return remembered
