"""Answer the seven questions at 10,000 to 10,000,000 leads: group-bys and estimators apart.

The group-bys (`workshop.crm`, DuckDB at work) grow with the CRM; what comes after them works on
counts and must not. Each answer is given in a process of its own, so that its peak memory is its
own. Then what a room waits for at each move of a hand: a definition, and the goal's slider.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import inspect
import json
import pkgutil
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from generated import generate

SIZES = (10_000, 100_000, 1_000_000)
LIVE_SIZE = 100_000
MOVES = 20
QUESTIONS = ("won-lost", "funnel", "velocity", "channels", "definitions", "hand-over", "goal")
LIVE = {
    "replay": "a criterion changed: three versions replayed",
    "define": "the same in the builder: kept, replayed, won deals named, and laid out",
    "goal": "the goal moved: 12 volumes",
    "slide": "the same under the slider: kept, and drawn",
}


class Cost(NamedTuple):
    """Seconds of the group-bys and of the rest, and the peak memory of the process in MiB."""

    group_by: float
    estimators: float
    mib: float


class Clock:
    """Add up the time spent within some functions, once where they call each other."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._depth = 0

    def timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function, timed."""

        @functools.wraps(function)
        def call(*given: Any, **named: Any) -> Any:
            begin = time.perf_counter()
            self._depth += 1
            try:
                return function(*given, **named)
            finally:
                self._depth -= 1
                if not self._depth:
                    self.seconds += time.perf_counter() - begin

        return call

    def time_all(self, owner: Any, module: str) -> None:
        """Time the public functions of a module, and how its classes are made, read and called."""
        for name, value in list(vars(owner).items()):
            if isinstance(value, functools.cached_property):
                value.func = self.timed(value.func)
            elif getattr(value, "__module__", None) != module:
                continue
            elif inspect.isclass(value):
                self.time_all(value, module)
            elif callable(value) and (name == "__init__" or not name.startswith("_")):
                setattr(owner, name, self.timed(value))


def answered(question: str, folder: Path) -> Cost:
    """Answer one question in this process."""
    import workshop.crm

    clock = Clock()
    found = pkgutil.iter_modules(workshop.crm.__path__, "workshop.crm.")
    for module in [importlib.import_module(one.name) for one in found]:
        clock.time_all(module, module.__name__)
    # Only now: the questions take the functions that are timed.
    from workshop.crm.tables import open_tables
    from workshop.questions.ask import ask
    from workshop.workspace import Workspace

    begin = time.perf_counter()
    ask(open_tables(Workspace.open(folder)), question, folder=folder)
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Cost(clock.seconds, seconds - clock.seconds, peak)


def moved(hand: str, folder: Path) -> list[float]:
    """Move a hand as a room does, in this process; return the milliseconds of each move."""
    from workshop.crm.tables import open_tables
    from workshop.workspace import Workspace

    tables = open_tables(Workspace.open(folder))
    move = _hand(hand, tables, folder)
    times = []
    for step in range(MOVES + 1):
        begin = time.perf_counter()
        move(step)
        times.append(1000 * (time.perf_counter() - begin))
    return times[1:]


def _hand(hand: str, tables: Any, folder: Path) -> Callable[[int], object]:
    if hand == "define":
        return _define(tables, folder)
    if hand == "slide":
        return _slide(tables, folder)
    return _replay(tables, folder) if hand == "replay" else _goal(tables)


def _define(tables: Any, folder: Path) -> Callable[[int], object]:
    from workshop.definition_file import read_definition
    from workshop.i18n import Translator
    from workshop.session.store import open_file
    from workshop.views.forms.definition_form import DefinitionForm
    from workshop.views.forms.definition_state import DefinitionState

    store = open_file(folder / "bench.db")
    written = read_definition(folder, "mql")
    form = DefinitionForm(
        DefinitionState(store, 4, "mql", "joint", written, tables), Translator("nl")
    )
    state = form.state
    place = (len(state.meaning.criteria.parts),)
    state.add(())
    state.choose(place, "activities.Call")
    state.operate(place, "at_most")
    # A draft that says the same is not kept, nor replayed.
    return lambda step: state.number(place, str(step + 1))


def _slide(tables: Any, folder: Path) -> Callable[[int], object]:
    from workshop.i18n import Translator
    from workshop.session.store import open_file
    from workshop.views.forms.goal_form import GoalForm
    from workshop.views.forms.goal_state import GoalState
    from workshop.views.look import Look

    store = open_file(folder / "bench.db")
    form = GoalForm(GoalState(store, 4, None, tables, 0), Look(Translator("nl"), "#1f4e79"))
    planned = form.state.mqls
    return lambda step: form.state.move(mqls=planned + 10 * (step + 1))


def _replay(tables: Any, folder: Path) -> Callable[[int], object]:
    from workshop.criteria import AllOf, Criterion
    from workshop.crm.replay import Judging
    from workshop.definition_file import read_definition
    from workshop.questions.replayer import Replayer

    sides = read_definition(folder, "mql").sides
    replayer = Replayer(tables, Judging())

    def move(step: int) -> object:
        changed = Criterion(field="activities.Call", operator="at_most", value=step)
        return replayer.scores(sides | {"joint": AllOf(all_of=(sides["joint"], changed))})

    return move


def _goal(tables: Any) -> Callable[[int], object]:
    from workshop.questions.goal import moved, sliding

    simulation = sliding(tables)
    if simulation is None:
        raise ValueError("no goal")
    target = simulation.plan.goal.target
    return lambda step: moved(simulation, target * (0.5 + step / MOVES), 1000 + 100 * step)


def _in_process(*call: str) -> Any:
    command = [sys.executable, __file__, *call]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def print_questions(folders: dict[int, Path]) -> None:
    """Print a row per question, a column per size, and the most memory that any of them took."""
    print(
        "| seconds: group-bys + estimators | " + " | ".join(f"{n:,} leads" for n in folders) + " |"
    )
    print("|---" * (len(folders) + 1) + "|")
    peaks = dict.fromkeys(folders, 0.0)
    for question in QUESTIONS:
        cells = []
        for size, folder in folders.items():
            cost = Cost(*_in_process("--answer", question, "--folder", str(folder)))
            peaks[size] = max(peaks[size], cost.mib)
            cells.append(f"{cost.group_by:.1f} + {cost.estimators:.1f}")
        print(f"| {question} | " + " | ".join(cells) + " |", flush=True)
    print("| peak MiB | " + " | ".join(f"{peak:.0f}" for peak in peaks.values()) + " |")


def print_live(folder: Path) -> None:
    """Print what a room waits for at each move, after the first."""
    print(f"\n| {LIVE_SIZE:,} leads | median ms | most ms |\n|---|---|---|")
    for hand, name in LIVE.items():
        times = _in_process("--move", hand, "--folder", str(folder))
        print(f"| {name} | {statistics.median(times):.0f} | {max(times):.0f} |")


def main() -> None:
    """Print the tables that the README quotes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--answer", choices=QUESTIONS)
    parser.add_argument("--move", choices=LIVE)
    parser.add_argument("--folder", type=Path, help="where generated CRMs are, or are to be kept")
    call = parser.parse_args()
    if call.answer:
        print(json.dumps(answered(call.answer, call.folder)))
        return
    if call.move:
        print(json.dumps(moved(call.move, call.folder)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        place = call.folder or Path(temporary)
        folders = {size: place / f"leads-{size}" for size in sorted({*call.sizes, LIVE_SIZE})}
        for size, folder in folders.items():
            if not folder.is_dir():
                generate(folder, size)
        print_questions({size: folders[size] for size in call.sizes})
        print_live(folders[LIVE_SIZE])


if __name__ == "__main__":
    main()
