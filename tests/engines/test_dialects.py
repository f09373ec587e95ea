"""What the questions ask of BigQuery, Snowflake and Databricks is SQL that they can read.

No such server is here. DuckDB stands in: it gets each query as sqlglot puts it into its words, and
the query in the dialect itself is parsed: that of each view of ours, and of all that uses it.
"""

from __future__ import annotations

import ibis.backends.sql.compilers as compilers
import pytest
import sqlglot
import sqlglot.expressions as sge
from ibis.backends.duckdb import Backend
from ibis.expr.operations import DatabaseTable
from ibis.util import gen_name

from tests.same_answers import ASKED, answer, assert_same
from tests.warehouses import beside, settings_of, to_load
from workshop.crm import warehouse
from workshop.crm.read_only import reading
from workshop.crm.sql import identifier, path_literal

ADDRESSES = {
    "bigquery": "bigquery://project/dataset",
    "snowflake": "snowflake://reader@account/CRM",
    "databricks": "spark:///",
}
READS = (
    sge.Create,
    sge.Insert,
    sge.Update,
    sge.Delete,
    sge.Merge,
    sge.Drop,
    sge.Alter,
    sge.Command,
)


def never(error: BaseException):
    """Word nothing: whatever goes wrong is a fault of ours."""
    raise error


@pytest.fixture
def stand_in(example, monkeypatch):
    """Return a function that puts a stand-in for a dialect behind any address."""

    def put(dialect: str) -> list[str]:
        asked: list[str] = []
        compiler = getattr(compilers, dialect).compiler

        def said(table) -> str:
            return compiler.to_sqlglot(table).sql(dialect=compiler.dialect)

        class StandIn(reading(Backend, (), never)):
            name = dialect

            def view(self, table):
                asked.append(said(table))
                name = gen_name("held")
                self.raw_sql(f"CREATE TEMP TABLE {name} AS {self.compile(table)}")
                return DatabaseTable(name, table.schema(), self).to_expr()

            def execute(self, expr, /, **options):
                asked.append(said(expr.as_table()))
                return super().execute(expr, **options)

        def connect(address):
            backend = StandIn().connect()
            backend.raw_sql("SET TimeZone = 'UTC'")
            backend.raw_sql("CREATE SCHEMA crm")
            for table in to_load(example):
                columns = ", ".join(
                    f"CAST({identifier(ours)} AS {kind}) AS {identifier(theirs)}"
                    for ours, theirs, kind in table.columns
                )
                name = ".".join(identifier(part) for part in (table.schema, table.name) if part)
                source = f"read_parquet({path_literal(table.path)})"
                backend.raw_sql(f"CREATE VIEW {name} AS SELECT {columns} FROM {source}")
            return backend

        monkeypatch.setattr(warehouse, "connect", connect)
        return asked

    return put


@pytest.mark.parametrize("dialect", ADDRESSES)
def test_all_that_is_asked_can_be_read(dialect, example, expected, stand_in, tmp_path):
    asked = stand_in(dialect)
    settings = {"url": ADDRESSES[dialect], "tables": settings_of(example)}
    client = beside(example, tmp_path / "client", settings)
    for question in ASKED:
        assert_same(answer(client, question), expected(question))
    assert len(asked) > 20
    for query in set(asked):
        (read,) = sqlglot.parse(query, dialect=dialect)
        assert isinstance(read, sge.Query)
        assert not read.find(*READS)
        assert "MEMTABLE" not in query.upper()
