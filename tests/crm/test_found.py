"""Files on which fuzzing found that an import went wrong; each is held to what is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from workshop.i18n import LANGUAGES, Translator

FOUND = Path(__file__).with_name("found")


@pytest.mark.parametrize("keep", [False, True])
def test_a_contact_s_header_over_yes_and_no_stays_a_trait(desk, keep):
    file = FOUND / "contact_header_of_yes_and_no.csv"
    first = desk.run(file, keep_contacts=keep)
    assert {"Straat", "Niet mailen"} <= {*first.traits}
    before = desk.tree()
    again = desk.run(file, keep_contacts=keep)
    assert (again.changed, again.traits) == (False, first.traits)
    assert "no_longer_a_trait" not in {found.code for found in again.findings}
    assert desk.tree() == before


def test_a_trait_that_became_a_contact_is_let_go(desk):
    file = FOUND / "contact_header_of_yes_and_no.csv"
    desk.run(file)
    text = file.read_text("utf-8").replace("nee;", "Dorpsstraat 1;")
    imported = desk.run(text)
    assert ("no_longer_a_trait", ("Straat",)) in {(f.code, f.columns) for f in imported.findings}
    assert "Straat" not in desk.table("leads")


@pytest.mark.parametrize("name", ["page_long_header.csv", "two_thousand_headers.csv"])
def test_a_message_is_no_longer_than_one_can_read(desk, name):
    error = desk.refuse(FOUND / name)
    assert error.code == "nothing_recognised"
    for language in LANGUAGES:
        said = Translator(language)(f"error.{error.code}", **error.fields)
        assert "…" in said
        assert len(said) < 1_000


@pytest.mark.parametrize("blank", ['""', "  ", '" "'])
def test_a_blank_line_is_not_counted_in_a_footer_with_its_quotes_either(desk, blank):
    rows = "Deal-ID;Fase;Bedrag\nD1;Gewonnen;5\nD2;Verloren;6\n"
    imported = desk.run(f"{rows}Copyright (c) 2026\n{blank}\n28-02-2026\n")
    assert imported.rows == 2
    assert {found.code: found.count for found in imported.findings}["footer"] == 2


def test_nothing_in_a_file_steers_the_terminal(desk):
    error = desk.refuse("x\x10y;\x1b[2Jz\n1;2\n")
    assert error.fields["headers"] == ["x\ufffdy", "\ufffd[2Jz"]
    imported = desk.run("Deal-ID;Fase;Bedrag\nD1;Nieuw;5\nD2;\x1b[31mrood;\x9bx\n")
    said = [text for found in imported.findings for text in found.examples]
    said += [row.value for row in imported.set_aside if row.value]
    assert said
    assert not any("\x1b" in text or "\x9b" in text for text in said)
