"""A client's folder on shared storage, named by a URL: fetched for one report, which goes back.

Fetched is what a report reads. What comes back is the report, its manifest last, so that who looks
for that finds a whole report or none.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from workshop.errors import InputError, WorkshopError, WorkspaceError
from workshop.reports.finish import failure_of
from workshop.reports.inputs import MARK
from workshop.reports.order import Failure, Measure, Order, Outcome
from workshop.session.store import FILE as SESSION
from workshop.workspace import SETTINGS_FILE, Workspace

MANIFEST = "data/manifest.json"
_ATTEMPTS = 3
_NEVER = ("notebooks",)
_OF_EARLIER = ("report.ipynb", MARK)
"""What a report reads of those before it."""


class AtHand(NamedTuple):
    """A folder of this machine, and the files of finished reports that lie on the storage only."""

    folder: Path
    elsewhere: frozenset[PurePosixPath]


@contextmanager
def at_hand(url: str, order: Order | Measure) -> Iterator[AtHand]:
    """Yield a folder with what a report reads of a client on shared storage.

    Raises ``WorkspaceError``: ``no_workspace_there``, ``changing`` where its tables are being
    replaced all the while; ``InputError`` ``session_in_file`` where the report needs a session that
    is not in Postgres.
    """
    system, root = _storage(url)
    with tempfile.TemporaryDirectory(prefix="samenspel-") as scratch:
        folder = Path(scratch) / "client"
        names = _fetched_whole(system, root, folder)
        if names is None:
            raise WorkspaceError("changing", path=url)
        if not (folder / SETTINGS_FILE).is_file():
            raise WorkspaceError("no_workspace_there", path=url)
        needs_session = isinstance(order, Order) and order.kind != "audit"
        if needs_session and not Workspace.open(folder).settings.store:
            raise InputError("session_in_file", path=url)
        yield AtHand(folder, frozenset(PurePosixPath(name) for name in names))


def hand_in(file: Path, folder: Path, url: str) -> None:
    """Put a finished report back, of which ``file`` is one: its manifest leaves first, comes last.

    A report whose manifest is there has all files that this names. What an earlier one had besides
    is removed.
    """
    system, root = _storage(url)
    name = file.relative_to(folder).parts[:2]
    made, target = folder.joinpath(*name), "/".join([root, *name])
    files = sorted(path for path in made.rglob("*") if path.is_file() and path.name != MARK)
    names = [path.relative_to(made).as_posix() for path in files]
    before = _names(system, target)
    if MARK in before:
        system.rm_file(f"{target}/{MARK}")
    for path, part in zip(files, names, strict=True):
        _make_room(system, f"{target}/{part}")
        system.put_file(str(path), f"{target}/{part}")
    for part in {*before} - {*names, MARK}:
        system.rm_file(f"{target}/{part}")
    system.pipe_file(f"{target}/{MARK}", _manifest(made, names))


def write_there(url: str, name: str, content: bytes) -> None:
    """Write one file of a client on shared storage."""
    system, root = _storage(url)
    system.pipe_file(f"{root}/{name}", content)


def named_there(outcome: Outcome, folder: Path, url: str) -> Outcome:
    """Return an outcome in the names of the storage instead of those of the scratch folder."""
    files = tuple(f"{url.rstrip('/')}/{Path(file).relative_to(folder)}" for file in outcome.files)
    failure = outcome.failure
    if failure is not None:
        fields = {
            key: value.replace(str(folder), url) if isinstance(value, str) else value
            for key, value in failure.fields.items()
        }
        failure = Failure(failure.code, fields)
    return outcome._replace(path=url, files=files, failure=failure)


def storage_failure(url: str, error: Exception) -> Failure:
    """Return what went wrong with the storage; each kind has errors of its own."""
    if isinstance(error, WorkshopError):
        return failure_of(Path(url), error)
    problem = f"{type(error).__name__}: {error}".splitlines()[0]
    return Failure("storage", {"path": url, "problem": problem})


def _storage(url: str) -> tuple[Any, str]:
    """Return the file system of a URL, and the client's place on it."""
    try:
        fsspec: Any = import_module("fsspec")
        system, root = fsspec.core.url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise InputError("no_storage", given=url, problem=str(error)) from error
    return system, root.rstrip("/")


def _fetched_whole(system: Any, root: str, folder: Path) -> list[str] | None:
    """Fetch what a report reads, and return all names; none if its tables kept changing."""
    manifest = f"{root}/{MANIFEST}"
    for _ in range(_ATTEMPTS):
        system.invalidate_cache()
        before = _content(system, manifest)
        names = _names(system, root)
        for name in filter(_is_read, names):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            system.get_file(f"{root}/{name}", str(target))
        if _content(system, manifest) == before:
            return names
    return None


def _content(system: Any, path: str) -> bytes | None:
    return bytes(system.cat_file(path)) if system.exists(path) else None


def _names(system: Any, root: str) -> list[str]:
    """Return the names of the files below a place; none where there is no such place."""
    if not system.exists(root):
        return []
    return sorted(path.removeprefix(root).lstrip("/") for path in system.find(root))


def _is_read(name: str) -> bool:
    """Tell whether a report reads a file; one that is hidden, or leads elsewhere, is nobody's."""
    parts = PurePosixPath(name).parts
    if ".." in parts:
        return False
    if parts[0] == "reports":
        return parts[-1] in _OF_EARLIER and len(parts) == 3
    hidden = any(part.startswith(".") for part in parts)
    return not hidden and parts[0] not in _NEVER and not name.startswith(SESSION)


def _make_room(system: Any, path: str) -> None:
    """Make the folder of a file, where the storage has folders."""
    system.makedirs(path.rpartition("/")[0], exist_ok=True)


def _manifest(made: Path, names: list[str]) -> bytes:
    """Return the manifest: what the report was made of, if that can be told, and its files."""
    mark = made / MARK
    number = json.loads(mark.read_text("utf-8"))["made_of"] if mark.is_file() else None
    return (json.dumps({"made_of": number, "files": names}, indent=1) + "\n").encode()
