"""What a notebook asks of whoever runs it: what is decided, its steps, a word for hard moments."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import NamedTuple

from workshop.i18n import Translator
from workshop.resources import kit

_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
_DECIDES = re.compile(r"^\*\*[^*]+:\*\* (.+)$", re.MULTILINE)
_HEADING = re.compile(r"^## (\d+\. .+?) \((\d+) min\)$", re.MULTILINE)
_FOLD = re.compile(r"</summary>(.*?)</details>", re.DOTALL)
_EXERCISE = re.compile(r'\bexercise\(room, "([a-z0-9-]+)"')
_CRM = re.compile(r"\b(crm|define|rules|goal)\(room\b")
"""What reads the CRM."""
_HARD = "**If "
"""How the paragraph of a hard moment begins in a fold; its translation stands in its place."""


class Step(NamedTuple):
    """A step of a notebook, its minutes, and the exercises in it."""

    name: str
    minutes: int
    exercises: tuple[str, ...]


class Playbook(NamedTuple):
    """One notebook: what the room decides, its steps, and what to say when it gets hard."""

    name: str
    title: str
    decides: str
    steps: tuple[Step, ...]
    hard: tuple[str, ...]
    needs_crm: bool

    @property
    def minutes(self) -> int:
        """Its own minutes."""
        return sum(step.minutes for step in self.steps)

    @property
    def exercises(self) -> tuple[str, ...]:
        """Its exercises, in order."""
        return tuple(name for step in self.steps for name in step.exercises)


@cache
def notebooks() -> tuple[str, ...]:
    """Return the names of the programme's notebooks, in order."""
    return tuple(sorted(path.stem for path in kit("notebooks").glob("*.ipynb")))


def playbook(name: str, t: Translator) -> Playbook:
    """Return what a notebook of the programme asks of whoever runs it."""
    found = _cells(name)
    first = t.prose(found[0][1])
    title, decides = _TITLE.search(first), _DECIDES.search(first)
    steps: list[Step] = []
    hard: list[str] = []
    for kind, source in found:
        if kind == "markdown":
            text = t.prose(source)
            heading = _HEADING.search(text)
            if heading is not None:
                steps.append(Step(heading[1], int(heading[2]), ()))
            hard += _hard(source, text)
        elif steps:
            used = tuple(_EXERCISE.findall(source))
            steps[-1] = steps[-1]._replace(exercises=steps[-1].exercises + used)
    return Playbook(
        name,
        title[1] if title else name,
        decides[1] if decides else "",
        tuple(steps),
        tuple(hard),
        any(kind == "code" and _CRM.search(source) for kind, source in found),
    )


def _hard(english: str, text: str) -> list[str]:
    """Return the paragraphs about hard moments of a fold, in the language of ``text``."""
    own, said = _paragraphs(english), _paragraphs(text)
    return [said[n] for n, one in enumerate(own) if one.startswith(_HARD) and n < len(said)]


def _paragraphs(text: str) -> list[str]:
    fold = _FOLD.search(text)
    return [part.strip() for part in fold[1].split("\n\n") if part.strip()] if fold else []


@cache
def _cells(name: str) -> tuple[tuple[str, str], ...]:
    read = json.loads(kit("notebooks", f"{name}.ipynb").read_text("utf-8"))
    return tuple((cell["cell_type"], "".join(cell["source"])) for cell in read["cells"])
