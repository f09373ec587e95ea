"""From the ledger to the files: what was agreed reads back, and a crash between them heals."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop.criteria import Definition
from workshop.definition_file import read_definition
from workshop.errors import InputError
from workshop.questions import agreed_files
from workshop.questions.agreed_files import agreeable, as_yaml, heal, version_written, write_agreed
from workshop.questions.goal_file import GoalFile, read_goal
from workshop.session import sessions
from workshop.session.ledger import Ballot, Decision, Proposal, decide
from workshop.session.rules import RuleSet, read_rules
from workshop.session.store import open_file
from workshop.workspace import Workspace
from workshop.yaml_lines import read_back

TODAY = dt.date(2026, 11, 2)
YES = {"sales": Ballot(3, 0), "marketing": Ballot(2, 0)}
CONTENTS = {
    "definition": {
        "term": "mql",
        "landmark_days": 7,
        "outcome": "opportunity",
        "joint": {
            "text": "Past bij ons:\n- nooit 'zomaar'\n\nNO: 010 # geen",
            "criteria": {
                "all_of": [
                    {"field": "source", "operator": "is", "value": "NO", "about": "fit"},
                    {"not": {"field": "Score: x", "operator": "at_least", "value": 0.0000125}},
                    {"any_of": [{"field": "sector", "operator": "one_of", "value": ["1.0", "é"]}]},
                ]
            },
        },
        "sales": {"text": "true"},
    },
    "rules": {
        "rules": [
            {
                "name": "Bellen: 's ochtends",
                "from": "mql",
                "to": "sql",
                "trigger": "~",
                "time_limit": 7.5,
                "at_limit": {"tell": "de salesmanager"},
                "on_disagreement": {"decides": "samen", "within": 16.0, "reason_required": False},
                "why": "Eén zin.\nEn nog een.",
            }
        ]
    },
    "goal": {"kind": "revenue", "target": 123456.5, "period": "2027Q1", "mqls": 310},
}
SUBJECTS = {"definition": "mql", "rules": "hand-over", "goal": "goal"}


def note(decision: Decision) -> str:
    return f"{decision.kind},\nas agreed"


@pytest.fixture
def workspace(tmp_path):
    return Workspace.create(tmp_path / "client", "A")


@pytest.fixture
def store(workspace):
    opened = open_file(workspace.path / "session.db")
    yield opened
    opened.close()


def decided(store, kind: str, content=None, after: int = 0) -> Decision:
    """Write a decision to the ledger, and nothing to a file."""
    session = sessions.resume_or_start(store)
    proposal = Proposal(
        kind=kind,
        subject=SUBJECTS[kind],
        what="What",
        why="Why",
        expects_of_marketing="This",
        expects_of_sales="That",
        owner="An",
        owner_team="sales",
        review_on=dt.date(2026, 12, 1),
        content=agreeable(kind, content or CONTENTS[kind]),
        signed_sales="An",
        signed_marketing="Bo",
    )
    return decide(store, session.session_id, proposal, vote=YES, today=TODAY, after=after)


def as_file(value):
    """Return values with tuples for lists, as a file gives them."""
    if isinstance(value, dict):
        return {name: as_file(part) for name, part in value.items()}
    return tuple(map(as_file, value)) if isinstance(value, list) else value


def test_a_definition_reads_back_with_the_decision_s_version(workspace, store):
    made = decided(store, "definition", after=2)
    path = write_agreed(workspace, made, note)
    assert path == workspace.path / "definitions" / "mql.yaml"
    found = read_definition(workspace.path, "mql")
    assert found.version == made.version == 3
    expected = Definition.model_validate(as_file(CONTENTS["definition"]))
    assert found == expected.model_copy(update={"version": 3})


def test_rules_and_a_goal_read_back(workspace, store):
    for kind in ("rules", "goal"):
        write_agreed(workspace, decided(store, kind), note)
    assert read_rules(workspace.path) == RuleSet.model_validate(as_file(CONTENTS["rules"]))
    assert read_goal(workspace.path) == GoalFile.model_validate(CONTENTS["goal"])


def test_the_first_line_names_the_decision_and_its_day(workspace, store):
    made = decided(store, "goal")
    path = write_agreed(workspace, made, note)
    day = made.decided_at.astimezone(workspace.zone).date()
    assert path.read_text("utf-8").splitlines()[0] == f"# goal, as agreed (#1, {day})"


TEXTS = st.text(max_size=60)
NUMBERS = st.integers(-(10**14), 10**14) | st.decimals(-(10**6), 10**6, places=5).map(float)
PLAIN = st.recursive(
    TEXTS | NUMBERS | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["field", "not", "value"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["text", "criteria", "ends"]), PLAIN, min_size=1))
def test_whatever_is_typed_reads_back(content):
    written = agreed_files._as_read(content)
    assert read_back(as_yaml(written)) == written


@pytest.mark.parametrize("kind", CONTENTS)
def test_a_crash_before_the_file_heals(workspace, store, kind):
    made = decided(store, kind)
    written = heal(workspace, store, note)
    assert written == (agreed_files.path_of(workspace, kind, SUBJECTS[kind]),)
    assert f"(#{made.decision_id}, " in written[0].read_text("utf-8")
    assert heal(workspace, store, note) == ()


def test_a_crash_before_the_second_file_heals_to_the_second_decision(workspace, store):
    write_agreed(workspace, decided(store, "goal"), note)
    decided(store, "goal", {**CONTENTS["goal"], "target": 99.0})
    assert len(heal(workspace, store, note)) == 1
    assert read_goal(workspace.path).target == 99


def test_what_a_hand_changed_in_the_decision_s_file_stays(workspace, store):
    path = write_agreed(workspace, decided(store, "goal"), note)
    path.write_text(path.read_text("utf-8").replace("310", "311"), "utf-8")
    assert heal(workspace, store, note) == ()
    assert read_goal(workspace.path).mqls == 311


def test_a_file_is_whole_or_as_it_was(workspace, store, monkeypatch):
    path = write_agreed(workspace, decided(store, "goal"), note)
    before = path.read_bytes()

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("workshop.workspace.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_agreed(workspace, decided(store, "goal", {**CONTENTS["goal"], "mqls": 1}), note)
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.glob(".goal*")] == []


def test_a_decision_about_anything_else_has_no_file(workspace, store):
    made = decided(store, "goal")._replace(kind="other", subject="lunch")
    assert write_agreed(workspace, made, note) is None


def test_the_version_of_a_file_that_was_there_before(workspace):
    assert version_written(workspace, "definition", "mql") == 0
    folder = workspace.path / "definitions"
    folder.mkdir()
    (folder / "mql.yaml").write_text("term: mql\nversion: 7\njoint: {text: x}\n", "utf-8")
    assert version_written(workspace, "definition", "mql") == 7
    assert version_written(workspace, "rules", "hand-over") == 0


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("goal", {"kind": "pipeline", "target": -1, "period": "2027Q1"}, "unusable_values"),
        ("rules", {"rules": []}, "unusable_values"),
        ("definition", {"term": "mql"}, "unusable_values"),
        (
            "rules",
            {
                "rules": [
                    {"name": f"{n}", "from": "a", "to": "b", "trigger": "x", "why": "é" * 2000}
                    for n in range(60)
                ]
            },
            "agreement_too_long",
        ),
    ],
)
def test_what_no_file_could_hold_is_refused_before_the_ledger(kind, content, code):
    with pytest.raises(InputError) as caught:
        agreeable(kind, content)
    assert caught.value.code == code


def test_characters_that_no_file_holds_are_left_out():
    content = {"kind": "pipeline", "target": 5, "period": "2027Q1", "stage": "a\x00b\x85c"}
    assert agreeable("goal", content)["stage"] == "abc"
