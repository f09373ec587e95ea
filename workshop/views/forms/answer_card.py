"""A printed answer card that is typed in afterwards: one person's answers, checked and saved."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from traitlets import Dict, HasTraits, Instance, Int, Unicode

from workshop.errors import InputError, WorkshopError
from workshop.session.answers import Given, save, say_done
from workshop.session.exercise import BadAnswer
from workshop.session.people import change, checked_name, give_name, join, new_token
from workshop.session.rounds import Round
from workshop.session.store import Store


class AnswerCard(HasTraits):
    """The card being typed in; its answers go to the store together or not at all."""

    team = Unicode("sales")
    name = Unicode("")
    wrong = Dict()
    """What is wrong with an answer, by item: a `BadAnswer`."""
    problem = Instance(WorkshopError, allow_none=True)
    saved = Int(0)
    """How many cards were typed in."""

    def __init__(self, store: Store, found: Round, language: str) -> None:
        super().__init__()
        self.store = store
        self.round = found
        self.language = language
        self._token = new_token()

    def enter(self, given: Mapping[str, Any]) -> bool:
        """Save a card as someone of its own; return whether it is in the store.

        A second try after a failure is the same person.
        """
        values, self.wrong = self._checked(given)
        self.problem = None
        if self.wrong:
            return False
        try:
            self._save(values)
        except WorkshopError as error:
            self.problem = error
            return False
        self._token = new_token()
        self.saved += 1
        return True

    def _checked(self, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, BadAnswer]]:
        values: dict[str, Any] = {}
        wrong: dict[str, BadAnswer] = {}
        for item, question in self.round.content.items():
            try:
                value = question.checked(given.get(item))
            except BadAnswer as error:
                wrong[item] = error
                continue
            if value is not None:
                values[item] = value
        return values, wrong

    def _save(self, values: Mapping[str, Any]) -> None:
        if not values:
            raise InputError("empty_card")
        if self.round.named:
            checked_name(self.name)
        session_id = self.round.session_id
        join(self.store, session_id, self._token, self.team, self.language, means="card")
        who = change(self.store, self._token, team=self.team)
        if self.round.named:
            give_name(self.store, self._token, self.name)
        rows = [
            Given(self.round.round_id, who.participant_id, item, value, secrets.token_hex(16))
            for item, value in values.items()
        ]
        if "closed" in save(self.store, rows):
            raise InputError("round_over")
        say_done(self.store, self.round.round_id, who.participant_id)
