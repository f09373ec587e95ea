"""Which channel, campaign or sector: the CRM's own names, and verdicts that follow the question."""

from __future__ import annotations

import pytest

from tests.views.played import exercise
from workshop.crm.tables import open_tables
from workshop.model_file import read_model
from workshop.questions.cards import fill, needs_crm
from workshop.questions.channels import channels
from workshop.questions.which import ANOTHER, MOST_NAMES, known, names
from workshop.resources import kit
from workshop.session.exercise import Exercise, Words

ASKED = {"id": "q", "kind": "choice", "which": "best_channel"}


@pytest.fixture(scope="module")
def tables(example):
    return open_tables(example)


def test_the_options_are_this_crm_s_channels_in_the_order_of_the_alphabet(tables):
    content = exercise(ASKED)
    assert needs_crm(content)
    (question,) = fill(content, tables, 1).exercise.questions
    sources = tables.leads.execute()["source"].dropna().value_counts()
    texts = [option.text.nl for option in question.options]
    assert set(texts) == set(sources.index[:MOST_NAMES])
    assert texts == sorted(texts, key=str.casefold)
    assert question.checked("o1") == "o1"


def test_without_a_crm_it_is_a_text_with_the_same_words():
    (question,) = fill(exercise(ASKED), None, 1).exercise.questions
    assert (question.kind, question.id, question.text.en) == ("text", "q", "About q")


def test_options_of_one_s_own_stay(tables):
    own = {**ASKED, "options": [{"id": n, "text": {"nl": n, "en": n}} for n in ("a", "b")]}
    assert not needs_crm(exercise(own))
    assert fill(exercise(own), tables, 1).exercise == exercise(own)


def test_the_noisy_channel_is_the_best_one_turned_round(tables):
    best = known(tables, "best_channel").rows.set_index("name")["verdict"]
    noisy = known(tables, "noisy_channel").rows.set_index("name")["verdict"]
    turned = {"fits": "against", "against": "fits"}
    assert [turned.get(code, code) for code in best] == list(noisy[best.index])
    # What was planted in the example company: referrals work, LinkedIn is noise.
    assert best["Referentie"] == noisy["LinkedIn"] == "fits"


def test_verdicts_and_rates_are_those_of_the_chapter(tables):
    chapter = channels(tables, "campaign").rows.dropna(subset="channel").set_index("channel")
    told = known(tables, "best_campaign").rows.set_index("name")
    assert set(told.index) == set(chapter.index)
    assert (chapter.loc[told.index, "verdict"].eq("works") == told["verdict"].eq("fits")).all()
    rate = chapter["mature_won"] / chapter["mature_leads"]
    assert told["share"].dropna().to_dict() == pytest.approx(rate.dropna().to_dict())


def test_a_sector_is_fast_where_clearly_more_is_won_by_the_same_day(tables):
    found = known(tables, "fastest_sector")
    rows = found.rows.set_index("name")
    assert found.days == 90
    assert rows.loc["E-commerce", "verdict"] == "fits"
    assert rows.loc["Bouw", "verdict"] == "against"
    assert rows.loc["Voeding & drank", "verdict"] == "too_few"
    assert list(names(tables, "fastest_sector").shown) == sorted(rows.index, key=str.casefold)


def test_where_there_are_more_names_than_fit_another_one_can_be_chosen(tables):
    found = names(tables, "best_campaign")
    assert (len(found.shown), found.more) == (MOST_NAMES, True)
    assert not names(tables, "fastest_sector").more
    path = kit("templates", "exercises", "guesses.yaml")
    filled = fill(read_model(path, Exercise), tables, 1).exercise
    options = {one.id: one.options for one in filled.questions if getattr(one, "which", None)}
    last = options["best-campaign"][-1]
    assert last.id == ANOTHER
    assert last.text == Words(nl="Een andere campagne", en="Another campaign")
    assert ANOTHER not in {option.id for option in options["fastest-sector"]}


def test_deals_alone_say_nothing_of_channels(maven):
    assert names(open_tables(maven), "best_channel").shown == ()
    assert known(open_tables(maven), "best_channel") is None
    assert known(None, "fastest_sector") is None
