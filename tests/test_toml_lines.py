from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workshop.errors import InputError
from workshop.toml_lines import read_toml
from workshop.yaml_lines import MOST_BYTES, MOST_DEPTH

TEXT = '''\
# a client
client = "A # B"
brand.color = "#123456"
"odd key" = 1

[rates] # of one day
date = 2026-03-31

[rates.to_currency]
USD = 0.9
'a.b' = 1

[[mappings]]
files = "a"
note = """
table = "not a key"
"""
[mappings.columns]
X = "y"

[[mappings]]
traits = [
  "one",
]
columns = { Z = "z" }
'''


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.toml"


def test_each_key_has_its_line(file):
    file.write_text(TEXT, "utf-8")
    found = read_toml(file)
    assert found.data["mappings"][1] == {"traits": ("one",), "columns": {"Z": "z"}}
    assert found.lines == {
        (): 1,
        ("client",): 2,
        ("brand",): 3,
        ("brand", "color"): 3,
        ("odd key",): 4,
        ("rates",): 6,
        ("rates", "date"): 7,
        ("rates", "to_currency"): 9,
        ("rates", "to_currency", "USD"): 10,
        ("rates", "to_currency", "a.b"): 11,
        ("mappings",): 13,
        ("mappings", 0): 13,
        ("mappings", 0, "files"): 14,
        ("mappings", 0, "note"): 15,
        ("mappings", 0, "columns"): 18,
        ("mappings", 0, "columns", "X"): 19,
        ("mappings", 1): 21,
        ("mappings", 1, "traits"): 22,
        ("mappings", 1, "columns"): 25,
    }
    assert found.line(("mappings", 1, "columns", "Z")) == 25


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("a = 1\nb = \n", 2, "fault.toml"),
        ("a = 1\n\nb = [\n", 4, "fault.toml"),
        ("a = 1\na = 2\n", 2, "fault.toml"),
        ("\n\na" + ".a" * MOST_DEPTH + " = 1\n", 3, "fault.too_deep"),
        ("a = " + "[" * 5_000 + "]" * 5_000, 1, "fault.too_deep"),
        ("a = " + "[" * 50 + "]" * 50, 1, "fault.too_deep"),
    ],
)
def test_what_is_no_toml_is_refused_with_its_line(file, text, line, key):
    file.write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        read_toml(file)
    (said,) = caught.value.fields["problems"]
    assert (said.fields["line"], said.fields["problem"].key) == (line, key)


@pytest.mark.parametrize(
    "part", ["a.", '"a" . ', "[[a]]\n", "[", "a = {", "a", "'", "=", " ", "\n", "a = 1\n", "#"]
)
def test_a_file_full_of_one_thing_is_answered_soon(file, part):
    file.write_text((part * MOST_BYTES)[:MOST_BYTES], "utf-8")
    begun = time.perf_counter()
    _read_or_refuse(file)
    assert time.perf_counter() - begun < 3.0


SIGNS = st.text(alphabet="ab=.[]{}'\"#,\n\t \\ux0U91-:TZ_+é", max_size=80)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.one_of(SIGNS.map(str.encode), st.text(max_size=80).map(str.encode), st.binary()))
def test_any_content_is_read_or_refused(tmp_path, content):
    file = tmp_path / "a.toml"
    file.write_bytes(content)
    _read_or_refuse(file)


def _read_or_refuse(file: Path) -> None:
    try:
        found = read_toml(file)
    except InputError as error:
        assert error.fields["path"] == str(file)
    else:
        assert all(found.place(place) == place for place in found.lines)
