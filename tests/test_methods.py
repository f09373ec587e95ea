"""The methods are written down: each question, each code, each reference of a report."""

from __future__ import annotations

import json
import re
from pathlib import Path

from workshop.i18n import catalogue
from workshop.questions.ask import ANSWERED
from workshop.questions.document import NOT_ANSWERABLE

ROOT = Path(__file__).parents[1]
METHODS = (ROOT / "docs" / "methods.md").read_text("utf-8")
SOURCES = (
    "Aalen",
    "Benjamini",
    "Boschloo",
    "Mantel",
    "Newcombe",
    "Shapley",
    "Westfall",
    "Wilson",
)


def anchors() -> set[str]:
    """Return the anchors of the headings, as a reader of the file gets them."""
    headings = re.findall(r"^#+ (.+)$", METHODS, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", text.lower()).replace(" ", "-") for text in headings}


def listed(section: str) -> list[str]:
    """Return the codes in the first column of the table under a heading."""
    table = METHODS.split(f"### {section}\n", 1)[1].split("\n#", 1)[0]
    return re.findall(r"^\| `([a-z_]+)` \|", table, re.MULTILINE)


def codes(family: str) -> list[str]:
    """Return the codes of a family that have words."""
    keys = (key.partition(".") for key in catalogue("en"))
    return sorted(code for name, _, code in keys if name == family)


def test_each_question_has_a_section():
    assert {*ANSWERED, "history", "readiness"} <= anchors()


def test_the_contents_point_to_sections():
    targets = re.findall(r"\]\(#([^)]+)\)", METHODS)
    assert targets
    assert set(targets) <= anchors()


def test_all_caveats_are_listed_once():
    assert listed("Caveats") == [NOT_ANSWERABLE, *codes("caveat")]


def test_all_verdicts_are_listed_once():
    assert listed("Verdicts") == codes("verdict")


def test_all_defects_of_rules_are_listed_once():
    assert listed("Defects") == codes("lint")


def test_the_sources_are_there():
    sources = METHODS.split("## Sources", 1)[1]
    assert [name for name in SOURCES if name not in sources] == []


def test_each_reference_within_a_report_has_its_place():
    for path in (ROOT / "notebooks" / "reports").glob("*.ipynb"):
        text = "\n".join("".join(c["source"]) for c in json.loads(path.read_text("utf-8"))["cells"])
        named = set(re.findall(r'id="([^"]+)"', text))
        assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= named, path.name
