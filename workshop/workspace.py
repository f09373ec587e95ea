"""A client's folder: where things lie, and its settings."""

from __future__ import annotations

import datetime as dt
import glob
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import tomlkit
from filelock import FileLock, Timeout
from pydantic import Field, StringConstraints, field_validator

from workshop.errors import InputError, WorkspaceError
from workshop.i18n import Translator
from workshop.model_file import checked, read_model, said_as
from workshop.model_kinds import Closed
from workshop.time_zone import TimeZone, zone_of
from workshop.warehouse import Warehouse

SETTINGS_FILE = "samenspel.toml"
PRESENTING = tuple(f".present-{place}.lock" for place in range(1, 5))
"""Places of those that present the workspace at the same time, each of which takes one."""
_LEFT_SECONDS = 600

_Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), said_as("currency")]
_Color = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$"), said_as("color")]
_Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), said_as("country")]


class Brand(Closed):
    """What makes a report the client's: a colour, and a logo beside the settings."""

    color: _Color = "#1f4e79"
    logo: str | None = None


class WorkingHours(Closed):
    """When the client's teams work, in local time; weekday 0 is Monday."""

    start: dt.time = dt.time(9)
    end: dt.time = dt.time(17)
    weekdays: tuple[Annotated[int, Field(ge=0, le=6)], ...] = (0, 1, 2, 3, 4)


class Rates(Closed):
    """Exchange rates of one day: how much of the workspace's currency one unit of another is."""

    date: dt.date
    to_currency: dict[_Currency, Annotated[float, Field(gt=0)]]


class Mapping(Closed):
    """How files of a name pattern are read."""

    files: str
    table: str
    columns: dict[str, str] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)
    stages: dict[str, Literal["won", "lost", "open"]] = Field(default_factory=dict)
    traits: tuple[str, ...] = ()


class Settings(Closed):
    """The contents of ``samenspel.toml``."""

    client: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    language: Literal["nl", "en"] = "nl"
    country: _Country = "BE"
    time_zone: TimeZone = "Europe/Brussels"
    currency: _Currency = "EUR"
    rates: Rates | None = None
    working_hours: WorkingHours = WorkingHours()
    floor: Annotated[int, Field(ge=3)] = 4
    brand: Brand = Brand()
    example: bool = False
    programme: str | None = None
    store: str | None = None
    warehouse: Warehouse | None = None
    mappings: tuple[Mapping, ...] = ()

    @field_validator("warehouse", mode="before")
    @classmethod
    def _by_address(cls, value: Any) -> Any:
        return {"url": value} if isinstance(value, str) else value


