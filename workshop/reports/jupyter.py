"""Jupyter's own libraries, imported when a report needs them, and faster than they do it."""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from typing import Any, cast


@cache
def jupyter(name: str) -> Any:
    """Import ``nbformat``, ``papermill`` or ``nbconvert``.

    Each imports jsonschema, which imports a grammar of internationalised addresses where there is
    one, and compiling that takes seconds; no notebook schema uses it (jsonschema#1428). An import
    that fails is one that jsonschema does without.
    """
    modules = cast(dict[str, Any], sys.modules)
    hidden = "rfc3987_syntax" not in modules
    if hidden:
        modules["rfc3987_syntax"] = None
    try:
        return import_module(name)
    finally:
        if hidden:
            del modules["rfc3987_syntax"]
