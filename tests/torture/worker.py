"""The process from which experiments are forked: it has read every module that they need."""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import struct
import sys
import traceback
from typing import Any, NoReturn

MODULES = (
    "pandas",
    "workshop.crm.importing",
    "workshop.crm.readiness",
    "workshop.crm.tables",
    "workshop.questions.ask",
    "workshop.reports.make",
    "workshop.opening.run",
    "tests.torture.acts",
)


def main() -> None:
    """Answer what is asked, a line each: start an act, wait for it."""
    for name in MODULES:
        importlib.import_module(name)
    child = 0
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["act"] == "ready":
            answer = 0
        elif asked["act"] == "wait":
            answer = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        else:
            answer = child = os.fork()
            if child == 0:
                _do(asked)
        print(json.dumps(answer), flush=True)


def _be_bound_by_rights() -> None:
    """Give up what lets root write where the rights say no."""
    header, none = struct.pack("Ii", 0x20080522, 0), bytes(24)
    if ctypes.CDLL(None, use_errno=True).capset(header, none) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def _do(asked: dict[str, Any]) -> NoReturn:
    """Be the process of one act, from its first line to its exit status."""
    for number, name in ((1, "out"), (2, "err")):
        opened = os.open(asked[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        os.dup2(opened, number)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    status = 1
    try:
        if asked["bound"]:
            _be_bound_by_rights()
        acts = importlib.import_module("tests.torture.acts")
        getattr(acts, asked["act"])(*asked["given"])
        status = 0
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    main()
