"""One writer: together where that helps, one by one where one is wrong, on disk before said."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from tests.room.phones import exercise
from workshop.room import writer as module
from workshop.room.writer import Writer
from workshop.session import answers, people, rounds
from workshop.session.answers import Given


@pytest.fixture
def found(store, session):
    return rounds.open_round(store, session.session_id, "a", exercise("statement"))


@pytest.fixture
def who(store, session):
    return people.join(store, session.session_id, people.new_token(), "sales", "nl")


@pytest.fixture
def writer(store):
    opened = Writer(store)
    yield opened
    opened.close()


def given(found, who, n: int, value: Any = 1) -> Given:
    return Given(found.round_id, who, "statement", value, f"key-{n:08}")


def test_what_comes_in_while_it_writes_goes_together(store, found, who, writer, monkeypatch):
    batches, real = [], module.save
    hold = threading.Event()

    def slow(store, batch):
        hold.wait(5)
        batches.append(len(batch))
        return real(store, batch)

    monkeypatch.setattr(module, "save", slow)

    async def send() -> list[list[str]]:
        jobs = [
            asyncio.ensure_future(writer.save([given(found, who.participant_id, n)]))
            for n in range(40)
        ]
        await asyncio.sleep(0.2)
        hold.set()
        return await asyncio.gather(*jobs)

    assert asyncio.run(send()) == [["saved"]] * 40
    assert sum(batches) == 40
    assert len(batches) <= 3


def test_an_answer_that_cannot_be_written_takes_no_other_with_it(store, found, who, writer):
    async def send() -> list[Any]:
        jobs = [writer.save([given(found, who.participant_id, n)]) for n in range(3)]
        nobody = writer.save([given(found, "nobody", 9)])
        return await asyncio.gather(*jobs, nobody, return_exceptions=True)

    *saved, refused = asyncio.run(send())
    assert saved == [["saved"]] * 3
    assert "FOREIGN KEY" in str(refused)
    assert answers.mine(store, found.round_id, who.participant_id) == {"statement": 1}


def test_other_writing_keeps_its_turn(store, found, who, writer):
    async def send() -> list[Any]:
        first = writer.save([given(found, who.participant_id, 1)])
        closing = writer.run(lambda: rounds.close(store, found.round_id))
        last = writer.save([given(found, who.participant_id, 2)])
        return await asyncio.gather(first, closing, last)

    assert asyncio.run(send()) == [["saved"], None, ["closed"]]


def test_the_same_key_twice_in_one_batch_counts_once(store, found, who, writer):
    one = given(found, who.participant_id, 1, 4)
    again = given(found, who.participant_id, 1, 5)
    assert asyncio.run(writer.save([one, again])) == ["saved", "repeated"]
    assert answers.mine(store, found.round_id, who.participant_id) == {"statement": 4}


def test_more_than_one_statement_holds(store, found, who, writer):
    many = [given(found, who.participant_id, n, 1 + n % 5) for n in range(1_200)]
    assert asyncio.run(writer.save(many)) == ["saved"] * 1_200
    assert asyncio.run(writer.save(many)) == ["repeated"] * 1_200
    assert answers.mine(store, found.round_id, who.participant_id) == {"statement": 1 + 1_199 % 5}
