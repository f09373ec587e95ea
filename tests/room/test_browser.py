"""The pages in a real browser: saved as given, found again, revealed without a reload."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.room.phones import exercise
from workshop.room.base import COOKIE
from workshop.session import answers, people, rounds, sessions
from workshop.session.answers import Given, save

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium on the PATH")
SIZES = [(390, 844), (320, 568)]


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def page_of(browser, room, session):
    """Return what gives the page of someone who has just joined."""
    contexts = []

    def joined(team="sales", language="nl", scripts=True, size=SIZES[0], **options):
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=scripts,
            locale=language,
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on(
            "console",
            lambda told: page.faults.append(told.text) if "Policy" in told.text else None,
        )
        page.goto(f"{room.url}/j/{session.code}?lang={language}")
        page.locator(f"label:has(input[value={team}])").click()
        page.locator("main button.main").click()
        return page

    yield joined
    for context in contexts:
        for page in context.pages:
            assert page.faults == []
        context.close()


def mine(store, page, found):
    token = next(c["value"] for c in page.context.cookies() if c["name"] == COOKIE)
    who = people.participant(store, token)
    return answers.mine(store, found.round_id, who.participant_id)


def saved(page, item):
    """Wait until the page says that an item is saved."""
    page.wait_for_selector(f'fieldset[data-item="{item}"] .state.saved')


def give_each(page) -> dict[str, object]:
    """Answer a question of each kind by hand and return what the store should hold."""

    def within(item):
        return page.locator(f'fieldset[data-item="{item}"]')

    within("statement").locator("label").nth(3).click()
    within("text").locator("textarea").fill("Een zin")
    within("lines").locator("textarea").fill("een\ntwee")
    within("choice").locator("label").nth(1).click()
    within("choices").locator("label").nth(0).click()
    within("choices").locator("label").nth(2).click()
    within("label/1").locator("label").nth(1).click()
    within("number").locator("input").fill("31,5")
    within("involvement/0/a/sales").locator(".scale label").nth(3).click()
    for place in (2, 0, 1):
        within("ranking").locator("li button").nth(place).click()
    within("dots").locator("li").nth(0).locator("button").last.click()
    within("dots").locator("li").nth(2).locator("button").last.click()
    within("dots").locator("li").nth(2).locator("button").last.click()
    for item in ("dots", "ranking", "involvement/0/a/sales", "number", "text", "lines"):
        saved(page, item)
    return {
        "statement": 4,
        "text": "Een zin",
        "lines": ["een", "twee"],
        "choice": "b",
        "choices": ["a", "c"],
        "label/1": "sql",
        "number": 31.5,
        "involvement/0/a/sales": 3,
        "ranking": ["c", "a", "b"],
        "dots": {"a": 1, "c": 2},
    }


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_whole_round(store, session, page_of, language):
    page = page_of(language=language)
    assert page.locator(".pulse").is_visible()
    found = rounds.open_round(store, session.session_id, "all", exercise())
    page.wait_for_selector("#answers")
    given = give_each(page)
    assert mine(store, page, found) == given
    assert (
        page.locator("#status")
        .inner_text()
        .endswith("10 van 15 beantwoord" if language == "nl" else "10 of 15 answered")
    )
    page.reload()
    assert page.locator('fieldset[data-item="text"] textarea').input_value() == "Een zin"
    assert page.locator(".rank b").all_inner_texts() == ["2", "3", "1"]
    page.locator("button[name=done]").click()
    page.wait_for_selector("text=/Klaar, bedankt|Done, thank you/")
    assert rounds.progress(store, found.round_id).done == 1
    page.locator("button[value=no]").click()
    page.wait_for_selector("#answers")
    rounds.reveal(store, found.round_id, early=True)
    page.wait_for_selector(".result")
    rounds.reopen(store, found.round_id)
    page.wait_for_selector("#answers")
    assert page.locator('fieldset[data-item="choice"] input:checked').input_value() == "b"
    sessions.end(store, session.session_id)
    page.wait_for_selector("text=/De sessie is afgelopen|The session is over/")


def test_without_a_network_answers_wait_with_their_keys(store, session, page_of):
    page = page_of()
    found = rounds.open_round(store, session.session_id, "a", exercise("statement", "text"))
    page.wait_for_selector("#answers")
    sent = []
    page.on(
        "request",
        lambda asked: (
            sent.append(json.loads(asked.post_data)) if asked.url.endswith("/answers") else None
        ),
    )
    page.context.set_offline(True)
    page.locator(".kind-statement label").nth(1).click()
    page.locator("textarea").fill("onderweg")
    page.wait_for_selector("#status.trouble")
    assert "staan nog op dit toestel" in page.locator("#status").inner_text()
    assert mine(store, page, found) == {}
    page.wait_for_timeout(900)
    assert page.locator(".state.saved").count() == 0
    page.context.set_offline(False)
    saved(page, "text")
    page.wait_for_selector("#status:not(.trouble)")
    assert mine(store, page, found) == {"statement": 2, "text": "onderweg"}
    keys = [e["key"] for body in sent for e in body["answers"] if e["item"] == "statement"]
    assert len(keys) > 1
    assert len(set(keys)) == 1


def test_an_answer_whose_acknowledgement_is_lost_is_sent_again_and_counts_once(
    store, session, page_of
):
    page = page_of()
    found = rounds.open_round(store, session.session_id, "a", exercise("statement"))
    page.wait_for_selector("#answers")
    lost = []

    def lose(route):
        if not lost:
            route.fetch()
            lost.append(True)
            route.abort()
        else:
            route.continue_()

    page.route("**/answers", lose)
    page.locator(".kind-statement label").nth(4).click()
    page.wait_for_selector("#status.trouble")
    saved(page, "statement")
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM answers").scalar() == 1
    assert mine(store, page, found) == {"statement": 5}


def test_a_reload_without_a_network_loses_nothing(store, session, page_of):
    page = page_of()
    found = rounds.open_round(store, session.session_id, "a", exercise("statement", "text"))
    page.wait_for_selector("#answers")
    page.route("**/answers", lambda route: route.abort())
    page.locator("textarea").fill("bijna kwijt")
    page.wait_for_selector("#status.trouble")
    page.unroute("**/answers")
    page.reload()
    saved(page, "text")
    assert page.locator("textarea").input_value() == "bijna kwijt"
    assert mine(store, page, found) == {"text": "bijna kwijt"}


def test_a_busy_store_is_said_and_tried_again(store, session, page_of):
    page = page_of()
    found = rounds.open_round(store, session.session_id, "a", exercise("statement"))
    page.wait_for_selector("#answers")
    told = {"error": 503, "text": "De schijf is vol.", "wait": 1}
    page.route("**/answers", lambda route: route.fulfill(status=503, json=told))
    page.locator(".kind-statement label").nth(0).click()
    page.wait_for_selector("text=De schijf is vol.")
    page.unroute("**/answers")
    saved(page, "statement")
    assert mine(store, page, found) == {"statement": 1}


def test_what_is_being_typed_stays_when_something_else_changes(store, session, page_of):
    page = page_of()
    found = rounds.open_round(store, session.session_id, "a", exercise("text"))
    page.wait_for_selector("#answers")
    before = page.locator("main").get_attribute("data-revision")
    page.locator("textarea").press_sequentially("half een z")
    with store.write() as connection:
        sessions.bump(connection, session.session_id)
    page.wait_for_selector(f'#main:not([data-revision="{before}"])')
    page.locator("textarea").press_sequentially("in")
    assert page.locator("textarea").input_value() == "half een zin"
    saved(page, "text")
    assert mine(store, page, found) == {"text": "half een zin"}


def test_what_was_typed_when_the_round_closed_is_said_not_to_count(store, session, page_of):
    page = page_of()
    found = rounds.open_round(store, session.session_id, "a", exercise("statement"))
    page.wait_for_selector("#answers")
    page.route("**/events", lambda route: route.abort())
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE rounds SET open = NULL")
    page.locator(".kind-statement label").nth(0).click()
    page.wait_for_selector("text=telt niet meer mee")
    assert mine(store, page, found) == {}


def test_a_shared_device_keeps_nothing_for_the_next_person(store, session, page_of):
    page = page_of()
    page.context.clear_cookies()
    page.goto(page.url.replace("/room", f"/j/{session.code}?means=shared"))
    page.locator("label:has(input[value=sales])").click()
    page.locator("main button.main").click()
    rounds.open_round(store, session.session_id, "a", exercise("text"))
    page.wait_for_selector("#answers")
    page.locator("textarea").fill("niet voor een ander")
    saved(page, "text")
    page.locator("button[name=done]").click()
    page.wait_for_selector(".next")
    page.locator(".next button").click()
    page.wait_for_selector("text=Bij welk team hoor je?")
    for _ in range(4):
        page.go_back()
        page.wait_for_load_state()
        assert "niet voor een ander" not in page.content()
    assert page.evaluate("Object.keys(sessionStorage).length") == 0


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("size", SIZES, ids=["390", "320"])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_every_page_fits_and_can_be_hit(store, session, page_of, language, size, scripts):
    page = page_of(language=language, size=size, scripts=scripts)
    url = page.url
    check(page, "waiting", scripts)
    found = rounds.open_round(store, session.session_id, "all", exercise())
    page.goto(url)
    check(page, "open", scripts)
    for n in range(10):
        team = ("sales", "marketing")[n % 2]
        who = people.join(store, session.session_id, people.new_token(), team, "nl")
        values = {"statement": 1 + n % 5, "text": "een tekst", "choice": "a", "number": 5.0 + n}
        rows = [
            Given(found.round_id, who.participant_id, item, value, f"key {n} {item}")
            for item, value in values.items()
        ]
        save(store, rows)
    rounds.reveal(store, found.round_id, early=True)
    page.goto(url)
    check(page, "revealed", scripts)
    page.goto(url.replace("/room", "/me"))
    check(page, "me", scripts)


def check(page, name: str, scripts: bool) -> None:
    """Hold a page to its width, its targets to 44 pixels, its controls to their names."""
    width = page.viewport_size["width"]
    assert page.locator("body").evaluate("body => body.scrollWidth", timeout=5000) <= width, name
    targets = page.locator(
        "main button:visible:not(.first), main a:visible, main select:visible,"
        " main textarea:visible, main label:has(input):visible, main input[type=range]:visible,"
        " main input[type=text]:visible, main summary:visible, .who a:visible"
    )
    for target in targets.all():
        box = target.bounding_box()
        assert box["height"] >= 44, (name, target.evaluate("one => one.outerHTML.slice(0, 80)"))
        assert box["width"] >= 44, name
    for control in page.locator("main input:visible, main select:visible, main textarea").all():
        named = control.evaluate(
            "one => one.labels.length || one.getAttribute('aria-label') ? 1 : 0"
        )
        assert named, (name, control.evaluate("one => one.outerHTML.slice(0, 120)"))


def test_at_twice_the_size_nothing_is_cut_off(store, session, page_of):
    page = page_of(size=(390, 844))
    rounds.open_round(store, session.session_id, "all", exercise())
    page.wait_for_selector("#answers")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.body.scrollWidth") <= 390


def test_without_scripts_a_waiting_page_looks_again_by_itself(store, session, page_of):
    page = page_of(scripts=False)
    assert "Even wachten" in page.locator("h1").inner_text()
    rounds.open_round(store, session.session_id, "a", exercise("text"))
    page.wait_for_selector("textarea", timeout=15_000)
    page.locator("textarea").fill("zonder script")
    page.locator("button.plain").click()
    assert "Opgeslagen" in page.locator(".note.good").inner_text()
    page.locator("button[name=done]").click()
    assert "Klaar" in page.locator("h1").inner_text()


def test_a_ranking_that_is_broken_up_is_taken_back_until_it_is_whole(store, session, page_of):
    page = page_of()
    found = rounds.open_round(store, session.session_id, "a", exercise("ranking"))
    page.wait_for_selector("#answers")
    options = page.locator(".rank li button")
    for place in (0, 1):
        options.nth(place).click()
    assert page.locator(".rankhelp").inner_text().endswith("Nog te plaatsen: 1")
    assert mine(store, page, found) == {}
    options.nth(2).click()
    saved(page, "ranking")
    assert mine(store, page, found) == {"ranking": ["a", "b", "c"]}
    options.nth(0).click()
    page.wait_for_selector(".state:not(.saved):empty", state="attached")
    assert mine(store, page, found) == {}
    options.nth(0).click()
    saved(page, "ranking")
    assert mine(store, page, found) == {"ranking": ["b", "c", "a"]}
