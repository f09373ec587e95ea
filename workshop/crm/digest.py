"""A number that only a text has, the same on any engine: for lots, and for who someone is."""

from __future__ import annotations

import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from workshop.crm.engine_functions import of_engine

_md5 = of_engine("md5", dt.string, text=dt.string)
_md5_bytes = of_engine("md5", dt.binary, text=dt.string)
_to_hex = of_engine("to_hex", dt.string, value=dt.binary)


def digest(text: ir.StringColumn) -> ir.StringColumn:
    """Return the MD5 digest of a text, in hexadecimal digits."""
    in_bytes = text.get_backend().name == "bigquery"
    found: ir.StringColumn = _to_hex(_md5_bytes(text)) if in_bytes else _md5(text)
    return found
