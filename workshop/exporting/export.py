"""`samenspel export`, and `samenspel new --from`: out of a client's folder, and into a new one."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workshop.crm.store import digest_of
from workshop.disk import said_of
from workshop.errors import InputError, ReportError, WorkspaceError
from workshop.exporting.files import FOLDER as FILES
from workshop.exporting.files import copy_files, is_inside, put_back
from workshop.exporting.noted import noted
from workshop.exporting.session import FOLDER as SESSION
from workshop.exporting.session import read_session, write_session
from workshop.exporting.tables import FOLDER as DATA
from workshop.exporting.tables import read_tables, write_tables
from workshop.reports.publish import publication
from workshop.resources import kit
from workshop.session.store import FILE, open_store
from workshop.workspace import SETTINGS_FILE, Workspace

LIST = "export.json"
README = "README.md"
FORMAT = 1
_MOST_SHOWN = 3


class Listed(BaseModel):
    """What an export says of itself: each of its files, and what tells that it is unchanged."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Annotated[int, Field(ge=1)]
    client: str
    made_at: dt.datetime
    files: dict[str, str]


def export_workspace(workspace: Workspace, target: Path, now: dt.datetime) -> Path:
    """Write all that a workspace holds into a new folder, in open formats, at once or not at all.

    Nothing is imported meanwhile. Raises ``InputError``: ``path_in_use``, ``export_inside``,
    ``export_round_open``; ``WorkspaceError`` for what is damaged, busy, or cannot be written.
    """
    _check_target(workspace, target)
    try:
        with workspace.writing(), noted(workspace, target, now):
            _write(workspace, target, now)
    except OSError as error:
        raise _cannot_write(workspace.path, error) from error
    return target


def write_anew(target: Path, scratch: Path, change: Callable[[Workspace], object]) -> None:
    """Write an export again after a change to what it holds, at once or not at all.

    It is opened as a client's folder, ``scratch``. Raises ``InputError`` (``no_export``,
    ``export_newer``, ``export_altered``), and ``WorkspaceError`` where it cannot be written.
    """
    made_at = listed_in(target).made_at
    workspace = workspace_from(target, scratch)
    change(workspace)
    _write(workspace, target, made_at)


def workspace_from(source: Path, path: Path) -> Workspace:
    """Make a workspace out of an export, equal to the one that it came from.

    A session that stood in Postgres stands in a file from here on. Raises ``InputError``:
    ``no_export``, ``export_newer``, ``export_altered`` (with the files), ``path_in_use``.
    """
    listed = _checked(source)
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise InputError("path_in_use", path=str(path))
    try:
        with publication(path.absolute().parent, path.absolute().name) as folder:
            names = [name.removeprefix(f"{FILES}/") for name in listed.files if _of(name, FILES)]
            put_back(source / FILES, names, Workspace(folder))
            workspace = Workspace.open(folder)
            if workspace.settings.store:
                workspace.write_settings(workspace.settings.model_copy(update={"store": None}))
            read_tables(source / DATA, workspace)
            read_session(source / SESSION, workspace)
    except (OSError, ReportError) as error:
        raise _cannot_write(path, error) from error
    return Workspace.open(path)


def listed_in(source: Path) -> Listed:
    """Return what an export says of itself; raise ``InputError`` (``no_export``) for none."""
    try:
        return Listed.model_validate_json((source / LIST).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise InputError("no_export", path=str(source)) from error


def _write(workspace: Workspace, target: Path, now: dt.datetime) -> None:
    try:
        with publication(target.parent, target.name) as folder:
            _fill(workspace, folder)
            files = {
                path.relative_to(folder).as_posix(): digest_of(path)
                for path in sorted(folder.rglob("*"))
                if path.is_file()
            }
            listed = Listed(
                format=FORMAT, client=workspace.settings.client, made_at=now, files=files
            )
            (folder / LIST).write_text(listed.model_dump_json(indent=1) + "\n", "utf-8")
    except (OSError, ReportError) as error:
        raise _cannot_write(target, error) from error


def _fill(workspace: Workspace, folder: Path) -> None:
    copy_files(workspace, folder / FILES)
    write_tables(workspace, folder / DATA)
    if workspace.settings.store or (workspace.path / FILE).is_file():
        store = open_store(workspace)
        try:
            write_session(store, folder / SESSION)
        finally:
            store.close()
    shutil.copyfile(kit("templates", "export", README), folder / README)


def _check_target(workspace: Workspace, target: Path) -> None:
    here, there = workspace.path.resolve(), target.resolve()
    if here == there or here in there.parents or there in here.parents:
        raise InputError("export_inside", path=str(target), original=str(here))
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InputError("path_in_use", path=str(target))
    if not there.parent.is_dir():
        raise InputError("no_folder", path=str(there.parent))


def _checked(source: Path) -> Listed:
    """Return what an export holds, having read every byte of it."""
    listed = listed_in(source)
    if listed.format > FORMAT:
        raise InputError("export_newer", path=str(source))
    altered = [name for name, digest in listed.files.items() if not _same(source, name, digest)]
    # What a link points to was no part of it, and would come along as if it were.
    altered += [str(one.relative_to(source)) for one in source.rglob("*") if one.is_symlink()]
    if f"{FILES}/{SETTINGS_FILE}" not in listed.files:
        altered.append(f"{FILES}/{SETTINGS_FILE}")
    if altered:
        raise InputError("export_altered", path=str(source), files=altered[:_MOST_SHOWN])
    return listed


def _same(source: Path, name: str, digest: str) -> bool:
    path = source / name
    if not is_inside(name) or not path.is_file() or path.is_symlink():
        return False
    return path.resolve().is_relative_to(source.resolve()) and digest_of(path) == digest


def _of(name: str, folder: str) -> bool:
    return name.startswith(f"{folder}/")


def _cannot_write(path: Path, error: OSError | ReportError) -> WorkspaceError:
    """Return what kept a folder from being written, in our words."""
    cause = error.__cause__ if isinstance(error, ReportError) else error
    problem = said_of(cause) if isinstance(cause, OSError) else str(cause)
    return WorkspaceError("cannot_write", path=str(path), problem=problem)
