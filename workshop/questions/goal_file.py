"""The goal that was agreed, or that a consultant proposes: ``goal.yaml`` in the workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from workshop.errors import InputError, WorkshopError
from workshop.questions.period import parse_period

GOAL_FILE = "goal.yaml"
_MOST_BYTES = 100_000


class GoalFile(BaseModel):
    """What is to be reached: ``target`` in money above ``baseline``, within ``period``.

    ``baseline`` is that of the comparable period a year before, unless given; ``mqls`` the number
    that marketing plans, as many as in that period unless given.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["pipeline", "revenue"]
    target: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    period: str
    baseline: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    mqls: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    stage: str | None = None

    @field_validator("period", mode="before")
    @classmethod
    def _known_period(cls, value: object) -> str:
        try:
            return parse_period(str(value)).name
        except WorkshopError as error:
            raise ValueError("a period is a quarter (2027Q1), month (2027-01) or year") from error


def read_goal(folder: Path) -> GoalFile | None:
    """Return the goal of a workspace, or ``None`` where none was written down.

    Raises ``InputError`` that names the file, the field and what is allowed.
    """
    path = folder / GOAL_FILE
    if not path.is_file():
        return None
    if path.stat().st_size > _MOST_BYTES:
        raise InputError("bad_goal", path=str(path), problem=f"> {_MOST_BYTES} bytes")
    try:
        return GoalFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(
            "bad_goal", path=str(path), problem=" ".join(str(error).split())
        ) from error
    except ValidationError as error:
        problem = "; ".join(
            f"{'.'.join(map(str, item['loc'])) or GOAL_FILE}: {item['msg']}"
            for item in error.errors()
        )
        raise InputError("bad_goal", path=str(path), problem=problem) from error
