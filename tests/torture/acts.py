"""What is done while something breaks: each act runs in a process of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.torture import rooms
from workshop import cli
from workshop.errors import WorkshopError
from workshop.opening.notebooks import lay_down
from workshop.questions import agreed_files
from workshop.session import answers
from workshop.session.answers import Given
from workshop.session.store import open_store
from workshop.workspace import Workspace


def command(*arguments: str) -> None:
    """Run a command of ours and leave with its exit status."""
    sys.argv = ["samenspel", *arguments]
    cli.main()


@contextmanager
def _worded() -> Iterator[None]:
    """End as the command line ends what goes wrong."""
    try:
        yield
    except (WorkshopError, OSError) as error:
        cli.fail(error)


@_worded()
def answer(path: str) -> None:
    """Give the answers of a room one after the other, and say which are on disk."""
    workspace = Workspace.open(Path(path))
    store = open_store(workspace)
    asked = rooms.open_one(store)
    for number, (who, item) in enumerate(rooms.to_come(store, asked)):
        given = Given(asked.round_id, who, item, number % 5 + 1, f"key-{who}-{item}")
        (said,) = answers.save(store, [given])
        print(said, who, item, number % 5 + 1, flush=True)
    store.close()


@_worded()
def decide(path: str) -> None:
    """Take a decision as the form does, and say which is in the ledger."""
    made = rooms.decide(Workspace.open(Path(path)))
    print("decided", made.decision_id, made.version, flush=True)


@_worded()
def heal(path: str) -> None:
    """Write the files that a crash left behind the ledger, as opening the programme does."""
    workspace = Workspace.open(Path(path))
    store = open_store(workspace)
    print(*agreed_files.heal(workspace, store, rooms.note), flush=True)
    store.close()


@_worded()
def lay(path: str) -> None:
    """Lay down the notebooks."""
    print(len(lay_down(Workspace.open(Path(path)))), flush=True)


@_worded()
def open_session(path: str) -> None:
    """Open the session's database, which brings it up to date."""
    open_store(Workspace.open(Path(path))).close()
    print("opened", flush=True)
