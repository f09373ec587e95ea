"""What the levels of the traits add up to: their order, what differs clearly, the totals."""

from __future__ import annotations

import pandas as pd


def by_p(rows: pd.DataFrame) -> pd.DataFrame:
    """Return levels by their p-value, those that nobody vouched for last."""
    return rows.sort_values(
        ["known_at_creation", "p_value", "trait", "level"],
        ascending=[False, True, True, True],
        ignore_index=True,
    )


def findings(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the levels that differ clearly: vouched for, and a value rather than a blank."""
    return rows[rows["known_at_creation"] & rows["level"].notna() & rows["verdict"].eq("clear")]


def closed(rows: pd.DataFrame) -> int:
    """Count the closed deals: each trait has all of them among its levels."""
    return int(rows.groupby("trait")["closed"].sum().max())


def overall(rows: pd.DataFrame) -> float:
    """Return the win rate of all closed deals."""
    totals = rows.groupby("trait")[["won", "closed"]].sum().max()
    return float(totals["won"] / totals["closed"])
