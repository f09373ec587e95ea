"""A Postgres server of the tests' own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def running_postgres() -> Iterator[Path]:
    """Start a server on a socket in a folder that is gone afterwards; its user is ``tester``."""
    if not shutil.which("initdb") or not shutil.which("pg_ctl"):
        pytest.skip("needs the programs of a Postgres server: initdb, pg_ctl")
    user = _server_user()
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    if user:
        shutil.chown(folder, user)
    data = folder / "data"

    def run(*command: str) -> None:
        subprocess.run(command, check=True, capture_output=True, cwd=folder, timeout=60, user=user)

    try:
        run("initdb", "-D", str(data), "-A", "trust", "-U", "tester", "-E", "UTF8", "--no-locale")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        run("pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield folder
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _server_user() -> str | None:
    """Return whom the server should run as: it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    found = subprocess.run(["id", "postgres"], capture_output=True)
    return "postgres" if found.returncode == 0 else "nobody"
