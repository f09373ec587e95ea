"""The session report: one workspace's answers, and one function for each cell of its notebook."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from workshop.criteria import Definition
from workshop.crm import counts
from workshop.crm.calendar import WorkingTime
from workshop.crm.findings import SetAside
from workshop.crm.readiness import Ready, coverage, readiness
from workshop.crm.store import Store
from workshop.crm.tables import Tables, open_tables
from workshop.definition_file import read_definitions
from workshop.i18n import Translator
from workshop.questions.agreed_files import heal
from workshop.questions.channels import Channels, channels
from workshop.questions.definitions import Definitions
from workshop.questions.definitions import definitions as definitions_of
from workshop.questions.estimates import Estimate, estimate
from workshop.questions.funnel import Funnel, funnel
from workshop.questions.goal import GoalAnswer, goal
from workshop.questions.goal_file import read_goal
from workshop.questions.hand_over import HandOver, hand_over
from workshop.questions.period import parse_day
from workshop.questions.velocity import Curves, Velocity, curves, velocity
from workshop.questions.won_lost import WonLost, won_lost
from workshop.session import store as room_store
from workshop.session.exercise import About
from workshop.session.ledger import Decision
from workshop.session.ledger import ledger as ledger_of
from workshop.session.rules import RuleSet, read_rules
from workshop.views import agreed_rules as rules_view
from workshop.views import behind as behind_view
from workshop.views import campaigns as campaigns_view
from workshop.views import channels as channels_view
from workshop.views import cohorts as cohorts_view
from workshop.views import definitions as definitions_view
from workshop.views import funnel as funnel_view
from workshop.views import goal as goal_view
from workshop.views import hand_over as hand_over_view
from workshop.views import history as history_view
from workshop.views import holdings as holdings_view
from workshop.views import imports as imports_view
from workshop.views import ledger as ledger_view
from workshop.views import levers as levers_view
from workshop.views import quality as quality_view
from workshop.views import suggestions as suggestions_view
from workshop.views import summary as summary_view
from workshop.views import velocity as velocity_view
from workshop.views import won_lost as ten_view
from workshop.views.display import show
from workshop.views.look import Look
from workshop.views.room.told import everything_told
from workshop.views.summary import Answers
from workshop.views.velocity_chart import GROUPS
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

    @cached_property
    def room(self) -> room_store.Store | None:
        """What the room said; ``None`` before any session."""
        return room_of(self.workspace)

    @cached_property
    def decisions(self) -> tuple[Decision, ...]:
        """Every decision of the ledger."""
        return () if self.room is None else ledger_of(self.room)

    def estimate(self, about: About) -> Estimate | None:
        """Return what the CRM says of something that the room guessed."""
        return estimate(self.tables, about, self.working)


def room_of(workspace: Workspace) -> room_store.Store | None:
    """Open a workspace's session database; make none where there is none yet."""
    there = workspace.settings.store or (workspace.path / room_store.FILE).is_file()
    return room_store.open_store(workspace) if there else None


def opened(workspace: str, language: str = "", as_of: str = "", seed: str = "0") -> Session:
    """Open a workspace for a report; what is empty follows from the workspace and its data.

    Raises ``InputError`` for a language or a day that is none, ``WorkspaceError`` where nothing
    was imported.
    """
    space = Workspace.open(Path(workspace))
    t: Translator = space.translator(language or None)
    day: dt.date | None = parse_day(as_of) if as_of else None
    session = Session(
        workspace=space,
        tables=open_tables(space, day),
        look=Look(t, space.settings.brand.color),
        seed=int(seed),
    )
    if session.room is not None:
        heal(space, session.room, lambda decision: ledger_view.file_note(decision, t))
    return session


def one_page(session: Session) -> None:
    """Show the figures and the sentences to remember."""
    answers = Answers(
        session.ready,
        session.outcomes,
        session.funnel,
        session.channels,
        session.velocity,
        session.won_lost,
        session.goal,
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


def channel_rates(session: Session) -> None:
    """Show which channels bring leads that become won deals."""
    show(*channels_view.channels(session.channels, session.look))


def campaign_rates(session: Session) -> None:
    """Show the campaigns with what a won deal cost, and who touched what was won."""
    currency = session.tables.currency
    show(*campaigns_view.campaigns(session.channels, session.campaigns, currency, session.look))


def speed(session: Session) -> None:
    """Show how soon deals are won and lost, group by group."""
    show(*velocity_view.velocity(session.velocity, session.curves, session.look))


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


def definitions(session: Session) -> None:
    """Show what each version of a term would have done."""
    show(*definitions_view.definitions(session.definitions, session.agreed, session.look))


def behind_definitions(session: Session) -> None:
    """Show where the versions differ, and what each leaves behind."""
    show(*definitions_view.behind_definitions(session.definitions, session.look))


def suggestions(session: Session) -> None:
    """Show the rules that history suggests, and what these figures do not show."""
    show(*suggestions_view.suggestions(session.definitions, session.look))


def waiting(session: Session) -> None:
    """Show how long leads wait, and how often longer than was agreed."""
    show(*hand_over_view.waiting(session.hand_over, session.working.day_hours, session.look))


def rules(session: Session) -> None:
    """Show the hand-over rules drawn, checked and in words."""
    day_hours = session.working.day_hours
    show(*rules_view.rules(session.hand_over, session.rules, day_hours, session.look))


def goal_curve(session: Session) -> None:
    """Show the probability of the goal."""
    show(*goal_view.goal(session.goal, session.look))


def goal_levers(session: Session) -> None:
    """Show what moves the probability, and what each team owes."""
    show(*levers_view.levers(session.goal, session.look))


def said(session: Session) -> None:
    """Show what the room said, exercise by exercise; before any session, what one will add."""
    look, currency = session.look, session.tables.currency
    show(*everything_told(session.room, look, session.estimate, currency))


def agreed(session: Session) -> None:
    """Show the ledger: what holds, what is overdue, and what was replaced."""
    today = dt.datetime.now(session.workspace.zone).date()
    show(*ledger_view.ledger(session.decisions, today, session.workspace, session.look.t))
