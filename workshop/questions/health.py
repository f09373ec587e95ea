"""What of a client's folder is whole, what is lost, and whether it can still be worked with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from workshop.crm.health import data_health
from workshop.definition_file import FOLDER, read_definition
from workshop.errors import InputError, WorkspaceError
from workshop.health import Part
from workshop.questions.agreed_files import files_of_decisions
from workshop.questions.goal_file import GOAL_FILE, read_goal
from workshop.session.exercise_file import FOLDER as EXERCISES
from workshop.session.exercise_file import check_exercises
from workshop.session.health import session_health
from workshop.session.rules import RULES_FILE, read_rules
from workshop.session.store import FILE
from workshop.workspace import SETTINGS_FILE, Workspace, without_settings


def diagnose(path: Path) -> tuple[Part, ...]:
    """Look at every part of a client's folder, and change nothing.

    Where the settings cannot be used, the rest is looked at with those of a new workspace. Raises
    ``WorkspaceError`` where there is no workspace at all.
    """
    settings = _settings(path)
    workspace = Workspace(path)
    if settings.wrong:
        workspace = Workspace.with_defaults(path)
    return (
        settings,
        *data_health(workspace),
        *_session(workspace),
        *_agreed(workspace),
        *_exercises(workspace),
    )


def _settings(path: Path) -> Part:
    try:
        Workspace.open(path)
    except WorkspaceError:
        if not without_settings(path):
            raise
        fields: dict[str, object] = {"folder": str(path)}
        return Part("settings", SETTINGS_FILE, "lost", "settings_missing", fields)
    except InputError as error:
        return Part("settings", SETTINGS_FILE, "damaged", "unusable", {"error": error})
    return Part("settings", SETTINGS_FILE)


def _session(workspace: Workspace) -> Iterator[Part]:
    found = session_health(workspace)
    files = files_of_decisions(workspace)
    if not found and files:
        names = [str(file.relative_to(workspace.path)) for file in files]
        yield Part("session", FILE, "lost", "session_missing", {"files": names})
    yield from found


def _agreed(workspace: Workspace) -> Iterator[Part]:
    reads: list[tuple[str, Path, Callable[[Path], object]]] = [
        ("goal", workspace.path / GOAL_FILE, read_goal),
        ("rules", workspace.path / RULES_FILE, read_rules),
    ]
    for file in sorted((workspace.path / FOLDER).glob("*.yaml")):
        reads.append(("definition", file, _definition(file.stem)))
    for what, file, read in reads:
        if file.is_file():
            yield _by_reading(what, file.relative_to(workspace.path).as_posix(), read, workspace)


def _definition(term: str) -> Callable[[Path], object]:
    return lambda folder: read_definition(folder, term)


def _by_reading(
    what: str, place: str, read: Callable[[Path], object], workspace: Workspace
) -> Part:
    try:
        read(workspace.path)
    except InputError as error:
        return Part(what, place, "damaged", "unusable", {"error": error})
    return Part(what, place)


def _exercises(workspace: Workspace) -> Iterator[Part]:
    for error in check_exercises(workspace):
        place = Path(str(error.fields.get("path", EXERCISES)))
        shown = place.relative_to(workspace.path) if _within(place, workspace.path) else place
        yield Part("exercise", shown.as_posix(), "damaged", "unusable", {"error": error})


def _within(path: Path, folder: Path) -> bool:
    return path.is_relative_to(folder)
