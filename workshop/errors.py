"""Everything the kit raises on purpose.

::

    WorkshopError
    ├── InputError        a wrong call, or a file that cannot be used
    ├── WorkspaceError    a client's folder that is missing, damaged or busy
    └── ReportError       a report that could not be made

An error carries a code and fields; the edge (command line, form, page) words it with the
message ``error.<code>`` of the catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(init=False)
class Phrase:
    """A part of an error's message with a message of its own: its key, and what that needs."""

    key: str
    fields: dict[str, object]

    def __init__(self, key: str, /, **fields: object) -> None:
        self.key = key
        self.fields = fields


class WorkshopError(Exception):
    """Base of the tree: a code, and the fields its message needs."""

    def __init__(self, code: str, **fields: object) -> None:
        super().__init__(code, fields)
        self.code = code
        self.fields = fields

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value!r}" for name, value in self.fields.items())
        return f"{self.code} ({details})" if details else self.code


class InputError(WorkshopError):
    """Raise for a wrong call or an unusable file: nothing was changed."""


class WorkspaceError(WorkshopError):
    """Raise for a workspace that is missing, damaged or in use."""


class ReportError(WorkshopError):
    """Raise for a report that could not be made: nothing is left under its final name."""
