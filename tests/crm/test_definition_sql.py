"""A definition's SQL says of any lead what the replay says, on DuckDB and on Postgres."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pandas as pd
import psycopg
import pytest
import sqlglot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.crm.replay_cases import make_tables, types
from tests.postgres import running_postgres
from workshop.criteria import Definition
from workshop.crm.definition_sql import DIALECTS, definition_sql
from workshop.crm.fact_fields import fitted
from workshop.crm.replay import Judging, judged
from workshop.crm.sql import identifier
from workshop.crm.store import Trait
from workshop.errors import InputError

EXAMPLES = 200 if os.environ.get("SAMENSPEL_CALIBRATE") == "full" else 6
TABLES = ("leads", "accounts", "activities")
OWN = {"Score": Trait(vouched=True, numeric=True), 'Soort "A"': Trait(vouched=False)}
TEXTS = st.sampled_from(["a", "A", " a", "b", "O'Neil", "10–49", "é", '"', "%", None])
SIZES = st.sampled_from(["1–9", "10–49", "250+", None])
TIMES = st.datetimes(
    min_value=pd.Timestamp("2026-03-20").to_pydatetime(),
    max_value=pd.Timestamp("2026-05-20").to_pydatetime(),
).map(lambda at: at.replace(microsecond=0))


def lead(number):
    return st.fixed_dictionaries(
        {
            "lead_id": st.just(f"L{number}"),
            "created_at": st.one_of(st.none(), TIMES),
            "first_touch_at": st.one_of(st.none(), TIMES),
            "account_id": st.sampled_from(["A1", "A2", None]),
            "source": TEXTS,
            "sector": TEXTS,
            "employees": SIZES,
            "Score": st.sampled_from(["9", "10", "-2.5", None]),
            'Soort "A"': TEXTS,
        }
    )


WORLDS = st.fixed_dictionaries(
    {
        "leads": st.integers(3, 9).flatmap(lambda n: st.tuples(*(lead(i) for i in range(n)))),
        "accounts": st.tuples(
            *(
                st.fixed_dictionaries(
                    {"account_id": st.just(name), "sector": TEXTS, "employees": SIZES}
                )
                for name in ("A1", "A2")
            )
        ),
        "activities": st.lists(
            st.fixed_dictionaries(
                {
                    "record": st.sampled_from(["lead", "lead", "deal"]),
                    "record_id": st.sampled_from(["L0", "L1", "L2"]),
                    "at": st.one_of(st.none(), TIMES),
                    "kind": TEXTS,
                    "team": st.sampled_from(["sales", "marketing", None]),
                }
            ),
            max_size=8,
        ),
    }
)

KNOWN = st.sampled_from(["a", "A", "b", "O'Neil", "é", '"', "z"])
COUNTS = st.sampled_from(
    ["activities", "activities.a", "activities.O'Neil", "sales_activities", "days_to_first_touch"]
)
FIELDS = st.sampled_from(["source", "sector", 'Soort "A"'])


def criterion(field, operator, value=None):
    parts = {"field": field, "operator": operator}
    return st.fixed_dictionaries(parts if value is None else parts | {"value": value})


CRITERIA = st.one_of(
    criterion(FIELDS, st.sampled_from(["is", "is_not"]), KNOWN),
    criterion(
        FIELDS, st.sampled_from(["one_of", "none_of"]), st.lists(KNOWN, min_size=1, max_size=3)
    ),
    criterion(
        st.just("employees"),
        st.just("one_of"),
        st.lists(st.sampled_from(["5", "10-49"]), min_size=1),
    ),
    criterion(COUNTS, st.sampled_from(["at_least", "at_most", "is", "is_not"]), st.integers(0, 3)),
    criterion(
        st.just("Score"),
        st.sampled_from(["at_least", "at_most", "is"]),
        st.sampled_from([9, 10, 9.5, -2.5]),
    ),
    criterion(st.one_of(FIELDS, COUNTS, st.just("Score")), st.just("is_known")),
)
CLAUSES = st.recursive(
    CRITERIA,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"all_of": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"any_of": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"not": inner}),
    ),
    max_leaves=6,
)


SEVERAL = st.lists(CLAUSES, min_size=3, max_size=3)


def clause_of(data):
    return Definition.model_validate({"term": "t", "joint": {"criteria": data}}).sides["joint"]


def replayed(tables, clause, landmark) -> dict[str, str]:
    sides = {"joint": fitted(clause, tables)}
    with judged(tables, sides, Judging(landmark_days=landmark), None) as leads:
        frame = leads.select("lead_id", "joint").execute()
    return dict(zip(frame["lead_id"], frame["joint"], strict=True))


def said(rows) -> dict[str, str]:
    words = {True: "true", False: "false", None: "unknown"}
    return {lead_id: words[verdict] for lead_id, verdict in rows}


def of_dated(found, world) -> dict[str, str]:
    """Leave out the leads without a date where others have one, as the replay does."""
    dated = {row["lead_id"] for row in world["leads"] if row["created_at"] is not None}
    return {lead_id: said for lead_id, said in found.items() if not dated or lead_id in dated}


@given(WORLDS, SEVERAL, st.sampled_from([0, 1, 14, 30]))
@settings(max_examples=EXAMPLES, deadline=None)
def test_sql_and_replay_agree_on_duckdb(world, several, landmark):
    tables = make_tables(world, traits=OWN)
    connection = tables.raw["leads"].get_backend().con
    for clause in map(clause_of, several):
        query = definition_sql(clause, tables, landmark, "duckdb")
        found = said(connection.execute(query).fetchall())
        assert set(found) == {row["lead_id"] for row in world["leads"]}
        assert of_dated(found, world) == replayed(tables, clause, landmark)


@pytest.fixture(scope="module")
def postgres() -> Iterator[psycopg.Connection]:
    """Connect to a server of our own."""
    with (
        running_postgres() as folder,
        psycopg.connect(host=str(folder), user="tester", dbname="postgres") as connection,
    ):
        connection.execute("SET TIME ZONE 'America/New_York'")
        yield connection


@given(WORLDS, SEVERAL, st.sampled_from([0, 1, 14, 30]))
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_sql_and_replay_agree_on_postgres(postgres, world, several, landmark):
    tables = make_tables(world, traits=OWN)
    for name in TABLES:
        columns = types(name, OWN if name == "leads" else None)
        described = ", ".join(f"{identifier(c)} {kind}" for c, kind in columns.items())
        postgres.execute(f'DROP TABLE IF EXISTS "{name}"; CREATE TABLE "{name}" ({described})')
        marks = ", ".join("%s" for _ in columns)
        for row in world[name]:
            values = [row.get(column) for column in columns]
            postgres.execute(f'INSERT INTO "{name}" VALUES ({marks})', values)
    for clause in map(clause_of, several):
        query = definition_sql(clause, tables, landmark, "postgres")
        found = said(postgres.execute(query).fetchall())
        assert of_dated(found, world) == replayed(tables, clause, landmark)


FULL = clause_of(
    {
        "all_of": [
            {"field": "sector", "operator": "one_of", "value": ["Voeding", "O'Neil"]},
            {"field": "activities.a", "operator": "at_least", "value": 2},
            {"not": {"field": "days_to_first_touch", "operator": "at_most", "value": 5}},
        ]
    }
)


@pytest.fixture(scope="module")
def tables():
    return make_tables({name: [] for name in TABLES}, traits=OWN)


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_every_dialect_gives_sql_that_its_parser_reads(tables, dialect):
    query = definition_sql(FULL, tables, 30, dialect)
    assert sqlglot.parse_one(query, dialect=dialect).find(sqlglot.exp.Select)
    names = {
        table.name.lower()
        for table in sqlglot.parse_one(query, dialect=dialect).find_all(sqlglot.exp.Table)
    }
    assert names >= set(TABLES)
    # Only DuckDB and Postgres have a function of that name.
    assert (
        "timezone("
        in query.lower()
        .replace("convert_timezone(", "")
        .replace("at_timezone(", "")
        .replace("with_timezone(", "")
    ) == (dialect in ("duckdb", "postgres"))


def test_snowflake_names_are_as_it_stores_them(tables):
    query = definition_sql(FULL, tables, 30, "snowflake")
    assert '"LEADS"' in query
    assert '"leads"' not in query
    assert "'Voeding'" in query


def test_all_spellings_of_a_value_stand_in_the_sql():
    rows = {
        "leads": [{"lead_id": "L1", "source": "LinkedIn"}, {"lead_id": "L2", "source": "linkedin "}]
    }
    clause = clause_of({"field": "source", "operator": "is", "value": "LINKEDIN"})
    tables = make_tables(rows)
    query = definition_sql(clause, tables, 30, "duckdb")
    connection = tables.raw["leads"].get_backend().con
    assert said(connection.execute(query).fetchall()) == {"L1": "true", "L2": "true"}


def test_an_account_can_be_named_instead_of_numbered():
    rows = {
        "leads": [
            {"lead_id": "L1", "created_at": "2026-01-01", "account": " ACME nv"},
            {"lead_id": "L2", "created_at": "2026-01-01", "account": "Twice"},
            {"lead_id": "L3", "created_at": "2026-01-01", "account": "Acme NV", "sector": "Bouw"},
        ],
        "accounts": [
            {"account_id": "A1", "name": "Acme NV", "sector": "Voeding"},
            {"account_id": "A2", "name": "Twice", "sector": "Voeding"},
            {"account_id": "A3", "name": "Twice", "sector": "Voeding"},
        ],
    }
    tables = make_tables(rows, traits={"account": Trait()})
    clause = clause_of({"field": "sector", "operator": "is", "value": "Voeding"})
    connection = tables.raw["leads"].get_backend().con
    found = said(connection.execute(definition_sql(clause, tables, 30, "duckdb")).fetchall())
    assert found == {"L1": "true", "L2": "unknown", "L3": "false"}
    assert found == replayed(tables, clause, 30)


def test_without_leads_there_is_nothing_to_write(tables):
    with pytest.raises(InputError, match="no_leads_for_sql"):
        definition_sql(FULL, make_tables({"deals": []}), 30, "duckdb")


def test_an_unknown_dialect_is_answered_with_those_there_are(tables):
    with pytest.raises(InputError) as caught:
        definition_sql(FULL, tables, 30, "excel")
    assert caught.value.code == "unknown_dialect"
    assert "bigquery" in caught.value.fields["allowed"]
