"""Spoil the export as real ones are spoiled, in counted places that no later export moves."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.random import Generator

from example_company import plan

_OLD = pd.Timestamp(plan.EARLIEST)  # only what was over by then: every export has it
DEAL_WARTS = {
    "repeated": 4,  # on one row a quotation line, with equal values
    "conflicting": 2,  # on a second row with another amount and expected date
    "closed_early": 3,  # before it was created
    "pounds_with_lead": 1,
    "pounds_without_lead": 2,
    "sector_case": 5,  # 'voeding ' for 'Voeding'
    "sector_other": 4,  # 'Voeding & drank' for 'Voeding'
    "zero": 4,  # amount
    "unmatched": 6,  # account without its legal form: no such account
    "placeholder_trigger": 10,
    "far_expected": 1,  # close expected in 2099
    "note": 24,  # quotes, semicolons and line breaks in text
}
LEAD_WARTS = {
    "sector_case": 20,
    "sector_other": 12,
    "source_case": 15,  # 'linkedin ' for 'LinkedIn'
    "placeholder_trigger": 40,
    "placeholder_role": 25,
    "unmatched": 14,
}
REPEATED_ROWS = 5  # one of the repeated deals stands on three rows
TEST_LEADS, TEST_DEALS, TEST_ACCOUNTS = 4, 3, 1
IDENTICAL_EVENTS = 3
PLACEHOLDER = "-- Selecteer --"
_TEST_ACCOUNT = "TEST BV - niet gebruiken"
_NOTES = (
    'Klant zegt: "te duur"; budget pas na 1 januari.',
    "Gebeld; terugbellen na het verlof.\nWil € 1.500 korting; vraagt referentie.",
    "Plaatsbezoek gedaan:\n- vloer nameten; hoogte 6,20 m\n- levering vóór 15/09",
    "Beslisser is de zaakvoerder; ‘eerst intern bekijken’, zegt hij.",
)


def mark(rng: Generator, rows: pd.DataFrame, warts: Mapping[str, int]) -> pd.DataFrame:
    """Add the column ``wart``: at most one on a row, drawn among the old rows that suit it."""
    order = rng.permutation(len(rows))
    old = rows["closed_at" if "closed_at" in rows else "created_at"] < _OLD
    wart = np.full(len(rows), "", dtype=object)
    for name, count in warts.items():
        free = (old & _suits(name, rows)).to_numpy()[order] & (wart[order] == "")
        wart[order[free][:count]] = name
    return rows.assign(wart=wart)


def spoil_deals(deals: pd.DataFrame) -> pd.DataFrame:
    """Apply the marks of the deals, and add the rows that repeat, contradict or test."""
    early = deals["created_at"] - pd.Timedelta(days=9)
    title = deals["title"].mask(_has(deals, "note"), deals["title"] + ' "fase 2"; incl. montage')
    spoilt = _spoil_traits(deals).assign(
        title=title,
        closed_at=deals["closed_at"].mask(_has(deals, "closed_early"), early),
        currency=deals["currency"].mask(_has(deals, "pounds"), "GBP"),
        amount=deals["amount"].mask(_has(deals, "zero"), 0.0),
        expected_close_at=deals["expected_close_at"].mask(
            _has(deals, "far_expected"), pd.Timestamp(2099, 12, 31)
        ),
        note=np.where(_has(deals, "note"), np.resize(_NOTES, len(deals)), ""),
    )
    repeated = spoilt[_has(spoilt, "repeated")]
    other = spoilt[_has(spoilt, "conflicting")]
    other = other.assign(
        amount=(other["amount"].fillna(12_000) * 1.18).round(2),
        expected_close_at=other["expected_close_at"] + pd.Timedelta(days=31),
    )
    tests = _tests(deals, "deal_id", "VK", TEST_DEALS).assign(title="TEST offerte", lead_id="")
    rows = pd.concat([spoilt, repeated, repeated.head(REPEATED_ROWS - len(repeated)), other, tests])
    return rows.sort_values("deal_id", kind="stable", ignore_index=True)


def spoil_leads(leads: pd.DataFrame) -> pd.DataFrame:
    """Apply the marks of the leads, and add the test records."""
    spoilt = _spoil_traits(leads).assign(
        source=leads["source"].mask(_has(leads, "source_case"), "linkedin "),
        role=leads["role"].mask(_has(leads, "placeholder_role"), PLACEHOLDER),
    )
    tests = _tests(leads, "lead_id", "L", TEST_LEADS).assign(deal_id="")
    return pd.concat([spoilt, tests], ignore_index=True)


def spoil_accounts(accounts: pd.DataFrame) -> pd.DataFrame:
    """Add the account that somebody made to try the CRM out."""
    test = accounts.head(TEST_ACCOUNTS).assign(account_id="K-9001", name=_TEST_ACCOUNT)
    return pd.concat([accounts, test], ignore_index=True)


def spoil_events(events: pd.DataFrame) -> pd.DataFrame:
    """Repeat the first rows: they have no id, so only a person can say what they are."""
    again = [events, events.head(IDENTICAL_EVENTS)]
    return pd.concat(again).sort_values("at", kind="stable", ignore_index=True)


def _has(rows: pd.DataFrame, wart: str) -> pd.Series[bool]:
    return rows["wart"].str.startswith(wart)


def _suits(name: str, rows: pd.DataFrame) -> pd.Series[bool]:
    if name.startswith("sector"):
        return rows["sector"] == "Voeding"
    if name == "source_case":
        return rows["source"] == "LinkedIn"
    if name == "placeholder_trigger":
        return rows["trigger_noise"] < plan.ALWAYS_UNASKED
    if name == "placeholder_role":
        return rows["role"].isna()
    if name.startswith("pounds"):
        return rows["lead_id"].eq("") != name.endswith("with_lead")
    return pd.Series(True, index=rows.index)


def _spoil_traits(rows: pd.DataFrame) -> pd.DataFrame:
    sector = rows["sector"].mask(_has(rows, "sector_case"), "voeding ")
    return rows.assign(
        sector=sector.mask(_has(rows, "sector_other"), "Voeding & drank"),
        trigger=rows["trigger"].mask(_has(rows, "placeholder_trigger"), PLACEHOLDER),
        account=rows["account"].mask(_has(rows, "unmatched"), _without_form(rows["account"])),
    )


def _without_form(names: pd.Series[str]) -> pd.Series[str]:
    return names.str.rsplit(" ", n=1).str[0]


def _tests(rows: pd.DataFrame, key: str, prefix: str, count: int) -> pd.DataFrame:
    ids = [f"{prefix}-{90001 + number}" for number in range(count)]
    return rows.head(count).assign(**{key: ids}, account=_TEST_ACCOUNT, wart="test", note="")
