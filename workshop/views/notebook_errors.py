"""Say in a notebook what went wrong in one sentence, instead of in a traceback."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from workshop.errors import WorkshopError
from workshop.i18n import Translator


def word_errors(t: Translator) -> None:
    """Let this kernel word the kit's own errors; a cell that fails still counts as failed."""
    ipython: Any = import_module("IPython")
    shell = ipython.get_ipython()
    if shell is None:
        return

    def worded(shell: Any, kind: type, error: WorkshopError, trace: Any, **rest: Any) -> list[str]:
        lines = [" ".join(t(f"error.{error.code}", **error.fields).split())]
        shell._showtraceback(kind, error, lines)
        return lines

    shell.set_custom_exc((WorkshopError,), worded)
