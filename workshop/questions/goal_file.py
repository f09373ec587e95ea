"""The goal that was agreed, or that a consultant proposes: ``goal.yaml`` in the workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from workshop.errors import WorkshopError
from workshop.model_file import read_model, said_as
from workshop.questions.period import parse_period

GOAL_FILE = "goal.yaml"


class GoalFile(BaseModel):
    """What is to be reached: ``target`` in money above ``baseline``, within ``period``.

    ``baseline`` is that of the comparable period a year before, unless given; ``mqls`` the number
    that marketing plans, as many as in that period unless given.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["pipeline", "revenue"]
    target: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    period: Annotated[str, said_as("period")]
    baseline: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    mqls: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    stage: str | None = None

    @field_validator("period", mode="before")
    @classmethod
    def _known_period(cls, value: object) -> str:
        try:
            return parse_period(str(value)).name
        except WorkshopError as error:
            raise ValueError(error.code) from error


def read_goal(folder: Path) -> GoalFile | None:
    """Return the goal of a workspace, or ``None`` where none was written down.

    Raises ``InputError`` that names the file, the line, the field and what is allowed.
    """
    path = folder / GOAL_FILE
    return read_model(path, GoalFile) if path.is_file() else None
