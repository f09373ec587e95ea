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
import math
import pkgutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from generated import generate
from memory import peak_mib

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
    peak = peak_mib()
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


def print_questions(
    folders: dict[int, Path], questions: Sequence[str]
) -> dict[str, dict[int, Cost]]:
    """Print a row per question, a column per size, and the most memory that any of them took.

    The exponent is that of the rows to which the whole cost grows between the two largest sizes:
    1 is twice the time for twice the rows.
    """
    sizes = " | ".join(f"{n:,} leads" for n in folders)
    print(f"| seconds: group-bys + estimators | {sizes} | exponent |")
    print("|---" * (len(folders) + 2) + "|")
    costs: dict[str, dict[int, Cost]] = {}
    for question in questions:
        costs[question] = {
            size: Cost(*_in_process("--answer", question, "--folder", str(folder)))
            for size, folder in folders.items()
        }
        found = costs[question].values()
        cells = " | ".join(f"{cost.group_by:.1f} + {cost.estimators:.1f}" for cost in found)
        print(f"| {question} | {cells} | {exponent(costs[question])} |", flush=True)
    peaks = (max(by_size[size].mib for by_size in costs.values()) for size in folders)
    print("| peak MiB | " + " | ".join(f"{peak:,.0f}" for peak in peaks) + " | |")
    return costs


def exponent(costs: dict[int, Cost]) -> str:
    """Return how the seconds grow with the rows between the two largest sizes."""
    if len(costs) < 2:
        return ""
    (size, cost), (larger, more) = sorted(costs.items())[-2:]
    growth = (more.group_by + more.estimators) / (cost.group_by + cost.estimators)
    return f"{math.log(growth) / math.log(larger / size):.2f}"


def draw(costs: dict[str, dict[int, Cost]], file: Path) -> None:
    """Draw the seconds of each question against the rows, both on a logarithmic scale."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    for question, by_size in costs.items():
        seconds = [cost.group_by + cost.estimators for cost in by_size.values()]
        axes.plot(list(by_size), seconds, marker="o", markersize=3, label=question)
    axes.axhline(60, color="0.6", linewidth=1, linestyle=":")
    axes.set(
        xscale="log", yscale="log", xlabel="leads (and three activities each)", ylabel="seconds"
    )
    axes.legend(fontsize="small")
    figure.savefig(file, metadata={"Date": None})


def print_live(size: int, folder: Path) -> None:
    """Print what a room waits for at each move, after the first."""
    print(f"\n| {size:,} leads | median ms | most ms |\n|---|---|---|")
    for hand, name in LIVE.items():
        times = _in_process("--move", hand, "--folder", str(folder))
        print(f"| {name} | {statistics.median(times):.0f} | {max(times):.0f} |")


def main() -> None:
    """Print the tables that the README quotes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--questions", choices=QUESTIONS, nargs="+", default=QUESTIONS)
    parser.add_argument("--live", type=int, default=LIVE_SIZE, help="the leads under moving hands")
    parser.add_argument("--answer", choices=QUESTIONS)
    parser.add_argument("--move", choices=LIVE)
    parser.add_argument("--chart", type=Path, help="the picture to draw of it")
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
        folders = {size: place / f"leads-{size}" for size in sorted({*call.sizes, call.live})}
        for size, folder in folders.items():
            if not folder.is_dir():
                generate(folder, size)
        costs = print_questions({size: folders[size] for size in call.sizes}, call.questions)
        if call.chart:
            draw(costs, call.chart)
        print_live(call.live, folders[call.live])


if __name__ == "__main__":
    main()
