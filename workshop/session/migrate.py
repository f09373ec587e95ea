"""Bring a session database to the version that this kit knows."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from workshop.errors import WorkspaceError

HEAD = "0001"
"""The newest version; a test holds it to the newest file of ``migrations/versions``."""
_FOLDER = Path(__file__).parent / "migrations"


def version_of(connection: sa.Connection) -> str | None:
    """Return the version of a database; ``None`` for one without our tables."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    version = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return None if version is None else str(version)


def bring_up_to_date(connection: sa.Connection, place: str) -> None:
    """Run the versions that a database lacks, all in the transaction of its connection.

    Raises ``WorkspaceError`` for a database of a newer kit, which is left as it is.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    version = version_of(connection)
    try:
        ScriptDirectory.from_config(config).get_revision(version or "base")
    except CommandError as error:
        raise WorkspaceError("store_newer", path=place, version=version) from error
    command.upgrade(config, "head")
