"""Criteria in the making: they come to the clause they came from, and half of one to nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from workshop.criteria import AllOf, AnyOf, Clause, Criterion, Not, parts
from workshop.session import tree
from workshop.session.tree import Group, Leaf, clause_of, tree_of

CLAUSE = TypeAdapter(Clause)
CRITERIA = st.one_of(
    st.builds(
        lambda field, operator, value: {"field": field, "operator": operator, "value": value},
        st.sampled_from("ab"),
        st.sampled_from(["is", "is_not"]),
        st.sampled_from(["x", "y", 1, 2]),
    ),
    st.builds(
        lambda field, operator, value: {"field": field, "operator": operator, "value": value},
        st.sampled_from("ab"),
        st.sampled_from(["one_of", "none_of"]),
        st.lists(st.sampled_from(["x", "y"]), min_size=1, max_size=3).map(tuple),
    ),
    st.builds(
        lambda field, value: {"field": field, "operator": "at_least", "value": value},
        st.sampled_from("ab"),
        st.integers(0, 3),
    ),
    st.builds(lambda field: {"field": field, "operator": "is_known"}, st.sampled_from("ab")),
)
CLAUSES = st.recursive(
    CRITERIA,
    lambda inner: st.one_of(
        st.builds(lambda part: {"not": part}, inner),
        st.builds(lambda p: {"all_of": tuple(p)}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda p: {"any_of": tuple(p)}, st.lists(inner, min_size=1, max_size=3)),
    ),
    max_leaves=8,
).map(CLAUSE.validate_python)
LEADS = [{"a": a, "b": b} for a in (None, "x", "y", 1, 2) for b in (None, "x", 1, 3)]


def verdict(clause: Clause, lead: dict[str, Any]) -> bool | None:
    """Judge a lead by Kleene's three values, as the definition of a criterion says."""
    if isinstance(clause, Criterion):
        return _criterion(clause, lead[clause.field])
    found = [verdict(part, lead) for part in parts(clause)]
    if isinstance(clause, Not):
        return None if found[0] is None else not found[0]
    decides = isinstance(clause, AnyOf)
    if decides in found:
        return decides
    return None if None in found else not decides


def _criterion(criterion: Criterion, value: Any) -> bool | None:
    if criterion.operator == "is_known":
        return value is not None
    if value is None:
        return None
    if criterion.operator == "at_least":
        return isinstance(value, int) and value >= criterion.values[0]
    return (value in criterion.values) == (criterion.operator in ("is", "one_of"))


@given(CLAUSES)
def test_a_clause_comes_back_saying_the_same_of_every_lead(clause):
    back = clause_of(tree_of(clause))
    assert [verdict(back, lead) for lead in LEADS] == [verdict(clause, lead) for lead in LEADS]


@given(CLAUSES)
def test_a_tree_is_kept_as_it_is(clause):
    found = tree_of(clause)
    assert tree.from_plain(tree.plain(found)) == found
    assert found.complete


def test_a_single_value_is_written_as_one_and_several_as_several():
    one = Group(parts=(Leaf("sector", "one_of", ("Bouw",)),))
    two = Group(parts=(Leaf("sector", "none_of", ("Bouw", "Zorg"), "fit"),))
    assert clause_of(one) == Criterion(field="sector", operator="is", value="Bouw")
    assert clause_of(two) == Criterion(
        field="sector", operator="none_of", value=("Bouw", "Zorg"), about="fit"
    )


@pytest.mark.parametrize(
    "leaf", [Leaf(), Leaf("sector"), Leaf("sector", "one_of"), Leaf("", "is_known")]
)
def test_what_lacks_something_does_not_count_yet(leaf):
    role = Leaf("role", "is_known")
    assert not Group(parts=(leaf, role)).complete
    assert clause_of(Group(parts=(leaf, role))) == Criterion(field="role", operator="is_known")
    assert clause_of(Group(parts=(leaf,))) is None
    assert clause_of(Group(parts=(Group("any_of", (leaf,), True),))) is None


def test_nodes_are_put_added_and_taken_away_by_their_path():
    inner = Group("any_of", (Leaf("a"), Leaf("b")))
    found = tree.add(tree.add(Group(), (), Leaf("c")), (), inner)
    assert tree.at(found, (1, 0)) == Leaf("a")
    assert tree.at(tree.put(found, (1, 0), Leaf("d")), (1,)) == Group(
        "any_of", (Leaf("d"), Leaf("b"))
    )
    assert tree.put(found, (0,), None) == Group(parts=(inner,))
    assert [leaf.field for leaf in tree.leaves(tree.add(found, (1,), Leaf("e")))] == list("cabe")
    with pytest.raises(TypeError):
        tree.add(found, (0,), Leaf())


def test_not_not_is_nothing_and_a_negated_group_stays_one():
    role = Criterion(field="role", operator="is_known")
    twice = Not.model_validate({"not": Not.model_validate({"not": role})})
    assert clause_of(tree_of(twice)) == role
    either = AnyOf(any_of=(role, Criterion(field="source", operator="is_known")))
    negated = Not.model_validate({"not": either})
    assert clause_of(tree_of(AllOf(all_of=(negated, role)))) == AllOf(all_of=(negated, role))
