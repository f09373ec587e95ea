"""What is told of a client's peers: ``benchmark.yaml`` in the workspace, the same in each."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field, model_validator

from workshop.analysis.peers import LEAST, Group
from workshop.model_file import misfit, read_model
from workshop.model_kinds import Closed

BENCHMARK_FILE = "benchmark.yaml"

_Number = Annotated[float, Field(allow_inf_nan=False)]


class Told(Closed):
    """One figure of the peers: ``name`` is that of a step, ``as_of`` the last day in it."""

    figure: Literal["step", "win_rate", "first_contact", "unreached", "days_to_won"]
    name: str | None = None
    unit: Literal["share", "time"]
    clients: Annotated[int, Field(ge=LEAST)]
    center: _Number
    spread: Annotated[_Number, Field(gt=0)]
    as_of: dt.date

    @model_validator(mode="after")
    def _a_share(self) -> Told:
        wide = self.spread**2 >= self.center * (1 - self.center)
        if self.unit == "share" and (not 0 < self.center < 1 or wide):
            raise misfit("no_share", ["center"], given=self.center)
        return self

    @property
    def group(self) -> Group:
        """What is told, as the estimators take it."""
        return Group(self.clients, self.center, self.spread)


class BenchmarkFile(Closed):
    """What is told of the peers, figure by figure; a figure that too few have is left out."""

    figures: tuple[Told, ...] = ()


def read_benchmark(folder: Path) -> BenchmarkFile | None:
    """Return what a workspace was told of its peers, or ``None`` where it was told nothing.

    Raises ``InputError`` that names the file, the line, the field and what is allowed.
    """
    path = folder / BENCHMARK_FILE
    return read_model(path, BenchmarkFile) if path.is_file() else None


def benchmark_text(told: BenchmarkFile) -> str:
    """Return the file's text."""
    content = told.model_dump(mode="json", exclude_none=True)
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
