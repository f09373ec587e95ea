"""The way in, and the way to the next person on a shared device."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.room.phones import Phone, exercise, served
from workshop.room.base import COOKIE
from workshop.room.limits import Buckets, Limits
from workshop.session import answers, people, rounds, sessions


def cookie_of(answer) -> str:
    return answer.headers["set-cookie"]


class TestCode:
    def test_a_code_leads_in_however_it_is_typed(self, room, session):
        typed = f" {session.code[:3].lower()}-{session.code[3:]} "
        answer = Phone(room.url).web.post("/", data={"code": typed})
        assert str(answer.url).startswith(f"{room.url}/j/{session.code}")
        assert "Bij welk team hoor je?" in answer.text

    @pytest.mark.parametrize(("typed", "said"), [("ABC234", "klopt niet"), ("", "Vul de code in")])
    def test_a_wrong_code_says_so(self, room, session, typed, said):
        answer = Phone(room.url).web.post("/", data={"code": typed})
        assert answer.status_code == 404
        assert said in answer.text

    def test_without_a_session_there_is_nothing_to_join(self, workspace, store):
        with served(workspace, store) as room:
            phone = Phone(room.url)
            assert "geen sessie open" in phone.web.get("/").text
            assert phone.web.get("/j/ABC234").status_code == 404

    def test_the_code_of_a_session_that_ended_is_none(self, room, store, session):
        sessions.start(store)
        assert Phone(room.url).web.get(f"/j/{session.code}").status_code == 404

    def test_the_join_page_does_not_say_its_code_to_who_does_not_have_it(self, room, session):
        assert session.code not in Phone(room.url).web.get("/").text

    def test_guessing_is_held_up_and_thirty_phones_behind_one_address_are_not(self, room, session):
        guesser = Phone(room.url)
        codes = [guesser.web.get(f"/j/{'ABCDEF'[:5]}{n % 10}").status_code for n in range(40)]
        assert codes[:25] == [404] * 25
        assert codes[-1] == 429
        # The guesser spoiled it for this address; elsewhere, or before, all of a room joins.
        room.desk.limits = Limits()
        phones = [Phone(room.url) for _ in range(30)]
        for n, one in enumerate(phones):
            if n % 3 == 0:
                assert one.web.get("/j/WRONG2").status_code == 404
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda one: one.join(session.code), phones))

    def test_guesses_from_many_addresses_count_together(self, workspace, store, session):
        with served(workspace, store, "https://room.example") as room:
            room.desk.limits = Limits(wrong_code_anywhere=Buckets(rate=0.001, burst=20))
            statuses = [
                Phone(room.url, **{"X-Forwarded-For": f"10.0.{n}.1"})
                .web.get("/j/WRONG2")
                .status_code
                for n in range(25)
            ]
        assert statuses == [404] * 20 + [429] * 5

    def test_the_addresses_of_one_ipv6_network_count_as_one(self, workspace, store, session):
        with served(workspace, store, "https://room.example") as room:
            room.desk.limits = Limits(wrong_code=Buckets(rate=0.001, burst=5))
            statuses = [
                Phone(room.url, **{"X-Forwarded-For": address}).web.get("/j/WRONG2").status_code
                for address in (*(f"2001:db8:0:1:{n:x}::7" for n in range(7)), "2001:db8:0:2::7")
            ]
        assert statuses == [404] * 5 + [429] * 2 + [404]

    def test_an_address_cannot_name_itself(self, room):
        """A header that says where a request came from is a proxy's, and there is none here."""
        statuses = [
            Phone(room.url, **{"X-Forwarded-For": f"10.0.0.{n}"}).web.get("/j/WRONG2").status_code
            for n in range(35)
        ]
        assert statuses[-1] == 429


