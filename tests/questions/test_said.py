"""What the room said, through the statistics, as far as it may be shown."""

from __future__ import annotations

import pytest

from tests.views.played import exercise, options, play
from workshop.questions.said import guesses, labels, statements
from workshop.session.store import open_file


@pytest.fixture
def store(tmp_path):
    opened = open_file(tmp_path / "session.db")
    yield opened
    opened.close()


def test_statements_of_a_hidden_team_are_not_compared(store):
    content = exercise({"id": "a", "kind": "statement"}, {"id": "b", "kind": "statement"})
    both = [{"a": 1, "b": 4}] * 4
    marketing = [*[{"a": 5, "b": 4}] * 3, {"a": 5}]
    table = statements(play(store, content, {"sales": both, "marketing": marketing}))
    assert list(table["statement"]) == ["a"]
    assert table["gap"].item() == "clear"
    # All of one team above all of the other: 2 of the 70 ways to part eight people in fours.
    assert table["p_value"].item() == pytest.approx(2 / 70)


CARDS = [
    {"lead_id": f"L-{n}", "facts": [("sector", sector), ("activities.Call", calls)]}
    for n, (sector, calls) in enumerate(
        [("IT", "0"), ("IT", "1"), ("IT", "0"), ("IT", "3"), *[("Food", "0"), ("Food", "2")] * 2]
    )
]
LABEL = {"id": "q", "kind": "label", "options": options("mql", "sql"), "cards": CARDS}


def test_the_labels_follow_the_fact_that_made_them(store):
    content = exercise(LABEL)
    own = {
        f"q/{n}": "mql" if card["facts"][0][1] == "IT" else "sql" for n, card in enumerate(CARDS)
    }
    found = play(store, content, {"sales": [own] * 4, "marketing": [own] * 4})
    said = labels(found, content.questions[0])
    best = said.followed.iloc[0]
    assert best["criterion"] == "sector"
    assert best["explained"] == pytest.approx(1)
    assert said.by_team
    assert said.agreement.set_index("group")["alpha"]["between"] == pytest.approx(1)
    assert (said.split["disagreement"] == 0).all()


def test_where_the_teams_are_hidden_only_the_room_is_measured(store):
    content = exercise(LABEL)
    own = {f"q/{n}": "mql" if n % 2 else "sql" for n in range(len(CARDS))}
    found = play(store, content, {"sales": [own] * 3, "marketing": [own] * 2})
    said = labels(found, content.questions[0])
    assert not said.by_team
    assert list(said.agreement["group"]) == ["overall"]
    assert said.agreement["people"].item() == 5


def test_guesses_of_each_group_that_may_be_shown(store):
    content = exercise({"id": "q", "kind": "number", "highest": 100})
    given = {
        "sales": [{"q": v} for v in (10, 20, 30, 40)],
        "marketing": [{"q": v} for v in (60, 70, 80, 90)],
        "other": [{"q": 100}] * 4,
    }
    found = guesses(play(store, content, given), content.questions[0], (30, 22, 38))
    assert {team: one.median for team, one in found.items()} == {
        "total": 50,
        "sales": 25,
        "marketing": 75,
        "other": 100,
    }
    assert {team: one.verdict for team, one in found.items()} == {
        "total": "overlapping",
        "sales": "inside",
        "marketing": "apart",
        "other": "apart",
    }


def test_guesses_of_too_few_are_none(store):
    content = exercise({"id": "q", "kind": "number", "highest": 100})
    found = play(store, content, {"sales": [{"q": 10}] * 2})
    assert guesses(found, content.questions[0], (30, 22, 38)) == {}
