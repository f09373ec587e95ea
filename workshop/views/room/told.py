"""What the room said, for a report: each exercise's last answers that were shown."""

from __future__ import annotations

from dataclasses import replace

from workshop.i18n import Translator
from workshop.questions.which import Beside
from workshop.session.floor import APART
from workshop.session.people import joined
from workshop.session.results import results
from workshop.session.rounds import Round, rounds_of
from workshop.session.sessions import all_sessions, session_of
from workshop.session.store import Store
from workshop.session.voting import is_vote
from workshop.views.display import Prose
from workshop.views.fragment import Shown, fill
from workshop.views.look import Look
from workshop.views.room.answers import all_answers
from workshop.views.room.canvas import Projected
from workshop.views.room.result import Asked, Setting, result

ADDED = ("diagnosis", "terms", "rules", "journey", "review", "voice", "ledger")
"""What the room brings to a report, in the order of the programme."""


MOST_QUOTES = 2
"""Of each group, on a page that is read alone: the rest is in the table."""
MOST_OPTIONS = 3
RITUALS = ("stand-up", "retro")
"""Exercises of the rhythm: what was said there stands in minutes of its own."""


class Title(Asked):
    """An exercise's title above what was said in it."""

    def html(self) -> str:
        """Return a heading."""
        return fill("exercise.html.j2", title=self.text)


def told(
    store: Store,
    found: Round,
    look: Look,
    crm: Beside,
    currency: str,
) -> Projected:
    """Return what the room said in a round that was shown."""
    setting = _setting(store, found, look, crm, currency)
    return result(results(store, found.round_id), setting)


def _setting(store: Store, found: Round, look: Look, crm: Beside, currency: str) -> Setting:
    return Setting(
        look=look,
        crm=crm,
        currency=currency,
        floor=session_of(store, found.session_id).floor,
        others=joined(store, found.session_id)[APART] > 0,
    )


def everything_told(
    store: Store | None,
    look: Look,
    crm: Beside,
    currency: str,
) -> tuple[Shown, ...]:
    """Return the answers to every exercise under its title; before any session, what it will add.

    Of many quotes or options those given most; all of them are in the table behind.
    """
    rounds = [] if store is None else last_shown(store)
    if store is None or not rounds:
        return (what_comes(look.t),)
    shown = [results(store, found.round_id) for found in rounds]
    parts = list(all_answers(shown, look.t))
    if any(found.exercise in RITUALS for found in rounds):
        parts.append(Prose(look.t("said.rituals")))
    for found, said in zip(rounds, shown, strict=True):
        if found.exercise in RITUALS:
            continue
        setting = replace(
            _setting(store, found, look, crm, currency),
            most_quotes=MOST_QUOTES,
            most_options=MOST_OPTIONS,
        )
        parts += [Title(found.content.title.of(look.t.language)), *result(said, setting).parts]
    return tuple(parts)


def last_shown(store: Store) -> list[Round]:
    """Return the last round of each exercise whose answers were shown; votes stand elsewhere."""
    rounds = [
        one for session in all_sessions(store) for one in rounds_of(store, session.session_id)
    ]
    shown = [one for one in rounds if one.state == "revealed" and not is_vote(one)]
    last = {one.exercise: one for one in shown}
    return sorted(last.values(), key=lambda one: one.round_id)


def what_comes(t: Translator) -> Prose:
    """Say what the session will add."""
    return Prose(t("agreed.session"), tuple(t(f"agreed.session.{part}") for part in ADDED))
