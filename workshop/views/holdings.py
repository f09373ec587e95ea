"""What the deals add up to: by outcome, and each currency apart."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from workshop.i18n import Translator
from workshop.views.display import Column, Note, Prose, Shown, Table
from workshop.views.look import Look
from workshop.workspace import Rates

STATES = ("won", "lost", "stalled", "open")
MANY = 1000
"""Closed deals from which a share carries decimals; of fewer they would be noise."""


def holdings(
    outcomes: pd.DataFrame, currency: str, rates: Rates | None, look: Look
) -> tuple[Shown, ...]:
    """Show the deals by outcome with their value, and what they add up to where rates are set.

    ``outcomes`` is that of `workshop.crm.counts.outcomes`; ``currency`` the workspace's own.
    """
    t = look.t
    if outcomes.empty:
        return (Prose(t("holdings.none")),)
    found = sorted(outcomes["currency"].unique(), key=lambda code: (code != currency, code))
    frame = by_state(outcomes, found)
    frame = frame.assign(outcome=[t(f"outcome.{state}") for state in frame["state"]])
    columns = [
        Column("outcome", t("column.outcome")),
        Column("deals", t("table.deals"), "count"),
        *(Column(code, t("holdings.header.value", code=code), f"money-{code}") for code in found),
    ]
    factors = {currency: 1.0, **(rates.to_currency if rates else {})}
    unknown = [code for code in found if code not in factors]
    if len(found) > 1 and not unknown:
        frame = frame.assign(together=sum(frame[c].fillna(0) * factors[c] for c in found))
        header = t("holdings.header.together", code=currency)
        columns.append(Column("together", header, f"money-{currency}"))
    table = Table(frame, "deals", _title(frame, t), tuple(columns), t)
    return (table, *_about_money(found, unknown, currency, rates, t))


def by_state(outcomes: pd.DataFrame, currencies: Sequence[str]) -> pd.DataFrame:
    """Return a row per outcome: ``state``, ``deals``, and an amount per currency.

    An amount that is not known of any deal is null.
    """
    states = [state for state in STATES if state in set(outcomes["state"])]
    # A total of 0 is of deals without an amount: they are not known to be worth nothing.
    known = outcomes[outcomes["amount"] > 0]
    amounts = known.groupby(["state", "currency"])["amount"].sum().unstack()
    wide = amounts.reindex(index=states, columns=list(currencies)).astype(float)
    deals = outcomes.groupby("state")["deals"].sum().reindex(states)
    return wide.rename_axis(columns=None).assign(deals=deals).rename_axis("state").reset_index()


def amounts_of(outcomes: pd.DataFrame, state: str) -> pd.Series[float]:
    """Return the value of the deals in one state, by currency; no value, no row."""
    rows = outcomes[(outcomes["state"] == state) & (outcomes["amount"] > 0)]
    return rows.groupby("currency")["amount"].sum()


def _title(frame: pd.DataFrame, t: Translator) -> str:
    count = frame.set_index("state")["deals"].reindex(STATES, fill_value=0)
    won, closed = int(count["won"]), int(count["won"] + count["lost"])
    if not closed:
        return t("holdings.nothing_closed", n=int(count.sum()))
    rate = t.percent(won / closed, 2 if closed >= MANY else 0)
    return t("holdings.title", n=closed, won=won, rate=rate)


def _about_money(
    found: Sequence[str],
    unknown: Sequence[str],
    currency: str,
    rates: Rates | None,
    t: Translator,
) -> tuple[Shown, ...]:
    """Say which amounts are not added up, or at which rates they are."""
    if unknown == list(found):
        text = t("holdings.other_currency", found=t.join(list(found)), own=currency)
        return (Note("caveat", text, t),)
    if unknown:
        return (Prose(t("holdings.apart", codes=t.join(list(unknown)), own=currency)),)
    if len(found) > 1 and rates:
        return (Prose(t("holdings.converted", day=rates.date)),)
    return ()
