"""The audit report: what the CRM says by itself, and what changed since the previous audit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from workshop.crm.tables import open_tables
from workshop.questions.among import Among, among
from workshop.questions.benchmark import key_figures
from workshop.questions.benchmark_file import read_benchmark
from workshop.questions.change import Asked, change
from workshop.questions.consistency import Consistency, consistency
from workshop.questions.figures import figures
from workshop.reports.crm_answers import CrmAnswers
from workshop.reports.previous import Previous, previous_audit
from workshop.views import benchmark as benchmark_view
from workshop.views import change as change_view
from workshop.views import consistency as consistency_view
from workshop.views import hand_over as hand_over_view
from workshop.views import summary as summary_view
from workshop.views.display import show
from workshop.views.summary import Answers


@dataclass(frozen=True)
class Audit(CrmAnswers):
    """One workspace's CRM as of a day, beside the audit before it."""

    @cached_property
    def previous(self) -> Previous | None:
        """The last audit of an earlier day; ``None`` for the first."""
        day = self.tables.as_of
        return None if day is None else previous_audit(self.workspace, day)

    @cached_property
    def asked(self) -> Asked:
        """The answers of which a change can be told."""
        return Asked(self.funnel, self.channels, self.velocity, self.hand_over)

    @cached_property
    def figures(self) -> pd.DataFrame:
        """The figures of this audit, for the next one."""
        return figures(self.tables, self.working, self.asked, self.ready, self.outcomes)

    @cached_property
    def since(self) -> change_view.Since | None:
        """What changed since the previous audit; ``None`` for the first."""
        found = self.previous
        if found is None:
            return None
        rows = change(self.tables, self.working, self.asked, found.as_of)
        again = self._as_of_then(found).figures
        kept = found.figures is not None
        then = found.figures if found.figures is not None else again
        return change_view.Since(found.as_of, rows, kept, then, again)

    @cached_property
    def among(self) -> Among | None:
        """Where the client stands among its peers; ``None`` where nothing was told of them."""
        told = read_benchmark(self.workspace.path)
        if told is None:
            return None
        return among(key_figures(self.tables, self.working), told, self.tables.as_of)

    @cached_property
    def consistency(self) -> Consistency:
        """How the statuses of a lead are used."""
        return consistency(self.tables, self.funnel, self.agreed)

    def _as_of_then(self, found: Previous) -> Audit:
        """Return the same workspace as today's CRM has it on the day of an earlier audit."""
        tables = open_tables(self.workspace, found.as_of)
        return Audit(self.workspace, tables, self.look, self.seed)


def opened(workspace: str, language: str = "", as_of: str = "", seed: str = "0") -> Audit:
    """Open a workspace for an audit; see `CrmAnswers.open`."""
    return Audit.open(workspace, language, as_of, seed)


def one_page(audit: Audit) -> None:
    """Show the figures and the sentences to remember, what changed among them."""
    answers = Answers(
        audit.ready,
        audit.outcomes,
        audit.funnel,
        audit.channels,
        audit.velocity,
        audit.won_lost,
        goal=None,
        ten=False,
    )
    also = tuple(_also(audit))
    show(*summary_view.one_page(answers, audit.tables.currency, audit.look, also))


def status_use(audit: Audit) -> None:
    """Show whether the statuses of a lead are used in one way."""
    show(*consistency_view.consistency(audit.consistency, audit.look))


def changed(audit: Audit) -> None:
    """Show what changed since the previous audit."""
    hours = audit.working.day_hours
    show(*change_view.change(audit.since, audit.figures, hours, audit.look))


def among_peers(audit: Audit) -> None:
    """Show where the client stands among its peers; nothing where nothing was told of them."""
    if audit.among is not None:
        show(*benchmark_view.benchmark(audit.among, audit.working.day_hours, audit.look))


def kept(audit: Audit) -> None:
    """Show the figures of this audit, kept for the next one."""
    show(*change_view.kept(audit.figures, audit.working.day_hours, audit.look))


def _also(audit: Audit) -> Iterator[str]:
    """Yield what an audit adds to the page: the hand-over, the change, and the peers."""
    t = audit.look.t
    if len(audit.hand_over.rows):
        yield hand_over_view.headline(audit.hand_over, audit.working.day_hours, t)
    if audit.since is not None:
        yield change_view.headline(audit.since, t)
    if audit.among is not None:
        yield from benchmark_view.to_remember(audit.among, audit.working.day_hours, t)
