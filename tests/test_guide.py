"""The facilitator's guide names what exists: commands, notebooks, buttons, keys, pictures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from workshop.cli import app
from workshop.i18n import catalogue
from workshop.session.agenda_file import programmes
from workshop.session.exercise_file import exercise_files
from workshop.views.playbook import notebooks
from workshop.workspace import Workspace

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
LARGEST = 150_000
guide = pytest.mark.parametrize("language", ["nl", "en"])


def read(language: str) -> str:
    return (DOCS / f"facilitator-guide.{language}.md").read_text("utf-8")


def calls(text: str) -> list[list[str]]:
    """Return what is typed after `samenspel`, in sentences and in examples."""
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
    inline = re.findall(r"`samenspel ([^`]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    typed = inline + re.findall(r"^samenspel (.+)$", blocks, re.MULTILINE)
    return [re.findall(r'"[^"]*"|\S+', line) for line in typed]


@guide
def test_every_command_and_option_exists(language, tmp_path):
    commands = typer.main.get_command(app).commands
    exercises = exercise_files(Workspace.create(tmp_path / "a", "A"))
    found = calls(read(language))
    assert len(found) >= 10
    for name, *arguments in found:
        options = {one for param in commands[name].params for one in param.opts}
        given = [argument for argument in arguments if argument.startswith("--")]
        assert set(given) <= options, (name, given)
        if "--programme" in arguments:
            assert arguments[arguments.index("--programme") + 1] in programmes()
        if name == "cards":
            assert arguments[1] in exercises
        if name == "present":
            assert [one for one in notebooks() if one.startswith(arguments[1])]


@guide
def test_every_notebook_is_named_and_none_that_is_not(language):
    named = re.findall(r"`(\d\d-[a-z-]+)`", read(language))
    assert sorted(set(named)) == sorted(notebooks())


@guide
def test_what_is_in_bold_is_a_button(language):
    texts = {form for forms in catalogue(language).values() for form in forms}
    bold = re.findall(r"\*\*(.+?)\*\*", read(language))
    assert len(bold) >= 5
    assert [label for label in bold if label not in texts] == []


@guide
def test_its_keys_are_those_of_the_page(language):
    script = (ROOT / "templates" / "present" / "present.js").read_text("utf-8")
    actions = re.search(r"const actions = \{(.*?)\n  \};", script, re.DOTALL)[1]
    keys = set(re.findall(r'^\s+"?([^\s":]+)"?:', actions, re.MULTILINE))
    light = re.search(r"(?:De|The|Het) (?:licht|light)\.\*(.*)", read(language))[1]
    named = set(re.findall(r"(?<![\w-])([a-z+-])(?![\w-])", light)) - {"a"}
    assert named == {"d", "n", "p", "+", "-"} <= keys


@guide
def test_its_pictures_are_there_and_small(language):
    text = read(language)
    pictures = re.findall(r"(?:\]\(|src=\")(images/[^\")]+)", text)
    assert len(pictures) >= 5
    for picture in pictures:
        assert picture.endswith(f"-{language}.png")
        assert (DOCS / picture).stat().st_size <= LARGEST
    made = {path.name for path in (DOCS / "images" / "guide").glob(f"*-{language}.png")}
    assert made == {Path(picture).name for picture in pictures}


def test_both_have_the_same_shape():
    shapes = [
        [re.match(r"#+|- |\d\. |```|!\[|`\d\d", line)[0]
         for line in read(language).splitlines() if re.match(r"#+|- |\d\. |```|!\[|`\d\d", line)]
        for language in ("nl", "en")
    ]  # fmt: skip
    assert shapes[0] == shapes[1]
