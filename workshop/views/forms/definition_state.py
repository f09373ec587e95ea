"""A term's meaning being shaped: words, criteria, and what they would have done. No widget."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import pandas as pd
from traitlets import HasTraits, Instance

from workshop.criteria import SIDES, Clause, Definition, Side
from workshop.crm.fact_fields import FactField
from workshop.crm.field_choices import Offer, offers, operators_of, values_of
from workshop.crm.readiness import readiness_of
from workshop.crm.replay import Judging
from workshop.crm.tables import Tables
from workshop.errors import WorkshopError
from workshop.questions.definitions import QUESTION
from workshop.questions.replayer import Replayer
from workshop.session import tree
from workshop.session.definition_drafts import Meaning, meaning
from workshop.session.store import Store
from workshop.session.tree import Group, Leaf, Node, Path
from workshop.views.forms.form import Keeper

DEEPEST = 3
"""Groups within groups: deeper than this nobody reads a definition."""


class Replay(NamedTuple):
    """The scores of each side (`Replayer.scores`), and the won deals that each throws away."""

    scores: pd.DataFrame
    missed: pd.DataFrame


class DefinitionState(HasTraits):
    """One side's meaning of a term; each change is kept and replayed.

    ``meaning`` is what it says, ``replayed`` what each side's criteria would have done: a
    `Replay`. ``wrong`` are the typed values that are no number, by path.
    """

    meaning = Instance(Meaning)
    replayed = Instance(tuple, allow_none=True)
    wrong = Instance(dict, ())
    problem = Instance(WorkshopError, allow_none=True)

    def __init__(
        self,
        store: Store,
        floor: int,
        term: str,
        side: Side,
        written: Definition | None,
        tables: Tables | None,
    ) -> None:
        self.store, self.term, self.side, self.written = store, term, side, written
        self.keeper = Keeper(store, floor, "definition", term, side)
        answerable = tables is not None and not readiness_of(tables, QUESTION).missing
        self.tables = tables if answerable and tables and tables.leads is not None else None
        self.offers: dict[str, Offer] = {}
        if self.tables is not None:
            self.offers = {offer.field.name: offer for offer in offers(self.tables)}
        self._values: dict[str, tuple[str, ...]] = {}
        self._replayer: tuple[Judging, Replayer] | None = None
        super().__init__(meaning=meaning(store, term, side, written))
        self.replay()

    def say(self, text: str) -> None:
        """Put the meaning into other words."""
        self._take(replace(self.meaning, text=text))

    def judge(self, **judging: Any) -> None:
        """Judge leads at another moment, or by what else they became."""
        changed = replace(self.meaning, **judging)
        if changed.window_days > changed.landmark_days:
            self._take(changed)

    def add(self, path: Path) -> None:
        """Add a criterion to the group at a path."""
        self._grow(tree.add(self.meaning.criteria, path, Leaf()))

    def add_value(self, field: str, value: str) -> None:
        """Add a criterion that a field has a value, such as one that stood out on the wall."""
        self.add(())
        path = (len(self.meaning.criteria.parts) - 1,)
        self.choose(path, field)
        self.value(path, value)

    def add_group(self, path: Path) -> None:
        """Add a group, of which any part is enough, to the group at a path."""
        if len(path) < DEEPEST - 1:
            group = Group("any_of", (Leaf(), Leaf()))
            self._grow(tree.add(self.meaning.criteria, path, group))

    def remove(self, path: Path) -> None:
        """Take a criterion or a group away."""
        self.wrong = {}
        self._grow(tree.put(self.meaning.criteria, path, None))

    def choose(self, path: Path, field: str) -> None:
        """Choose the field of a criterion, which begins anew with what fits that."""
        offer = self.offer(field)
        leaf = self.leaf(path)
        operator = leaf.operator if leaf.operator in offer.operators else offer.operators[0]
        about = leaf.about or ("readiness" if offer.field.kind == "number" else "fit")
        self._change(path, field=field, operator=operator, values=(), about=about)

    def operate(self, path: Path, operator: str) -> None:
        """Choose how a field and its values go together."""
        self._change(path, operator=operator)

    def value(self, path: Path, *values: Any) -> None:
        """Choose the values of a criterion."""
        self._change(path, values=tuple(values))

    def number(self, path: Path, text: str) -> None:
        """Take typed numbers, apart by semicolons; what is none is said and changes nothing."""
        try:
            values = tuple(_number(part) for part in text.split(";") if part.strip())
        except ValueError:
            self.wrong = {**self.wrong, path: text}
            return
        self.wrong = {where: said for where, said in self.wrong.items() if where != path}
        self._change(path, values=values)

    def mark(self, path: Path, about: str) -> None:
        """Say whether a criterion is about who the lead is, or about the moment."""
        self._change(path, about=about or None)

    def negate(self, path: Path, negated: bool) -> None:
        """Turn a criterion or a group round, or back."""
        node = tree.at(self.meaning.criteria, path)
        turned: Node = replace(node, negated=negated)
        self._put(path, turned)

    def join(self, path: Path, how: tree.How) -> None:
        """Say whether all of a group has to hold, or any of it."""
        node = tree.at(self.meaning.criteria, path)
        if isinstance(node, Group):
            self._put(path, replace(node, how=how))

    def offer(self, field: str) -> Offer:
        """Return what fits a field, also one that is not offered to others."""
        if field in self.offers:
            return self.offers[field]
        own = [one for one in tree.leaves(self.meaning.criteria) if one.field == field]
        texts = any(isinstance(value, str) for one in own for value in one.values)
        unvouched = FactField(field, "text" if texts else "number", False)
        return Offer(unvouched, operators_of(unvouched))

    def values(self, field: str) -> tuple[str, ...]:
        """Return the values that this CRM has in a field, asked for once."""
        if field not in self._values:
            tables, offer = self.tables, self.offers.get(field)
            self._values[field] = values_of(tables, offer.field) if tables and offer else ()
        return self._values[field]

    def replay(self) -> None:
        """Replay every side's criteria on the leads of this CRM."""
        sides = self._sides()
        if self.tables is None or not sides:
            self.replayed = None
            return
        try:
            replayer = self._opened(self.tables)
            self.replayed = Replay(replayer.scores(sides), replayer.won_missed(sides))
        except WorkshopError as error:
            self.problem, self.replayed = error, None

    def close(self) -> None:
        """Let go of the leads."""
        if self._replayer is not None:
            self._replayer[1].close()
            self._replayer = None

    def _sides(self) -> dict[Side, Clause]:
        """Return the criteria of each side as far as they are complete: this one's as it stands."""
        found = {side: self._meaning(side).criteria for side in SIDES}
        clauses = {side: tree.clause_of(criteria) for side, criteria in found.items()}
        return {side: clause for side, clause in clauses.items() if clause is not None}

    def _meaning(self, side: Side) -> Meaning:
        if side == self.side:
            return self.meaning
        return meaning(self.store, self.term, side, self.written)

    def _opened(self, tables: Tables) -> Replayer:
        judged = self._meaning("joint")
        judging = Judging(judged.landmark_days, judged.window_days, judged.outcome)
        if self._replayer is None or self._replayer[0] != judging:
            self.close()
            self._replayer = judging, Replayer(tables, judging)
        return self._replayer[1]

    def leaf(self, path: Path) -> Leaf:
        """Return the criterion at a path."""
        node = tree.at(self.meaning.criteria, path)
        if not isinstance(node, Leaf):
            raise TypeError("a group has no field")
        return node

    def _change(self, path: Path, **changes: Any) -> None:
        self._put(path, replace(self.leaf(path), **changes))

    def _put(self, path: Path, node: Node) -> None:
        changed = tree.put(self.meaning.criteria, path, node) if path else node
        if isinstance(changed, Group):
            self._grow(changed)

    def _grow(self, criteria: Group) -> None:
        self._take(replace(self.meaning, criteria=criteria))

    def _take(self, changed: Meaning) -> None:
        if changed == self.meaning:
            return
        before, self.meaning = self.meaning, changed
        self.keeper.keep(changed.plain())
        self.problem = self.keeper.problem
        if replace(before, text="") != replace(changed, text=""):
            self.replay()


def _number(text: str) -> int | float:
    """Read a number with a point or a comma; raise ``ValueError`` for anything else."""
    number = float(text.strip().replace(",", "."))
    if not abs(number) < 1e12:
        raise ValueError(text)
    number = round(number, 6)
    return int(number) if number.is_integer() else number
