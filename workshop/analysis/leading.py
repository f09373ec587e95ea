"""Who leads along the customer journey, from how much each team should do at each stage."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

TEAMS = ("marketing", "sales")
MUCH = 2.5
"""From here on a team does more than help: on a scale of 0 (nothing) to 4 (leads)."""
HELPS = 1.5
"""From here on a team is at work beside the one that leads."""
APART = 0.5
"""The least difference of two medians that tells who is ahead."""


class Move(NamedTuple):
    """A stage from which a team leads: from the start, for the first time, or once more."""

    stage: str
    team: str
    how: Literal["starts", "takes_over", "comes_back"]


def leading(involved: pd.DataFrame, views: pd.DataFrame) -> pd.DataFrame:
    """Say for each stage who leads, and whether the teams claim it or leave it to each other.

    Parameters
    ----------
    involved : `stage`, in order, and the room's `marketing` and `sales`, 0 to 4 each.
    views : the same columns with `team`, a row a stage and a team that gave its view; a stage of
        which both teams' views are known has two.

    Returns
    -------
    DataFrame
        `stage`, `marketing`, `sales`; `lead`: `marketing`, `sales`, `together` or `nobody`, where
        neither does more than help; `claim`: `both` where each team sees itself ahead and
        does much, `neither` where each sees the other ahead, else null.

    Examples
    --------
    >>> involved = pd.DataFrame({"stage": ["a", "b"], "marketing": [4, 1], "sales": [1, 2]})
    >>> leading(involved, pd.DataFrame(columns=["team", *involved.columns]))["lead"].tolist()
    ['marketing', 'nobody']
    """
    most = involved[list(TEAMS)].max(axis=1)
    ahead = involved["marketing"] - involved["sales"]
    lead = np.select(
        [most < MUCH, ahead.abs() < APART, ahead > 0], ["nobody", "together", "marketing"], "sales"
    )
    claims = {str(stage): _claim(rows) for stage, rows in views.groupby("stage")}
    claim = [claims.get(str(stage)) for stage in involved["stage"]]
    return involved.assign(lead=lead, claim=pd.Series(claim, involved.index, dtype=object))


def _claim(views: pd.DataFrame) -> str | None:
    """Say whether each team puts itself ahead, or each the other."""
    seen = views.set_index("team").reindex(list(TEAMS))[list(TEAMS)].to_numpy(float)
    if np.isnan(seen).any():
        return None
    own, other = np.diag(seen), np.diag(seen[:, ::-1])
    if (own - other >= APART).all() and (own >= MUCH).all():
        return "both"
    return "neither" if (other - own >= APART).all() else None


def moves(rows: pd.DataFrame) -> tuple[Move, ...]:
    """Return the stages from which another team leads than before, in order.

    ``rows`` is what `leading` returns. Stages without a single leader change nothing.

    >>> lead = ["marketing", "sales", "together", "marketing"]
    >>> [move.how for move in moves(pd.DataFrame({"stage": list("abcd"), "lead": lead}))]
    ['starts', 'takes_over', 'comes_back']
    """
    found: list[Move] = []
    for stage, team in zip(rows["stage"], rows["lead"], strict=True):
        if team not in TEAMS or (found and found[-1].team == team):
            continue
        led = team in {move.team for move in found}
        how: Literal["starts", "takes_over", "comes_back"]
        how = "comes_back" if led else "takes_over" if found else "starts"
        found.append(Move(str(stage), str(team), how))
    return tuple(found)


def beside(rows: pd.DataFrame, team: str) -> tuple[str, ...]:
    """Return the stages at which a team is at work while the other one leads."""
    other = next(one for one in TEAMS if one != team)
    there = rows["lead"].eq(other) & (rows[team] >= HELPS)
    return tuple(rows.loc[there, "stage"].astype(str))
