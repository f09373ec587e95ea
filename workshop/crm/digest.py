"""A number that only a text has, the same on any engine: for lots, and for who someone is."""

from __future__ import annotations

from inspect import Parameter, Signature
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir


def _of_engine(name: str, given: dt.DataType, found: dt.DataType) -> Any:
    """Return a function of one value that engines have of their own."""

    def stands_in() -> None: ...

    taken = [Parameter("value", Parameter.POSITIONAL_ONLY)]
    stands_in.__signature__ = Signature(taken)  # type: ignore[attr-defined]
    return ibis.udf.scalar.builtin(stands_in, name=name, signature=((given,), found))


_md5 = _of_engine("md5", dt.string, dt.string)
_md5_bytes = _of_engine("md5", dt.string, dt.binary)
_to_hex = _of_engine("to_hex", dt.binary, dt.string)


def digest(text: ir.StringColumn, engine: str | None = None) -> ir.StringColumn:
    """Return the MD5 digest of a text, in hexadecimal digits."""
    in_bytes = (engine or text.get_backend().name) == "bigquery"
    found: ir.StringColumn = _to_hex(_md5_bytes(text)) if in_bytes else _md5(text)
    return found
