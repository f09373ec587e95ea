"""Ask any of the questions by its name, as the command line does."""

from __future__ import annotations

from pathlib import Path

from workshop.crm.calendar import WorkingTime
from workshop.crm.tables import Tables
from workshop.definition_file import read_definitions
from workshop.questions import channels, definitions, funnel, goal, hand_over, velocity, won_lost
from workshop.questions.document import Answer
from workshop.questions.goal_file import read_goal
from workshop.questions.names import ANSWERED, check_question
from workshop.session.rules import read_rules
from workshop.workspace import Workspace

__all__ = ["ANSWERED", "ask"]


def ask(
    tables: Tables, question: str, *, folder: Path, by: str | None = None, seed: int = 0
) -> Answer:
    """Answer a question; ``folder`` is the workspace's, where the agreed goal lies.

    Raises ``InputError`` for an unknown question, or a grouping that it does not have.
    """
    check_question(question, by)
    if question == won_lost.QUESTION:
        return won_lost.won_lost(tables, seed)
    if question == funnel.QUESTION:
        return funnel.funnel(tables)
    if question == velocity.QUESTION:
        return velocity.velocity(tables, by or "sector", seed)
    if question == channels.QUESTION:
        return channels.channels(tables, by or "source")
    if question == definitions.QUESTION:
        return definitions.definitions(tables, read_definitions(folder), seed)
    if question == hand_over.QUESTION:
        working = WorkingTime.of(Workspace.open(folder).settings)
        return hand_over.hand_over(tables, working, read_rules(folder))
    return goal.goal(tables, read_goal(folder), seed)
