"""The session report: one workspace's answers, and one function for each cell of its notebook."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from workshop.crm import counts
from workshop.crm.findings import SetAside
from workshop.crm.readiness import Ready, coverage, readiness
from workshop.crm.store import Store
from workshop.crm.tables import Tables, open_tables
from workshop.i18n import Translator
from workshop.questions.funnel import Funnel, funnel
from workshop.questions.goal import GoalAnswer, goal
from workshop.questions.goal_file import read_goal
from workshop.questions.period import parse_day
from workshop.questions.won_lost import WonLost, won_lost
from workshop.views import behind as behind_view
from workshop.views import cohorts as cohorts_view
from workshop.views import funnel as funnel_view
from workshop.views import goal as goal_view
from workshop.views import history as history_view
from workshop.views import holdings as holdings_view
from workshop.views import imports as imports_view
from workshop.views import levers as levers_view
from workshop.views import quality as quality_view
from workshop.views import summary as summary_view
from workshop.views import won_lost as ten_view
from workshop.views.display import show
from workshop.views.look import Look
from workshop.views.summary import Answers
from workshop.workspace import Workspace


@dataclass(frozen=True)
class Session:
    """One workspace as of a day; each question is answered once, when a cell first asks."""

    workspace: Workspace
    tables: Tables
    look: Look
    seed: int

    @cached_property
    def ready(self) -> list[Ready]:
        """Which questions this CRM can answer."""
        return readiness(self.tables)

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """The deals and their value by outcome and currency; no rows without deals."""
        if self.tables.deals is None:
            return pd.DataFrame({"state": [], "currency": [], "deals": [], "amount": []})
        return counts.outcomes(self.tables)

    @cached_property
    def funnel(self) -> Funnel:
        """Where the funnel leaks."""
        return funnel(self.tables)

    @cached_property
    def won_lost(self) -> WonLost:
        """What won deals share, in ten against ten and in the whole history."""
        return won_lost(self.tables, self.seed)

    @cached_property
    def goal(self) -> GoalAnswer:
        """How likely the goal is: the agreed one, or else a proposal."""
        given = read_goal(self.workspace.path)
        answer = goal(self.tables, given, self.seed)
        # A baseline that was given is not that of the comparable period.
        own = given is not None and given.baseline is not None
        return answer._replace(baseline_period=None) if own else answer


def opened(workspace: str, language: str = "", as_of: str = "", seed: str = "0") -> Session:
    """Open a workspace for a report; what is empty follows from the workspace and its data.

    Raises ``InputError`` for a language or a day that is none, ``WorkspaceError`` where nothing
    was imported.
    """
    space = Workspace.open(Path(workspace))
    t: Translator = space.translator(language or None)
    day: dt.date | None = parse_day(as_of) if as_of else None
    return Session(
        workspace=space,
        tables=open_tables(space, day),
        look=Look(t, space.settings.brand.color),
        seed=int(seed),
    )


def one_page(session: Session) -> None:
    """Show the figures and the sentences to remember."""
    answers = Answers(
        session.ready, session.outcomes, session.funnel, session.won_lost, session.goal
    )
    show(*summary_view.one_page(answers, session.tables.currency, session.look))


def questions(session: Session) -> None:
    """Show which questions this CRM can answer, and what to ask the client for."""
    show(*quality_view.questions(session.ready, session.look))


def filled(session: Session) -> None:
    """Show how well the traits are filled in."""
    traits = {name: list(session.tables.traits(name)) for name in quality_view.TABLES}
    show(*quality_view.filled(coverage(session.tables), traits, session.look))


def imports(session: Session) -> None:
    """Show the rows read and set aside, what stood out, and what the deals add up to."""
    records = list(session.tables.manifest.imports.values())
    store = Store(session.workspace)
    paths = [store.folder / r.set_aside_file for r in records if r.set_aside_file]
    frames = [pd.read_csv(path, dtype=str, encoding="utf-8-sig") for path in paths]
    columns = pd.DataFrame(columns=list(SetAside._fields))
    aside = pd.concat([columns, *frames], ignore_index=True)
    show(*imports_view.reading(records, aside, session.look))


def holdings(session: Session) -> None:
    """Show the deals by outcome, with their value per currency."""
    tables = session.tables
    show(*holdings_view.holdings(session.outcomes, tables.currency, tables.rates, session.look))


def funnel_steps(session: Session) -> None:
    """Show the rate of each step."""
    show(*funnel_view.steps(session.funnel, session.look))


def funnel_months(session: Session) -> None:
    """Show each step month by month, and what this does not show."""
    show(*cohorts_view.months(session.funnel, session.look))


def ten(session: Session) -> None:
    """Show ten won deals against ten that were not."""
    show(*ten_view.ten(session.won_lost, session.look))


def ten_sample(session: Session) -> None:
    """Show the same without the stalled deals, and how the deals were picked."""
    show(*ten_view.sample(session.won_lost, session.look))


def history(session: Session) -> None:
    """Show the win rates of the whole history."""
    show(*history_view.history(session.won_lost, session.outcomes, session.look))


def behind_history(session: Session) -> None:
    """Show what may stand behind the differences."""
    show(*behind_view.behind(session.won_lost, session.look))


def goal_curve(session: Session) -> None:
    """Show the probability of the goal."""
    show(*goal_view.goal(session.goal, session.look))


def goal_levers(session: Session) -> None:
    """Show what moves the probability, and what each team owes."""
    show(*levers_view.levers(session.goal, session.look))
