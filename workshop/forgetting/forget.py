"""`samenspel forget`: look for someone, take them out everywhere, and say what is left."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from workshop.crm.erase import Taken, erase_contact
from workshop.errors import InputError, WorkspaceError
from workshop.forgetting import exports, files, request
from workshop.forgetting.request import Plan, Request
from workshop.redaction import Redaction, speaks
from workshop.session.copy import Copy, copies_of, read_mark
from workshop.session.erase import Erased, Known, erase, known
from workshop.session.scrub import scrub, wipe
from workshop.workspace import Workspace


class Forgotten(NamedTuple):
    """What was done, or would be, and what could not be reached.

    ``left`` are codes with the places they are about; ``mentions`` the rows of the session in
    which the name was taken out of a text.
    """

    plan: Plan
    erased: Erased
    mentions: int
    taken: Taken
    reports: tuple[Path, ...]
    notebooks: tuple[Path, ...]
    databases: tuple[Path, ...]
    copies: tuple[Path, ...]
    exports: tuple[Path, ...]
    left: tuple[tuple[str, Path | None], ...]

    @property
    def in_part(self) -> bool:
        """Whether someone still stands where this could have reached."""
        return any(place is not None for _, place in self.left)


def everyone(workspace: Workspace) -> tuple[Known, ...]:
    """Return who of the room can be forgotten."""
    store = request.session_store(workspace)
    if store is None:
        return ()
    try:
        return known(store)
    finally:
        store.close()


def forget(workspace: Workspace, asked: Request, *, dry: bool = False) -> Iterator[Forgotten]:
    """Forget someone, after whoever was begun with before; ``dry`` looks, and changes nothing.

    Raises ``InputError`` for whom nobody knows, or who is several, and ``WorkspaceError``
    (``forget_while_open``, ``forget_while_presented``, ``workspace_busy``) while the workspace is
    in use.
    """
    if dry:
        yield _carried_out(workspace, request.planned(workspace, asked), dry=True)
        return
    with (
        workspace.alone("forget_while_open"),
        workspace.not_presented("forget_while_presented"),
        workspace.writing(),
    ):
        begun = request.pending(workspace)
        if begun is not None:
            yield _finished(workspace, begun)
            if begun.request == asked:
                return
        plan = request.planned(workspace, asked)
        request.keep(workspace, plan)
        yield _finished(workspace, plan)


def _finished(workspace: Workspace, plan: Plan) -> Forgotten:
    found = _carried_out(workspace, plan, dry=False)
    request.done(workspace)
    return found


def _carried_out(workspace: Workspace, plan: Plan, *, dry: bool) -> Forgotten:
    """Take each step, every one of which may have been taken before."""
    reports = files.reports_with(workspace, plan.redaction)
    notebooks = files.notebooks_with(workspace, plan.redaction)
    databases = files.copies_before_upgrades(workspace)
    if not dry:
        files.remove((*reports, *databases))
        for path in notebooks:
            files.clear(path, plan.redaction)
    erased, mentions = _session(workspace, plan, dry=dry)
    taken = Taken()
    if plan.request.kind == "contact":
        taken = erase_contact(workspace, plan.contact, dry=dry)
    copies: tuple[Path, ...] = copies_of(workspace)
    left = list(_out_of_reach(workspace, plan))
    written, missed = exports.reachable(workspace)
    if not dry:
        files.sweep(workspace)
        copies, not_copied = _copies(workspace)
        written, missed = exports.changed(workspace, partial(_carried_out, plan=plan, dry=False))
        missed = [*not_copied, *missed, *_traces(workspace, (*copies, *written), plan.redaction)]
    return Forgotten(
        plan,
        erased,
        mentions,
        taken,
        reports,
        notebooks,
        databases,
        copies,
        written,
        (*left, *missed),
    )


class _DryRunError(Exception):
    """Take a transaction back, once it is known what it would do."""


def _session(workspace: Workspace, plan: Plan, *, dry: bool) -> tuple[Erased, int]:
    found, mentions = Erased(0, 0, 0, 0), 0
    store = request.session_store(workspace)
    if store is None:
        return found, mentions
    try:
        with store.write() as connection:
            found = erase(connection, plan.someone, texts=plan.request.texts)
            mentions = scrub(connection, plan.redaction)
            if dry:
                raise _DryRunError
        wipe(store)
    except _DryRunError:
        pass
    finally:
        store.close()
    return found, mentions


def _copies(workspace: Workspace) -> tuple[tuple[Path, ...], list[tuple[str, Path | None]]]:
    """Bring the copies that are known up to date; return those, and what kept the others."""
    reached: list[Path] = []
    missed: list[tuple[str, Path | None]] = []
    for folder in copies_of(workspace):
        mark = read_mark(folder) if folder.is_dir() else None
        if not folder.is_dir():
            missed.append(("copy_gone", folder))
        elif mark is None:
            missed.append(("copy_goes_on", folder))
        elif mark.get("of") != str(workspace.path.resolve()):
            missed.append(("copy_of_other", folder))
        elif _brought(workspace, folder):
            reached.append(folder)
        else:
            missed.append(("copy_unwritten", folder))
    return tuple(reached), missed


def _brought(workspace: Workspace, folder: Path) -> bool:
    store = request.session_store(workspace)
    if store is None:
        return False
    copy = Copy(workspace, store, folder)
    try:
        copy.step()
    except (OSError, sqlite3.Error, InputError, WorkspaceError):
        return False
    finally:
        copy.close()
        store.close()
    return True


def _out_of_reach(workspace: Workspace, plan: Plan) -> Iterator[tuple[str, Path | None]]:
    """Yield what no command can reach, or know of."""
    yield "handed_over", None
    yield "exports", None
    if plan.request.kind == "contact":
        yield "crm", None
        if not all(map(speaks, plan.redaction.ids)):
            yield "short_id", None
    if workspace.settings.store is not None:
        yield "server", None
    name = plan.someone.name
    if name and not plan.request.texts and name not in plan.redaction.within:
        yield "one_word", None


def _traces(
    workspace: Workspace, copies: tuple[Path, ...], redaction: Redaction
) -> Iterator[tuple[str, Path | None]]:
    if files.is_read(workspace):
        yield "tables_read", workspace.data
    for folder in (workspace.path, *copies):
        yield from (("trace", path) for path in files.traces(folder, redaction))
