"""Import case after case in a process of its own, whose memory is bounded and whose time is kept.

A file may take ten seconds of computing, or a minute in all, as where one waits for the other. A
process that takes longer is ended with all that it started, and another takes its place.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import resource
import shutil
import signal
import tempfile
import time
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

import psutil

from tests.torture.fuzz.cases import Case, case
from workshop.crm.convert import Asked
from workshop.crm.findings import Imported
from workshop.crm.importing import import_files
from workshop.crm.source import clean_header
from workshop.crm.staging import Request
from workshop.crm.store import Store
from workshop.errors import InputError
from workshop.i18n import LANGUAGES, Translator
from workshop.workspace import Workspace

SECONDS = 10.0
"""Of computing: how long that takes depends on what else the machine does."""
_WAITED = 6
_LOOK = 0.5
MEMORY = 2 << 30
_ADDRESSES = 6 << 30
"""Room to take, of which `MEMORY` may be used: threads and allocators reserve far more."""
_EARLIER = (
    "Deal-ID;Fase;Bedrag;Aangemaakt op\nD1;Gewonnen;5,00;2026-02-28\n1;Nieuw;6,00;2026-03-01\n"
)
_STEERING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_ASKED = ("dates", "decimal", "keep_contacts")


class Tried(NamedTuple):
    """What came of a case: a code, and the problem where it is not as it should be."""

    came: str
    problem: str
    seconds: float
    peak: int


class Importer:
    """The process that imports, seen from outside."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="samenspel-fuzz-"))
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._line, other = context.Pipe()
        self._process = context.Process(target=work, args=(other, str(self._folder)), daemon=True)
        self._process.start()
        other.close()
        self._line.recv()

    def __call__(self, kind: str, number: int) -> Tried:
        """Try a case."""
        end = time.monotonic() + _WAITED * SECONDS
        came = "hang"
        try:
            self._line.send((kind, number))
            if self._line.poll(_LOOK):
                return self._answer()
            begun = self._computed()
            while time.monotonic() < end and self._computed() - begun < SECONDS:
                if self._line.poll(_LOOK):
                    return self._answer()
        except (EOFError, OSError):
            came = "died"
        self._end()
        self._start()
        return Tried(came, came, SECONDS, 0)

    def _answer(self) -> Tried:
        found: Tried = self._line.recv()
        return found

    def _computed(self) -> float:
        """Return how long the process and all that it started have computed."""
        try:
            whole = psutil.Process(self._process.pid)
            return sum(
                sum(spent[:4])
                for spent in (one.cpu_times() for one in (whole, *whole.children(recursive=True)))
            )
        except psutil.NoSuchProcess:
            return 0.0

    def _end(self) -> None:
        if self._process.pid is not None and self._process.is_alive():
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.join(20)
        self._line.close()

    def close(self) -> None:
        """End the process and remove its folder."""
        self._end()
        shutil.rmtree(self._folder)


def work(line: Connection, folder: str) -> None:
    """Answer what is asked until nobody asks any more."""
    os.setsid()
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESSES, _ADDRESSES))
    place = Path(folder)
    shutil.rmtree(place, ignore_errors=True)
    templates = lay_down(place)
    line.send("ready")
    while True:
        try:
            kind, number = line.recv()
        except (EOFError, ConnectionResetError):
            return
        line.send(tried_here(case(kind, number), place, templates))


def lay_down(place: Path) -> dict[bool, Path]:
    """Lay down a new workspace and one in use, to be copied for each case."""
    found = {}
    for in_use in (False, True):
        path = place / f"template-{in_use}"
        workspace = Workspace.create(path, "Klant")
        if in_use:
            earlier = place / "eerder.csv"
            earlier.write_text(_EARLIER, "utf-8")
            import_files(workspace, Request((earlier,)))
        found[in_use] = path
    return found


def tried_here(one: Case, place: Path, templates: dict[bool, Path]) -> Tried:
    """Import a case into a copy of its workspace and look at what came of it."""
    template, own = templates[one.in_use], place / "own"
    shutil.rmtree(own, ignore_errors=True)
    shutil.copytree(template, own / "klant")
    _forget_peak()
    started = _computed_here()
    try:
        came, problem = _came(one, own, template)
    except BaseException:
        came, problem = "traceback", traceback.format_exc()
    seconds, peak = _computed_here() - started, _peak()
    if not problem and peak > MEMORY:
        problem = f"{peak >> 20} MiB of memory"
    return Tried(came, problem, seconds, peak)


def _came(one: Case, own: Path, template: Path) -> tuple[str, str]:
    paths = []
    for name, content in one.files:
        paths.append(own / name)
        paths[-1].write_bytes(content)
    workspace = Workspace.open(own / "klant")
    said = {name: value for name, value in one.said.items() if name not in _ASKED}
    asked = Asked(**{name: one.said[name] for name in _ASKED})
    request = Request(tuple(paths), asked=asked, **said)
    try:
        imported = import_files(workspace, request)
    except InputError as error:
        if _tree(workspace.path) != _tree(template):
            return error.code, "refused, and something changed"
        return error.code, _unsayable(error)
    problem = unaccounted(one, imported, Store(workspace))
    if not problem:
        before = _tree(workspace.path)
        again = import_files(Workspace.open(workspace.path), request)
        if again.changed or _tree(workspace.path) != before:
            problem = "the same file once more changes something"
    return "imported", problem


def unaccounted(one: Case, imported: Imported, store: Store) -> str:
    """Return what does not add up in an import, or nothing."""
    if imported.rows != imported.kept + len(imported.set_aside) or not imported.kept:
        return f"{imported.rows} rows, {imported.kept} kept, {len(imported.set_aside)} aside"
    shown = [text for found in imported.findings for text in (*found.columns, *found.examples)]
    shown += [row.value or "" for row in imported.set_aside]
    if any(_STEERING.search(text) for text in shown):
        return "a finding that is not clean"
    stored = store.manifest().tables[imported.table]
    if not one.in_use and not 0 < stored.rows <= imported.kept:
        return f"{stored.rows} rows stored of {imported.kept} kept"
    headers = {clean_header(header) for header in one.headers} - {""}
    named = {header for header in imported.mapping if not header.startswith("_unnamed_")}
    if one.records is not None and headers == named:
        footer = sum(found.count for found in imported.findings if found.code == "footer")
        if imported.rows + footer != one.records:
            return f"{one.records} records, of which {imported.rows} and a footer of {footer}"
    return ""


def _unsayable(error: InputError) -> str:
    """Return what is wrong with the message of an error, or nothing."""
    for language in LANGUAGES:
        said = " ".join(Translator(language)(f"error.{error.code}", **error.fields).split())
        if not said or len(said) > 4_000:
            return f"a message of {len(said)} characters: {said[:300]}"
        if _STEERING.search(said):
            return f"a message that is not clean: {said[:300]!r}"
    return ""


def _tree(path: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(path)): file.read_bytes()
        for file in sorted(path.rglob("*"))
        if file.is_file() and file.name != ".lock"
    }


def _computed_here() -> float:
    """Return how long this process has computed, and those that it waited for."""
    return sum(os.times()[:4])


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _peak() -> int:
    """Return the most memory used since it was last forgotten."""
    text = Path("/proc/self/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", text)
    return int(found[1]) << 10 if found else 0
