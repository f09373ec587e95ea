"""The privacy pages list every column that is stored, in both languages, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from workshop.cli import app
from workshop.crm.schema import TABLES
from workshop.session.copy import COPIES, PENDING
from workshop.session.schema import metadata
from workshop.session.store import open_file

DOCS = Path(__file__).parents[1] / "docs"
PAGES = ("privacy.md", "privacy.nl.md")


def columns(page: str) -> dict[str, list[str]]:
    """Return the columns that a page lists under each table's heading."""
    text = (DOCS / page).read_text("utf-8")
    found = {}
    for name, body in re.findall(r"^### `(\w+)`\n(.*?)(?=^#|\Z)", text, re.MULTILINE | re.DOTALL):
        rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", body, re.MULTILINE)
        found[name] = [column for row in rows for column in re.findall(r"`(\w+)`", row)]
    return found


@pytest.mark.parametrize("page", PAGES)
def test_every_column_is_listed_once(page, tmp_path):
    store = open_file(tmp_path / "session.db")
    look = sa.inspect(store.engine)
    stored = {
        name: [column["name"] for column in look.get_columns(name)]
        for name in look.get_table_names()
        if name != "alembic_version"
    }
    store.close()
    assert stored.keys() == {table.name for table in metadata.sorted_tables}
    stored |= {table.name: list(table.columns) for table in TABLES.values()}
    listed = columns(page)
    assert {name: sorted(found) for name, found in listed.items()} == {
        name: sorted(found) for name, found in stored.items()
    }


def test_both_languages_say_the_same_in_as_many_places():
    english, dutch = ((DOCS / page).read_text("utf-8").splitlines() for page in PAGES)
    assert [_kind(line) for line in dutch] == [_kind(line) for line in english]
    names = [re.findall(r"`[^`]+`", line)[:1] for line in english if line.startswith("| `")]
    assert [re.findall(r"`[^`]+`", line)[:1] for line in dutch if line.startswith("| `")] == names


def _kind(line: str) -> str:
    return line[:1] if line[:1] in "#|-" else "text"


@pytest.mark.parametrize("page", PAGES)
def test_what_serves_a_right_exists(page):
    text = (DOCS / page).read_text("utf-8")
    commands = {command.name or command.callback.__name__ for command in app.registered_commands}
    assert {"forget", "export"} <= set(re.findall(r"`samenspel (\w+)", text)) <= commands
    assert f"`{COPIES}`" in text
    assert f"`{PENDING}`" in text