class TestJoin:
    def test_language_by_browser_by_switch_and_as_joined(self, room, session):
        dutch = Phone(room.url, **{"Accept-Language": "fr, nl;q=0.9, en;q=0.8"})
        assert '<html lang="nl">' in dutch.web.get("/").text
        english = Phone(room.url, **{"Accept-Language": "en-GB,en;q=0.9"})
        assert '<html lang="en">' in english.web.get("/").text
        assert '<html lang="nl">' in english.web.get(f"/j/{session.code}?lang=nl").text
        page = english.join(session.code, language="nl").page()
        assert '<html lang="nl">' in page

    def test_without_a_team_nobody_joins(self, room, store, session):
        answer = Phone(room.url).web.post(f"/j/{session.code}", data={"language": "nl"})
        assert answer.status_code == 422
        assert "Kies eerst je team." in answer.text
        assert sum(people.joined(store, session.session_id).values()) == 0

    def test_who_is_in_goes_on_to_the_round(self, phone, session):
        one = phone()
        for path in ("/", f"/j/{session.code}"):
            assert str(one.web.get(path).url).endswith("/room")

    def test_a_thumb_that_taps_twice_joins_once(self, room, store, session):
        one = Phone(room.url)
        page = one.web.get(f"/j/{session.code}").text
        form = re.search(r'name="form" value="([^"]+)"', page)[1]
        fields = {"team": "sales", "language": "nl", "form": form}
        other = Phone(room.url)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda p: p.web.post(f"/j/{session.code}", data=fields), (one, other)))
        assert one.token == other.token
        assert people.joined(store, session.session_id)["sales"] == 1

    def test_a_token_that_was_known_before_is_worth_nothing_after(
        self, room, store, session, phone
    ):
        attacker = phone("marketing")
        planted = attacker.token
        victim = Phone(room.url)
        victim.web.cookies.set(COOKIE, planted, domain="127.0.0.1")
        victim.join(session.code, "marketing")
        assert victim.token != planted
        assert people.participant(store, planted) is None
        assert str(attacker.web.get("/room").url) == f"{room.url}/"

    def test_a_token_that_the_room_never_gave_out_is_not_taken_over(self, room, store, session):
        victim, chosen = Phone(room.url), "chosen-by-somebody-else-0000000000000000000"
        victim.web.cookies.set(COOKIE, chosen, domain="127.0.0.1")
        victim.join(session.code)
        assert people.participant(store, victim.token)
        assert people.participant(store, chosen) is None

    def test_the_cookie_is_out_of_reach(self, room, session):
        one = Phone(room.url)
        one.web.follow_redirects = False
        answer = one.web.post(f"/j/{session.code}", data={"team": "sales", "language": "nl"})
        parts = {part.strip().lower() for part in cookie_of(answer).split(";")[1:]}
        assert {"httponly", "samesite=lax", "path=/"} <= parts
        assert "secure" not in parts

    def test_the_cookie_is_secure_where_the_room_is_reached_over_https(
        self, workspace, store, session
    ):
        with served(workspace, store, "https://room.example") as room:
            one = Phone(room.url, Host="room.example", Origin="https://room.example")
            one.web.follow_redirects = False
            fields = {"team": "sales", "language": "nl"}
            answer = one.web.post(f"/j/{session.code}", data=fields)
        assert answer.status_code == 303
        assert "secure" in cookie_of(answer).lower()

    def test_team_and_language_can_be_changed_until_the_first_answer(self, store, session, phone):
        one = phone("sales")
        page = one.web.post("/me", data={"team": "marketing", "language": "en"}).text
        assert "Marketing · English" in page
        found = rounds.open_round(store, session.session_id, "a", exercise("statement"))
        one.send(found.round_id, {"statement": 2})
        answer = one.web.post("/me", data={"team": "sales", "language": "en"})
        assert answer.status_code == 409
        assert "You have already answered for Marketing" in answer.text
        assert one.web.post("/me", data={"team": "marketing", "language": "nl"}).status_code == 200


class TestSharedDevice:
    def test_the_next_person_finds_nothing_of_the_last(self, room, store, session):
        device = Phone(room.url).join(session.code, means="shared")
        found = rounds.open_round(store, session.session_id, "a", exercise("text"))
        first = device.token
        page = device.save(found.round_id, v_text="van de eerste", done="yes").text
        assert "Geef door aan de volgende" in page
        page = device.web.post("/next").text
        assert "Dit toestel gaat rond" in page
        assert re.search(r'value="shared" checked', page)
        assert COOKIE not in device.web.cookies
        device.join(session.code, "marketing", means="shared")
        assert device.token != first
        page = device.page()
        assert "van de eerste" not in page
        assert 'id="answers"' in page
        device.save(found.round_id, v_text="van de tweede", done="yes")
        assert rounds.progress(store, found.round_id) == (2, 2, 2)
        own = people.participant(store, first)
        assert answers.mine(store, found.round_id, own.participant_id) == {"text": "van de eerste"}

    def test_the_join_form_of_the_last_person_is_nobody_s_way_back(self, room, session):
        device = Phone(room.url)
        page = device.web.get(f"/j/{session.code}").text
        form = re.search(r'name="form" value="([^"]+)"', page)[1]
        device.join(session.code, form=form, means="shared")
        first = device.token
        device.web.post("/next")
        device.join(session.code, form=form, means="shared")
        assert device.token != first

    def test_those_who_shared_a_device_before_are_not_waited_for(self, room, store, session):
        device = Phone(room.url).join(session.code, means="shared")
        first = rounds.open_round(store, session.session_id, "a", exercise("statement"))
        device.save(first.round_id, v_statement="1", done="yes")
        rounds.reveal(store, first.round_id)
        second = rounds.open_round(store, session.session_id, "b", exercise("statement"))
        assert rounds.progress(store, second.round_id).joined == 0
        device.web.post("/next")
        device.join(session.code, means="shared")
        device.save(second.round_id, v_statement="2", done="yes")
        assert rounds.progress(store, second.round_id) == (1, 1, 1)

    def test_a_phone_of_one_s_own_is_not_passed_on(self, phone):
        one = phone()
        assert "Geef door" not in one.page()

    def test_no_page_is_kept(self, phone):
        one = phone()
        for path in ("/", "/room", "/me", "/nothing"):
            assert one.web.get(path).headers["cache-control"] == "no-store"
