"""The house: one direction of imports, nothing heavy before it is needed, docs that name it all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
HEAVY = ("pandas", "numpy", "scipy", "ibis", "duckdb", "matplotlib", "papermill", "nbconvert")


def test_the_command_line_starts_without_heavy_imports():
    code = f"import sys, workshop.cli; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_papermill_is_loaded_by_the_report_engine_only():
    importing = [
        path.relative_to(ROOT)
        for path in (ROOT / "workshop").rglob("*.py")
        if "import papermill" in path.read_text("utf-8")
    ]
    assert all(path.parts[:2] == ("workshop", "reports") for path in importing)


def test_environment_yml_takes_its_list_from_pyproject():
    text = (ROOT / "environment.yml").read_text("utf-8")
    listed = [line.strip("- \n") for line in text.splitlines() if line.startswith("      - ")]
    assert listed == ["editable ."] or listed == ["--editable ."]
    assert "pango" in text


def test_every_python_package_folder_is_named_in_the_readme_or_the_design():
    readme = (ROOT / "README.md").read_text("utf-8")
    folders = [p.name for p in (ROOT / "workshop").iterdir() if (p / "__init__.py").is_file()]
    assert [name for name in folders if f"{name}/" not in readme] == []
