"""Turn a sheet of an xlsx or ods workbook into plain text, one line a row.

A workbook of a few kilobytes can claim a cell in the last corner of a sheet, and its reader then
asks for half a terabyte and ends the process. So the reading is done by a process of its own
(``sheet.py``) with a bound on its memory.
"""

from __future__ import annotations

import json
import lzma
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

from workshop.errors import InputError

MAX_SHEET_BYTES = 400_000_000
"""Unpacked; a full sheet of a million rows and eight columns is about 300 MB."""

_CHUNK = 1 << 20
_SECONDS = 600
_TOO_LARGE = 3
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
)


class Sheet(NamedTuple):
    """The sheet that was written out: per column its last row with text, and the other sheets."""

    last_text_rows: tuple[int, ...]
    others: tuple[str, ...]


def as_text(path: Path, target: Path) -> Sheet:
    """Write the first visible sheet with anything in it to ``target`` as comma-separated text.

    Raises ``InputError`` for a workbook that is damaged, empty, or unpacks to more than a sheet
    can hold, and for a sheet with dates beyond any calendar or one row without end.
    """
    _check_archive(path)
    script = Path(__file__).with_name("sheet.py")
    try:
        done = subprocess.run(
            [sys.executable, "-P", str(script), str(path), str(target), str(_TOO_LARGE)],
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _too_large(path) from error
    if done.returncode < 0 or done.returncode == _TOO_LARGE:
        raise _too_large(path)
    if done.returncode > 0:
        problem = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise InputError("damaged_workbook", path=path.name, problem="".join(problem)[:200])
    found = json.loads(done.stdout)
    if "refused" in found:
        raise InputError(found["refused"], path=path.name, **found["fields"])
    if found["rows"] == 0:
        raise InputError("empty_file", path=path.name)
    return Sheet(tuple(found["last_text_rows"]), tuple(found["others"]))


def _check_archive(path: Path) -> None:
    """Unpack everything once: an archive's own account of its sizes may be a lie."""
    unpacked = 0
    try:
        with zipfile.ZipFile(path) as archive:
            for item in archive.infolist():
                with archive.open(item) as member:
                    while chunk := member.read(_CHUNK):
                        unpacked += len(chunk)
                        if unpacked > MAX_SHEET_BYTES:
                            raise _too_large(path)
    except _DAMAGE as error:
        raise InputError("damaged_workbook", path=path.name, problem=str(error)[:200]) from error


def _too_large(path: Path) -> InputError:
    return InputError("workbook_too_large", path=path.name, limit=MAX_SHEET_BYTES)
