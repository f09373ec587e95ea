"""A wheel, installed elsewhere, is a whole kit: the demo runs from it without the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(*command: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=900,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    done = run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("samenspel-*.whl"))


def test_the_wheel_carries_notebooks_templates_data_and_catalogues(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("notebooks", "templates", "datasets/example"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert f"workshop/_kit/{path.relative_to(ROOT).as_posix()}" in names
    for path in (ROOT / "workshop").rglob("*.po"):
        assert path.relative_to(ROOT).as_posix() in names


def test_the_demo_runs_from_the_wheel_in_a_new_environment(wheel, tmp_path):
    assert run(sys.executable, "-m", "venv", tmp_path / "env", cwd=tmp_path).returncode == 0
    python = tmp_path / "env" / "bin" / "python"
    installed = run(python, "-m", "pip", "install", "--quiet", wheel, cwd=tmp_path)
    assert installed.returncode == 0, installed.stderr
    done = run(tmp_path / "env" / "bin" / "samenspel", "demo", "--weeks-later", "1", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for language in ("nl", "en"):
        folder = tmp_path / "demo" / "reports" / f"session-2026-10-31-{language}"
        assert (folder / "report.html").stat().st_size > 100_000
        assert (folder / "report.ipynb").is_file()
        assert (folder / "tables.xlsx").is_file()
        assert f"demo/reports/session-2026-10-31-{language}/report.html" in done.stdout
