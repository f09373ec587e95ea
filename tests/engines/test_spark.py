"""On Spark the seven questions get the answers that they get on DuckDB, from views of a client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from tests.command import call
from tests.same_answers import ASKED, answer, assert_same
from tests.warehouses import Loaded, beside, settings_of, to_load
from workshop.workspace import Workspace

pytestmark = [
    # Spark's own: what pandas has set aside since, and sockets that it closes with the session.
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """Start Spark in this process, with the least that a small company needs."""
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.default.parallelism": "1",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.adaptive.enabled": "false",
        "spark.driver.memory": "1g",
        # A process this short is over before the better compiler has earned what it costs.
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.session.timeZone": "America/New_York",
        "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("spark")),
    }
    builder = SparkSession.builder.master("local[1]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def on_spark(example: Workspace, spark: SparkSession, tmp_path_factory) -> Workspace:
    """Return a workspace whose tables are views in Spark."""
    for schema in ("default", "crm"):
        spark.sql(f"CREATE DATABASE IF NOT EXISTS {schema}")
    for table in to_load(example):
        _view(spark, table)
    path = tmp_path_factory.mktemp("on-spark") / "client"
    return beside(example, path, {"url": "spark:///", "tables": settings_of(example)})


def _view(spark: SparkSession, table: Loaded) -> None:
    columns = ", ".join(
        f"CAST(`{ours}` AS {_kind(kind)}) AS `{theirs}`" for ours, theirs, kind in table.columns
    )
    name = ".".join(part for part in (table.schema, table.name) if part)
    spark.sql(f"CREATE VIEW {name} AS SELECT {columns} FROM parquet.`{Path(table.path)}`")


def _kind(kind: str) -> str:
    """Return Spark's name of a type; its timestamp is a moment, DuckDB's a clock."""
    return {"VARCHAR": "STRING", "TIMESTAMP": "TIMESTAMP_NTZ"}.get(kind, kind)


@pytest.mark.parametrize("question", ASKED)
def test_a_question_gets_the_same_answer(question, on_spark, expected):
    assert_same(answer(on_spark, question), expected(question))


def test_nothing_was_left_behind(on_spark, spark):
    """Neither a table nor a view of ours is in a catalogue or in the session."""
    call("check", on_spark.path)
    names = {
        row.tableName
        for schema in ("default", "crm")
        for row in spark.sql(f"SHOW TABLES IN {schema}").collect()
    }
    assert names == {
        "accounts",
        "contacts",
        "opportunities",
        "stage_history",
        "activities",
        "campaigns",
        "traffic",
        "account_events",
    }
