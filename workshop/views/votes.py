"""What came of a vote, in sentences: each team's count, and whether it can be signed."""

from __future__ import annotations

from workshop.i18n import Translator
from workshop.session.voting import VOTERS, Outcome


def vote_lines(found: Outcome, t: Translator) -> list[str]:
    """Return a line a team, and what they come to together."""
    counted = [
        t(
            "agreed.ballot",
            team=t(f"said.group.{team}"),
            yes=found.ballots[team].yes,
            no=found.ballots[team].no,
        )
        if team in found.ballots
        else t("agreed.ballot.hidden", team=t(f"said.group.{team}"))
        for team in VOTERS
    ]
    hidden = any(team not in found.ballots for team in VOTERS)
    code = "agreed" if found.agreed else "hidden" if hidden else "refused"
    return [*counted, t(f"agreed.vote.{code}")]
