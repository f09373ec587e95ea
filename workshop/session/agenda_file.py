"""What a session consists of, in order, with its times and breaks: ``agenda.yaml``."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from workshop.errors import InputError
from workshop.model_file import Read, misfit, read_with_lines, said_as
from workshop.model_kinds import Closed
from workshop.resources import kit
from workshop.session.exercise import Words
from workshop.workspace import Workspace, write_atomically

AGENDA_FILE = "agenda.yaml"
PROGRAMMES = "programmes"
LEAST, MOST = 5, 240
CLOCK = r"([01]\d|2[0-3]):[0-5]\d"
"""A time, such as 09:30."""

_Clock = Annotated[str, StringConstraints(pattern=f"^{CLOCK}$"), said_as("clock_time")]
_Minutes = Annotated[int, Field(ge=LEAST, le=MOST)]
_Notebook = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class Step(Closed):
    """A notebook or a break.

    ``minutes`` are a notebook's own unless given; ``at`` fixes when a step begins, ``title`` names
    a break.
    """

    notebook: _Notebook | None = None
    rest: Annotated[_Minutes | None, Field(alias="break")] = None
    title: Words | None = None
    minutes: _Minutes | None = None
    at: _Clock | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Step:
        if (self.notebook is None) == (self.rest is None):
            raise misfit("notebook_or_break")
        if self.rest is not None and self.minutes is not None:
            raise misfit("break_has_minutes", at=("minutes",))
        return self


class Agenda(Closed):
    """A programme: its steps, when it starts, and when it has to be over at the latest."""

    title: Words
    start: _Clock = "09:00"
    end: _Clock | None = None
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=40)]

    @model_validator(mode="after")
    def _no_notebook_twice(self) -> Agenda:
        names = [step.notebook for step in self.steps]
        for i, name in enumerate(names):
            if name is not None and name in names[:i]:
                raise misfit("notebook_twice", at=("steps", i, "notebook"), given=name)
        return self

    @property
    def notebooks(self) -> tuple[str, ...]:
        """The names of its notebooks, in order."""
        return tuple(step.notebook for step in self.steps if step.notebook is not None)


def read_agenda(workspace: Workspace) -> Read[Agenda] | None:
    """Return the agenda of a workspace with its lines, or ``None`` where there is none.

    Raises ``InputError`` that names the file, the line, what was given and what is allowed.
    """
    path = workspace.path / AGENDA_FILE
    return read_with_lines(path, Agenda) if path.is_file() else None


def programmes() -> tuple[str, ...]:
    """Return the names of the kit's programmes."""
    return tuple(sorted(path.stem for path in kit("templates", PROGRAMMES).glob("*.yaml")))


def check_programme(name: str) -> None:
    """Raise ``InputError`` (``unknown_programme``) for a name that is none."""
    if name not in programmes():
        raise InputError("unknown_programme", given=name, allowed=list(programmes()))


def take_programme(workspace: Workspace, name: str) -> None:
    """Write one of the kit's programmes as the agenda of a workspace.

    Raises ``InputError``: ``unknown_programme``, ``agenda_is_there`` for one that was written
    before.
    """
    check_programme(name)
    path = workspace.path / AGENDA_FILE
    if path.exists():
        raise InputError("agenda_is_there", path=str(path))
    write_atomically(path, kit("templates", PROGRAMMES, f"{name}.yaml").read_bytes())
    workspace.write_settings(workspace.settings.model_copy(update={"programme": name}))


def begin_at(workspace: Workspace, start: str) -> None:
    """Let the agenda start at another time, and leave the rest of the file as it was written.

    The time and the file were looked at before.
    """
    path = workspace.path / AGENDA_FILE
    text = path.read_text("utf-8-sig")
    line = f'start: "{start}"'
    changed, found = re.subn(r"^start:.*$", line, text, count=1, flags=re.MULTILINE)
    write_atomically(path, (changed if found else f"{line}\n{text}").encode())
