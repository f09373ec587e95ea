"""What the example session agrees on: drafts, votes, signatures, promises and reviews."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from workshop.criteria import SIDES, Definition
from workshop.crm.calendar import WorkingTime
from workshop.crm.tables import open_tables
from workshop.demo.example import agreed_file
from workshop.demo.script import Script
from workshop.model_file import read_model
from workshop.questions.agreed_files import write_agreed
from workshop.questions.experiment import Experiment, Owed, now, proposed_trial
from workshop.questions.matters import Matter, proposed
from workshop.session import definition_drafts, drafts, ledger, promises, reviews, rule_drafts
from workshop.session.drafts import Draft
from workshop.session.ledger import Decision, Proposal
from workshop.session.rounds import Round
from workshop.session.rules import RULES_FILE, RuleSet
from workshop.session.store import Store
from workshop.session.voting import adopt, call_vote
from workshop.views.experiment import sentence
from workshop.views.ledger import file_note
from workshop.views.proposals import paper
from workshop.workspace import Workspace


@dataclass
class Agreeing:
    """What is on the table in a played session, and what came of it, by the script's names."""

    workspace: Workspace
    store: Store
    script: Script
    drafted: dict[str, tuple[Matter, Draft]] = field(default_factory=dict)
    decided: dict[str, Decision] = field(default_factory=dict)

    def put(self, session_id: int, name: str, kind: str) -> Round:
        """Draft a matter and open the vote about it."""
        matter = Matter.of(kind, name)
        draft = self._draft(session_id, matter)
        self.drafted[name] = (matter, draft)
        settings = self.workspace.settings
        words = paper(
            matter,
            proposed(self.workspace, self.store, matter, draft),
            draft,
            settings.country,
            WorkingTime.of(settings).day_hours,
            settings.currency,
        )
        return call_vote(self.store, session_id, draft, words)

    def decide(self, session_id: int, name: str, today: dt.date) -> None:
        """Write a decision to the ledger, and to its file where it has one."""
        put = self.drafted.get(name)
        if put is None:
            proposal = self._proposal(Matter.of("other"), name, None)
            made = ledger.decide(self.store, session_id, proposal, today=today)
        else:
            matter, draft = put
            content = proposed(self.workspace, self.store, matter, draft)
            proposal = self._proposal(matter, name, content)
            made = adopt(self.store, session_id, proposal, draft, today=today)
        self.decided[name] = made
        t = self.workspace.translator()
        write_agreed(self.workspace, made, lambda decision: file_note(decision, t))

    def promise(self, session_id: int, name: str, today: dt.date) -> None:
        """Write who does what by when."""
        words, who = self.script.spoken.promises[name], self.script.play.promises[name]
        given = promises.Promise(
            what=words.what,
            so_that=words.so_that,
            owner=self.script.name(who.owner),
            owner_team=self.script.person(who.owner).team,
            by=who.by,
        )
        self.decided[name] = promises.promise(self.store, session_id, given, today=today)

    def experiment(self, session_id: int, name: str, today: dt.date) -> None:
        """Write down the next experiment, with its test of success."""
        words, play = self.script.spoken.experiments[name], self.script.play.experiments[name]
        before = now(open_tables(self.workspace), play.measure, play.source)
        trial = Experiment(
            tries=words.tries,
            with_whom=words.with_whom,
            measure=play.measure,
            source=play.source,
            at_least=play.at_least,
            hits=before.hits,
            of=before.of,
            starts_on=play.starts_on,
            ends_on=play.ends_on,
            if_not=words.if_not,
        )
        sales, marketing = (self.script.name(number) for number in play.who)
        owed = Owed(marketing, words.marketing_does, sales, words.sales_does, "sales")
        what = sentence(trial, words.because, self.workspace.translator())
        proposal = proposed_trial(trial, what, words.because, owed)
        self.decided[name] = ledger.decide(self.store, session_id, proposal, today=today)

    def review(self, session_id: int, name: str, today: dt.date) -> None:
        """Write down what became of something that was agreed or promised before."""
        found = self.script.play.reviews[name]
        reviews.review(
            self.store,
            session_id,
            self.decided[name].decision_id,
            found.outcome,
            today=today,
            next_on=found.next_on,
            note=self.script.spoken.notes.get(name, ""),
        )

    def _draft(self, session_id: int, matter: Matter) -> Draft:
        """Keep what the room shaped of a matter, each side's own meaning of a term beside it."""
        language = self.script.language
        if matter.kind == "goal":
            return self._keep(session_id, matter, {"baseline": None, "stage": None, **self._goal()})
        if matter.kind == "rules":
            rules = read_model(agreed_file(language, RULES_FILE), RuleSet)
            return self._keep(session_id, matter, rule_drafts.cards_of(rules).plain())
        file = agreed_file(language, f"definitions/{matter.subject}.yaml")
        written = read_model(file, Definition)
        sides = {
            side: definition_drafts.meaning(self.store, matter.subject, side, written).plain()
            for side in SIDES
        }
        kept = [self._keep(session_id, matter, sides[side], side) for side in reversed(SIDES)]
        return kept[-1]

    def _goal(self) -> dict[str, Any]:
        return dict(self.script.play.goal)

    def _keep(self, session_id: int, matter: Matter, content: Any, side: str = "joint") -> Draft:
        kind: Any = matter.kind
        return drafts.keep(self.store, session_id, kind, matter.subject, content, side)

    def _proposal(self, matter: Matter, name: str, content: Any) -> Proposal:
        words, who = self.script.spoken.decisions[name], self.script.play.decisions[name]
        sales, marketing = who.signed or (None, None)
        return Proposal(
            kind=matter.kind,
            subject=matter.subject or words.subject,
            what=words.what,
            why=words.why,
            expects_of_marketing=words.expects_of_marketing,
            expects_of_sales=words.expects_of_sales,
            owner=self.script.name(who.owner),
            owner_team=self.script.person(who.owner).team,
            review_on=who.review_on,
            content=content,
            signed_sales=None if sales is None else self.script.name(sales),
            signed_marketing=None if marketing is None else self.script.name(marketing),
        )
