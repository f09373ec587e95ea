"""A round on the phone: each kind of question, saved and found again, with a script and without."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.room.phones import Phone, exercise
from workshop.session import answers, people, rounds, sessions
from workshop.session.rounds import Round

FORMS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "statement": ({"v_statement": "4"}, {"statement": 4}),
    "text": ({"v_text": " Een <b>zin</b>. "}, {"text": "Een <b>zin</b>."}),
    "lines": ({"v_lines": "een\r\n\r\ntwee"}, {"lines": ["een", "twee"]}),
    "choice": ({"v_choice": "b"}, {"choice": "b"}),
    "choices": ({"shown": "choices", "v_choices": ["c", "a"]}, {"choices": ["a", "c"]}),
    "label": ({"v_label/1": "sql"}, {"label/1": "sql"}),
    "number": ({"v_number": "31,5"}, {"number": 31.5}),
    "involvement": (
        {"v_involvement/0/b/sales": "3"},
        {"involvement/0/b/sales": 3},
    ),
    "ranking": (
        {"v_ranking/a": "3", "v_ranking/b": "1", "v_ranking/c": "2"},
        {"ranking": ["b", "c", "a"]},
    ),
    "dots": ({"v_dots/a": "2", "v_dots/b": "", "v_dots/c": "1"}, {"dots": {"a": 2, "c": 1}}),
}
"""What a plain form sends, and what the store then holds."""
SHOWN = {
    "statement": ['name="v/statement" value="4" [^>]*checked'],
    "text": ["<textarea [^>]*>Een &lt;b&gt;zin&lt;/b&gt;.</textarea>"],
    "lines": ["<textarea [^>]*>een\ntwee</textarea>"],
    "choice": ['name="v/choice" value="b" checked'],
    "choices": ['name="v/choices" value="a" checked', 'name="v/choices" value="c" checked'],
    "label": ['name="v/label/1" value="sql" checked'],
    "number": ['name="v/number" value="31,5"'],
    "involvement": ['name="v/involvement/0/b/sales" value="3" checked'],
    "ranking": [r'name="v/ranking/a"[^>]*>(\s*<option[^>]*>.</option>)*?\s*<option selected>3<'],
    "dots": ['name="v/dots/a"[^>]*value="2"', 'name="v/dots/b"[^>]*value=""'],
}
"""How the page shows it again."""
SCRIPTS: dict[str, tuple[str, Any, Any]] = {
    "statement": ("statement", "5", 5),
    "text": ("text", "é\u0000", "é"),
    "lines": ("lines", "a\nb", ["a", "b"]),
    "choice": ("choice", "a", "a"),
    "choices": ("choices", ["b"], ["b"]),
    "label": ("label/2", "mql", "mql"),
    "number": ("number", "0,5", 0.5),
    "involvement": ("involvement/0/a/marketing", "4", 4),
    "ranking": ("ranking", ["c", "a", "b"], ["c", "a", "b"]),
    "dots": ("dots", {"b": 3}, {"b": 3}),
}
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "text": ({"v_text": "x" * 601}, "600"),
    "lines": ({"v_lines": "a\nb\nc\nd"}, "hoogstens 3"),
    "choice": ({"v_choice": "nope"}, "keuze"),
    "choices": ({"shown": "choices", "v_choices": ["a", "b", "c"]}, "hoogstens 2"),
    "number": ({"v_number": "101"}, "van 0 tot 100"),
    "ranking": ({"v_ranking/a": "1", "v_ranking/b": "1", "v_ranking/c": "2"}, "eigen plaats"),
    "dots": ({"v_dots/a": "2", "v_dots/b": "2"}, "3"),
}


@pytest.fixture
def opened(store, session) -> Round:
    return rounds.open_round(store, session.session_id, "all", exercise())


def mine(store, phone: Phone, found: Round) -> dict[str, Any]:
    who = people.participant(store, phone.token)
    return answers.mine(store, found.round_id, who.participant_id)


class TestForms:
    @pytest.mark.parametrize("kind", FORMS)
    def test_a_plain_form_saves_and_shows_it_again(self, store, opened, phone, kind):
        sent, expected = FORMS[kind]
        one = phone()
        answer = one.save(opened.round_id, **sent)
        assert answer.status_code == 200
        assert [hop.status_code for hop in answer.history] == [303]
        assert "Opgeslagen" in re.search(r'<p class="note good">.*?</p>', answer.text)[0]
        assert mine(store, one, opened) == expected
        for control in SHOWN[kind]:
            assert re.search(control, one.page()), control

    def test_what_was_saved_stays_when_a_form_says_nothing_of_it(self, store, opened, phone):
        one = phone()
        one.save(opened.round_id, v_statement="4", v_text="blijft")
        one.save(opened.round_id, v_choice="a")
        assert mine(store, one, opened) == {"statement": 4, "text": "blijft", "choice": "a"}

    def test_boxes_that_are_emptied_take_the_answer_back(self, store, opened, phone):
        one = phone()
        one.save(opened.round_id, shown="choices", v_choices=["a"])
        one.save(opened.round_id, shown="choices")
        assert mine(store, one, opened) == {}

    def test_the_clear_button_takes_an_answer_back_and_saves_the_rest(self, store, opened, phone):
        one = phone()
        one.save(opened.round_id, v_statement="4")
        one.save(opened.round_id, v_statement="4", v_text="ook", clear="statement")
        assert mine(store, one, opened) == {"text": "ook"}

    @pytest.mark.parametrize("kind", WRONG)
    def test_a_wrong_answer_is_said_and_stands_as_it_was_typed(self, store, opened, phone, kind):
        sent, said = WRONG[kind]
        one = phone()
        answer = one.save(opened.round_id, v_statement="2", **sent)
        assert answer.status_code == 422
        fault = re.search(r'<p class="fault" role="alert">(.*?)</p>', answer.text)[1]
        assert said in fault
        assert mine(store, one, opened) == {"statement": 2}
        if kind in ("text", "number"):
            assert next(iter(sent.values())) in answer.text

    def test_the_same_form_twice_writes_once(self, store, opened, phone):
        one = phone()
        for _ in range(3):
            one.save(opened.round_id, v_statement="4")
        with store.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM answers").scalar() == 1

    def test_done_and_back(self, store, opened, phone):
        one = phone()
        answer = one.save(opened.round_id, v_statement="4", done="yes")
        assert "Klaar, bedankt" in answer.text
        assert "Er zijn nog 14 vragen zonder antwoord." in answer.text
        assert 'http-equiv="refresh"' in answer.text
        assert rounds.progress(store, opened.round_id).done == 1
        back = one.save(opened.round_id, done="no")
        assert 'id="answers"' in back.text
        assert 'http-equiv="refresh"' not in back.text
        assert rounds.progress(store, opened.round_id).done == 0
        assert mine(store, one, opened) == {"statement": 4}

    def test_a_form_of_a_closed_round_says_so(self, store, opened, phone):
        one = phone()
        rounds.close(store, opened.round_id)
        answer = one.save(opened.round_id, v_statement="4")
        assert answer.status_code == 409
        assert "intussen gesloten" in answer.text
        assert mine(store, one, opened) == {}


class TestScripts:
    @pytest.mark.parametrize("kind", SCRIPTS)
    def test_each_kind_is_saved_as_it_is_given(self, store, opened, phone, kind):
        item, value, stored = SCRIPTS[kind]
        one = phone()
        assert one.states(one.send(opened.round_id, {item: value})) == ["saved"]
        assert mine(store, one, opened) == {item: stored}
        assert one.states(one.send(opened.round_id, {item: None})) == ["saved"]
        assert mine(store, one, opened) == {}

    def test_sent_twice_counts_once_and_undoes_nothing(self, store, opened, phone):
        one = phone()
        assert one.states(one.send(opened.round_id, {"statement": 1}, "first-key")) == ["saved"]
        assert one.states(one.send(opened.round_id, {"statement": 2}, "second-key")) == ["saved"]
        assert one.states(one.send(opened.round_id, {"statement": 1}, "first-key")) == ["repeated"]
        assert mine(store, one, opened) == {"statement": 2}

    def test_one_bad_answer_does_not_keep_the_others_out(self, store, opened, phone):
        one = phone()
        answer = one.send(
            opened.round_id, {"statement": 9, "choice": "a", "nope": 1, "text": ["x"]}
        )
        told = {state["state"] for state in answer.json()["answers"]}
        assert told == {"saved", "refused"}
        texts = [s["text"] for s in answer.json()["answers"] if s["state"] == "refused"]
        assert texts == [
            "Vul een getal in van 1 tot 5.",
            "Deze vraag hoort niet bij deze ronde.",
            "Vul hier een tekst in.",
        ]
        assert mine(store, one, opened) == {"choice": "a"}

    def test_two_tabs_are_one_person(self, store, session, opened, phone, room):
        one = phone()
        other = Phone(room.url)
        other.web.cookies = one.web.cookies
        one.send(opened.round_id, {"statement": 1})
        other.join(session.code, "marketing")
        other.send(opened.round_id, {"choice": "b"})
        assert people.joined(store, session.session_id) == {"sales": 1, "marketing": 0, "other": 0}
        assert mine(store, other, opened) == {"statement": 1, "choice": "b"}


class TestStates:
    def test_the_page_is_always_what_the_facilitator_opened(self, store, session, phone):
        one = phone()
        assert "Even wachten" in one.page()
        first = rounds.open_round(store, session.session_id, "a", exercise("statement"))
        assert f'data-mark="open:{first.round_id}"' in one.page()
        one.send(first.round_id, {"statement": 3})
        rounds.reveal(store, first.round_id, early=True)
        assert f'data-mark="revealed:{first.round_id}"' in one.page()
        again = rounds.reopen(store, first.round_id)
        page = one.page()
        assert f'data-mark="open:{again.round_id}"' in page
        assert 'value="3" aria-label="tussenin" checked' in page
        assert "kwamen al eens voorbij" in page
        rounds.close(store, again.round_id)
        assert "Even wachten" in one.page()
        sessions.end(store, session.session_id)
        page = one.page()
        assert "De sessie is afgelopen" in page
        assert "nieuwe sessie" not in page
        sessions.start(store)
        assert "nieuwe sessie" in one.page()

    def test_a_named_round_asks_the_name_and_says_what_it_is_for(self, store, session, phone):
        one = phone()
        content = exercise("statement", "text", named=True)
        found = rounds.open_round(store, session.session_id, "a", content)
        page = one.page()
        assert "bij elk antwoord van wie het komt" in page
        assert 'id="answers"' not in page
        assert one.send(found.round_id, {"statement": 3}).status_code == 409
        assert one.save(found.round_id, v_statement="3").status_code == 409
        assert one.web.post("/name", data={"name": " "}).status_code == 422
        page = one.web.post("/name", data={"name": "Test <i>Persoon</i>"}).text
        assert "Met naam" in page
        assert "Test &lt;i&gt;Persoon" in page
        assert one.states(one.send(found.round_id, {"statement": 3, "text": "wat ik zei"})) == [
            "saved",
            "saved",
        ]
        rounds.reveal(store, found.round_id, early=True)
        page = one.page()
        assert re.search(r"<b>Test &lt;i&gt;Persoon&lt;/i&gt;</b> 3", page)
        assert re.search(r"wat ik zei <cite>Test &lt;i&gt;Persoon", page)

    def test_an_anonymous_round_says_so_and_what_few_people_mean(self, store, session, phone):
        one = phone()
        rounds.open_round(store, session.session_id, "a", exercise("statement"))
        assert "Anoniem" in one.page()
        assert "minder dan 4 mensen mee" in one.page()
        for team in ("sales",) * 3 + ("marketing",):
            phone(team)
        assert "alleen wat iedereen samen antwoordde" in one.page()
        for _ in range(3):
            phone("marketing")
        assert "minder dan" not in one.page()
        assert "van jouw team" in phone("other").page()

    def test_a_time_box_has_its_end_and_what_a_countdown_needs(self, store, session, phone):
        one = phone()
        found = rounds.open_round(store, session.session_id, "a", exercise("text", minutes=5))
        ends = int(found.opened_at.timestamp()) + 300
        page = one.page()
        assert f'data-ends="{ends}"' in page
        assert re.search(r"Je hebt tijd tot \d\d:\d\d\.", page)

    def test_lead_cards_show_facts_in_words_and_nothing_that_tells(self, store, session, phone):
        rounds.open_round(store, session.session_id, "a", exercise("label"))
        page = phone().page()
        facts = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page)[:4]
        assert facts == [
            ("Sector", "Bouw"),
            ("Functie", "onbekend"),
            ("Webinar (aantal keer)", "2"),
            ("Budget 2026", "&lt;50k&gt;"),
        ]
        for hidden in ("secret-", "the outcome", "the name", "the owner"):
            assert hidden not in page

    def test_the_other_language(self, store, session, phone, opened):
        page = phone(language="en").page()
        assert '<html lang="en">' in page
        assert "asked statement en" in page
        assert "I’m done" in page
