"""A term's meaning in the making: each side's words and criteria, and how they are judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from workshop.criteria import LANDMARK_DAYS, SIDES, WINDOW_DAYS, Definition, Side
from workshop.errors import InputError
from workshop.session import drafts, tree
from workshop.session.drafts import Draft
from workshop.session.store import Store
from workshop.session.tree import Group


@dataclass(frozen=True)
class Meaning:
    """What one side means by a term; the joint one also says when a lead is judged, and on what."""

    text: str = ""
    criteria: Group = field(default_factory=Group)
    landmark_days: int = LANDMARK_DAYS
    window_days: int = WINDOW_DAYS
    outcome: Literal["won", "opportunity"] = "won"

    def plain(self) -> dict[str, Any]:
        """Return it as JSON keeps it."""
        return {**vars(self), "criteria": tree.plain(self.criteria)}


def meaning(store: Store, term: str, side: Side, written: Definition | None) -> Meaning:
    """Return a side's meaning as it was left, or else as it was written down."""
    kept = drafts.latest(store, "definition", term, side)
    if kept is not None:
        return of_draft(kept)
    if written is None:
        return Meaning()
    version = getattr(written, side)
    return Meaning(
        text=(version and version.text) or "",
        criteria=tree.tree_of(version and version.criteria),
        landmark_days=written.landmark_days,
        window_days=written.window_days,
        outcome=written.outcome,
    )


def of_draft(kept: Draft) -> Meaning:
    """Return the meaning that a draft holds."""
    criteria = tree.from_plain(kept.content["criteria"])
    if not isinstance(criteria, Group):
        raise TypeError("the outermost node is a group")
    return Meaning(**{**kept.content, "criteria": criteria})


def definition_content(term: str, sides: Mapping[Side, Meaning]) -> dict[str, Any]:
    """Return a definition as a file would hold it, but for its version.

    Raises ``InputError``: ``nothing_proposed`` for a joint meaning without words and criteria,
    ``criteria_incomplete`` where a criterion of it lacks something.
    """
    joint = sides["joint"]
    if not joint.criteria.complete:
        raise InputError("criteria_incomplete")
    if not joint.text.strip() and not joint.criteria.parts:
        raise InputError("nothing_proposed")
    versions = {side: _version(sides[side]) for side in SIDES if side in sides}
    judged = {name: getattr(joint, name) for name in ("landmark_days", "window_days", "outcome")}
    return {"term": term, **judged, **{side: found for side, found in versions.items() if found}}


def _version(found: Meaning) -> dict[str, Any]:
    clause = tree.clause_of(found.criteria)
    version: dict[str, Any] = {"text": found.text.strip()} if found.text.strip() else {}
    if clause is not None:
        version["criteria"] = clause.model_dump(by_alias=True, exclude_none=True)
    return version
