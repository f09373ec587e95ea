"""Publish a folder, and die at the n-th step: ``publish_and_crash.py PARENT CONTENT N EXCHANGE``.

A step is anything that changes the file system. Dying is ``os._exit``: no cleanup runs.
"""

import os
import sys
from itertools import count
from pathlib import Path

from workshop.reports import publish


def make_mortal(last: int) -> None:
    """Let the process die instead of taking its step number ``last``."""
    steps = count(1)

    def mortal(function):
        def stepping(*args, **kwargs):
            if next(steps) == last:
                os._exit(9)
            return function(*args, **kwargs)

        return stepping

    publish._exchange = mortal(publish._exchange)
    publish.sync_folder = mortal(publish.sync_folder)
    publish.shutil.rmtree = mortal(publish.shutil.rmtree)
    os.fsync = mortal(os.fsync)
    Path.rename = mortal(Path.rename)
    Path.mkdir = mortal(Path.mkdir)
    Path.unlink = mortal(Path.unlink)


def main(parent: Path, content: str, last: int, exchange: str) -> None:
    """Publish three files of one content."""
    if exchange == "no":
        publish._exchange = lambda one, other: False
    make_mortal(last)
    with publish.publication(parent, "report") as folder:
        (folder / "tables").mkdir()
        for name in ("report.html", "tables/a.csv", "tables/b.csv"):
            (folder / name).write_text(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4])
