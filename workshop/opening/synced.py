"""Folders that a service copies to its servers while they are written to, and so breaks."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

_NAMES = (
    ("OneDrive", r"onedrive( ?- ?.+)?"),
    ("Dropbox", r"dropbox( ?[-(].+)?"),
    ("Google Drive", r"google ?drive(-.+)?|googledrive|drivefs"),
    ("iCloud Drive", r"icloud ?drive(-.+)?|com~apple~clouddocs|mobile documents"),
    ("Nextcloud", r"nextcloud\d*|owncloud\d*"),
)
_MARKS = (
    ("Dropbox", (".dropbox", ".dropbox.cache")),
    ("Google Drive", (".tmp.driveupload", ".tmp.drivedownload")),
    ("Nextcloud", (".nextcloudsync.log", ".owncloudsync.log")),
)
_MARK_PATTERNS = (("Nextcloud", (".sync_*.db", "._sync_*.db", ".csync_journal*.db")),)
_VARIABLES = ("OneDrive", "OneDriveCommercial", "OneDriveConsumer", "ONEDRIVE")


def synced_by(
    path: Path, environment: Mapping[str, str] = os.environ, home: Path | None = None
) -> str | None:
    """Return the service that synchronises a folder, or ``None``.

    Known by the names of folders above it, by what the services leave in theirs, by the
    environment (OneDrive) and by a service's own note of where its folders are (Dropbox).
    """
    folder = path.expanduser().absolute()
    for place in dict.fromkeys((folder, folder.resolve())):
        above = (place, *place.parents)
        found = _named(place) or _marked(above) or _noted(above, environment, home or Path.home())
        if found:
            return found
    return None


def _named(place: Path) -> str | None:
    parts = [part.lower() for part in place.parts]
    return next(
        (name for name, pattern in _NAMES if any(re.fullmatch(pattern, part) for part in parts)),
        None,
    )


def _marked(above: tuple[Path, ...]) -> str | None:
    for folder in above:
        for name, marks in _MARKS:
            # The home folder holds Dropbox's settings under the same name, as a folder.
            if any(_is_mark(folder / mark) for mark in marks):
                return name
        for name, patterns in _MARK_PATTERNS:
            if any(next(folder.glob(pattern), None) for pattern in patterns):
                return name
    return None


def _is_mark(path: Path) -> bool:
    return path.is_file() if path.name == ".dropbox" else path.exists()


def _noted(above: tuple[Path, ...], environment: Mapping[str, str], home: Path) -> str | None:
    given = [environment[name] for name in _VARIABLES if environment.get(name)]
    if any(Path(text) in above for text in given):
        return "OneDrive"
    return "Dropbox" if any(folder in above for folder in _dropbox_folders(home)) else None


def _dropbox_folders(home: Path) -> Iterator[Path]:
    try:
        noted = json.loads((home / ".dropbox" / "info.json").read_text("utf-8"))
        for account in noted.values():
            yield Path(account["path"])
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        return
