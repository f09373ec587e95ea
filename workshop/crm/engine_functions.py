"""Functions that engines have of their own, and that Ibis has no name for."""

from __future__ import annotations

from inspect import Parameter, Signature
from typing import Any

import ibis
import ibis.expr.datatypes as dt


def of_engine(name: str, gives: dt.DataType, **takes: dt.DataType) -> Any:
    """Return a function of an engine, for values in the order in which they are named here."""

    def stands_in() -> None: ...

    taken = [Parameter(one, Parameter.POSITIONAL_ONLY) for one in takes]
    stands_in.__signature__ = Signature(taken)  # type: ignore[attr-defined]
    return ibis.udf.scalar.builtin(stands_in, name=name, signature=(tuple(takes.values()), gives))
