"""What became of a decision, in words."""

from __future__ import annotations

import textwrap

from workshop.i18n import Translator
from workshop.session.ledger import Decision
from workshop.session.promises import KIND
from workshop.session.reviews import Outcome

LONGEST = 80
TOO_OFTEN = 3
"""What is not done so many times was not important."""


def press_text(kind: str, outcome: Outcome, t: Translator) -> str:
    """Return what stands on the button of an outcome."""
    return t(_key("press", kind, outcome))


def outcome_text(one: Decision, t: Translator) -> str:
    """Say what became of a decision when it was last looked at; nothing where it never was."""
    if one.review is None:
        return ""
    if one.review.outcome == "not_done" and one.missed > 1:
        return t("review.state.not_done.again", n=one.missed)
    return t(_key("state", one.kind, one.review.outcome))


def shortened(text: str, most: int = LONGEST) -> str:
    """Return a text on one line, cut after a word where it is too long."""
    return textwrap.shorten(text, most, placeholder="…")


def _key(form: str, kind: str, outcome: Outcome) -> str:
    if kind == KIND and outcome == "dropped":
        return f"review.{form}.not_needed"
    return f"review.{form}.{outcome}"
