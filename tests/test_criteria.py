from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from workshop.criteria import AllOf, Criterion, Definition, codes, criteria
from workshop.definition_file import read_definition, read_definitions
from workshop.errors import InputError
from workshop.i18n import Translator

MQL = """\
term: mql
version: 3
landmark_days: 14
joint:
  text: Fits our market and has shown interest
  criteria:
    all_of:
      - {field: sector, operator: one_of, value: [Voeding, Logistiek], about: fit}
      - any_of:
          - field: activities.Download
            operator: at_least
            value: 2
            about: readiness
          - not: {field: country, operator: is, value: NO}
sales:
  text: Whoever answers the phone
"""


def write(folder: Path, text: str, term: str = "mql") -> Path:
    (folder / "definitions").mkdir(exist_ok=True)
    (folder / "definitions" / f"{term}.yaml").write_text(text, "utf-8")
    return folder


def problem(folder: Path, text: str) -> tuple[int, str]:
    with pytest.raises(InputError) as caught:
        read_definitions(write(folder, text))
    assert caught.value.code == "unusable_file"
    assert str(caught.value.fields["path"]).endswith("mql.yaml")
    return caught.value.fields["line"], Translator("en")(
        "error.unusable_file", **caught.value.fields
    )


def test_a_definition_is_read_as_it_stands(tmp_path):
    definition = read_definition(write(tmp_path, MQL), "mql")
    assert (definition.version, definition.landmark_days, definition.window_days) == (3, 14, 180)
    assert list(definition.sides) == ["joint"]
    found = list(criteria(definition.sides["joint"]))
    assert [c.field for c in found] == ["sector", "activities.Download", "country"]
    assert found[0].value == ("Voeding", "Logistiek")
    assert found[2].value == "NO"  # Norway, not false
    assert [c.about for c in found] == ["fit", "readiness", None]


def test_a_definition_is_turned_into_lines_of_codes(tmp_path):
    lines = codes(read_definition(write(tmp_path, MQL), "mql").sides["joint"])
    assert [(line.depth, line.joined, line.field, line.operator) for line in lines] == [
        (0, None, None, "all_of"),
        (1, "all_of", "sector", "one_of"),
        (1, "all_of", None, "any_of"),
        (2, "any_of", "activities.Download", "at_least"),
        (2, "any_of", None, "not"),
        (3, "not", "country", "is"),
    ]


def test_the_landmark_is_thirty_days_unless_the_term_sets_another():
    criterion = Criterion(field="role", operator="is_known")
    definition = Definition.model_validate({"term": "sql", "joint": {"criteria": criterion}})
    assert definition.landmark_days == 30
    assert definition.outcome == "won"


def test_without_a_folder_there_are_no_definitions(tmp_path):
    assert read_definitions(tmp_path) == ()


def test_an_unknown_term_is_answered_with_those_there_are(tmp_path):
    with pytest.raises(InputError) as caught:
        read_definition(write(tmp_path, MQL), "../mql")
    assert caught.value.code == "unknown_term"
    assert caught.value.fields["allowed"] == ["mql"]


@pytest.mark.parametrize(
    ("line", "operator", "value"),
    list(
        itertools.chain(
            ((7, "equals", "3"), (7, "at_least", "many"), (7, "one_of", "Voeding")),
            ((7, "is", "[1, 2]"), (7, "one_of", "[a, 2]"), (7, "is_known", "x"), (7, "is", "")),
            ((7, "one_of", "[]"), (7, "is", "{a: 1}"), (7, "is", '""')),
        )
    ),
)
def test_a_value_that_does_not_fit_its_operator_is_refused_with_its_line(
    tmp_path, line, operator, value
):
    text = "term: mql\njoint:\n  criteria:\n    all_of:\n      - {field: role, operator: is_known}"
    text += f"\n      - field: sector\n        operator: {operator}\n        value: {value}\n"
    found, said = problem(tmp_path, text)
    assert found in (line - 1, line, line + 1)
    assert "joint.criteria.all_of[2]" in said


def test_a_term_belongs_in_the_file_of_its_name(tmp_path):
    line, said = problem(tmp_path, "version: 2\nterm: sql\njoint: {text: x}\n")
    assert line == 2
    assert "belongs in sql.yaml, and this file is called mql.yaml" in said


def test_a_group_needs_a_clause():
    with pytest.raises(ValueError, match="at least 1"):
        AllOf.model_validate({"all_of": []})
