"""Calls that do not parse: each kind that Typer raises, in both languages."""

from __future__ import annotations

import sys

import pytest
import typer

from workshop.cli import run
from workshop.i18n import Translator

ENDS = {"en": "Add --help to see what is possible.", "nl": "Met --help erbij zie je wat kan."}

app = typer.Typer(add_completion=False)


@app.command()
def first(
    path: str,
    size: float = typer.Option(1.0, "--size", max=5, metavar="SIZE"),
    seed: int = typer.Option(0, "--seed", min=0, metavar="N"),
    flag: bool = typer.Option(False, "--flag"),
) -> None:
    """Take one of each kind."""


@app.command()
def second() -> None:
    """Take nothing."""


CALLS = {
    ("third",): (
        "There is no command “third”. Choose from first and second.",
        "De opdracht “third” bestaat niet. Kies uit first en second.",
    ),
    ("fist", "--size"): (
        "There is no command “fist”. Choose from first and second.",
        "De opdracht “fist” bestaat niet. Kies uit first en second.",
    ),
    ("first",): ("PATH is missing.", "PATH ontbreekt."),
    ("first", "x", "--quick"): (
        "--quick does not exist here. Choose from --size, --seed, --flag and --help.",
        "--quick bestaat hier niet. Kies uit --size, --seed, --flag en --help.",
    ),
    ("first", "x", "--flat", "3"): (
        "--flat does not exist; is --flag meant?",
        "--flat bestaat niet; is --flag bedoeld?",
    ),
    ("first", "x", "--seed"): ("--seed needs a value after it.", "Na --seed hoort een waarde."),
    ("first", "x", "--flag=3"): ("--flag takes no value.", "Bij --flag hoort geen waarde."),
    ("first", "x", "--seed", "many"): (
        "--seed N is “many”, but has to be a whole number of at least 0.",
        "--seed N is “many”, maar moet een geheel getal van minstens 0 zijn.",
    ),
    ("first", "x", "--seed=-1"): (
        "--seed N is “-1”, but has to be a whole number of at least 0.",
        "--seed N is “-1”, maar moet een geheel getal van minstens 0 zijn.",
    ),
    ("first", "x", "--size", "big"): (
        "--size SIZE is “big”, but has to be a number of at most 5.",
        "--size SIZE is “big”, maar moet een getal van hoogstens 5 zijn.",
    ),
    ("first", "x", "--size", "6"): (
        "--size SIZE is “6”, but has to be a number of at most 5.",
        "--size SIZE is “6”, maar moet een getal van hoogstens 5 zijn.",
    ),
    ("first", "x", "y (z)"): (
        "This is more than the command takes: y (z).",
        "Dit is meer dan de opdracht vraagt: y (z).",
    ),
}


@pytest.mark.parametrize("arguments", CALLS, ids=" ".join)
@pytest.mark.parametrize("language", ENDS)
def test_what_typer_finds_wrong_is_said_in_the_reader_s_language(
    arguments, language, monkeypatch, capsys
):
    monkeypatch.setattr(run, "app", app)
    monkeypatch.setattr(run, "t", Translator(language))
    monkeypatch.setattr(sys, "argv", ["samenspel", *arguments])
    with pytest.raises(SystemExit) as left:
        run.main()
    said = dict(zip(ENDS, CALLS[arguments], strict=True))[language]
    shown = capsys.readouterr()
    assert (left.value.code, shown.out) == (2, "")
    assert shown.err == f"{said} {ENDS[language]}\n"


def test_a_bare_call_shows_the_help(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["samenspel"])
    with pytest.raises(SystemExit) as left:
        run.main()
    shown = capsys.readouterr()
    assert (left.value.code, shown.err) == (0, "")
    assert "analyse" in shown.out
