"""The docs are tested: what exists is named where a reader looks, and the README's examples run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from workshop.cli import app
from workshop.i18n import Translator
from workshop.questions.ask import ANSWERED
from workshop.session.agenda_file import AGENDA_FILE, programmes, take_programme
from workshop.session.machine import lint
from workshop.session.rules import RULES_FILE, read_rules
from workshop.views.running_order import order
from workshop.workspace import Workspace

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def shell_lines() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    return [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]


def test_every_command_is_in_the_readme():
    for command in app.registered_commands:
        name = command.name or command.callback.__name__
        assert f"`samenspel {name} " in README, name


def test_every_question_is_in_the_readme():
    assert [question for question in ANSWERED if f"`{question}`" not in README] == []


def test_every_notebook_and_template_is_in_the_readme():
    names = [path.name for path in (ROOT / "notebooks").rglob("*.ipynb")]
    names += [f"{path.name}/" for path in (ROOT / "templates").iterdir() if path.is_dir()]
    assert [name for name in names if name not in README] == []


def test_every_dataset_file_is_in_the_datasets_readme():
    text = (ROOT / "datasets" / "README.md").read_text("utf-8")
    files = [path.name for path in (ROOT / "datasets" / "example").iterdir()]
    assert [name for name in files if name not in text] == []


def test_links_and_pictures_in_the_docs_exist():
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), ROOT / "datasets/README.md"]:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            if not target.startswith(("http://", "https://")):
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_readme_names_every_system_package_that_ci_installs():
    text = (ROOT / ".ci" / "run").read_text("utf-8")
    packages = re.search(r"packages=\((.*?)\)", text, re.DOTALL)[1].split()
    assert [name for name in packages if name not in README] == []


@pytest.mark.parametrize("target", ["demo", "test"])
def test_the_readme_s_make_commands_exist(target):
    assert f"make {target}" in shell_lines()
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


def test_the_readme_s_programmes_are_the_kit_s_with_their_times(tmp_path):
    rows = re.findall(
        r"^\| `([a-z-]+)` \| ([\d, ]+) \| (\d) hours (\d\d) \|$", README, re.MULTILINE
    )
    assert sorted(name for name, *_ in rows) == list(programmes())
    for name, numbers, hours, minutes in rows:
        workspace = Workspace.create(tmp_path / name, "A", language="en")
        take_programme(workspace, name)
        found = order(workspace, Translator("en"))
        books = [slot.book.name[:2] for slot in found.slots if slot.book]
        assert books == numbers.split(", ")
        assert found.end - found.slots[0].start == int(hours) * 60 + int(minutes)


def test_the_readme_s_agenda_can_be_used(tmp_path):
    (example,) = re.findall(r"```yaml\n(# agenda\.yaml\n.*?)```", README, re.DOTALL)
    workspace = Workspace.create(tmp_path / "a", "A", language="en")
    (workspace.path / AGENDA_FILE).write_text(example, "utf-8")
    found = order(workspace, Translator("en"))
    clocks = [slot.clock for slot in found.slots]
    assert clocks == ["09:30", "10:00", "11:00", "11:30"]


def test_the_readme_s_rules_are_read_and_hold_together(tmp_path):
    (example,) = re.findall(r"```yaml\n(# rules\.yaml\n.*?)```", README, re.DOTALL)
    (tmp_path / RULES_FILE).write_text(example, "utf-8")
    rules = read_rules(tmp_path)
    assert rules is not None
    assert [rule.name for rule in rules.rules] == ["Call"]
    assert lint(rules) == ()


def test_the_readme_s_client_example_runs(tmp_path):
    exports = tmp_path / "exports-of-today"
    exports.mkdir()
    shutil.copy(ROOT / "datasets" / "example" / "verkoopkansen.csv", exports)
    lines = [line for line in shell_lines() if re.match(r"samenspel \w+ acme\b", line)]
    assert len(lines) == 4
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for line in lines:
        arguments = re.findall(r'"[^"]*"|\S+', line)[1:]
        done = subprocess.run(
            [sys.executable, "-m", "workshop", *(part.strip('"') for part in arguments)],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode in (0, 1), done.stderr
    assert len(list((tmp_path / "acme" / "reports").glob("session-*-nl/report.html"))) == 1
