"""The example company's workspace: what its teams agreed on is laid down, and left alone."""

from __future__ import annotations

from pathlib import Path

from workshop.definition_file import read_definitions
from workshop.demo import AGREED, example_workspace
from workshop.resources import kit


def test_a_new_example_has_what_its_teams_agreed_on(tmp_path: Path) -> None:
    workspace = example_workspace(tmp_path / "demo")
    for name in AGREED:
        kept = kit("datasets", "example", name).read_bytes()
        assert (workspace.path / name).read_bytes() == kept
    found = {item.term: list(item.sides) for item in read_definitions(workspace.path)}
    assert found == {term: ["joint", "sales", "marketing"] for term in ("mql", "sql")}


def test_what_was_written_since_stays(tmp_path: Path) -> None:
    example_workspace(tmp_path / "demo")
    ours = tmp_path / "demo" / "definitions" / "mql.yaml"
    ours.write_text("term: mql\njoint: {text: Ours}\n", "utf-8")
    (tmp_path / "demo" / "definitions" / "sql.yaml").unlink()
    example_workspace(tmp_path / "demo")
    assert "Ours" in ours.read_text("utf-8")
    assert [item.term for item in read_definitions(tmp_path / "demo")] == ["mql", "sql"]
