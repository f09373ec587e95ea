"""A CRM whose leads have no dates: what is answered, on which leads, and what is left unknown."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from tests.crm.replay_cases import make_tables
from workshop.analysis.replay import FIT_SHARE
from workshop.criteria import Definition
from workshop.questions.channels import channels
from workshop.questions.definitions import definitions


def company(leads: int = 3_000, ratio: float = 4.0) -> dict[str, list[dict]]:
    """Draw leads of which those by referral are won more often; the late column follows that."""
    rng = np.random.default_rng(9)
    source = rng.choice(["Beurs", "Google", "Referentie", "Website"], leads)
    odds = np.where(source == "Referentie", 0.06 * ratio, 0.06)
    won = rng.random(leads) < odds / (1 + odds)
    has_deal = won | (rng.random(leads) < 0.1)
    rows = [{"lead_id": f"L{i}", "source": source[i]} for i in range(leads)]
    deals = [
        {
            "deal_id": f"D{i}",
            "lead_id": f"L{i}",
            "stage": "Gewonnen" if won[i] else "Verloren",
            "outcome": "won" if won[i] else "lost",
        }
        for i in np.flatnonzero(has_deal)
    ]
    done = [{"activity_id": f"A{i}", "record": "lead", "record_id": f"L{i}"} for i in range(0, 90)]
    dated = [{**row, "at": dt.datetime(2026, 3, 4, 9), "kind": "mail"} for row in done]
    return {"leads": rows, "deals": deals, "activities": dated}


@pytest.fixture(scope="module")
def rows():
    return company()


@pytest.fixture(scope="module")
def tables(rows):
    return make_tables(rows, as_of=None)


@pytest.fixture(scope="module")
def by_hand(rows) -> pd.DataFrame:
    leads = pd.DataFrame(rows["leads"]).set_index("lead_id")
    outcome = pd.DataFrame(rows["deals"]).set_index("lead_id")["outcome"]
    return leads.assign(deal=leads.index.isin(outcome.index), won=outcome == "won").fillna(False)


TERM = Definition.model_validate(
    {
        "term": "mql",
        "outcome": "opportunity",
        "joint": {"criteria": {"field": "source", "operator": "is", "value": "Referentie"}},
        "sales": {"criteria": {"field": "activities", "operator": "at_most", "value": 3}},
        "marketing": {
            "criteria": {"field": "days_to_first_touch", "operator": "at_least", "value": 0}
        },
    }
)


@pytest.fixture(scope="module")
def answer(tables):
    return definitions(tables, [TERM])


def test_channels_count_every_lead(tables, by_hand):
    found = channels(tables)
    expected = by_hand.groupby("source")["won"].agg(["size", "sum"])
    counted = found.rows.set_index("channel")[["mature_leads", "mature_won"]]
    assert counted.to_numpy().tolist() == expected.to_numpy().tolist()
    assert found.rows.set_index("channel")["verdict"]["Referentie"] == "works"
    assert found.window_days is None
    assert "maturity_unknown" in found.caveats


def test_an_opportunity_is_a_deal_at_all(answer, by_hand):
    joint = answer.rows[answer.rows["side"] == "joint"]
    passed = by_hand["source"] == "Referentie"
    assert joint["leads"].sum() == len(by_hand)
    assert joint["won"].sum() == by_hand["deal"].sum()
    assert joint["passed_won"].sum() == (passed & by_hand["deal"]).sum()


def test_a_third_is_kept_apart(answer, by_hand):
    leads = answer.rows[answer.rows["side"] == "joint"].set_index("period")["leads"]
    # Binomial: within four standard deviations.
    spread = 4 * np.sqrt(len(by_hand) * FIT_SHARE * (1 - FIT_SHARE))
    assert abs(leads["fit"] - FIT_SHARE * len(by_hand)) < spread


def test_what_was_done_with_a_lead_is_unknown(answer):
    rows = answer.rows[answer.rows["side"].isin(["sales", "marketing"])]
    assert (rows["unknown"] == rows["leads"]).all()
    assert rows["precision"].isna().all()


def test_the_planted_source_is_found_on_the_third_that_was_kept_apart(answer):
    assert answer.searches.set_index("outcome")["rule_found"]["won"]
    best = answer.suggestions.query("outcome == 'won' and rank == 1").iloc[0]
    assert [(c.field, c.value) for c in best["criteria"]] == [("source", "Referentie")]
    assert best["verdict"] == "holds"
    assert "no_mature_lead" not in answer.caveats
    assert "no_dates_random_split" in answer.caveats


def test_nothing_is_told_by_month_or_landmark(answer):
    assert answer.passed_per_month.empty
    assert answer.terms["check_from"].isna().all()
    assert answer.before_landmark.set_index("before_landmark")["leads"][True] == 0


def test_a_missed_win_counts_whenever_it_came(answer, by_hand):
    missed = answer.won_missed[answer.won_missed["side"] == "joint"]
    expected = by_hand.index[by_hand["won"] & (by_hand["source"] != "Referentie")]
    assert sorted(missed["deal_id"]) == sorted(expected.str.replace("L", "D"))


def test_the_seed_decides_who_is_kept_apart_and_the_order_of_rows_does_not(rows, tables):
    def fit(found) -> list:
        return found.rows[["side", "period", "leads", "passed_won"]].values.tolist()

    turned = {name: part[::-1] for name, part in rows.items()}
    plain = fit(definitions(tables, [TERM]))
    assert fit(definitions(make_tables(turned, as_of=None), [TERM])) == plain
    assert fit(definitions(tables, [TERM], seed=1)) != plain


def test_without_an_effect_no_rule_is_found():
    nothing = definitions(make_tables(company(ratio=1.0), as_of=None))
    assert not nothing.searches["rule_found"].any()
    assert "no_rule_found" in nothing.caveats
