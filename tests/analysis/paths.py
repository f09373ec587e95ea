"""Journeys written out, counted the slow way."""

from __future__ import annotations

import pandas as pd

Path = tuple[str | None, ...]


def counted(*journeys: tuple[Path, bool, int]) -> pd.DataFrame:
    """Count journeys (a path of channels, whether it was won, how many) channel by channel."""
    rows = [
        {
            "channel": channel,
            "steps": len(path),
            "outcome_won": won,
            "records": records,
            "first": records * (path[0] == channel),
            "last": records * (path[-1] == channel),
            "touches": records * path.count(channel),
        }
        for path, won, records in journeys
        for channel in dict.fromkeys(path)
    ]
    columns = ["channel", "steps", "outcome_won", "records", "first", "last", "touches"]
    table = pd.DataFrame(rows, columns=columns).astype({"channel": object})
    return table.groupby(columns[:3], dropna=False, as_index=False).sum()
