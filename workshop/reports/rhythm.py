"""The figures of the rhythm: a function for each cell that stand-up, retro and minutes show."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from workshop.crm.tables import Tables
from workshop.questions.agreed_plan import Agreed, agreed_goal
from workshop.questions.experiment import Told, experiments
from workshop.questions.gap import gap as gap_of
from workshop.questions.goal_file import read_goal
from workshop.questions.pace import Pace
from workshop.questions.pace import pace as pace_of
from workshop.reports.session import Session
from workshop.views import experiment as experiment_view
from workshop.views import gap as gap_view
from workshop.views import pace as pace_view
from workshop.views.display import Note, show


def pace(session: Session) -> None:
    """Show the period so far against its band: whether there is reason to intervene."""
    found, look = _pace(session), session.look
    if found is None:
        show(Note("next", look.t("pace.no_goal"), look.t))
    else:
        show(*pace_view.pace(found, look))


def gap(session: Session) -> None:
    """Show what the distance to the plan is made of, and what both teams promised."""
    found, look = _pace(session), session.look
    split = None if found is None else gap_of(session.tables, found)
    if found is None:
        show(Note("next", look.t("pace.no_goal"), look.t))
    elif split is None:
        show(Note("next", look.t("gap.none"), look.t))
    else:
        show(*gap_view.gap(split, found, look))


def experiment(session: Session) -> None:
    """Show the last experiments: what was written down beforehand, and what became of them."""
    show(*experiment_view.experiments(_experiments(session), session.look.t))


def _experiments(session: Session) -> tuple[Told, ...]:
    today = session.tables.as_of or dt.datetime.now(session.workspace.zone).date()
    return experiments(session.decisions, session.tables, session.room, today)


def _pace(session: Session) -> Pace | None:
    """Return how the goal's period goes; ``None`` without a goal."""
    goal = read_goal(session.workspace.path)
    if goal is None:
        return None
    agreed = agreed_goal(goal, session.decisions, session.room, session.workspace.zone)
    return _computed(session.tables, agreed, session.seed)


@lru_cache(maxsize=2)
def _computed(tables: Tables, agreed: Agreed, seed: int) -> Pace:
    """Draw it once: two cells ask."""
    return pace_of(tables, agreed, seed)
