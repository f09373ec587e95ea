"""Bring a session database to the version that this kit knows."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from workshop.errors import WorkspaceError
from workshop.workspace import write_atomically

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0002"
"""The newest version; a test holds it to the newest file of ``migrations/versions``."""
_FOLDER = Path(__file__).parent / "migrations"


def version_of(connection: sa.Connection) -> str | None:
    """Return the version of a database; ``None`` for one without our tables."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    version = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return None if version is None else str(version)


def check_known(version: str | None, place: str) -> None:
    """Raise ``WorkspaceError`` for a database of a newer kit, which is left as it is."""
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    try:
        ScriptDirectory.from_config(_config()).get_revision(version or "base")
    except CommandError as error:
        raise WorkspaceError("store_newer", path=place, version=version) from error


def copy_of(file: Path, version: str) -> Path:
    """Return where a database is kept as it was before it was brought beyond a version.

    >>> copy_of(Path("acme/session.db"), "0001").name
    'session-0001.db'
    """
    return file.with_name(f"{file.stem}-{version}{file.suffix}")


def keep_copy(file: Path, version: str) -> None:
    """Keep a database beside it as its last transaction left it, whoever writes meanwhile."""
    address = f"{file.resolve().as_uri()}?mode=ro"
    # By way of memory: what is written is one plain file, whole or not there.
    with (
        closing(sqlite3.connect(address, uri=True)) as source,
        closing(sqlite3.connect(":memory:")) as memory,
    ):
        source.backup(memory)
        content = memory.serialize()
    write_atomically(copy_of(file, version), content)


def bring_up_to_date(connection: sa.Connection) -> None:
    """Run the versions that a database lacks, all in the transaction of its connection."""
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    return config
