"""What the room can decide: where it stands as a draft, and what it comes to once agreed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from workshop.criteria import SIDES, Definition
from workshop.definition_file import FOLDER, read_definition
from workshop.errors import InputError
from workshop.questions.agreed_files import SUBJECTS, agreeable
from workshop.questions.goal_file import GoalFile, read_goal
from workshop.session import definition_drafts, drafts, rule_drafts
from workshop.session.drafts import Draft
from workshop.session.ledger import SIGNED_BY_BOTH, holding
from workshop.session.rules import read_rules
from workshop.session.sessions import running
from workshop.session.store import Store
from workshop.workspace import Workspace

Kind = Literal["definition", "rules", "goal", "other"]
OUTLINES = ("brief", "after_signature")
RATE = "rate"
"""What sales promises beside the goal; a promise, so no part of the file."""


@dataclass(frozen=True)
class Matter:
    """What a decision is about; a subject that is empty is still to be given.

    ``outline`` names the lines with which its text begins, for the room to fill in.
    """

    kind: Kind
    subject: str = ""
    outline: str = ""

    @classmethod
    def of(cls, kind: str, term: str = "", outline: str = "") -> Matter:
        """Return a matter by what a notebook calls it; raise ``InputError`` for none."""
        if kind == "definition" and term:
            return cls("definition", term)
        if outline and outline not in OUTLINES:
            raise InputError("unknown_matter", given=outline, allowed=list(OUTLINES))
        known = (
            cls("rules", SUBJECTS["rules"]),
            cls("goal", SUBJECTS["goal"]),
            cls("other", outline=outline),
        )
        for matter in known:
            if matter.kind == kind:
                return matter
        raise InputError("unknown_matter", given=kind, allowed=["definition", *SUBJECTS, "other"])

    @property
    def voted(self) -> bool:
        """Whether it takes a yes of both teams."""
        return self.kind in SIGNED_BY_BOTH


def draft_of(workspace: Workspace, store: Store, matter: Matter) -> Draft | None:
    """Return what the room has shaped of a matter; what a file says becomes its first draft.

    ``None`` where there is neither, or no session that a first draft could belong to.
    """
    if matter.kind == "other":
        return None
    found = drafts.latest(store, matter.kind, matter.subject)
    session, written = running(store), _written(workspace, store, matter)
    if found is not None or session is None or written is None:
        return found
    return drafts.keep(store, session.session_id, matter.kind, matter.subject, written)


def proposed(workspace: Workspace, store: Store, matter: Matter, draft: Draft) -> dict[str, Any]:
    """Return what a draft comes to, as the ledger and a file hold it.

    Raises ``InputError`` where something is missing or does not go together.
    """
    if matter.kind == "definition":
        written = written_definition(workspace, matter.subject)
        sides = {
            side: definition_drafts.meaning(store, matter.subject, side, written) for side in SIDES
        }
        sides["joint"] = definition_drafts.of_draft(draft)
        return agreeable("definition", definition_drafts.definition_content(matter.subject, sides))
    if matter.kind == "rules":
        cards = rule_drafts.from_plain(draft.content)
        if not cards.cards:
            raise InputError("nothing_proposed")
        return agreeable("rules", rule_drafts.rules_content(cards))
    return agreeable("goal", {k: v for k, v in draft.content.items() if k != RATE})


def written_definition(workspace: Workspace, term: str) -> Definition | None:
    """Return the definition of a term as its file has it; ``None`` without one."""
    there = (workspace.path / FOLDER / f"{term}.yaml").is_file()
    return read_definition(workspace.path, term) if there else None


def holds_already(store: Store, matter: Matter, fields: dict[str, Any]) -> bool:
    """Tell whether the decision that holds says all of this."""
    found = holding(store, matter.kind, matter.subject or str(fields["subject"]))
    return found is not None and all(getattr(found, name) == v for name, v in fields.items())


def _written(workspace: Workspace, store: Store, matter: Matter) -> dict[str, Any] | None:
    if matter.kind == "definition":
        definition = written_definition(workspace, matter.subject)
        if definition is None:
            return None
        return definition_drafts.meaning(store, matter.subject, "joint", definition).plain()
    if matter.kind == "rules":
        rules = read_rules(workspace.path)
        return None if rules is None else rule_drafts.cards_of(rules).plain()
    goal: GoalFile | None = read_goal(workspace.path)
    return None if goal is None else goal.model_dump(mode="json")
