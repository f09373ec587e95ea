"""What one workspace's CRM answers: each question once, when a cell first asks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import pandas as pd

from workshop.criteria import Definition
from workshop.crm import counts
from workshop.crm.calendar import WorkingTime
from workshop.crm.readiness import Ready, readiness
from workshop.crm.tables import Tables, open_tables
from workshop.definition_file import read_definitions
from workshop.questions.channels import Channels, channels
from workshop.questions.definitions import Definitions
from workshop.questions.definitions import definitions as definitions_of
from workshop.questions.funnel import Funnel, funnel
from workshop.questions.goal import GoalAnswer, goal
from workshop.questions.goal_file import read_goal
from workshop.questions.hand_over import HandOver, hand_over
from workshop.questions.period import parse_day
from workshop.questions.velocity import Curves, Velocity, curves, velocity
from workshop.questions.won_lost import WonLost, won_lost
from workshop.session.rules import RuleSet, read_rules
from workshop.views.look import Look
from workshop.views.velocity_chart import GROUPS
from workshop.workspace import Workspace


@dataclass(frozen=True)
class CrmAnswers:
    """One workspace as of a day; each question is answered once, when a cell first asks."""

    workspace: Workspace
    tables: Tables
    look: Look
    seed: int

    @classmethod
    def open(cls, workspace: str, language: str = "", as_of: str = "", seed: str = "0") -> Self:
        """Open a workspace for a report; what is empty follows from the workspace and its data.

        Raises ``InputError`` for a language or a day that is none, ``WorkspaceError`` where nothing
        was imported.
        """
        space = Workspace.open(Path(workspace))
        t = space.translator(language or None)
        tables = open_tables(space, parse_day(as_of) if as_of else None)
        return cls(space, tables, Look(t, space.settings.brand.color), int(seed))

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
    def channels(self) -> Channels:
        """Which sources bring leads that are won."""
        return channels(self.tables)

    @cached_property
    def campaigns(self) -> Channels:
        """The same, campaign by campaign."""
        return channels(self.tables, "campaign")

    @cached_property
    def velocity(self) -> Velocity:
        """How soon deals are won, sector by sector."""
        return velocity(self.tables, seed=self.seed)

    @cached_property
    def curves(self) -> Curves:
        """The largest sectors day by day."""
        return curves(self.tables, self.velocity, GROUPS)

    @cached_property
    def won_lost(self) -> WonLost:
        """What won deals share, in ten against ten and in the whole history."""
        return won_lost(self.tables, self.seed)

    @cached_property
    def agreed(self) -> tuple[Definition, ...]:
        """The definitions written down so far."""
        return read_definitions(self.workspace.path)

    @cached_property
    def definitions(self) -> Definitions:
        """What those definitions mean on this history, and what history suggests."""
        return definitions_of(self.tables, self.agreed, self.seed)

    @cached_property
    def working(self) -> WorkingTime:
        """When the client's teams work."""
        return WorkingTime.of(self.workspace.settings)

    @cached_property
    def rules(self) -> RuleSet | None:
        """The hand-over rules written down so far."""
        return read_rules(self.workspace.path)

    @cached_property
    def hand_over(self) -> HandOver:
        """How long leads wait, and what those rules would have asked of the teams."""
        return hand_over(self.tables, self.working, self.rules)

    @cached_property
    def goal(self) -> GoalAnswer:
        """How likely the goal is: the agreed one, or else a proposal."""
        given = read_goal(self.workspace.path)
        answer = goal(self.tables, given, self.seed)
        # A baseline that was given is not that of the comparable period.
        own = given is not None and given.baseline is not None
        return answer._replace(baseline_period=None) if own else answer
