"""What a reveal gives away: nothing of a group under the floor, by any subtraction."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.session.conftest import Room, exercise, options
from workshop.session import answers, people, rounds
from workshop.session.floor import TOTAL
from workshop.session.results import Results, results
from workshop.session.store import open_file
from workshop.session.tally import tally

TWO = exercise({"id": "a", "kind": "statement"}, {"id": "b", "kind": "statement"})


def revealed(room: Room, given: dict[str, dict[str, int]], **kwargs: bool) -> Results:
    """Open a round, let people answer its items, and show it."""
    made = rounds.open_round(room.store, room.session.session_id, "x", TWO, **kwargs)
    for who, values in given.items():
        for item, value in values.items():
            room.answer(made.round_id, who, item, value)
    return results(room.store, rounds.reveal(room.store, made.round_id, early=True).round_id)


def shown(found: Results, item: str) -> set[str]:
    groups = found.groups
    return set(groups.loc[(groups["item"] == item) & groups["shown"], "team"])


class TestAnonymous:
    def test_teams_at_the_floor_are_shown_and_nobody_is_named(self, room: Room) -> None:
        names = [*room.join("sales", 4), *room.join("marketing", 4)]
        people.give_name(room.store, f"token of {names[0]}", "An")
        found = revealed(room, {who: {"a": 3} for who in names})
        assert shown(found, "a") == {"sales", "marketing", TOTAL}
        assert Counter(found.rows["team"]) == {"sales": 4, "marketing": 4}
        assert found.rows["name"].isna().all()
        assert list(found.rows["person"]) == list(range(1, 9))

    def test_a_small_team_is_in_the_total_and_no_row_says_a_team(self, room: Room) -> None:
        names = [*room.join("sales", 6), *room.join("marketing", 2)]
        found = revealed(room, {who: {"a": 3} for who in names})
        assert shown(found, "a") == {TOTAL}
        assert len(found.rows) == 8
        assert found.rows["team"].isna().all()

    def test_a_handful_shows_nothing(self, room: Room) -> None:
        names = [*room.join("sales", 2), *room.join("marketing", 1)]
        found = revealed(room, {who: {"a": 3} for who in names})
        assert shown(found, "a") == set()
        assert found.rows.empty
        assert (found.groups["people"] == 0).all()

    def test_management_is_never_in_the_total(self, room: Room) -> None:
        names = [*room.join("sales", 4), *room.join("marketing", 4), *room.join("other", 3)]
        found = revealed(room, {who: {"a": 3} for who in names})
        assert shown(found, "a") == {"sales", "marketing", TOTAL}
        assert "other" not in set(found.rows["team"])
        assert len(found.rows) == 8

    def test_the_floor_counts_who_answered_this_question(self, room: Room) -> None:
        """One who skips a question must not be singled out by the next."""
        sales, marketing = room.join("sales", 5), room.join("marketing", 4)
        given = {who: {"a": 1, "b": 1} for who in [*sales, *marketing]}
        del given[marketing[0]]["b"]
        found = revealed(room, given)
        assert shown(found, "a") == {"sales", "marketing", TOTAL}
        assert shown(found, "b") == {TOTAL}
        # Nobody is one number where their team is shown and where it is not.
        numbers = found.rows.groupby("item")["person"].agg(set)
        assert not numbers["a"] & numbers["b"]

    def test_a_hidden_group_is_not_counted_either(self, room: Room) -> None:
        names = [*room.join("sales", 6), *room.join("marketing", 2)]
        found = revealed(room, {who: {"a": 3} for who in names})
        counts = found.groups.set_index(["item", "team"])["people"]
        assert counts["a", "sales"] == counts["a", "marketing"] == 0
        assert counts["a", TOTAL] == 8

    def test_the_order_tells_nothing_of_who_came_first(self, room: Room) -> None:
        names = [*room.join("sales", 20), *room.join("marketing", 20)]
        found = revealed(room, {who: {"a": 1 if n < 20 else 5} for n, who in enumerate(names)})
        values = list(found.rows["value"])
        assert values != sorted(values)
        again = results(room.store, found.round.round_id)
        pd.testing.assert_frame_equal(found.rows, again.rows)

    def test_people_are_other_numbers_in_the_next_round(self, room: Room) -> None:
        names = [*room.join("sales", 30)]
        given = {who: {"a": 1 + n % 5, "b": 1 + n % 5} for n, who in enumerate(names)}
        one, other = revealed(room, given), revealed(room, given)
        pairs = [list(f.rows.query("item == 'a'")["value"]) for f in (one, other)]
        assert pairs[0] != pairs[1]


class TestNamed:
    def test_everyone_stands_beside_their_answer(self, room: Room) -> None:
        (who,) = room.join("marketing")
        people.give_name(room.store, f"token of {who}", "Bo")
        found = revealed(room, {who: {"a": 4}}, named=True)
        assert found.rows[["name", "team", "item", "value"]].values.tolist() == [
            ["Bo", "marketing", "a", 4]
        ]
        assert found.groups["shown"].all()


class TestAskedAgain:
    def test_one_change_is_not_shown(self, room: Room) -> None:
        names = [*room.join("sales", 5), *room.join("marketing", 5)]
        first = revealed(room, {who: {"a": 3} for who in names})
        again = rounds.reopen(room.store, first.round.round_id)
        room.answer(again.round_id, names[0], "a", 5)
        rounds.reveal(room.store, again.round_id, early=True)
        found = results(room.store, again.round_id)
        assert shown(found, "a") == {"marketing"}
        assert set(found.rows["value"]) == {3}

    def test_enough_changes_are(self, room: Room) -> None:
        names = [*room.join("sales", 5), *room.join("marketing", 5)]
        first = revealed(room, {who: {"a": 3} for who in names})
        again = rounds.reopen(room.store, first.round.round_id)
        for who in names[:4]:
            room.answer(again.round_id, who, "a", 5)
        rounds.reveal(room.store, again.round_id, early=True)
        assert shown(results(room.store, again.round_id), "a") == {"sales", "marketing", TOTAL}

    def test_changes_add_up_until_they_are_shown(self, room: Room) -> None:
        """Two changes, hidden, then two more: four people between the figures shown."""
        names = [*room.join("sales", 6), *room.join("marketing", 6)]
        last = revealed(room, {who: {"a": 3} for who in names}).round
        said = []
        for pair in (names[:2], names[2:4]):
            last = rounds.reopen(room.store, last.round_id)
            for who in pair:
                room.answer(last.round_id, who, "a", 5)
            rounds.reveal(room.store, last.round_id, early=True)
            said.append("sales" in shown(results(room.store, last.round_id), "a"))
        assert said == [False, True]


VALUES = st.integers(1, 2)
CROWD = st.tuples(*(st.integers(0, 7) for _ in range(3)))


class TestAttack:
    @given(crowd=CROWD, floor=st.integers(3, 5), data=st.data())
    @settings(
        max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    def test_no_subtraction_leaves_fewer_than_the_floor(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        crowd: tuple[int, int, int],
        floor: int,
        data: st.DataObject,
    ) -> None:
        """Take every difference of figures shown, within a round and between two of them."""
        store = open_file(tmp_path_factory.mktemp("room") / "session.db")
        room = Room(store, floor)
        names = [
            who
            for team, n in zip(("sales", "marketing", "other"), crowd, strict=True)
            for who in room.join(team, n)
        ]
        first = revealed(room, {who: {"a": data.draw(VALUES)} for who in names})
        again = rounds.reopen(room.store, first.round.round_id)
        changed = {who for who in names if data.draw(st.booleans())}
        before = {who: answers.mine(store, again.round_id, _id(room, who))["a"] for who in changed}
        for who in changed:
            room.answer(again.round_id, who, "a", 3 - before[who])
        rounds.reveal(room.store, again.round_id, early=True)
        second = results(room.store, again.round_id)
        store.close()
        members = {
            team: {who for who in names if who.startswith(team)}
            for team in ("sales", "marketing", "other")
        }
        members[TOTAL] = members["sales"] | members["marketing"]
        for found in (first, second):
            sets = [members[team] for team in shown(found, "a")]
            for one in sets:
                assert not one or len(one) >= floor
                for other in sets:
                    rest = one - other if other < one else set()
                    assert not rest or len(rest) >= floor
        for team in shown(first, "a") & shown(second, "a"):
            moved = changed & members[team]
            assert not moved or len(moved) >= floor


def _id(room: Room, who: str) -> str:
    return room.people[who].participant_id


class TestTally:
    """Each kind added up by hand, over four people of sales and four of marketing."""

    @pytest.mark.parametrize(
        ("question", "values", "expected"),
        [
            (
                {"kind": "statement"},
                [1, 1, 5, 5],
                [("1", 2, None), ("2", 0, None), ("3", 0, None), ("4", 0, None), ("5", 2, None)],
            ),
            (
                {"kind": "choice", "options": options("x", "y")},
                ["x", "x", "x", "y"],
                [("x", 3, None), ("y", 1, None)],
            ),
            (
                {"kind": "choices", "options": options("x", "y")},
                [["x"], ["x", "y"], ["y"], ["y"]],
                [("x", 2, None), ("y", 3, None)],
            ),
            (
                {"kind": "number", "highest": 100},
                [10, 20, 40, 90],
                [("lowest", 4, 10), ("median", 4, 30), ("highest", 4, 90)],
            ),
            (
                {"kind": "ranking", "options": options("x", "y")},
                [["x", "y"], ["x", "y"], ["x", "y"], ["y", "x"]],
                [("x", 4, 1.25), ("y", 4, 1.75)],
            ),
            (
                {"kind": "dots", "options": options("x", "y"), "dots": 3},
                [{"x": 3}, {"x": 1, "y": 2}, {"y": 1}, {"y": 3}],
                [("x", 2, 4), ("y", 3, 6)],
            ),
        ],
    )
    def test_by_hand(
        self,
        tmp_path: Path,
        question: dict[str, object],
        values: list[object],
        expected: list[tuple[str, int, float | None]],
    ) -> None:
        found, asked = self._round(tmp_path, {"id": "q", **question}, {"q": values})
        table = tally(found, asked)
        for team in ("sales", "marketing"):
            own = table[table["team"] == team]
            assert [
                (row.answer, row.people, None if pd.isna(row.amount) else row.amount)
                for row in own.itertuples()
            ] == expected
        total = table[table["team"] == TOTAL]
        assert list(total["answer"]) == [answer for answer, _, _ in expected]
        assert list(total["people"]) == [2 * people for _, people, _ in expected]

    def test_texts_stand_under_their_team(self, tmp_path: Path) -> None:
        lines = [["a", "b"], ["c"], ["d"], ["e"]]
        found, asked = self._round(tmp_path, {"id": "q", "kind": "lines"}, {"q": lines})
        table = tally(found, asked)
        assert Counter(table["team"]) == {"sales": 5, "marketing": 5}
        assert set(table["answer"]) == set("abcde")

    def test_labels_and_involvement_have_an_item_each(self, tmp_path: Path) -> None:
        cards = [{"lead_id": name, "facts": [["sector", "Voeding"]]} for name in ("L1", "L2")]
        label = {"id": "q", "kind": "label", "options": options("mql", "sql"), "cards": cards}
        found, asked = self._round(
            tmp_path / "a", label, {"q/0": ["mql"] * 4, "q/1": ["sql", "sql", "sql", "mql"]}
        )
        table = tally(found, asked).set_index(["item", "team", "answer"])["people"]
        assert table["q/0", "sales", "mql"] == 4
        assert table["q/1", TOTAL, "sql"] == 6
        assert table["q/1", TOTAL, "mql"] == 2
        part = {"id": "s", "kind": "involvement", "stages": options("one", "two")}
        found, asked = self._round(tmp_path / "b", part, {"s/0/one/sales": [0, 0, 4, 4]})
        table = tally(found, asked).set_index(["item", "team", "answer"])["amount"]
        assert table["s/0/one/sales", "sales", "median"] == 2
        assert "s/0/one/marketing" not in table.index.get_level_values("item")

    def _round(
        self, path: Path, question: dict[str, object], values: dict[str, list[object]]
    ) -> tuple[Results, object]:
        path.mkdir(exist_ok=True)
        store = open_file(path / "session.db")
        room = Room(store)
        names = [room.join("sales", 4), room.join("marketing", 4)]
        content = exercise(question)
        made = rounds.open_round(store, room.session.session_id, "x", content)
        for team in names:
            for item, given_values in values.items():
                for who, value in zip(team, given_values, strict=False):
                    room.answer(made.round_id, who, item, value)
        rounds.reveal(store, made.round_id, early=True)
        found = results(store, made.round_id)
        store.close()
        return found, content.questions[0]
