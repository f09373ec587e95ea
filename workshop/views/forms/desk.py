"""The builders of one client: each form with its state, made from what the workspace holds."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import Any

from workshop.criteria import SIDES, Side
from workshop.crm.calendar import WorkingTime
from workshop.crm.lead_cards import customer_types
from workshop.crm.measures import sources
from workshop.crm.tables import Tables
from workshop.errors import InputError, WorkshopError
from workshop.questions.experiment import BY_HAND, Experiment, Told, experiments
from workshop.questions.goal_file import read_goal
from workshop.questions.matters import Matter, draft_of, proposed, written_definition
from workshop.session import ledger as store_ledger
from workshop.session.drafts import Draft
from workshop.session.ledger import Decision
from workshop.session.rounds import Round
from workshop.session.rule_drafts import from_plain, lacking
from workshop.session.rules import read_rules
from workshop.session.store import Store
from workshop.session.voting import outcome, vote_on
from workshop.views.display import Note, Prose, Shown
from workshop.views.experiment import sentence
from workshop.views.forms.count_form import CountForm
from workshop.views.forms.decision_form import DecisionForm
from workshop.views.forms.decision_state import DecisionState
from workshop.views.forms.definition_form import DefinitionForm
from workshop.views.forms.definition_state import DefinitionState
from workshop.views.forms.experiment_form import ExperimentForm
from workshop.views.forms.experiment_state import ExperimentState
from workshop.views.forms.goal_form import GoalForm
from workshop.views.forms.goal_state import GoalState
from workshop.views.forms.inputs import worded
from workshop.views.forms.rules_form import RulesForm
from workshop.views.forms.rules_state import RulesState
from workshop.views.forms.vote_state import VoteState
from workshop.views.fragment import fill
from workshop.views.ledger import Ledger, file_note
from workshop.views.look import Look
from workshop.views.proposals import matter_name, paper, proposal_lines
from workshop.views.votes import vote_lines
from workshop.workspace import Workspace

MOST_TYPES = 30


@dataclass(frozen=True)
class Proposal(Shown):
    """What is on the table, in words; how the vote about it went, or that there was none."""

    title: str
    lines: tuple[str, ...]
    votes: tuple[str, ...]

    def html(self) -> str:
        """Return a heading, the words, the votes."""
        return fill("proposal.html.j2", proposal=self)

    def plain(self) -> str:
        """Return the same as text."""
        return "\n".join([self.title, *self.lines, *self.votes])


@dataclass(frozen=True)
class Desk:
    """What every builder needs."""

    workspace: Workspace
    store: Store
    tables: Tables | None
    look: Look
    seed: int

    @property
    def today(self) -> dt.date:
        """The day, where the client is."""
        return dt.datetime.now(self.workspace.zone).date()

    def note(self, decision: Decision) -> str:
        """Return the first line of a file that is written from a decision."""
        return file_note(decision, self.look.t)

    def definition(self, term: str, side: str) -> DefinitionForm:
        """Return the builder of one side's definition; raise ``InputError`` for no side."""
        found: Side | None = next((one for one in SIDES if one == side), None)
        if found is None:
            raise InputError("unknown_side", given=side, allowed=list(SIDES))
        written = written_definition(self.workspace, term)
        state = DefinitionState(self.store, self._floor, term, found, written, self.tables)
        return DefinitionForm(state, self.look.t)

    def rules(self) -> RulesForm:
        """Return the builder of the hand-over rules."""
        written = read_rules(self.workspace.path)
        state = RulesState(self.store, self._floor, written, self.tables, self._working)
        known = self.tables is not None and self.tables.leads is not None
        types = customer_types(self.tables, MOST_TYPES) if known and self.tables else ()
        return RulesForm(state, types, self.look)

    def goal(self) -> GoalForm:
        """Return the goal's sliders."""
        written = read_goal(self.workspace.path)
        state = GoalState(self.store, self._floor, written, self.tables, self.seed)
        return GoalForm(state, self.look)

    def vote(self, matter: Matter) -> VoteState | Shown:
        """Return the vote about a matter as it stands now, or what it takes to have one."""
        put = self._put(matter)
        if isinstance(put, Note):
            return put
        draft, content = put
        settings = self.workspace.settings
        words = paper(
            matter, content, draft, settings.country, self._working.day_hours, settings.currency
        )
        return VoteState(self.store, draft, words, settings.floor, earlier=settings.example)

    def counted(self, found: Round) -> Shown:
        """Return what a vote came to, in a sentence a team."""
        return Prose("", tuple(vote_lines(outcome(self.store, found), self.look.t)))

    def decision(self, matter: Matter) -> DecisionForm:
        """Return the form that records a decision, with what is proposed above it."""
        state = DecisionState(self.workspace, self.store, matter, self.note, self.today)
        above = partial(self.proposal, matter) if matter.voted else None
        texts = partial(self._texts, matter) if matter.voted or matter.outline else dict

        def after() -> Shown:
            made = state.decided
            decisions = () if made is None else (Decision(*made),)
            return Ledger(decisions, self.today, self.workspace, self.look.t)

        return DecisionForm(state, above, self.look.t, after, texts)

    def _texts(self, matter: Matter) -> dict[str, str]:
        """Return what a decision's form can say without anybody writing it."""
        if matter.outline:
            return {"what": self.look.t(f"agreed.outline.{matter.outline}")}
        texts: dict[str, str] = {}
        proposal = self.proposal(matter)
        if matter.kind == "goal":
            form = self.goal()
            texts = form.expectations()
            form.stop()
        if isinstance(proposal, Proposal):
            texts["what"] = "\n".join(proposal.lines)
        return texts

    def experiment(self) -> ExperimentForm:
        """Return the form for the next experiment."""
        t, tables = self.look.t, self.tables

        def words(trial: Experiment, because: str) -> str:
            return sentence(trial, because, t)

        state = ExperimentState(self.workspace, self.store, tables, words, self.today)
        return ExperimentForm(state, sources(tables) if tables is not None else (), t)

    def experiments(self) -> tuple[Told, ...]:
        """Return the experiments that a retro looks at, by the newest data."""
        return experiments(self.ledger(), self.tables, self.store, self.today)

    def to_count(self) -> tuple[CountForm, ...]:
        """Return a form for each experiment that waits for what was counted by hand."""
        over = [one for one in self.experiments() if one.experiment.measure == BY_HAND]
        waiting = [one for one in over if one.state in ("to_count", "judged")]
        return tuple(CountForm(one, self.store, self._floor, self.look.t) for one in waiting)

    def proposal(self, matter: Matter) -> Shown:
        """Return what is proposed and how the vote went, or what still lacks."""
        t, put = self.look.t, self._put(matter)
        if isinstance(put, Note):
            return put
        draft, content = put
        currency, hours = self.workspace.settings.currency, self._working.day_hours
        lines = proposal_lines(matter, content, t, hours, currency)
        voted = vote_on(self.store, draft)
        votes = [t("agreed.no_vote")]
        if voted is not None:
            votes = [t("agreed.vote.open")]
            if voted.state == "revealed":
                votes = vote_lines(outcome(self.store, voted), t)
        return Proposal(matter_name(matter, t), tuple(lines), tuple(votes))

    def _put(self, matter: Matter) -> tuple[Draft, dict[str, Any]] | Note:
        """Return the draft of a matter and what it proposes, or why there is nothing yet."""
        t, draft = self.look.t, draft_of(self.workspace, self.store, matter)
        if draft is None:
            return Note("session", t("agreed.no_draft", matter=matter_name(matter, t)), t)
        if matter.kind == "rules" and any(map(lacking, from_plain(draft.content).cards)):
            return Note("session", t("build.rules.unfinished"), t)
        try:
            return draft, proposed(self.workspace, self.store, matter, draft)
        except WorkshopError as error:
            return Note("caveat", worded(error, t), t)

    def ledger(self) -> tuple[Decision, ...]:
        """Return every decision."""
        return store_ledger.ledger(self.store)

    @property
    def _floor(self) -> int:
        return self.workspace.settings.floor

    @property
    def _working(self) -> WorkingTime:
        return WorkingTime.of(self.workspace.settings)
