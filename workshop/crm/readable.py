"""What may be read of a client's own table: Postgres lists the columns of any."""

from __future__ import annotations

import ibis.expr.types as ir

_MAY_READ = """
SELECT a.attname
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = coalesce(%s, current_schema()) AND c.relname = %s
  AND has_schema_privilege(n.oid, 'USAGE') AND has_column_privilege(c.oid, a.attnum, 'SELECT')
"""


def readable(table: ir.Table) -> ir.Table | None:
    """Return a table with the columns that we may read; ``None`` where that is none of them.

    An engine other than Postgres shows no others.
    """
    engine = table.get_backend()
    if engine.name != "postgres":
        return table
    place = table.op()
    with engine.con.cursor() as cursor:
        cursor.execute(_MAY_READ, [place.namespace.database, place.name])
        allowed = {row[0] for row in cursor.fetchall()}
    if allowed >= {*table.columns}:
        return table
    return table.select(*found) if (found := [c for c in table.columns if c in allowed]) else None
