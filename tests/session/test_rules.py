from __future__ import annotations

from pathlib import Path

import pytest

from workshop.errors import InputError
from workshop.session.marked_yaml import MOST_BYTES, read_marked
from workshop.session.rules import ENDS, AtLimit, OnDisagreement, read_rules

FOLDER = Path(__file__).parent
SOUND = (FOLDER / "rules" / "sound.yaml").read_text("utf-8")

# What is wrong in each file: the code, the line, and what else the message needs.
UNUSABLE = {
    "owner_is_a_person": ("bad_field", 6, "rules[1].owner", "Jan Janssens", ["team"]),
    "limit_as_clock_time": ("bad_field", 7, "rules[1].time_limit", "8:00", ["hours"]),
    "limit_of_zero": ("bad_field", 7, "rules[1].time_limit", "0", ["hours"]),
    "limit_is_true": ("bad_field", 7, "rules[1].time_limit", "true", ["hours"]),
    "limit_not_a_number": ("bad_field", 7, "rules[1].time_limit", ".nan", ["hours"]),
    "name_is_a_number": ("bad_field", 2, "rules[1].name", "2026", ["short_text"]),
    "empty_name": ("bad_field", 2, "rules[1].name", "", ["short_text"]),
    "at_limit_is_text": ("bad_field", 8, "rules[1].at_limit", "head of sales", ["fields"]),
    "half_a_time": ("bad_field", 8, "rules[1].at_most", "1.5", ["times"]),
    "no_rules": ("bad_field", 1, "rules", "[]", ["rules"]),
    "rules_is_text": ("bad_field", 1, "rules", "all", ["rules"]),
    "a_list": ("bad_field", 1, "rules.yaml", "[…]", ["fields"]),
    "empty": ("bad_field", 1, "rules.yaml", "null", ["fields"]),
    "missing_status": ("missing_field", 2, "rules[1].to"),
    "missing_within": ("missing_field", 8, "rules[1].on_disagreement.within"),
    "same_name_twice": ("same_rule_name", 8, "Talk"),
    "field_twice": ("bad_yaml", 8, ["twice"]),
    "not_closed": ("bad_yaml", 2, ["syntax"]),
    "tab": ("bad_yaml", 3, ["syntax"]),
    "anchors": ("bad_yaml", 1, ["anchor"]),
    "tag": ("bad_yaml", 1, ["tag"]),
    "deep": ("bad_yaml", 1, ["too_deep"]),
    "control_character": ("bad_yaml", None, ["characters"]),
    "two_documents": ("bad_yaml", 2, ["syntax"]),
    "key_is_a_list": ("bad_yaml", 1, ["syntax"]),
    "latin1": ("file_not_utf8",),
}
LISTED = {
    "misspelt_field": ("unknown_field", 7, "rules[1].timelimit", "time_limit"),
    "misspelt_part": ("unknown_field", 8, "rules[1].on_disagreement.soon", "within"),
}


def rules_of(folder: Path, text: str | bytes):
    content = text if isinstance(text, bytes) else text.encode()
    (folder / "rules.yaml").write_bytes(content)
    return read_rules(folder)


def refused(folder: Path, name: str) -> InputError:
    with pytest.raises(InputError) as caught:
        rules_of(folder, (FOLDER / "unusable" / f"{name}.yaml").read_bytes())
    assert caught.value.fields["path"] == str(folder / "rules.yaml")
    return caught.value


def test_every_unusable_file_is_tested():
    names = {path.stem for path in (FOLDER / "unusable").glob("*.yaml")}
    assert names == {*UNUSABLE, *LISTED, "too_many_rules"}


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_cannot_be_used_is_named_with_its_line(tmp_path, name):
    error = refused(tmp_path, name)
    told = [value for field, value in error.fields.items() if field != "path"]
    assert (error.code, *told) == UNUSABLE[name]


@pytest.mark.parametrize("name", LISTED)
def test_an_unknown_field_is_answered_with_those_there_are(tmp_path, name):
    error = refused(tmp_path, name)
    code, line, field, meant = LISTED[name]
    assert (error.code, error.fields["line"], error.fields["field"]) == (code, line, field)
    assert meant in error.fields["allowed"]
    assert "from_status" not in error.fields["allowed"]


def test_long_files_are_refused_unread(tmp_path):
    assert refused(tmp_path, "too_many_rules").fields["field"] == "rules"
    with pytest.raises(InputError) as caught:
        rules_of(tmp_path, "#" * (MOST_BYTES + 1))
    assert (caught.value.code, caught.value.fields["most"]) == ("file_too_long", MOST_BYTES)


def test_a_workspace_without_rules_has_none(tmp_path):
    assert read_rules(tmp_path) is None


def test_rules_are_read_as_they_stand(tmp_path):
    rules = rules_of(tmp_path, SOUND)
    assert [rule.name for rule in rules.rules] == ["Qualify", "Talk", "Offer", "Turn down"]
    qualify, talk = rules.rules[:2]
    assert (talk.from_status, talk.to_status, talk.owner) == ("mql", "sql", "sales")
    assert talk.time_limit == 8
    assert talk.at_limit == AtLimit(owner="marketing", tell="head of sales")
    assert qualify.on_disagreement == OnDisagreement(decides="both team leads", within=16)
    assert qualify.on_disagreement.reason_required
    assert (rules.first_status, rules.ends) == ("lead", ENDS)


def test_a_status_is_the_same_in_any_case_and_no_is_text(tmp_path):
    rules = rules_of(tmp_path, SOUND.replace("to: mql", "to: ' MQL '").replace("Talk", "no"))
    assert rules.rules[0].to_status == "mql"
    assert rules.rules[1].name == "no"


def test_a_rule_for_a_type_replaces_the_general_one_for_the_same_case(tmp_path):
    own = SOUND.split("  - name: Talk")[1].split("  - name: Offer")[0]
    own = "  - name: Talk" + own.replace("    from:", "    customer_type: Existing\n    from:")
    rules = rules_of(tmp_path, SOUND + own.replace("time_limit: 8", "time_limit: 2"))
    assert rules.customer_types == ("Existing",)

    def limit(customer_type):
        (talk,) = [rule for rule in rules.applying(customer_type) if rule.name == "Talk"]
        return talk.time_limit

    assert (limit(None), limit("New"), limit("existing"), limit("Existing")) == (8, 8, 2, 2)
    assert len(rules.applying("Existing")) == len(rules.applying(None)) == 4


def test_numbers_are_read_as_people_mean_them(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_text("a: 8\nb: -1.5\nc: '8'\nd: 010\ne: 1e3\nf: 2026-01-01\ng:\nh: Yes\ni: true\n")
    found = read_marked(file)
    assert found.data == {
        "a": 8,
        "b": -1.5,
        "c": "8",
        "d": 10,
        "e": "1e3",
        "f": "2026-01-01",
        "g": None,
        "h": "Yes",
        "i": True,
    }
    assert (found.line(("h",)), found.line(("x", "y")), found.line(())) == (8, 1, 1)
