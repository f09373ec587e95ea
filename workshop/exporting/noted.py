"""Where a client's folder was exported to, so that whoever is forgotten goes from there too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from workshop.workspace import Workspace, write_atomically

NOTED = ".exports.json"


class Noted(BaseModel):
    """An export: its folder, and the moment by which it is known from what else may lie there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Path
    made_at: dt.datetime


_ALL = TypeAdapter(tuple[Noted, ...])


def exports_of(workspace: Workspace) -> tuple[Noted, ...]:
    """Return the exports of a workspace, as far as they were noted."""
    try:
        return _ALL.validate_json((workspace.path / NOTED).read_bytes())
    except (OSError, ValidationError):
        return ()


@contextmanager
def noted(workspace: Workspace, target: Path, made_at: dt.datetime) -> Iterator[None]:
    """Note where an export is about to be; if the block raises, as it was before.

    The note of one that was killed is harmless: what it names is not there.
    """
    before = exports_of(workspace)
    place = target.resolve()
    others = (one for one in before if one.path != place)
    _keep(workspace, (*others, Noted(path=place, made_at=made_at)))
    try:
        yield
    except BaseException:
        with suppress(OSError):
            _keep(workspace, before)
        raise


def _keep(workspace: Workspace, exports: tuple[Noted, ...]) -> None:
    file = workspace.path / NOTED
    if exports:
        write_atomically(file, _ALL.dump_json(exports, indent=1))
    else:
        file.unlink(missing_ok=True)
