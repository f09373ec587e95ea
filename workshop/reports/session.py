"""The session report: one workspace's answers, and one function for each cell of its notebook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import pandas as pd

from workshop.crm.findings import SetAside
from workshop.crm.readiness import coverage
from workshop.crm.store import Store
from workshop.questions.agreed_files import heal
from workshop.questions.estimates import Estimate, estimate
from workshop.questions.wall import wall_of
from workshop.questions.which import Beside, Known, known
from workshop.reports.crm_answers import CrmAnswers
from workshop.session import store as room_store
from workshop.session.exercise import About, Which
from workshop.session.ledger import Decision
from workshop.session.ledger import ledger as ledger_of
from workshop.session.wall_drafts import kept_wall
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
from workshop.views import unsaid as unsaid_view
from workshop.views import velocity as velocity_view
from workshop.views import wall as wall_view
from workshop.views import won_lost as ten_view
from workshop.views.display import Prose, Shown, collected, show
from workshop.views.files_only import files_only
from workshop.views.room.told import everything_told
from workshop.views.summary import Answers
from workshop.warehouse import database_of
from workshop.workspace import Workspace

Cell = Callable[[CrmAnswers], None]


@dataclass(frozen=True)
class Session(CrmAnswers):
    """One workspace as of a day, with what its room said beside what its CRM says."""

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

    def known(self, which: Which) -> Known | None:
        """Return what the CRM says of the channels or sectors that the room chose from."""
        return known(self.tables, which, self.seed)


def room_of(workspace: Workspace) -> room_store.Store | None:
    """Open a workspace's session database; make none where there is none yet."""
    there = workspace.settings.store or (workspace.path / room_store.FILE).is_file()
    return room_store.open_store(workspace) if there else None


def opened(workspace: str, language: str = "", as_of: str = "", seed: str = "0") -> Session:
    """Open a workspace for a report; what is empty follows from the workspace and its data.

    Raises ``InputError`` for a language or a day that is none, ``WorkspaceError`` where nothing
    was imported.
    """
    session = Session.open(workspace, language, as_of, seed)
    space, t = session.workspace, session.look.t
    if session.room is not None:
        heal(space, session.room, lambda decision: ledger_view.file_note(decision, t))
    return session


def one_page(session: CrmAnswers) -> None:
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


def in_short(session: CrmAnswers, *cells: Cell) -> None:
    """Show what cells say in words; their figures and pictures go to the report's files only."""
    show(*files_only(_parts(session, cells), session.look.t))


def in_pictures(session: CrmAnswers, drawn: Cell, *told: Cell) -> None:
    """Show what a cell says and draws, and what others say; the tables go to the files only."""
    kept = _parts(session, [drawn])
    show(*files_only(_parts(session, told), session.look.t, drawn=kept))


def _parts(session: CrmAnswers, cells: Sequence[Cell]) -> list[Shown]:
    return [part for cell in cells for part in collected(partial(cell, session))]


def questions(session: CrmAnswers) -> None:
    """Show which questions this CRM can answer, and what to ask the client for."""
    show(*quality_view.questions(session.ready, session.look))


def filled(session: CrmAnswers) -> None:
    """Show how well the traits are filled in."""
    traits = {name: list(session.tables.traits(name)) for name in quality_view.TABLES}
    show(*quality_view.filled(coverage(session.tables), traits, session.look))


def imports(session: CrmAnswers) -> None:
    """Show the rows read and set aside, what stood out, and what the deals add up to."""
    records = list(session.tables.manifest.imports.values())
    store = Store(session.workspace)
    paths = [store.folder / r.set_aside_file for r in records if r.set_aside_file]
    frames = [pd.read_csv(path, dtype=str, encoding="utf-8-sig") for path in paths]
    columns = pd.DataFrame(columns=list(SetAside._fields))
    aside = pd.concat([columns, *frames], ignore_index=True)
    warehouse = session.workspace.settings.warehouse
    called = None if warehouse is None else database_of(warehouse)
    show(*imports_view.reading(records, aside, session.look, called))


def holdings(session: CrmAnswers) -> None:
    """Show the deals by outcome, with their value per currency."""
    tables = session.tables
    show(*holdings_view.holdings(session.outcomes, tables.currency, tables.rates, session.look))


