"""Score what a definition would have done, again and again: for a form whose criteria change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from types import TracebackType

import ibis.expr.types as ir
import pandas as pd

from workshop.analysis import replay as estimators
from workshop.criteria import Clause, Side, criteria
from workshop.crm import replay
from workshop.crm.fact_fields import fitted
from workshop.crm.hold import held, let_go
from workshop.crm.replay import History, Judging
from workshop.crm.tables import Tables


class Replayer:
    """Replay definitions on the leads of a CRM, which are held for as long as it is open.

    Opening it takes the longest; then a definition costs one group-by, and the first to name a
    number of activities one more. A clause is checked against this CRM each time: every method
    that takes one raises ``InputError`` where it does not fit. Close it, or use it in a ``with``.

    Parameters
    ----------
    tables
        The CRM.
    judging
        When a lead is judged, and what it should become by when. For another, open another.
    only
        The clauses it will be asked for, where no other will come: then it holds less.
    """

    def __init__(
        self, tables: Tables, judging: Judging, only: Iterable[Clause] | None = None
    ) -> None:
        fields = None if only is None else {c.field for one in only for c in criteria(one)}
        self.check_from = check_from(tables, judging)
        self._tables, self._judging = tables, judging
        self._history = History(tables, judging, self.check_from, fields)
        self._fitted: dict[Clause, Clause] = {}
        self._won: ir.Table | None = None

    def __enter__(self) -> Replayer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the leads, and of the won deals."""
        self._history.close()
        if self._won is not None:
            let_go(self._won)
            self._won = None

    def scores(self, sides: Mapping[Side, Clause]) -> pd.DataFrame:
        """Score each side's definition in either period; see `workshop.analysis.replay.scores`."""
        return estimators.scores(self.counts(sides), list(sides))

    def counts(self, sides: Mapping[Side, Clause]) -> pd.DataFrame:
        """Count the leads by verdict and outcome; see `workshop.crm.replay.verdict_counts`."""
        return replay.verdict_counts(self._history.judged(self._fit(sides)), list(sides))

    def won_missed(self, sides: Mapping[Side, Clause]) -> pd.DataFrame:
        """Find the won deals that a definition misses; see `workshop.crm.replay.won_missed`."""
        leads = self._history.judged(self._fit(sides))
        if self._won is None:
            won = replay.won_deals(self._tables)
            self._won = None if won is None else held(won, self._tables.rows("deals"))
        return replay.won_missed(self._tables, leads, list(sides), self._judging, self._won)

    def _fit(self, sides: Mapping[Side, Clause]) -> dict[Side, Clause]:
        for clause in sides.values():
            if clause not in self._fitted:
                self._fitted[clause] = fitted(clause, self._tables)
        return {side: self._fitted[clause] for side, clause in sides.items()}


def check_from(tables: Tables, judging: Judging) -> dt.date | None:
    """Return the day that splits history in two; none where leads have no dates."""
    days = replay.mature_days(tables, judging) if tables.dated_leads else None
    return None if days is None else estimators.split_day(days)
