"""Criteria in the making: a tree whose rows may still lack a field or a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, TypeAlias

from workshop.criteria import About, AllOf, AnyOf, Clause, Criterion, Not, Value, parts

How = Literal["all_of", "any_of"]
Path: TypeAlias = tuple[int, ...]
"""The way to a node: its place in the outermost group, then in that group, and so on."""

_ONE_OF = {"is": "one_of", "is_not": "none_of"}
"""A text is chosen from a list, also where it is a single one."""
_SINGLE = {several: single for single, several in _ONE_OF.items()}


@dataclass(frozen=True)
class Leaf:
    """A criterion in the making: what is empty is still to be chosen."""

    field: str = ""
    operator: str = ""
    values: tuple[Value, ...] = ()
    about: About | None = None
    negated: bool = False

    @property
    def complete(self) -> bool:
        """Whether nothing is left to choose."""
        return bool(self.field and self.operator and (self.values or self.operator == "is_known"))


@dataclass(frozen=True)
class Group:
    """Rows that must all hold, or any of them; or, negated, not."""

    how: How = "all_of"
    parts: tuple[Node, ...] = ()
    negated: bool = False

    @property
    def complete(self) -> bool:
        """Whether nothing within is left to choose."""
        return all(part.complete for part in self.parts)


Node: TypeAlias = Leaf | Group


def tree_of(clause: Clause | None) -> Group:
    """Return a clause as a tree, whose outermost node is a group."""
    node = Group() if clause is None else _node(clause)
    return node if isinstance(node, Group) else Group(parts=(node,))


def _node(clause: Clause) -> Node:
    if isinstance(clause, Not):
        inner = _node(clause.negated)
        return replace(inner, negated=not inner.negated)
    if isinstance(clause, AllOf | AnyOf):
        how: How = "all_of" if isinstance(clause, AllOf) else "any_of"
        return Group(how, tuple(_node(part) for part in parts(clause)))
    texts = any(isinstance(value, str) for value in clause.values)
    operator = _ONE_OF.get(clause.operator, clause.operator) if texts else clause.operator
    return Leaf(clause.field, operator, clause.values, clause.about)


def clause_of(node: Node) -> Clause | None:
    """Return a tree as a clause, without what is still to be chosen; ``None`` for nothing."""
    found = _criterion(node) if isinstance(node, Leaf) else _joined(node)
    return found if found is None or not node.negated else Not.model_validate({"not": found})


def _joined(group: Group) -> Clause | None:
    inner = tuple(found for part in group.parts if (found := clause_of(part)) is not None)
    if len(inner) < 2:
        return inner[0] if inner else None
    return AllOf(all_of=inner) if group.how == "all_of" else AnyOf(any_of=inner)


def _criterion(leaf: Leaf) -> Criterion | None:
    if not leaf.complete:
        return None
    operator, values = leaf.operator, leaf.values
    if operator == "is_known":
        return Criterion(field=leaf.field, operator="is_known", about=leaf.about)
    several = operator in _SINGLE and len(values) > 1
    if not several:
        operator = _SINGLE.get(operator, operator)
    value = values if several else values[0]
    given = {"field": leaf.field, "operator": operator, "value": value, "about": leaf.about}
    return Criterion.model_validate(given)


def leaves(node: Node) -> Iterator[Leaf]:
    """Yield the criteria of a tree, in order."""
    if isinstance(node, Leaf):
        yield node
        return
    for part in node.parts:
        yield from leaves(part)


def at(group: Group, path: Path) -> Node:
    """Return the node at a path."""
    node: Node = group
    for place in path:
        node = _group(node).parts[place]
    return node


def put(group: Group, path: Path, node: Node | None) -> Group:
    """Return the tree with another node at a path, or without the one there."""
    place, *rest = path
    if rest:
        inner: Node | None = put(_group(group.parts[place]), tuple(rest), node)
    else:
        inner = node
    middle = () if inner is None else (inner,)
    return replace(group, parts=(*group.parts[:place], *middle, *group.parts[place + 1 :]))


def add(group: Group, path: Path, node: Node) -> Group:
    """Return the tree with a node added to the group at a path."""
    there = _group(at(group, path))
    grown = replace(there, parts=(*there.parts, node))
    return put(group, path, grown) if path else grown


def plain(node: Node) -> dict[str, Any]:
    """Return a tree as JSON keeps it."""
    if isinstance(node, Leaf):
        return {**asdict(node), "values": list(node.values)}
    return {"how": node.how, "negated": node.negated, "parts": [plain(part) for part in node.parts]}


def from_plain(kept: Mapping[str, Any]) -> Node:
    """Return what `plain` made JSON of."""
    if "parts" not in kept:
        return Leaf(**{**kept, "values": tuple(kept["values"])})
    return Group(kept["how"], tuple(from_plain(part) for part in kept["parts"]), kept["negated"])


def _group(node: Node) -> Group:
    if not isinstance(node, Group):
        raise TypeError("a criterion has nothing within it")
    return node
