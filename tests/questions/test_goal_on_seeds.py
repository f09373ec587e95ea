"""The probability of a goal on the example company under other seeds, against what came."""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from tests.calibration import FULL
from workshop.crm.convert import Asked
from workshop.crm.importing import import_files
from workshop.crm.period_counts import entries, landed
from workshop.crm.staging import Request
from workshop.crm.tables import Tables, open_tables
from workshop.questions.goal import moved, sliding
from workshop.questions.goal_file import GoalFile
from workshop.questions.period import parse_period
from workshop.workspace import Workspace

DATASETS = Path(__file__).parents[2] / "datasets"
HORIZON = dt.date(2026, 12, 31)
QUARTERS = ("2025Q4", "2026Q1", "2026Q2", "2026Q3") if FULL else ("2026Q1",)
"""Leads come in waves, as fairs do, and the plan spreads them evenly: no quarter is like a year."""
BEFORE = {"on the eve": 1, "two months before": 61}
"""The days before the first of the period on which its goal is set."""
KINDS = ("pipeline", "revenue")
SEEDS = 12 if FULL else 1


@pytest.fixture(scope="module")
def companies(tmp_path_factory: pytest.TempPathFactory):
    """Return the example company under each seed, with all that its history holds."""
    sys.path.insert(0, str(DATASETS))
    from example_company.company import known_by, simulate
    from example_company.export import write

    sys.path.remove(str(DATASETS))

    def company(seed: int) -> Tables:
        folder = tmp_path_factory.mktemp("seed")
        write(known_by(simulate(seed), HORIZON), folder)
        workspace = Workspace.create(folder / "own", "Rekvast", language="nl", country="BE")
        for name in ("leads.csv", "verkoopkansen.csv"):
            import_files(workspace, Request((folder / name,), asked=Asked(dates="dmy")))
        return open_tables(workspace, HORIZON)

    return company


def said_of_what_came(whole: Tables, name: str, day: dt.date, kind: str) -> float:
    """Return the probability, on a day, of a goal as large as what came in the period."""
    period = parse_period(name)
    came = landed(whole, kind, "mql", period.start, period.end)
    value = float(came.loc[came["source"] != "unlinked", "value"].sum())
    mqls = int(entries(whole, "mql", period.start, period.end)["leads"].sum())
    given = GoalFile(kind=kind, target=value, period=name, baseline=0, mqls=mqls)
    simulation = sliding(replace(whole, as_of=day), given, seed=1)
    return moved(simulation, value, mqls, [mqls]).probability


def test_goals_are_reached_as_often_as_said_on_companies_of_which_all_is_known(companies):
    """A goal that was said to have a probability of p is reached where what came was likelier."""
    said: dict[tuple[str, str], list[float]] = {}
    for seed in range(1, SEEDS + 1):
        whole = companies(seed)
        for name, (when, days), kind in product(QUARTERS, BEFORE.items(), KINDS):
            day = parse_period(name).start - dt.timedelta(days=days)
            found = said_of_what_came(whole, name, day, kind)
            said.setdefault((kind, when), []).append(found)
    for found in said.values():
        assert FULL or all(0.001 < one < 0.999 for one in found)
        for level in (0.2, 0.5, 0.8):
            # A quarter is a quarter under all seeds: these runs are not independent.
            reached = np.mean([one <= level for one in found])
            assert not FULL or abs(reached - level) < 0.2
