from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from workshop.session.machine import Defect, Edge, Node, lint, machine
from workshop.session.rules import RuleSet, read_rules

FOLDER = Path(__file__).parent / "rules"
DEFECTS = {
    "dead_end": (("limbo",), ()),
    "unreachable": (("stranger",), ()),
    "endless_recycling": (("mql", "sql"), ("Talk", "Turn down")),
    "two_rules_for_one_case": (("sql",), ("Offer", "Turn down")),
    "no_owner": (("sql",), ("Turn down",)),
    "two_owners": (("sql",), ("Offer", "Turn down")),
    "no_time_limit": (("mql",), ("Talk",)),
    "nothing_at_limit": (("lead",), ("Qualify",)),
    "limit_without_hours": (("sql",), ("Turn down",)),
    "no_decider": (("lead", "mql"), ("Qualify",)),
    "missing_why": (("sql",), ("Offer",)),
    "missing_expectation": (("mql",), ("Talk",)),
    "no_rules_for_others": ((), ()),
}


def rules_of(folder: Path, name: str, old: str = "", new: str = "") -> RuleSet:
    text = (FOLDER / f"{name}.yaml").read_text("utf-8")
    (folder / "rules.yaml").write_text(text.replace(old, new) if old else text, "utf-8")
    found = read_rules(folder)
    assert found is not None
    return found


def test_every_file_is_tested():
    assert {path.stem for path in FOLDER.glob("*.yaml")} == {"sound", *DEFECTS}


def test_a_sound_set_has_no_defect(tmp_path):
    assert lint(rules_of(tmp_path, "sound")) == ()


@pytest.mark.parametrize("name", DEFECTS)
def test_one_defect_is_found_and_no_other(tmp_path, name):
    statuses, rules = DEFECTS[name]
    assert lint(rules_of(tmp_path, name)) == (Defect(name, None, statuses, rules),)


def test_recycling_with_a_number_ends(tmp_path):
    rules = rules_of(
        tmp_path,
        "endless_recycling",
        "to: mql\n    owner: sales\n",
        "to: mql\n    at_most: 2\n    owner: sales\n",
    )
    assert lint(rules) == ()


def test_recycling_at_a_time_limit_is_seen(tmp_path):
    rules = rules_of(tmp_path, "sound", "{status: rejected}", "{status: mql}")
    assert lint(rules) == (Defect("endless_recycling", None, ("mql", "sql"), ("Talk", "Offer")),)


def test_statuses_that_only_lead_to_each_other_are_one_dead_end(tmp_path):
    shutil.copy(FOLDER / "sound.yaml", tmp_path / "rules.yaml")
    text = (tmp_path / "rules.yaml").read_text()
    back = "\n".join(
        f"  - {{name: r{a}, from: {a}, to: {b}, trigger: t, owner: sales, time_limit: 1,"
        " at_most: 1, at_limit: {tell: x}, why: w, expects_of_marketing: m, expects_of_sales: s}"
        for a, b in (("attic", "cellar"), ("cellar", "attic"))
    )
    (tmp_path / "rules.yaml").write_text(text.replace("to: rejected", "to: attic") + back)
    rules = read_rules(tmp_path)
    assert rules is not None
    assert lint(rules) == (Defect("dead_end", None, ("attic", "cellar"), ()),)


def test_a_defect_of_one_type_is_told_once_and_as_its_own(tmp_path):
    own = (
        "  - {name: Drop, customer_type: Existing, from: sql, trigger: No need after all,"
        " to: limbo, owner: sales, why: w, expects_of_marketing: m, expects_of_sales: s}\n"
    )
    (tmp_path / "rules.yaml").write_text(
        (FOLDER / "missing_why.yaml").read_text("utf-8") + own, "utf-8"
    )
    rules = read_rules(tmp_path)
    assert rules is not None
    assert lint(rules) == (
        Defect("missing_why", None, ("sql",), ("Offer",)),
        Defect("dead_end", "Existing", ("limbo",), ()),
    )


def test_the_picture_has_every_status_and_way(tmp_path):
    found = machine(rules_of(tmp_path, "sound"))
    assert found.nodes == (
        Node("lead", "start", "marketing", 40),
        Node("mql", "between", "sales", 8),
        Node("sql", "between", "sales", 24),
        Node("opportunity", "end", None, None),
        Node("rejected", "end", None, None),
    )
    assert [(e.from_status, e.to_status, e.kind) for e in found.edges] == [
        ("lead", "mql", "trigger"),
        ("mql", "sql", "trigger"),
        ("sql", "opportunity", "trigger"),
        ("sql", "rejected", "limit"),
        ("sql", "rejected", "trigger"),
    ]
    assert found.edges[1] == Edge("mql", "sql", "trigger", "Talk", "first_touch", None)
