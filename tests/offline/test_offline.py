"""Nothing leaves the machine: demo, room and report with the network cut off but for loopback."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from workshop.opening.lab import _SILENT, _options
from workshop.workspace import Workspace

ROOT = Path(__file__).parents[2]
GUARD = Path(__file__).parent / "guard"
FULL = ["full"] if os.environ.get("SAMENSPEL_TORTURE") == "full" else []
FETCHED = re.compile(
    r"""(?:\b(?:src|srcset|poster|data)\s*=\s*["']?|<link[^>]*href\s*=\s*["']?|url\(\s*["']?"""
    r"""|@import\s+["']?|\bfetch\(\s*["'])(?:https?:)?//[^"'\s)]+""",
    re.IGNORECASE,
)
"""What a browser asks for by itself; a link that somebody has to press is none."""


def cut_off() -> list[str]:
    """Return the command that takes the network away, or nothing where the system forbids it.

    There the guard is all that watches, and it watches in both cases.
    """
    for command in (["unshare", "-n"], ["unshare", "-rn"]):
        try:
            subprocess.run([*command, "true"], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        return command
    return []


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Path, list[str]]:
    """Return what was made without a network, and what the guard wrote down."""
    folder = tmp_path_factory.mktemp("offline")
    log = folder / "guard.log"
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(GUARD), str(ROOT)]),
        "SAMENSPEL_GUARD": str(log),
    }
    command = [sys.executable, "-m", "tests.offline.short_demo", str(folder / "demo"), *FULL]
    done = subprocess.run(
        [*cut_off(), *command], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return folder / "demo", log.read_text("utf-8").splitlines()


def test_nothing_is_reached_beyond_loopback(made):
    _, log = made
    assert [line for line in log if line.startswith("reached")] == []


def test_every_process_was_watched(made):
    """The room, the report and its kernel: one that starts without the guard would say nothing."""
    _, log = made
    for part in ("short_demo", "workshop.room", "workshop report" if not FULL else "demo"):
        assert any(part in line for line in log), log
    assert any("kernel" in line for line in log), log


def test_all_was_made_and_asks_for_nothing(made):
    folder, _ = made
    reports = sorted(folder.glob("reports/*/report.html"))
    assert reports
    assert all(path.with_suffix(".pdf").is_file() for path in reports)
    for path in (folder / "phone.html", *reports):
        assert FETCHED.findall(path.read_text("utf-8")) == [], path


def test_the_guard_sees_and_refuses(tmp_path):
    log = tmp_path / "log"
    environment = {**os.environ, "PYTHONPATH": str(GUARD), "SAMENSPEL_GUARD": str(log)}
    code = "import socket; socket.create_connection(('192.0.2.1', 80), 1)"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    )
    assert "PermissionError" in done.stderr
    assert "reached socket" in log.read_text("utf-8")


def test_no_template_fetches_from_elsewhere():
    kinds = {".j2", ".html", ".css", ".js", ".py"}
    files = [
        path
        for folder in ("templates", "workshop")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in kinds
    ]
    assert len(files) > 100
    found = {path.name: FETCHED.findall(path.read_text("utf-8")) for path in files}
    assert {name: calls for name, calls in found.items() if calls} == {}
    assert FETCHED.search('<script src="https://cdn.example.org/x.js">')


def test_jupyterlab_asks_for_no_news_and_no_versions(tmp_path):
    options = _options(Workspace.create(tmp_path / "a", "A"), 1)
    assert "--LabApp.news_url=None" in options
    assert "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate" in options
    assert _SILENT["@jupyterlab/apputils-extension:announcements"] is True
