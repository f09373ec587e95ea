"""A room for experiments: people, rounds in every state, drafts and decisions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from tests.session.conftest import Room, exercise
from workshop.questions.agreed_files import write_holding
from workshop.session import drafts, ledger, people, rounds, sessions
from workshop.session.ledger import Ballot, Decision, Proposal
from workshop.session.rounds import Round
from workshop.session.store import Store, open_store
from workshop.workspace import Workspace

TODAY = dt.date(2026, 11, 23)
YES = {"sales": Ballot(4, 0), "marketing": Ballot(4, 0)}
GOAL = {"kind": "pipeline", "target": 500_000.0, "period": "2027Q1"}
ITEMS = ({"id": "one", "kind": "statement"}, {"id": "two", "kind": "statement"})


def start(workspace: Workspace) -> None:
    """Start a session of eight, with a round that takes answers."""
    store = open_store(workspace)
    room = Room(store)
    room.join("sales", 4)
    room.join("marketing", 4)
    rounds.open_round(store, room.session.session_id, "asked", exercise(*ITEMS))
    store.close()


def open_one(store: Store) -> Round:
    """Return the round that takes answers."""
    session = sessions.running(store)
    assert session is not None
    found = rounds.shown_now(store, session.session_id)
    assert found is not None
    return found


def to_come(store: Store, asked: Round) -> Iterator[tuple[str, str]]:
    """Yield who answers what, in the order in which it comes in."""
    names = [f"sales{n}" for n in range(4)] + [f"marketing{n}" for n in range(4, 8)]
    for name in names:
        who = people.participant(store, f"token of {name}")
        assert who is not None
        for item in asked.content.items():
            yield who.participant_id, item.name


def decide(workspace: Workspace, target: float = 500_000.0, kind: ledger.Kind = "goal") -> Decision:
    """Agree on a goal, in the ledger and in its file, as the form does."""
    store = open_store(workspace)
    session = sessions.resume_or_start(store)
    proposal = Proposal(
        kind=kind,
        subject="goal",
        what=f"{target:.0f} of extra pipeline",
        why="It pays for two colleagues.",
        expects_of_marketing="310 MQLs",
        expects_of_sales="A call within a day",
        owner="Eva Peeters",
        owner_team="sales",
        review_on=TODAY + dt.timedelta(days=3650),
        content=GOAL | {"target": target},
        signed_sales="Eva Peeters",
        signed_marketing="Tom Janssens",
    )
    made = ledger.decide(store, session.session_id, proposal, vote=YES)
    write_holding(workspace, store, made, note)
    store.close()
    return made


def note(decision: Decision) -> str:
    """Return the first line of a file."""
    return f"{decision.kind} as agreed"


def lively(workspace: Workspace) -> None:
    """Fill a session with all that one can hold: a reveal, a closed round, drafts, decisions."""
    store = open_store(workspace)
    room = Room(store)
    names = [*room.join("sales", 5), *room.join("marketing", 4), *room.join("other", 1)]
    for number, named in enumerate((False, True)):
        asked = rounds.open_round(
            store, room.session.session_id, f"asked-{number}", exercise(*ITEMS), named=named
        )
        for name in names:
            if named:
                people.give_name(store, f"token of {name}", f"Persoon {name}")
            for item in asked.content.items():
                room.answer(asked.round_id, name, item.name, len(name + item.name) % 5 + 1)
        rounds.reveal(store, asked.round_id, early=True)
    shut = rounds.open_round(store, room.session.session_id, "shut", exercise(*ITEMS))
    room.answer(shut.round_id, names[0], "one", 5)
    rounds.close(store, shut.round_id)
    drafts.keep(store, room.session.session_id, "goal", "goal", dict(GOAL))
    store.close()
    decide(workspace, 400_000.0)
    decide(workspace)
