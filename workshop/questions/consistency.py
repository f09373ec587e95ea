"""Are the statuses of a lead used in one way: by all, in order, and as was written down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from workshop.analysis import consistency as estimators
from workshop.analysis.intervals import share, wilson
from workshop.criteria import Definition
from workshop.crm import status_counts as counts
from workshop.crm.replay import Judging
from workshop.crm.tables import Tables
from workshop.questions.funnel import Funnel

AGAINST = ["term", "verdict", "leads", "with_status", "share", "ci_low", "ci_high"]


class Consistency(NamedTuple):
    """How the statuses are used.

    ``against`` holds each term's written definition against the status in the CRM: term, verdict
    (true, false, unknown), leads, with_status, share, ci_low, ci_high (Wilson). ``spread``:
    whether months, sources and owners differ, as `workshop.analysis.consistency.spread`.
    ``order``: exception, records, exceptions, share.
    """

    against: pd.DataFrame
    spread: pd.DataFrame
    order: pd.DataFrame


def consistency(tables: Tables, funnel: Funnel, agreed: Sequence[Definition] = ()) -> Consistency:
    """Tell how consistently this CRM uses its statuses.

    Raises ``InputError`` for a criterion that does not fit this CRM.
    """
    steps = funnel.steps
    windows: dict[tuple[str, str], int] = {}
    if len(steps):
        stages = zip(steps["from_stage"], steps["to_stage"], strict=True)
        windows = dict(zip(stages, steps["window_days"].astype(int), strict=True))
    order = counts.order(tables)
    return Consistency(
        against=_against(tables, agreed, {after for _, after in windows}),
        spread=estimators.spread(counts.use(tables, windows)),
        order=order.assign(share=share(order["exceptions"], order["records"])),
    )


def _against(tables: Tables, agreed: Sequence[Definition], dated: set[str]) -> pd.DataFrame:
    parts = [
        counts.by_verdict(
            tables,
            one.sides["joint"],
            Judging(one.landmark_days, one.window_days, one.outcome),
            one.term,
        ).assign(term=one.term)
        for one in agreed
        if "joint" in one.sides and one.term in counts.STATUSES and one.term in dated
    ]
    if not parts:
        return pd.DataFrame(columns=AGAINST)
    rows = pd.concat(parts, ignore_index=True)
    low, high = wilson(rows["with_status"], rows["leads"])
    shares = share(rows["with_status"], rows["leads"])
    return rows.assign(share=shares, ci_low=low, ci_high=high)[AGAINST]
