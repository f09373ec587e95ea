"""Rounds and answers: blind until the reveal, counted once, and never late."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from tests.session.conftest import Room, exercise
from workshop.errors import InputError
from workshop.session import answers, rounds
from workshop.session.results import results
from workshop.session.rounds import Progress, Round


def opened(room: Room, **options: object) -> Round:
    return rounds.open_round(
        room.store,
        room.session.session_id,
        "x",
        exercise(),
        **options,  # type: ignore[arg-type]
    )


class TestOpening:
    def test_one_round_takes_answers_at_a_time(self, room: Room) -> None:
        first = opened(room)
        with pytest.raises(InputError, match="round_open"):
            opened(room)
        rounds.reveal(room.store, first.round_id)
        assert opened(room).state == "open"

    def test_named_and_minutes_are_the_exercises_unless_given(self, room: Room) -> None:
        content = exercise(named=True, minutes=7)
        made = rounds.open_round(room.store, room.session.session_id, "x", content)
        assert (made.named, made.minutes) == (True, 7)
        rounds.close(room.store, made.round_id)
        given = rounds.open_round(
            room.store, room.session.session_id, "x", content, named=False, minutes=3
        )
        assert (given.named, given.minutes) == (False, 3)

    def test_a_round_is_what_it_was_when_it_opened(self, room: Room) -> None:
        content = exercise({"id": "d", "kind": "number", "highest": 9.5}, named=True)
        made = rounds.open_round(room.store, room.session.session_id, "x", content)
        assert rounds.round_of(room.store, made.round_id) == made
        assert made.content == content

    def test_phones_show_the_open_round_or_else_the_last(self, room: Room) -> None:
        session = room.session.session_id
        assert rounds.shown_now(room.store, session) is None
        first = opened(room)
        assert rounds.shown_now(room.store, session) == first
        rounds.reveal(room.store, first.round_id)
        shown = rounds.shown_now(room.store, session)
        assert shown is not None
        assert shown.state == "revealed"
        second = opened(room)
        rounds.close(room.store, second.round_id)
        assert rounds.shown_now(room.store, session) is None
        assert [one.state for one in rounds.rounds_of(room.store, session, "x")] == [
            "revealed",
            "closed",
        ]

    def test_no_such_round(self, room: Room) -> None:
        with pytest.raises(InputError, match="unknown_round"):
            rounds.round_of(room.store, 99)


class TestAnswering:
    def test_the_last_answer_counts(self, room: Room) -> None:
        (who,) = room.join("sales")
        made = opened(room)
        assert room.answer(made.round_id, who, "q", 2) == "saved"
        assert room.answer(made.round_id, who, "q", 4) == "saved"
        mine = answers.mine(room.store, made.round_id, room.people[who].participant_id)
        assert mine == {"q": 4}

    def test_sent_twice_it_counts_once(self, room: Room) -> None:
        (who,) = room.join("sales")
        made = opened(room)
        assert room.answer(made.round_id, who, "q", 2, key="a") == "saved"
        assert room.answer(made.round_id, who, "q", 2, key="a") == "repeated"
        with room.store.read() as connection:
            assert connection.scalar(sa.text("SELECT count(*) FROM answers")) == 1

    def test_a_late_retry_does_not_undo_what_came_after(self, room: Room) -> None:
        (who,) = room.join("sales")
        made = opened(room)
        room.answer(made.round_id, who, "q", 2, key="a")
        room.answer(made.round_id, who, "q", 5, key="b")
        room.answer(made.round_id, who, "q", 2, key="a")
        mine = answers.mine(room.store, made.round_id, room.people[who].participant_id)
        assert mine == {"q": 5}

    def test_two_people_may_use_one_key(self, room: Room) -> None:
        one, other = room.join("sales", 2)
        made = opened(room)
        assert room.answer(made.round_id, one, "q", 2, key="a") == "saved"
        assert room.answer(made.round_id, other, "q", 3, key="a") == "saved"

    def test_an_answer_can_be_taken_back(self, room: Room) -> None:
        (who,) = room.join("sales")
        made = opened(room)
        room.answer(made.round_id, who, "q", 2)
        room.answer(made.round_id, who, "q", None)
        participant = room.people[who].participant_id
        assert answers.mine(room.store, made.round_id, participant) == {}
        assert rounds.progress(room.store, made.round_id) == Progress(1, 0, 0)

    def test_none_after_the_reveal_or_the_end(self, room: Room) -> None:
        (who,) = room.join("sales")
        made = opened(room)
        rounds.reveal(room.store, made.round_id, early=True)
        assert room.answer(made.round_id, who, "q", 2) == "closed"
        assert not answers.say_done(room.store, made.round_id, room.people[who].participant_id)
        assert room.answer(99, who, "q", 2) == "closed"

    def test_a_batch_is_saved_in_its_order(self, room: Room) -> None:
        one, other = room.join("sales", 2)
        made = opened(room)
        given = [
            room.given(made.round_id, one, "q", 1, "a"),
            room.given(99, one, "q", 1, "b"),
            room.given(made.round_id, one, "q", 1, "a"),
            room.given(made.round_id, other, "q", 5, "a"),
        ]
        assert answers.save(room.store, given) == ["saved", "closed", "repeated", "saved"]

    def test_no_answer_slips_in_beside_a_reveal(self, room: Room) -> None:
        """Whatever was called saved is in the reveal, whatever came later is not."""
        names = room.join("sales", 8)
        made = opened(room)
        outcomes: dict[str, str] = {}

        def answer(who: str) -> None:
            outcomes[who] = room.answer(made.round_id, who, "q", 3)

        phones = [threading.Thread(target=answer, args=(who,)) for who in names]
        for n, phone in enumerate(phones):
            phone.start()
            if n == 3:
                rounds.reveal(room.store, made.round_id, early=True)
        for phone in phones:
            phone.join()
        with room.store.read() as connection:
            kept = connection.scalar(sa.text("SELECT count(*) FROM answers"))
        assert kept == list(outcomes.values()).count("saved")
        assert set(outcomes.values()) <= {"saved", "closed"}


class TestRevealing:
    def test_it_waits_for_who_still_writes_unless_told_not_to(self, room: Room) -> None:
        one, _ = room.join("sales", 2)
        made = opened(room)
        room.answer(made.round_id, one, "q", 2)
        answers.say_done(room.store, made.round_id, room.people[one].participant_id)
        assert rounds.progress(room.store, made.round_id) == Progress(2, 1, 1)
        with pytest.raises(InputError) as caught:
            rounds.reveal(room.store, made.round_id)
        assert (caught.value.code, caught.value.fields) == ("round_pending", {"n": 1})
        assert rounds.reveal(room.store, made.round_id, early=True).ended_early

    def test_who_is_done_can_go_on(self, room: Room) -> None:
        (who,) = room.join("sales")
        made = opened(room)
        participant = room.people[who].participant_id
        for _ in range(2):
            assert answers.say_done(room.store, made.round_id, participant)
        assert answers.is_done(room.store, made.round_id, participant)
        answers.say_done(room.store, made.round_id, participant, done=False)
        assert not answers.is_done(room.store, made.round_id, participant)

    def test_it_happens_once(self, room: Room) -> None:
        made = opened(room)
        rounds.reveal(room.store, made.round_id)
        with pytest.raises(InputError, match="round_over"):
            rounds.reveal(room.store, made.round_id)
        with pytest.raises(InputError, match="round_over"):
            rounds.close(room.store, made.round_id)

    def test_what_was_written_over_or_taken_back_is_gone(self, room: Room) -> None:
        one, other = room.join("sales", 2)
        made = opened(room)
        room.answer(made.round_id, one, "q", 1)
        room.answer(made.round_id, one, "q", 5)
        room.answer(made.round_id, other, "q", 2)
        room.answer(made.round_id, other, "q", None)
        rounds.reveal(room.store, made.round_id, early=True)
        with room.store.read() as connection:
            assert connection.execute(sa.text("SELECT value FROM answers")).scalars().all() in (
                ["5"],
                [5],
            )

    @pytest.mark.parametrize("state", ["open", "closed"])
    def test_before_it_nothing_can_be_read(self, room: Room, state: str) -> None:
        made = opened(room)
        if state == "closed":
            rounds.close(room.store, made.round_id)
        with pytest.raises(InputError, match="sealed"):
            results(room.store, made.round_id)
        with pytest.raises(InputError, match="not_revealed"):
            rounds.reopen(room.store, made.round_id)


class TestReopening:
    def test_answers_stand_until_they_are_changed_and_the_first_round_stays(
        self, room: Room
    ) -> None:
        names = room.join("sales", 8)
        first = opened(room, named=True)
        for who in names:
            room.answer(first.round_id, who, "q", 2)
        rounds.reveal(room.store, first.round_id, early=True)
        second = rounds.reopen(room.store, first.round_id)
        assert second.repeats == first.round_id
        for who in names[:5]:
            assert room.answer(second.round_id, who, "q", 4) == "saved"
        rounds.reveal(room.store, second.round_id, early=True)
        assert sorted(results(room.store, first.round_id).rows["value"]) == [2] * 8
        assert sorted(results(room.store, second.round_id).rows["value"]) == [2] * 3 + [4] * 5
