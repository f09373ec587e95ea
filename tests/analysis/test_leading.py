"""Who leads where: small journeys, worked out by hand."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from workshop.analysis.leading import TEAMS, beside, leading, moves

NO_VIEWS = pd.DataFrame(columns=["stage", "team", "marketing", "sales"])


def involved(*parts: tuple[float, float]) -> pd.DataFrame:
    rows = [(f"s{n}", *part) for n, part in enumerate(parts)]
    return pd.DataFrame(rows, columns=["stage", *TEAMS])


def views(*rows: tuple[str, str, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["stage", "team", "marketing", "sales"])


def test_who_does_most_leads_and_nobody_where_both_at_most_help() -> None:
    rows = leading(involved((4, 1), (1, 3), (3, 3), (2, 2), (2, 0), (4, 3.5)), NO_VIEWS)
    assert list(rows["lead"]) == [
        "marketing", "sales", "together", "nobody", "nobody", "marketing",
    ]  # fmt: skip
    assert rows["claim"].isna().all()


def test_curves_that_cross_twice_have_two_changes_and_one_that_never_cross_none() -> None:
    twice = moves(leading(involved((4, 0), (1, 4), (2, 4), (3, 2)), NO_VIEWS))
    assert [(move.stage, move.team, move.how) for move in twice] == [
        ("s0", "marketing", "starts"),
        ("s1", "sales", "takes_over"),
        ("s3", "marketing", "comes_back"),
    ]
    never = moves(leading(involved((4, 3), (4, 2), (3, 1)), NO_VIEWS))
    assert [move.how for move in never] == ["starts"]


def test_a_stage_without_a_leader_is_no_change() -> None:
    found = moves(leading(involved((4, 0), (1, 1), (3, 3), (4, 2)), NO_VIEWS))
    assert len(found) == 1


def test_who_works_along_is_named_at_those_stages_only() -> None:
    rows = leading(involved((4, 2), (4, 1), (1, 4), (2, 4)), NO_VIEWS)
    assert beside(rows, "sales") == ("s0",)
    assert beside(rows, "marketing") == ("s3",)


def test_each_team_can_claim_a_stage_or_leave_it_to_the_other() -> None:
    said = views(
        ("s0", "marketing", 4, 2), ("s0", "sales", 2, 4),
        ("s1", "marketing", 1, 3), ("s1", "sales", 3, 1),
        ("s2", "marketing", 4, 1), ("s2", "sales", 3, 2),
        ("s3", "marketing", 4, 1),
    )  # fmt: skip
    rows = leading(involved((3, 3), (2, 2), (4, 1), (4, 1)), said)
    assert rows["claim"].where(rows["claim"].notna(), None).tolist() == [
        "both", "neither", None, None,
    ]  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=1, max_size=7))
def test_teams_that_change_places_change_the_leader_and_nothing_else(parts) -> None:
    halves = [(one / 2, other / 2) for one, other in parts]
    there = leading(involved(*halves), NO_VIEWS)
    back = leading(involved(*[(b, a) for a, b in halves]), NO_VIEWS)
    turned = {"marketing": "sales", "sales": "marketing"}
    assert [turned.get(lead, lead) for lead in there["lead"]] == list(back["lead"])
    assert len(moves(there)) == len(moves(back))
    # Between two changes stands another team each time.
    assert all(a.team != b.team for a, b in zip(moves(there), moves(there)[1:], strict=False))