@dataclass(frozen=True)
class Workspace:
    """One client's folder.

    Settings are read once per instance; everything else lies under ``path``.
    """

    path: Path

    @classmethod
    def open(cls, path: Path) -> Workspace:
        """Open an existing workspace; raise ``WorkspaceError`` where there is none."""
        if not (path / SETTINGS_FILE).is_file():
            if without_settings(path):
                raise WorkspaceError("settings_gone", path=str(path))
            raise WorkspaceError("no_workspace", path=str(path))
        workspace = cls(path)
        _ = workspace.settings
        return workspace

    @classmethod
    def with_defaults(cls, path: Path) -> Workspace:
        """Return a workspace whose settings cannot be used, to look at what else is there."""
        workspace = cls(path)
        workspace.__dict__["settings"] = Settings(client=path.absolute().name or "-")
        return workspace

    @classmethod
    def create(cls, path: Path, client: str, **settings: Any) -> Workspace:
        """Lay down a new workspace.

        The time zone follows from the country, unless given. Raises ``InputError`` where something
        stands already, for a setting that is none, and for a country with several time zones.
        """
        if path.exists() and not _has_room(path):
            raise InputError("path_in_use", path=str(path))
        given = {name: value for name, value in settings.items() if value is not None}
        country = checked({"client": client, **given}, Settings).country
        if "time_zone" not in given:
            given["time_zone"] = zone_of(country)
        written = checked({"client": client, **given}, Settings)
        path.mkdir(parents=True, exist_ok=True)
        workspace = cls(path)
        workspace.write_settings(written)
        return workspace

    @cached_property
    def settings(self) -> Settings:
        """The settings; raise ``InputError`` where the file cannot be used."""
        return read_model(self.path / SETTINGS_FILE, Settings)

    @property
    def data(self) -> Path:
        """The folder of the CRM tables."""
        return self.path / "data"

    @property
    def reports(self) -> Path:
        """The folder of the finished reports."""
        return self.path / "reports"

    @property
    def zone(self) -> ZoneInfo:
        """The time zone whose days, months and quarters count."""
        return ZoneInfo(self.settings.time_zone)

    def translator(self, language: str | None = None) -> Translator:
        """Return the words of this client, or of another language asked for."""
        return Translator(language or self.settings.language, self.settings.country)

    def write_settings(self, settings: Settings) -> None:
        """Write the settings, keeping the comments of a file that a person edited."""
        file = self.path / SETTINGS_FILE
        document = _written(file) if file.exists() else tomlkit.document()
        fields = settings.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
        always = {"client", "language", "country", "time_zone", "currency"}
        for name in Settings.model_fields:
            if name in always:
                document[name] = getattr(settings, name)
            elif name in fields:
                if document.get(name) != fields[name]:
                    document[name] = fields[name]
            else:
                document.pop(name, None)
        write_atomically(file, tomlkit.dumps(document).encode())

    def writing(self) -> AbstractContextManager[None]:
        """Hold the workspace for one writer; raise ``WorkspaceError`` if another has it."""
        return self._held(".lock", "workspace_busy")

    def alone(self, code: str) -> AbstractContextManager[None]:
        """Hold the workspace as one that is open does; raise this ``WorkspaceError`` if one is."""
        return self._held(".open.lock", code)

    @contextmanager
    def presenting(self) -> Iterator[None]:
        """Hold the workspace as one of a few that present it; raise ``WorkspaceError`` if full."""
        with ExitStack() as stack:
            for name in PRESENTING:
                with suppress(WorkspaceError):
                    stack.enter_context(self._held(name, "workspace_busy"))
                    break
            else:
                raise WorkspaceError("workspace_busy", path=str(self.path))
            yield

    @contextmanager
    def not_presented(self, code: str) -> Iterator[None]:
        """Let nobody present the workspace; raise this ``WorkspaceError`` if somebody does."""
        with ExitStack() as stack:
            for name in PRESENTING:
                stack.enter_context(self._held(name, code))
            yield

    @contextmanager
    def _held(self, name: str, code: str) -> Iterator[None]:
        lock = FileLock(self.path / name, timeout=0)
        try:
            lock.acquire()
        except Timeout as error:
            raise WorkspaceError(code, path=str(self.path)) from error
        try:
            yield
        finally:
            lock.release()


def _written(file: Path) -> tomlkit.TOMLDocument:
    """Read what a person wrote; some editors begin it with a byte order mark."""
    return tomlkit.parse(file.read_text("utf-8-sig"))


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that a reader, or a crash, sees the old content or the new one."""
    _sweep(path)
    try:
        _write(path, content)
    except OSError as error:
        # Not the name of what was being written: nobody knows that one.
        raise OSError(error.errno, error.strerror, str(path)) from error
    sync_folder(path.parent)


def _write(path: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def _has_room(path: Path) -> bool:
    """Tell whether a workspace can be laid down: nothing is there, or what a crash left of it.

    What lost its settings, and nothing but those, gets new ones.
    """
    if not path.is_dir():
        return False
    there = [child for child in path.iterdir() if child not in _unfinished(path / SETTINGS_FILE)]
    return not there or without_settings(path)


def without_settings(path: Path) -> bool:
    """Tell a workspace that lost its settings: the tables or the session are still there."""
    marks = (path / "data" / "manifest.json", path / "session.db")
    return not (path / SETTINGS_FILE).exists() and any(mark.is_file() for mark in marks)


def _unfinished(path: Path) -> list[Path]:
    """Return what writers of a file left, or are writing now."""
    return list(path.parent.glob(f".{glob.escape(path.name)}.{'[a-z0-9_]' * 8}"))


def _sweep(path: Path) -> None:
    """Remove what a crash left of earlier writing, once nobody can be writing it."""
    for left in _unfinished(path):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _LEFT_SECONDS:
                left.unlink()


def sync_folder(folder: Path) -> None:
    """Make a rename in this folder survive a power cut (a no-op where folders cannot be opened)."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
