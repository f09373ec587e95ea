"""A question is answered once for the same tables, and anew for others."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace
from datetime import date

import pytest
from ibis.backends.duckdb import Backend

from workshop.crm.once import once
from workshop.crm.readiness import QUESTIONS, readiness, readiness_of
from workshop.crm.tables import open_tables
from workshop.questions.channels import channels
from workshop.questions.velocity import velocity


@pytest.fixture
def tables(example):
    return open_tables(example)


@pytest.fixture
def queries(monkeypatch) -> list[object]:
    """Return the queries that were run since."""
    run = []
    execute = Backend.execute

    def counted(backend, expression, *given, **more):
        run.append(expression)
        return execute(backend, expression, *given, **more)

    monkeypatch.setattr(Backend, "execute", counted)
    return run


def test_an_answer_is_kept_by_what_was_asked_not_by_how(tables):
    asked = []

    @once
    def answer(tables, by="source", *, seed=0):
        asked.append((by, seed))
        return by, seed

    same = [answer(tables), answer(tables, "source"), answer(tables, by="source", seed=0)]
    assert same == [("source", 0)] * 3
    assert answer(tables, "sector", seed=1) == ("sector", 1)
    assert answer(replace(tables, as_of=date(2026, 9, 30))) == ("source", 0)
    assert asked == [("source", 0), ("sector", 1), ("source", 0)]
    with pytest.raises(TypeError, match="unknown"):
        answer(tables, unknown=1)


def test_what_failed_is_asked_again(tables):
    tries = []

    @once
    def answer(tables):
        tries.append(1)
        if len(tries) == 1:
            raise ValueError("not yet")
        return len(tries)

    with pytest.raises(ValueError, match="not yet"):
        answer(tables)
    assert [answer(tables), answer(tables)] == [2, 2]


def test_answers_go_when_the_tables_do(example):
    class Answer:
        pass

    answer = once(lambda tables: Answer())
    tables = open_tables(example)
    kept = weakref.ref(answer(tables))
    assert kept() is not None
    del tables
    gc.collect()
    assert kept() is None


def test_a_question_asked_again_costs_no_query(tables, queries):
    first = channels(tables), velocity(tables, seed=3)
    asked = len(queries)
    assert asked
    assert channels(tables, "source") is first[0]
    assert velocity(tables, "sector", 3) is first[1]
    assert len(queries) == asked
    assert channels(tables, "campaign") is not first[0]
    assert len(queries) > asked


def test_readiness_counts_no_column_twice(tables, queries):
    whole = {ready.question: ready for ready in readiness(tables)}
    asked = len(queries)
    assert {question: readiness_of(tables, question) for question in QUESTIONS} == whole
    assert len(queries) == asked


def test_readiness_is_the_same_one_by_one(example, tables):
    whole = {ready.question: ready for ready in readiness(open_tables(example))}
    assert {question: readiness_of(tables, question) for question in QUESTIONS} == whole
