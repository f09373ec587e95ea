"""The hand-over rules as a state machine: what is wrong with it, and what to draw of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NamedTuple

from workshop.session.rules import Rule, RuleSet


class Defect(NamedTuple):
    """What is wrong with the rules: a code, and the statuses and rules that it is about.

    ``customer_type`` is null where it holds for every type without a rule of its own.
    """

    code: str
    customer_type: str | None
    statuses: tuple[str, ...]
    rules: tuple[str, ...]


class Node(NamedTuple):
    """A status: whose it is, and the shortest time limit there, in working hours."""

    status: str
    kind: Literal["start", "between", "end"]
    owner: str | None
    time_limit: float | None


class Edge(NamedTuple):
    """A change of status: by a rule's trigger, or at its time limit (in working hours)."""

    from_status: str
    to_status: str
    kind: Literal["trigger", "limit"]
    rule: str
    trigger: str
    at_most: int | None
    time_limit: float | None = None


class Machine(NamedTuple):
    """The statuses and the ways between them, in the order in which the rules name them."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def machine(rules: RuleSet, customer_type: str | None = None) -> Machine:
    """Return the state machine of a type of customer; null is every type that no rule names."""
    applying = rules.applying(customer_type)
    edges = tuple(edge for rule in applying for edge in _edges(rule))
    named = [status for edge in edges for status in (edge.from_status, edge.to_status)]
    statuses = dict.fromkeys([rules.first_status, *named])
    return Machine(tuple(_node(status, rules, applying) for status in statuses), edges)


def lint(rules: RuleSet) -> tuple[Defect, ...]:
    """Return everything that is wrong with the rules, the general ones first.

    Codes about the ways: ``dead_end`` (statuses that a lead can never leave, and may not rest
    in), ``unreachable``, ``endless_recycling`` (statuses between which a lead can go round
    without end), ``two_rules_for_one_case`` (same status, trigger and type of customer). About
    responsibility: ``no_owner``, ``two_owners`` (of one status), ``no_time_limit`` (in a status
    for which no rule has one), ``nothing_at_limit``, ``limit_without_hours``, ``no_decider``
    (where a lead goes from one team to the other and nobody decides when they disagree). About
    the agreement: ``missing_why``, ``missing_expectation`` (of the other team or of one's own).
    """
    found: dict[Defect, None] = {}
    for customer_type in (None, *rules.customer_types):
        for defect in _defects(rules, customer_type):
            if defect._replace(customer_type=None) not in found:
                found[defect] = None
    return tuple(found)


def _defects(rules: RuleSet, customer_type: str | None) -> Iterator[Defect]:
    applying = rules.applying(customer_type)
    if not applying:
        yield Defect("no_rules_for_others", None, (), ())
        return
    whole = machine(rules, customer_type)
    parts = (
        *_about_ways(rules, whole),
        *_about_cases(applying),
        *_about_owners(applying),
        *_about_rules(applying),
    )
    for code, statuses, names in parts:
        yield Defect(code, customer_type, tuple(statuses), tuple(names))


_Found = tuple[str, Sequence[str], Sequence[str]]


def _about_ways(rules: RuleSet, whole: Machine) -> Iterator[_Found]:
    after = _reachable(whole, whole.edges)
    statuses = [node.status for node in whole.nodes]
    for group in _groups(statuses, after):
        if not any(after[s] - set(group) for s in group) and not set(group) & set(rules.ends):
            yield "dead_end", group, ()
    for status in statuses:
        if status not in {rules.first_status, *after[rules.first_status]}:
            yield "unreachable", [status], ()
    unbounded = [edge for edge in whole.edges if edge.at_most is None]
    around = _reachable(whole, unbounded)
    for group in _groups(statuses, around):
        if group[0] in around[group[0]]:
            inside = [e for e in unbounded if {e.from_status, e.to_status} <= set(group)]
            yield "endless_recycling", group, list(dict.fromkeys(e.rule for e in inside))


def _about_cases(applying: Sequence[Rule]) -> Iterator[_Found]:
    cases = defaultdict(list)
    for rule in applying:
        cases[rule.from_status, rule.trigger.casefold()].append(rule.name)
    for (status, _), names in cases.items():
        if len(names) > 1:
            yield "two_rules_for_one_case", [status], names


def _about_owners(applying: Sequence[Rule]) -> Iterator[_Found]:
    leaving: dict[str, list[Rule]] = defaultdict(list)
    for rule in applying:
        leaving[rule.from_status].append(rule)
    for status, rules in leaving.items():
        names = [rule.name for rule in rules]
        if len({rule.owner for rule in rules} - {None}) > 1:
            yield "two_owners", [status], names
        if not any(rule.time_limit for rule in rules):
            yield "no_time_limit", [status], names
    for rule in applying:
        heirs = {after.owner for after in leaving[rule.to_status]} - {None, rule.owner}
        if rule.owner and heirs and rule.on_disagreement is None:
            yield "no_decider", [rule.from_status, rule.to_status], [rule.name]


_OF_ONE_RULE: dict[str, Callable[[Rule], bool]] = {
    "no_owner": lambda rule: rule.owner is None,
    "nothing_at_limit": lambda rule: (
        rule.time_limit is not None
        and not (rule.at_limit and any(rule.at_limit.model_dump().values()))
    ),
    "limit_without_hours": lambda rule: rule.at_limit is not None and rule.time_limit is None,
    "missing_why": lambda rule: rule.why is None,
    "missing_expectation": lambda rule: not (rule.expects_of_marketing and rule.expects_of_sales),
}


def _about_rules(applying: Sequence[Rule]) -> Iterator[_Found]:
    for code, holds in _OF_ONE_RULE.items():
        for rule in applying:
            if holds(rule):
                yield code, [rule.from_status], [rule.name]


def _edges(rule: Rule) -> Iterator[Edge]:
    start, name, trigger, at_most = rule.from_status, rule.name, rule.trigger, rule.at_most
    yield Edge(start, rule.to_status, "trigger", name, trigger, at_most)
    if rule.at_limit and rule.at_limit.status and rule.at_limit.status != start:
        after = rule.time_limit
        yield Edge(start, rule.at_limit.status, "limit", name, trigger, at_most, after)


def _node(status: str, rules: RuleSet, applying: Sequence[Rule]) -> Node:
    leaving = [rule for rule in applying if rule.from_status == status]
    limits = [rule.time_limit for rule in leaving if rule.time_limit is not None]
    return Node(
        status,
        "start" if status == rules.first_status else "end" if status in rules.ends else "between",
        next((rule.owner for rule in leaving if rule.owner), None),
        min(limits, default=None),
    )


def _reachable(whole: Machine, edges: Sequence[Edge]) -> dict[str, set[str]]:
    """Return which statuses can be reached from each, in one step or more."""
    following = defaultdict(set)
    for edge in edges:
        following[edge.from_status].add(edge.to_status)
    found: dict[str, set[str]] = {}
    for node in whole.nodes:
        seen: set[str] = set()
        waiting = set(following[node.status])
        while waiting:
            status = waiting.pop()
            seen.add(status)
            waiting |= following[status] - seen
        found[node.status] = seen
    return found


def _groups(statuses: Sequence[str], after: dict[str, set[str]]) -> list[list[str]]:
    """Return the statuses that lead to one another, together; any other on its own."""
    left, groups = list(statuses), []
    while left:
        first = left[0]
        group = [s for s in left if s == first or (s in after[first] and first in after[s])]
        groups.append(group)
        left = [s for s in left if s not in group]
    return groups
