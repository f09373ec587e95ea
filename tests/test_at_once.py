"""Help and wrong calls are answered at once: nothing heavy is imported for them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from workshop.cli import app

ROOT = Path(__file__).parents[1]
HEAVY = (
    "IPython", "alembic", "ibis", "jupyter_client", "matplotlib", "nbconvert", "nbformat", "numpy",
    "pandas", "papermill", "pyarrow", "scipy", "seaborn", "sqlalchemy", "statsmodels", "tornado",
    "weasyprint", "xlsxwriter", "zmq",
)  # fmt: skip
CALLS = (
    "--help",
    "frobnicate",
    "demo --weeks-later 9",
    "new",
    "new x --client A --lang fr",
    "new made --client A",
    "new made --client B",
    "import nowhere a.csv",
    "import made",
    "check nowhere",
    "check made --as-of yesterday",
    "analyse nowhere won-lost",
    "analyse made everything",
    "analyse made goal --by sector",
    "analyse made goal --as-of 31/01/2026",
    "definition nowhere mql",
    "definition made mql",
    "open nowhere",
    "open made --port 99999",
    "present nowhere 00",
    "export nowhere --to x",
    "agenda nowhere",
    "agenda made --lang fr",
    "forget nowhere",
    "forget made --team nobody",
    "cards nowhere diagnosis",
    "cards made diagnosis --lang fr",
    "report nowhere --kind session",
    "report made --kind slides",
    "report made --kind session --format docx",
    "report made --kind session --lang fr",
    "report made --kind session --as-of 31/01/2026",
    "report made nowhere --kind session --jobs 0",
    "report made nowhere --kind session --lang fr",
    "report made nowhere --kind session --as-of 31/01/2026",
)
RUN = """
import contextlib, io, json, sys
from workshop import cli
found = {{}}
for call in {calls!r}:
    sys.argv = ["samenspel", *call.split()]
    with contextlib.suppress(SystemExit), contextlib.ExitStack() as stack:
        # The command line asks its streams for an encoding, which a StringIO has not.
        streams = [io.TextIOWrapper(io.BytesIO()) for _ in range(2)]
        stack.enter_context(contextlib.redirect_stdout(streams[0]))
        stack.enter_context(contextlib.redirect_stderr(streams[1]))
        cli.main()
    found[call] = [name for name in {heavy!r} if name in sys.modules]
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """What is imported after each call, one after the other in one process."""
    done = subprocess.run(
        [sys.executable, "-c", RUN.format(calls=CALLS, heavy=HEAVY)],
        cwd=tmp_path_factory.mktemp("calls"),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("call", CALLS)
def test_nothing_heavy_is_imported(imported, call):
    assert imported[call] == []


def test_every_command_has_its_wrong_call_here():
    names = {command.name or command.callback.__name__ for command in app.registered_commands}
    assert names <= {call.split()[0] for call in CALLS}