def funnel_steps(session: CrmAnswers) -> None:
    """Show the rate of each step."""
    show(*funnel_view.steps(session.funnel, session.look))


def funnel_months(session: CrmAnswers) -> None:
    """Show each step month by month, and what this does not show."""
    show(*cohorts_view.months(session.funnel, session.look))


def channel_rates(session: CrmAnswers) -> None:
    """Show which channels bring leads that become won deals."""
    show(*channels_view.channels(session.channels, session.look))


def campaign_rates(session: CrmAnswers) -> None:
    """Show the campaigns with what a won deal cost, and who touched what was won."""
    currency = session.tables.currency
    show(*campaigns_view.campaigns(session.channels, session.campaigns, currency, session.look))


def speed(session: CrmAnswers) -> None:
    """Show how soon deals are won and lost, group by group."""
    show(*velocity_view.velocity(session.velocity, session.curves, session.look))


def ten(session: CrmAnswers) -> None:
    """Show ten won deals against ten that were not."""
    show(*ten_view.ten(session.won_lost, session.look))


def ten_sample(session: CrmAnswers) -> None:
    """Show the same without the stalled deals, and how the deals were picked."""
    show(*ten_view.sample(session.won_lost, session.look))


def history(session: CrmAnswers) -> None:
    """Show the win rates of the whole history."""
    show(*history_view.history(session.won_lost, session.outcomes, session.look))


def behind_history(session: CrmAnswers) -> None:
    """Show what may stand behind the differences."""
    show(*behind_view.behind(session.won_lost, session.look))


def definitions(session: CrmAnswers) -> None:
    """Show what each version of a term would have done."""
    show(*definitions_view.definitions(session.definitions, session.agreed, session.look))


def behind_definitions(session: CrmAnswers) -> None:
    """Show where the versions differ, and what each leaves behind."""
    show(*definitions_view.behind_definitions(session.definitions, session.look))


def suggestions(session: CrmAnswers) -> None:
    """Show the rules that history suggests, and what these figures do not show."""
    show(*suggestions_view.suggestions(session.definitions, session.look))


def waiting(session: CrmAnswers) -> None:
    """Show how long leads wait, and how often longer than was agreed."""
    show(*hand_over_view.waiting(session.hand_over, session.working.day_hours, session.look))


def rules(session: CrmAnswers) -> None:
    """Show the hand-over rules drawn, checked and in words."""
    day_hours = session.working.day_hours
    show(*rules_view.rules(session.hand_over, session.rules, day_hours, session.look))


def goal_curve(session: CrmAnswers) -> None:
    """Show the probability of the goal."""
    show(*goal_view.goal(session.goal, session.look))


def goal_levers(session: CrmAnswers) -> None:
    """Show what moves the probability, and what each team owes."""
    show(*levers_view.levers(session.goal, session.look))


def said(session: Session) -> None:
    """Show what the room said, exercise by exercise; before any session, what one will add."""
    look, currency = session.look, session.tables.currency
    beside = Beside(session.estimate, session.known)
    show(*everything_told(session.room, look, beside, currency))


def wall(session: Session) -> None:
    """Show the deals as the room swapped them and filled them in; nothing before it did."""
    kept = None if session.room is None else kept_wall(session.room)
    if kept is not None and session.tables.deals is not None:
        found, t = wall_of(session.tables, kept), session.look.t
        show(Prose(t("wall.report")), *wall_view.wall(found, kept, t))


def agreed(session: Session) -> None:
    """Show the ledger: what holds, what is overdue, and what was replaced."""
    today = dt.datetime.now(session.workspace.zone).date()
    show(*ledger_view.ledger(session.decisions, today, session.workspace, session.look.t))


def unsaid(session: CrmAnswers) -> None:
    """Show what the data could not say, question by question."""
    answers = (session.velocity, session.definitions, session.hand_over, session.goal)
    funnel = session.funnel
    found = (
        unsaid_view.of_history(session.won_lost),
        unsaid_view.Unsaid(funnel.ready, funnel.caveats),
        unsaid_view.of_channels(session.channels),
        *(unsaid_view.Unsaid(answer.ready, answer.caveats) for answer in answers),
    )
    show(*unsaid_view.unsaid(found, session.look))
