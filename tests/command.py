"""The command line called in this process: the same parsing, printing and exit status, at once."""

from __future__ import annotations

import importlib
import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from typing import NamedTuple

import pytest


class Done(NamedTuple):
    """What a command printed, and how it ended."""

    returncode: int
    stdout: str
    stderr: str


def call(*arguments: object, lang: str = "en_US.UTF-8") -> Done:
    """Call ``samenspel`` as a shell would, in the language that the environment asks for."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setenv("LANG", lang)
        patch.setattr(sys, "argv", ["samenspel", *map(str, arguments)])
        for name in [name for name in sys.modules if name.split(".")[:2] == ["workshop", "cli"]]:
            del sys.modules[name]  # it reads the language when it is imported
        cli = importlib.import_module("workshop.cli")
        with pytest.raises(SystemExit) as left:
            cli.main()
    return Done(int(left.value.code or 0), _text(out), _text(err))


def _text(stream: io.TextIOWrapper) -> str:
    return stream.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined]
