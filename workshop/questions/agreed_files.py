"""The files of a workspace that hold what was agreed, written from the ledger."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel

from workshop.criteria import Definition
from workshop.definition_file import FOLDER, read_definition
from workshop.errors import InputError
from workshop.model_file import checked
from workshop.questions.goal_file import GOAL_FILE, GoalFile
from workshop.session.ledger import Decision, ledger
from workshop.session.rules import RULES_FILE, RuleSet
from workshop.session.store import Store
from workshop.workspace import Workspace, write_atomically
from workshop.yaml_lines import MOST_BYTES, read_back, writable

SUBJECTS = {"rules": "hand-over", "goal": "goal"}
"""What a workspace has one of; a definition is one of a term."""
MODELS: Mapping[str, type[BaseModel]] = {
    "definition": Definition,
    "rules": RuleSet,
    "goal": GoalFile,
}
_MARK = re.compile(r"^# .*\(#(\d+), (\d{4}-\d{2}-\d{2})\)$")

Note = Callable[[Decision], str]
"""Words for the first line of a file: that it comes from a decision, and where to change it."""


def path_of(workspace: Workspace, kind: str, subject: str) -> Path | None:
    """Return the file of a kind of decision; ``None`` for one that has none."""
    if kind == "definition":
        return workspace.path / FOLDER / f"{subject}.yaml"
    names = {"rules": RULES_FILE, "goal": GOAL_FILE}
    return workspace.path / names[kind] if kind in names else None


def agreeable(kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a definition, the rules or a goal say as the ledger and a file can hold it.

    Raises ``InputError`` for values that do not go together, or more than a file takes.
    """
    model = MODELS[kind]
    known = checked(_as_read(content), model)
    plain: dict[str, Any] = _listed(known.model_dump(by_alias=True, exclude_none=True))
    if len(as_yaml(plain).encode()) > MOST_BYTES - 1_000:
        raise InputError("agreement_too_long")
    return plain


def write_agreed(workspace: Workspace, decision: Decision, note: Note) -> Path | None:
    """Write what a decision agreed to its file, whole or not at all; return the file."""
    path = path_of(workspace, decision.kind, decision.subject)
    if path is None or decision.content is None:
        return None
    content = dict(decision.content)
    if decision.kind == "definition":
        content = {"term": decision.subject, "version": decision.version} | {
            name: value for name, value in content.items() if name not in ("term", "version")
        }
    first = f"# {' '.join(note(decision).split())} {_mark(decision, workspace.zone)}"
    path.parent.mkdir(exist_ok=True)
    write_atomically(path, f"{first}\n{as_yaml(content)}".encode())
    return path


def write_holding(workspace: Workspace, store: Store, decision: Decision, note: Note) -> None:
    """Write what a decision agreed, or what holds by then where someone decided after it.

    Of two decisions at once the file is that of the later one, whoever writes last.
    """
    wrote: Decision | None = None
    while wrote != decision:
        wrote = decision
        write_agreed(workspace, wrote, note)
        later = (one for one in ledger(store, holding=True) if _same_matter(one, wrote))
        decision = next(later, wrote)


def _same_matter(one: Decision, other: Decision) -> bool:
    return (one.kind, one.subject) == (other.kind, other.subject)


def heal(workspace: Workspace, store: Store, note: Note) -> tuple[Path, ...]:
    """Write the files that are not those of the decisions that hold; return them.

    A crash between the ledger and a file leaves such a one behind. A file whose first line names
    the decision that holds stays as it is, also where somebody edited it.
    """
    written = [
        write_agreed(workspace, decision, note)
        for decision in ledger(store, holding=True)
        if not _is_written(workspace, decision)
    ]
    return tuple(path for path in written if path is not None)


def files_of_decisions(workspace: Workspace) -> tuple[Path, ...]:
    """Return the files whose first line says that they come from a decision in a ledger."""
    files = [workspace.path / GOAL_FILE, workspace.path / RULES_FILE]
    files += sorted((workspace.path / FOLDER).glob("*.yaml"))
    return tuple(file for file in files if file.is_file() and _marked(file))


def version_written(workspace: Workspace, kind: str, subject: str) -> int:
    """Return the version of a definition's file; 0 where there is none."""
    path = path_of(workspace, kind, subject)
    if kind != "definition" or path is None or not path.is_file():
        return 0
    return read_definition(workspace.path, subject).version


def as_yaml(content: Mapping[str, Any]) -> str:
    r"""Return plain values as YAML that `workshop.yaml_lines` reads back as they are.

    >>> print(as_yaml({"text": "no", "of": 8.0, "lines": "a\nb"}), end="")
    text: 'no'
    of: 8
    lines: |-
      a
      b
    """
    text: str = yaml.dump(
        dict(content),
        Dumper=_Plain,
        allow_unicode=True,
        sort_keys=False,
        default_flow_style=None,
        width=96,
    )
    if read_back(text) != _as_read(content):
        raise ValueError(f"does not read back as it is: {content!r}")
    return text


class _Plain(yaml.SafeDumper):
    """Write values without anchors, numbers without powers of ten, and lines as lines."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write a value that stands twice twice: its readers take no anchors."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _number(dumper: yaml.SafeDumper, number: float) -> yaml.ScalarNode:
    if number.is_integer():
        return dumper.represent_scalar("tag:yaml.org,2002:int", str(int(number)))
    return dumper.represent_scalar("tag:yaml.org,2002:float", format(Decimal(repr(number)), "f"))


_Plain.add_representer(str, _text)
_Plain.add_representer(float, _number)


def _as_read(value: Any) -> Any:
    """Return plain values as a file gives them: lists are tuples, and texts can be written."""
    if isinstance(value, Mapping):
        return {name: _as_read(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return tuple(_as_read(part) for part in value)
    return writable(value) if isinstance(value, str) else value


def _listed(value: Any) -> Any:
    """Return plain values with lists for tuples, as JSON has them."""
    if isinstance(value, Mapping):
        return {name: _listed(part) for name, part in value.items()}
    return [_listed(part) for part in value] if isinstance(value, list | tuple) else value


def _is_written(workspace: Workspace, decision: Decision) -> bool:
    path = path_of(workspace, decision.kind, decision.subject)
    if path is None or decision.content is None:
        return True
    if not path.is_file():
        return False
    found = _marked(path)
    return found is not None and found[0].endswith(_mark(decision, workspace.zone))


def _marked(path: Path) -> re.Match[str] | None:
    """Return the first line of a file, where it names a decision."""
    with path.open(encoding="utf-8", errors="replace") as file:
        return _MARK.match(file.readline(10_000).rstrip("\n"))


def _mark(decision: Decision, zone: ZoneInfo) -> str:
    return f"(#{decision.decision_id}, {day_of(decision, zone)})"


def day_of(decision: Decision, zone: ZoneInfo) -> dt.date:
    """Return the day on which a decision was made, where the client is."""
    return decision.decided_at.astimezone(zone).date()
