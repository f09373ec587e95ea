"""Someone who sees all that is ever shown tries every set of answers that it leaves possible."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.session.conftest import Room, exercise
from workshop.exporting.session import write_session
from workshop.session import people, rounds, sessions
from workshop.session.answers import Given, save
from workshop.session.fitting import gives_away
from workshop.session.floor import TOTAL, verdicts
from workshop.session.results import results
from workshop.session.store import open_file
from workshop.session.tally import tally

YES, NO = 1, 5
SEEN = ("sales", "marketing", TOTAL)


class Sight:
    """What the adversary knows: who was in each figure, and how many answered what.

    Also who changed an answer from one round to the next, which is more than anyone can know.
    """

    def __init__(self) -> None:
        self.figures: list[tuple[dict[str, int], Counter]] = []

    def take(self, members: dict[str, int], counts: Counter) -> None:
        """See a figure: each member with the version of the answer, and the counts."""
        assert sum(counts.values()) == len(members)
        self.figures.append((members, counts))

    def given_away(self, truth: dict[tuple[str, int], int], floor: int) -> set[str]:
        """Return whose answer is the same in all that is possible, but for unanimous figures."""
        cells = Counter(
            tuple(members.get(who) for members, _ in self.figures)
            for who in {who for who, _ in truth}
        )
        slots = [(c, v) for c in cells for v in sorted({v for v in c if v is not None})]
        possible = [
            dict(zip(slots, counts, strict=True))
            for counts in product(*(range(cells[cell] + 1) for cell, _ in slots))
            if self._fits(dict(zip(slots, counts, strict=True)))
        ]
        assert possible, "the truth is one of them"
        told = set()
        for cell, version in slots:
            found = {fit[cell, version] for fit in possible}
            if found <= {0} or found <= {cells[cell]}:
                alike = any(
                    len(counts) == 1 and version == held
                    for (_, counts), held in zip(self.figures, cell, strict=True)
                )
                if not alike and cells[cell] < floor:
                    told.add(str((cell, version)))
        return told

    def _fits(self, yes: dict) -> bool:
        return all(
            sum(n for (cell, version), n in yes.items() if cell[at] == version) == counts[YES]
            for at, (_, counts) in enumerate(self.figures)
        )


PLANS = st.lists(
    st.tuples(
        st.sampled_from(["sales", "marketing"]),
        st.sampled_from(["stay", "turn", "come", "go", "turn late", "late"]),
        st.sampled_from([YES, NO]),
    ),
    min_size=4,
    max_size=9,
)
DONE = {
    "stay": (0, 0, 0),
    "turn": (0, 1, 1),
    "come": (None, 0, 0),
    "go": (0, None, None),
    "turn late": (0, 0, 1),
    "late": (None, None, 0),
}


def said(first: int, version: int) -> int:
    return first if version == 0 else YES + NO - first


@settings(max_examples=150, deadline=None)
@given(PLANS, st.integers(3, 5))
def test_no_answer_follows_from_three_reveals(plans, floor) -> None:
    sight, truth, frames = Sight(), {}, []
    for n in range(3):
        rows = [
            (who, team, said(first, DONE[how][n]), DONE[how][n])
            for who, (team, how, first) in enumerate(plans)
            if DONE[how][n] is not None
        ]
        frames.append(pd.DataFrame(rows, columns=["participant_id", "team", "value", "version"]))
        table = verdicts(frames, floor)
        truth |= {(who, version): value for who, _, value, version in rows}
        for group in table.loc[table["shown"], "group"]:
            seen = [row for row in rows if group in (row[1], TOTAL)]
            if seen:
                sight.take({row[0]: row[3] for row in seen}, Counter(row[2] for row in seen))
    assume(sight.figures)
    assert sight.given_away(truth, floor) == set()


@settings(max_examples=5, deadline=None)
@given(PLANS, st.booleans())
def test_nor_from_all_that_the_phones_show(tmp_path_factory, plans, again) -> None:
    """Rounds that ask again, or that open the exercise anew: the phones' figures tell no one's."""
    store = open_file(tmp_path_factory.mktemp("adversary") / "session.db")
    room = Room(store)
    for team, _, _ in plans:
        room.join(team)
    names = list(room.people)
    sight, truth, last = Sight(), {}, None
    for n in range(3):
        if last is None or not again:
            one = rounds.open_round(store, room.session.session_id, "asked", exercise())
        else:
            one = rounds.reopen(store, last.round_id)
        for name, (_, how, first) in zip(names, plans, strict=True):
            version = DONE[how][n]
            if version is not None:
                truth[name, version] = said(first, version)
            value = None if version is None else said(first, version)
            if value is not None or again:
                room.answer(one.round_id, name, "q", value)
        last = rounds.reveal(store, one.round_id, early=True)
        look(sight, store, last, names, plans, n)
    store.close()
    assume(sight.figures)
    assert sight.given_away(truth, 4) == set()


def counted(told: pd.DataFrame, group: str) -> Counter:
    """Return how many of a group gave each answer; nothing where it is not shown."""
    rows = told[told["team"] == group]
    given_by = zip(rows["answer"], rows["people"], strict=True)
    return Counter({int(answer): int(n) for answer, n in given_by if n})


def look(sight: Sight, store, one, names, plans, n: int) -> None:
    """See what the phones show, and no more."""
    found = results(store, one.round_id)
    told = tally(found, one.content.questions[0])
    for group in SEEN:
        counts = counted(told, group)
        members = {
            name: DONE[how][n]
            for name, (team, how, _) in zip(names, plans, strict=True)
            if group in (team, TOTAL) and DONE[how][n] is not None
        }
        if counts:
            sight.take(members, counts)


def test_counts_that_fit_in_one_way_only_are_found() -> None:
    """One goes and three come; the count of yes falls by one: all four did the opposite."""
    first = {"a": "y", "b": "y", "c": "n", "d": "y"}
    second = {"a": "y", "b": "y", "c": "n", "e": "n", "f": "n", "g": "n"}
    assert gives_away([first, second], 4)
    assert not gives_away([first, second | {"e": "y"}], 4)
    assert not gives_away([first], 4)
    assert not gives_away([dict.fromkeys("abcd", "y"), dict.fromkeys("abcdefgh", "y")], 4)


def test_an_exercise_opened_anew_is_held_against_its_first_time(tmp_path) -> None:
    store = open_file(tmp_path / "session.db")
    room = Room(store)
    names = [*room.join("sales", 5), *room.join("marketing", 5)]
    for late in (False, True):
        one = rounds.open_round(store, room.session.session_id, "asked", exercise())
        if late:
            names += room.join("sales")
        for name in names:
            room.answer(one.round_id, name, "q", 2)
        shown = results(store, rounds.reveal(store, one.round_id, early=True).round_id)
    groups = shown.groups[shown.groups["shown"]]
    assert set(groups["team"]) == {"marketing"}
    other = exercise({"id": "q", "kind": "statement", "help": {"nl": "x", "en": "y"}})
    one = rounds.open_round(store, room.session.session_id, "asked", other)
    for name in names:
        room.answer(one.round_id, name, "q", 2)
    shown = results(store, rounds.reveal(store, one.round_id, early=True).round_id)
    assert set(shown.groups.loc[shown.groups["shown"], "team"]) >= {"sales", "marketing"}
    store.close()


def test_another_team_is_not_taken_once_something_was_answered(tmp_path) -> None:
    store = open_file(tmp_path / "session.db")
    room = Room(store)
    (name,) = room.join("sales")
    one = rounds.open_round(store, room.session.session_id, "asked", exercise())
    room.answer(one.round_id, name, "q", 2)
    for value in (2, None):
        room.answer(one.round_id, name, "q", value)
        with pytest.raises(Exception, match="team_fixed"):
            people.change(store, f"token of {name}", team="marketing")
    store.close()


def test_a_week_later_nothing_ties_the_answers_to_who_came_back(tmp_path) -> None:
    """Two sessions with one more person: each fits its own counts in more than one way."""
    store = open_file(tmp_path / "session.db")
    sight = Sight()
    truth = {}
    devices = []
    for week, crowd in enumerate((5, 6)):
        session = sessions.start(store).session_id
        joined = [
            people.join(store, session, f"{week} {n}", "sales", "nl").participant_id
            for n in range(crowd)
        ]
        names = [f"{week} {n}" for n in range(crowd)]
        one = rounds.open_round(store, session, "asked", exercise())
        for n, name in enumerate(names):
            truth[name, 0] = YES if n % 2 else NO
            save(store, [Given(one.round_id, joined[n], "q", truth[name, 0], "key")])
        found = results(store, rounds.reveal(store, one.round_id, early=True).round_id)
        told = tally(found, one.content.questions[0])
        sight.take(dict.fromkeys(names, 0), counted(told, "sales"))
        devices.append(set(joined))
    assert sight.given_away(truth, 4) == set()
    assert not devices[0] & devices[1]
    store.close()


def test_an_export_does_not_tie_the_answers_of_one_person(tmp_path) -> None:
    """Who alone skipped a question is known to whoever saw it; what else they said is not."""
    store = open_file(tmp_path / "session.db")
    room = Room(store)
    asked = exercise({"id": "one", "kind": "statement"}, {"id": "two", "kind": "statement"})
    one = rounds.open_round(store, room.session.session_id, "asked", asked)
    for n, name in enumerate(room.join("sales", 5)):
        room.answer(one.round_id, name, "one", n + 1)
        if n:
            room.answer(one.round_id, name, "two", 6 - n)
    rounds.reveal(store, one.round_id, early=True)
    write_session(store, tmp_path / "out")
    store.close()
    table = pd.read_csv(tmp_path / "out" / "answers.csv")
    assert table["person"].isna().all()
    assert table["value"].tolist() == [1, 2, 3, 4, 5, 2, 3, 4, 5]
