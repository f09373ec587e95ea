from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workshop.errors import InputError, Phrase
from workshop.yaml_lines import MOST_BYTES, MOST_DEPTH, MOST_VALUES, parse, read_yaml

FOLDER = Path(__file__).parent / "unusable" / "yaml"
SECONDS = 2.0

# What is wrong in each file: the line and the code.
UNUSABLE = {
    "anchors": (1, "anchor"),
    "control_character": (1, "characters"),
    "deep": (1, "too_deep"),
    "escape_too_large": (1, "syntax"),
    "field_twice": (8, "twice"),
    "field_twice_within": (2, "twice"),
    "half_a_character": (2, "characters"),
    "key_is_a_list": (1, "key"),
    "not_closed": (2, "syntax"),
    "tab": (3, "syntax"),
    "tag": (1, "tag"),
    "too_many_values": (MOST_VALUES - 1, "too_many"),
    "two_documents": (2, "documents"),
    "unknown_version": (1, "syntax"),
}


def refused(path: Path) -> tuple[int, str]:
    with pytest.raises(InputError) as caught:
        read_yaml(path)
    assert caught.value.code == "unusable_file"
    assert caught.value.fields["path"] == str(path)
    (said,) = caught.value.fields["problems"]
    assert said.fields["line"] == caught.value.fields["line"]
    return said.fields["line"], said.fields["problem"].key.removeprefix("fault.")


def test_every_unusable_file_is_tested():
    assert {path.stem for path in FOLDER.glob("*.yaml")} == {*UNUSABLE, "latin1"}


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_is_not_plain_yaml_is_refused_with_its_line(name):
    assert refused(FOLDER / f"{name}.yaml") == UNUSABLE[name]


def test_a_field_that_stands_twice_is_named():
    with pytest.raises(InputError) as caught:
        read_yaml(FOLDER / "field_twice.yaml")
    (said,) = caught.value.fields["problems"]
    assert said.fields["problem"] == Phrase("fault.twice", field="time_limit")


def test_a_file_that_is_not_utf_8_is_refused():
    with pytest.raises(InputError, match="file_not_utf8"):
        read_yaml(FOLDER / "latin1.yaml")


def test_a_long_file_is_refused_unread(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_text("#" * MOST_BYTES, "utf-8")
    assert read_yaml(file).data is None
    file.write_text("#" * (MOST_BYTES + 1), "utf-8")
    with pytest.raises(InputError) as caught:
        read_yaml(file)
    assert (caught.value.code, caught.value.fields["most"]) == ("file_too_long", MOST_BYTES)


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(InputError, match="unreadable_file"):
        read_yaml(tmp_path)


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_a_byte_order_mark_is_no_part_of_the_first_field(tmp_path, start):
    file = tmp_path / "a.yaml"
    file.write_bytes(start + "naam: Café\n".encode())
    assert read_yaml(file).data == {"naam": "Café"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("True", "True"),
        ("true", True),
        ("false", False),
        ("010", "010"),
        ("+3", "+3"),
        ("8:00", "8:00"),
        ("12:30", "12:30"),
        ("2026-01-02", "2026-01-02"),
        ("1_000", "1_000"),
        (".nan", ".nan"),
        ("1e5", "1e5"),
        ("9" * 16, "9" * 16),
        ("٣", "٣"),
        ("12", 12),
        ("-3", -3),
        ("2.50", 2.5),
        ("'12'", "12"),
        ('"true"', "true"),
        ('""', ""),
        ("10–49", "10–49"),
        ("~", None),
        ("null", None),
        ("", None),
        ("[1, [a]]", (1, ("a",))),
        ("{NO: 1}", {"NO": 1}),
        ("|\n  two\n  lines\n", "two\nlines\n"),
    ],
)
def test_plain_values_are_what_a_person_would_read(text, value):
    found = parse(f"a: {text}").data["a"]
    assert (found, type(found)) == (value, type(value))


def test_each_part_has_its_line():
    found = parse("a:\n  - b: 1\n    c:\n      [x,\n       y]\n  - z\nd: |\n  text\n")
    assert found.lines == {
        (): 1,
        ("a",): 1,
        ("a", 0): 2,
        ("a", 0, "b"): 2,
        ("a", 0, "c"): 3,
        ("a", 0, "c", 0): 4,
        ("a", 0, "c", 1): 5,
        ("a", 1): 6,
        ("d",): 7,
    }
    assert found.line(("a", 0, "missing", "x")) == 2
    assert found.line(("missing",)) == 1


def test_a_place_passes_over_what_is_not_in_the_file():
    found = parse("a: {b: [1, 2]}")
    assert found.place(("a", "some_tag", "b", 1)) == ("a", "b", 1)
    assert found.place(("a", "b", 7)) == ("a", "b")
    assert found.at(("a", "b", 1)) == 2


def test_levels_are_allowed_up_to_the_bound(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_text("[" * MOST_DEPTH + "]" * MOST_DEPTH, "utf-8")
    assert read_yaml(file).data is not None
    file.write_text("[" * (MOST_DEPTH + 1) + "]" * (MOST_DEPTH + 1), "utf-8")
    assert refused(file) == (1, "too_deep")


@pytest.mark.parametrize(
    "part",
    ["[", "{", "? ", "- ", "a", "\n", "# b\n", "a b ", "a\n", "'", '"', "!", "%", "a: ", "[a: b, "],
)
def test_a_file_full_of_one_thing_is_answered_soon(tmp_path, part):
    file = tmp_path / "a.yaml"
    file.write_text((part * MOST_BYTES)[:MOST_BYTES], "utf-8")
    begun = time.perf_counter()
    _read_or_refuse(file)
    assert time.perf_counter() - begun < SECONDS


SIGNS = st.text(alphabet="ab:-[]{}&*!|>'\"%#,?\n\t \\ux0U91@`<~.é\x85\u2028=", max_size=80)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.one_of(SIGNS.map(str.encode), st.text(max_size=80).map(str.encode), st.binary()))
def test_any_content_is_read_or_refused(tmp_path, content):
    file = tmp_path / "a.yaml"
    file.write_bytes(content)
    _read_or_refuse(file)


def _read_or_refuse(file: Path) -> None:
    try:
        found = read_yaml(file)
    except InputError as error:
        assert error.fields["path"] == str(file)
        assert error.fields.get("line", 1) >= 1
    else:
        assert all(found.place(place) == place for place in found.lines)
