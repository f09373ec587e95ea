"""An answer as the JSON document that others read: undefined is null, never NaN."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol

import numpy as np
import pandas as pd

from workshop.crm.readiness import Ready

NOT_ANSWERABLE = "not_answerable"


class Answer(Protocol):
    """What every question returns: a NamedTuple with at least these."""

    @property
    def ready(self) -> Ready:
        """Whether the CRM can answer it."""

    @property
    def rows(self) -> pd.DataFrame:
        """The rows of the question's contract."""

    @property
    def caveats(self) -> tuple[str, ...]:
        """Codes, listed in docs/methods.md."""

    def _asdict(self) -> dict[str, Any]: ...


def document(
    answer: Answer, *, question: str, workspace: str, as_of: dt.date | None, seed: int
) -> dict[str, Any]:
    """Return an answer as plain data, fit for ``json.dumps(…, allow_nan=False)``."""
    fields = answer._asdict()
    ready = fields.pop("ready")
    caveats = list(answer.caveats)
    if ready.missing:
        caveats = [NOT_ANSWERABLE, *caveats]
    head = {
        "question": question,
        "workspace": workspace,
        "as_of": as_of,
        "seed": seed,
        "rows": [] if ready.missing else answer.rows,
        "caveats": caveats,
    }
    if ready.missing:
        return _plain_mapping({**head, "missing": list(ready.missing)})
    rest = {name: value for name, value in fields.items() if name not in head}
    return _plain_mapping({**head, **rest})


def _plain_mapping(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in values.items()}


def plain(value: Any) -> Any:
    """Return any value as JSON data: frames as rows, days as text, what is undefined as null.

    >>> plain({"a": np.float64("nan"), "b": (1, dt.date(2026, 3, 4))})
    {'a': None, 'b': [1, '2026-03-04']}
    """
    if isinstance(value, pd.DataFrame):
        return [plain(row) for row in value.to_dict("records")]
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return plain(value._asdict())
    if hasattr(value, "__dataclass_fields__"):
        return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, Sequence | np.ndarray) and not isinstance(value, str | bytes):
        return [plain(item) for item in value]
    return _plain_scalar(value)


def _plain_scalar(value: Any) -> Any:
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating | Decimal):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return str(value)
