"""At every write point: what was acknowledged is there, nothing is half, and one goes on.

The short form tries a few points of each; ``SAMENSPEL_TORTURE=full`` (``make torture``) all.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.torture.faults import FULL, Mode, Outcome, Worker
from tests.torture.scenarios import SCENARIOS, Scenario, answers, copy, in_session

DEATHS = (Mode.KILL, Mode.TORN)
REFUSALS = (Mode.FULL, Mode.READ_ONLY)


class Experiment:
    """A scenario laid out: its workspace before, and what is seen before and after."""

    def __init__(self, scenario: Scenario, worker: Worker, folder: Path) -> None:
        self.scenario, self.worker = scenario, worker
        folder.mkdir()
        self.template, self.path = folder / "template", folder / "client"
        scenario.before(self.template)
        self._put_back()
        self.before = scenario.seen(self.path)
        whole = self.run(Mode.COUNT)
        assert "Traceback" not in whole.err, whole.err
        self.status, self.points = whole.status, whole.points
        self.after = scenario.seen(self.path)
        assert self.before != self.after

    def chosen(self, mode: Mode) -> Sequence[int]:
        """Return which write points to try: all, or some that lie evenly.

        The short form tries one in mid-write, and a disk that is read-only from the beginning.
        """
        if not FULL and mode in (Mode.TORN, Mode.READ_ONLY):
            return [self.points // 2 if mode == Mode.TORN else 1]
        few = min(self.scenario.most if FULL else self.scenario.short, self.points)
        if few == self.points:
            return range(1, self.points + 1)
        return sorted({1 + n * (self.points - 1) // (few - 1) for n in range(few)})

    def run(self, mode: Mode, at: int = 1, bound: bool = False) -> Outcome:
        """Do it once, from the beginning, with a fault."""
        self._put_back()
        if bound:
            _close(self.path)
        return self.again(mode, at, bound)

    def again(self, mode: Mode = Mode.OFF, at: int = 1, bound: bool = False) -> Outcome:
        """Do it on what stands there."""
        given = self.scenario.given(self.path)
        return self.worker.run(
            self.scenario.act, *given, root=self.path.parent, mode=mode, at=at, bound=bound
        )

    def check_seen(self, done: Outcome) -> bool:
        """Hold what is seen to before or after, and after to what was acknowledged."""
        seen = self._seen()
        if done.status == self.status:
            assert seen == self.after, done
        if self.scenario.piecemeal:
            both = self.before | self.after
            assert all(both[name] == content for name, content in seen.items()), done
        else:
            assert seen in (self.before, self.after), done
        return bool(seen == self.after)

    def check_next(self, done: Outcome) -> None:
        """Do it again: it works, and leads to where it would have led."""
        was_there = self._seen() == self.after
        next_one = self.again()
        assert "Traceback" not in next_one.err, (done, next_one)
        if not was_there:
            assert next_one.status == self.status, (done, next_one)
            assert self.scenario.seen(self.path) == self.after, (done, next_one)

    def _seen(self) -> Any:
        if self.scenario.heals:
            healed = self.worker.run(self.scenario.heals, self.path, root=self.path)
            assert healed.status == 0, healed
        return self.scenario.seen(self.path)

    def _put_back(self) -> None:
        copy(self.template, self.path)


def _close(folder: Path) -> None:
    """Let nobody write in a folder, or make it where it is not there."""
    for path in (folder.parent, *folder.parent.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)


def _open(folder: Path) -> None:
    for path in (folder.parent, *folder.parent.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


CHOSEN = [one for one in SCENARIOS if FULL or not one.only_full]


@pytest.fixture(scope="module", params=CHOSEN, ids=[one.name for one in CHOSEN])
def experiment(request, worker, torture_folder) -> Experiment:
    return Experiment(request.param, worker, torture_folder / request.param.name.replace(" ", "-"))


@pytest.mark.parametrize("mode", DEATHS, ids=["killed", "killed in mid-write"])
def test_killed_at_any_write_point(experiment, tried, mode):
    late = False
    for at in experiment.chosen(mode):
        done = experiment.run(mode, at)
        # What is written in parallel may come to a point less.
        assert done.killed or at > experiment.points - 2, done
        is_new = experiment.check_seen(done)
        assert is_new or not late, f"at {at} it was there before and is gone: {done}"
        late = is_new and not done.where.endswith("new")
        experiment.check_next(done)
        tried(experiment.scenario.name, mode.name.lower())


@pytest.mark.parametrize("mode", REFUSALS, ids=["full disk", "read-only disk"])
def test_refused_from_any_write_point_on(experiment, tried, mode):
    for at in experiment.chosen(mode):
        done = experiment.run(mode, at)
        is_new = experiment.check_seen(done)
        if not is_new or done.status not in (experiment.status, 0):
            _is_one_message(done)
        experiment.check_next(done)
        tried(experiment.scenario.name, mode.name.lower())


def test_in_a_folder_of_someone_else(experiment, tried):
    done = experiment.run(Mode.OFF, bound=True)
    _open(experiment.path)
    assert experiment.scenario.seen(experiment.path) == experiment.before
    _is_one_message(done)
    tried(experiment.scenario.name, "no rights")


def _is_one_message(done: Outcome) -> None:
    """Hold an outcome to one line of ours; an act that is no command raises our error."""
    assert done.status in (1, 2), done
    lines = done.err.strip().splitlines()
    if done.status == 2:
        assert len(lines) == 1, done
        assert "Traceback" not in done.err, done
    else:
        assert lines[-1].startswith("workshop.errors."), done
    assert not done.where or "Errno" not in done.err, done


def test_every_answer_that_was_acknowledged_is_there(worker, torture_folder, tried):
    folder = torture_folder / "answers"
    folder.mkdir()
    in_session(folder / "template")
    path = copy(folder / "template", folder / "client")
    whole = worker.run("answer", path, root=path, mode=Mode.COUNT)
    everything = answers(path)
    assert len(everything) == len(whole.out.splitlines()) == 16
    step = 1 if FULL else whole.points // 5
    for mode in (*DEATHS, *REFUSALS):
        for at in range(1, whole.points + 1, step):
            copy(folder / "template", path)
            done = worker.run("answer", path, root=path, mode=mode, at=at)
            said = [line.split()[1:] for line in done.out.splitlines()]
            acknowledged = [(who, item, int(value)) for who, item, value in said]
            there = answers(path)
            # One more may be on disk, whole, whose sender was not told yet: it is sent again.
            assert there in (acknowledged, everything[: len(acknowledged) + 1]), done
            again = worker.run("answer", path, root=path)
            assert again.status == 0, (done, again)
            assert answers(path) == everything, (done, again)
            tried("answer", mode.name.lower())
