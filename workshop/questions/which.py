"""Which channel, campaign or sector: the names to guess from, and what the CRM says."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from workshop.crm import counts
from workshop.crm.readiness import readiness_of
from workshop.crm.tables import Tables
from workshop.questions.channels import WINDOW, channels
from workshop.questions.estimates import Estimate
from workshop.questions.velocity import velocity
from workshop.session.exercise import About, Which

MOST_NAMES = 10
"""As many as a phone shows without losing who looks; the ones with most leads or deals."""
ANOTHER = "another"
"""The option for a name that is not among them."""
LEADS_BY: dict[Which, str] = {
    "best_channel": "source",
    "noisy_channel": "source",
    "best_campaign": "campaign",
}


class Names(NamedTuple):
    """The names to guess from, and whether the CRM has more of them."""

    shown: tuple[str, ...] = ()
    more: bool = False


class Known(NamedTuple):
    """What the CRM says of the names to guess from.

    ``rows``: ``name``, ``share`` (a fraction of 1: won of the leads that had the whole window, or
    of the deals by the day on which sectors are compared), ``ci_low``, ``ci_high``, ``records``
    and ``verdict``: ``fits`` what was asked, ``against`` it, ``undecided`` or ``too_few``. ``days``
    is the window or that day; null where leads have no dates.
    """

    which: Which
    rows: pd.DataFrame
    days: int | None


class Beside(NamedTuple):
    """What the CRM can say beside what a room guessed: a figure, or which of several."""

    estimate: Callable[[About], Estimate | None]
    known: Callable[[Which], Known | None]


def names(tables: Tables | None, which: Which) -> Names:
    """Return the most frequent channels, campaigns or sectors, in the order of the alphabet."""
    if tables is None:
        return Names()
    if which == "fastest_sector":
        if readiness_of(tables, "velocity").missing:
            return Names()
        counted = counts.durations(tables, "sector").rename(columns={"group": "name"})
        sizes = counted.dropna(subset="name").groupby("name")["deals"].sum()
    else:
        if readiness_of(tables, "channels").missing or tables.leads is None:
            return Names()
        leads = counts.channel_leads(tables, LEADS_BY[which], WINDOW)
        sizes = leads.dropna(subset="channel").groupby("channel")["leads"].sum()
    largest = sizes.sort_values(ascending=False, kind="stable").index[:MOST_NAMES]
    shown = tuple(sorted((str(name) for name in largest), key=str.casefold))
    return Names(shown, len(sizes) > len(shown))


def known(tables: Tables | None, which: Which, seed: int = 0) -> Known | None:
    """Return what the CRM says; ``None`` where it says nothing."""
    if tables is None:
        return None
    return _fastest(tables, seed) if which == "fastest_sector" else _channels(tables, which)


def _channels(tables: Tables, which: Which) -> Known | None:
    answer = channels(tables, LEADS_BY[which])
    if answer.rows.empty or not answer.overall_rate:
        return None
    rows = answer.rows.dropna(subset="channel")
    good, bad = ("noise", "works") if which == "noisy_channel" else ("works", "noise")
    few = rows["verdict"].isin(["too_few", "too_early"])
    verdict = np.select(
        [rows["verdict"] == good, rows["verdict"] == bad, few], ["fits", "against", "too_few"],
        "undecided",
    )  # fmt: skip
    columns = {"channel": "name", "rate": "share", "mature_leads": "records"}
    told = rows.rename(columns=columns).assign(verdict=verdict)
    return Known(which, told[_COLUMNS].reset_index(drop=True), answer.window_days)


def _fastest(tables: Tables, seed: int) -> Known | None:
    answer = velocity(tables, "sector", seed)
    if answer.compared_at is None or answer.pace.empty:
        return None
    at_day = answer.rows[answer.rows["horizon_days"] == answer.compared_at]
    rows = at_day.merge(answer.pace.drop(columns="half_decided_days"), on="group")
    clear, more = rows["verdict"] == "clear", rows["won_share"] > rows["rest_share"]
    verdict = np.select(
        [clear & more, clear, rows["verdict"] == "too_few"], ["fits", "against", "too_few"],
        "undecided",
    )  # fmt: skip
    columns = {"group": "name", "won_share": "share", "deals": "records"}
    told = rows.rename(columns=columns).assign(verdict=verdict)
    return Known("fastest_sector", told[_COLUMNS].reset_index(drop=True), answer.compared_at)


_COLUMNS = ["name", "share", "ci_low", "ci_high", "records", "verdict"]
