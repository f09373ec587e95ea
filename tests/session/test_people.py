"""Who takes part: a token nobody can guess or read back, one person a device, names apart."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
import sqlalchemy as sa

from tests.session.conftest import Room, exercise
from workshop.errors import InputError
from workshop.session import people, rounds, sessions
from workshop.session.sessions import ALPHABET, CODE_LENGTH, RESUMED_WITHIN
from workshop.session.store import Store


class TestSessions:
    def test_one_runs_at_a_time(self, store: Store) -> None:
        first = sessions.start(store)
        assert sessions.running(store) == first
        second = sessions.start(store)
        assert sessions.running(store) == second
        ended = sessions.session_of(store, first.session_id)
        assert ended.ended_at is not None
        assert [one.session_id for one in sessions.all_sessions(store)] == [
            first.session_id,
            second.session_id,
        ]

    def test_todays_is_resumed_and_another_days_is_not(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = sessions.resume_or_start(store)
        assert sessions.resume_or_start(store) == first
        later = first.opened_at + RESUMED_WITHIN + dt.timedelta(seconds=1)
        monkeypatch.setattr(sessions, "now", lambda: later)
        assert sessions.resume_or_start(store).session_id != first.session_id

    def test_a_code_is_read_and_typed_without_doubt(self, store: Store) -> None:
        codes = {sessions.start(store).code for _ in range(20)}
        assert len(codes) == 20
        assert all(len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) for code in codes)
        assert not set("01OIL") & set(ALPHABET.replace("L", ""))
        # At ten guesses a second it takes years to come upon one.
        assert len(ALPHABET) ** CODE_LENGTH / 10 / 3600 / 24 / 365 > 2

    def test_ending_closes_what_was_open_and_leaves_it_sealed(self, room: Room) -> None:
        opened = rounds.open_round(room.store, room.session.session_id, "x", exercise())
        sessions.end(room.store, room.session.session_id)
        assert rounds.round_of(room.store, opened.round_id).state == "closed"
        assert sessions.running(room.store) is None
        with pytest.raises(InputError, match="session_ended"):
            rounds.open_round(room.store, room.session.session_id, "x", exercise())

    def test_a_floor_is_at_least_three(self, store: Store) -> None:
        with pytest.raises(ValueError, match="at least 3"):
            sessions.start(store, floor=2)

    def test_all_that_phones_show_is_told(self, room: Room) -> None:
        def revision() -> int:
            return sessions.session_of(room.store, room.session.session_id).revision

        seen = [revision()]
        opened = rounds.open_round(room.store, room.session.session_id, "x", exercise())
        seen.append(revision())
        rounds.reveal(room.store, opened.round_id)
        seen.append(revision())
        again = rounds.reopen(room.store, opened.round_id)
        seen.append(revision())
        rounds.close(room.store, again.round_id)
        seen.append(revision())
        sessions.end(room.store, room.session.session_id)
        seen.append(revision())
        assert seen == sorted(set(seen))


class TestJoining:
    def test_a_device_that_joins_twice_is_one_person(self, room: Room) -> None:
        token = people.new_token()
        first = people.join(room.store, room.session.session_id, token, "sales", "nl")
        again = people.join(room.store, room.session.session_id, token, "marketing", "en")
        assert again == first
        assert people.joined(room.store, room.session.session_id)["sales"] == 1

    def test_two_tabs_that_join_at_once_are_one_person(self, room: Room) -> None:
        token, found = people.new_token(), []

        def join() -> None:
            found.append(people.join(room.store, room.session.session_id, token, "sales", "nl"))

        tabs = [threading.Thread(target=join) for _ in range(6)]
        for tab in tabs:
            tab.start()
        for tab in tabs:
            tab.join()
        assert len(found) == 6
        assert len(set(found)) == 1

    def test_only_the_hash_of_a_token_is_stored(self, room: Room) -> None:
        token = people.new_token()
        people.join(room.store, room.session.session_id, token, "sales", "nl")
        with room.store.read() as connection:
            row = connection.execute(sa.text("SELECT * FROM participants")).one()
        assert token not in str(row)
        assert len(token) >= 43  # 256 bits

    def test_a_token_that_nobody_has(self, room: Room) -> None:
        assert people.participant(room.store, people.new_token()) is None
        with pytest.raises(InputError, match="not_joined"):
            people.give_name(room.store, "no such token", "A")

    def test_a_token_is_one_sessions(self, room: Room) -> None:
        token = people.new_token()
        people.join(room.store, room.session.session_id, token, "sales", "nl")
        other = sessions.start(room.store)
        with pytest.raises(ValueError, match="one session's"):
            people.join(room.store, other.session_id, token, "sales", "nl")

    @pytest.mark.parametrize(
        ("team", "language", "code"),
        [("boss", "nl", "unknown_team"), ("sales", "fr", "unknown_language")],
    )
    def test_what_is_no_choice(self, room: Room, team: str, language: str, code: str) -> None:
        with pytest.raises(InputError, match=code):
            people.join(room.store, room.session.session_id, "t", team, language)

    def test_teams_are_counted_each(self, room: Room) -> None:
        room.join("sales", 3)
        room.join("other")
        counts = people.joined(room.store, room.session.session_id)
        assert counts == {"sales": 3, "marketing": 0, "other": 1}


class TestChanging:
    def test_a_team_until_the_first_answer_and_a_language_always(self, room: Room) -> None:
        (who,) = room.join("sales")
        token = f"token of {who}"
        assert people.change(room.store, token, team="marketing").team == "marketing"
        opened = rounds.open_round(room.store, room.session.session_id, "x", exercise())
        room.answer(opened.round_id, who, "q", 3)
        with pytest.raises(InputError, match="team_fixed"):
            people.change(room.store, token, team="sales")
        assert people.change(room.store, token, team="marketing", language="en").language == "en"
        found = people.participant(room.store, token)
        assert found is not None
        assert (found.team, found.language) == ("marketing", "en")


class TestNames:
    def test_a_name_stands_in_one_place_only(self, room: Room) -> None:
        (who,) = room.join("sales")
        named = people.give_name(room.store, f"token of {who}", "  An  Peeters ")
        assert named.name == "An Peeters"
        again = people.give_name(room.store, f"token of {who}", "An P.")
        assert (again.person_id, again.name) == (named.person_id, "An P.")
        with room.store.read() as connection:
            assert connection.execute(sa.text("SELECT name, team FROM people")).all() == [
                ("An P.", "sales")
            ]

    def test_people_of_one_name_and_team_are_one(self, room: Room) -> None:
        with room.store.write() as connection:
            first = people.find_person(connection, "An", "sales")
            assert people.find_person(connection, " An ", "sales") == first
            assert people.find_person(connection, "An", "marketing") != first

    @pytest.mark.parametrize("name", ["", "  ", "\n", "x" * 121])
    def test_no_name(self, room: Room, name: str) -> None:
        (who,) = room.join("sales")
        with pytest.raises(InputError, match="bad_name"):
            people.give_name(room.store, f"token of {who}", name)

    def test_a_name_is_one_line(self) -> None:
        assert people.checked_name("An\nPeeters\u202e") == "An Peeters"
