"""What the room is still shaping: definitions, rules, a goal; each change kept, the last counts."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa

from workshop.errors import InputError
from workshop.session.schema import drafts, now
from workshop.session.store import Store

Kind = Literal["definition", "rules", "goal", "decision", "wall", "clock"]


class Draft(NamedTuple):
    """One state of something in the making; ``side`` is joint, sales or marketing."""

    draft_id: int
    session_id: int
    kind: Kind
    subject: str
    side: str
    content: Any
    made_at: dt.datetime


_COLUMNS = [drafts.c[name] for name in Draft._fields]


def keep(
    store: Store, session_id: int, kind: Kind, subject: str, content: Any, side: str = "joint"
) -> Draft:
    """Keep a new state; one that says the same as the last is not kept twice."""
    last = latest(store, kind, subject, side)
    if last is not None and last.content == content and last.session_id == session_id:
        return last
    values = {
        "session_id": session_id,
        "kind": kind,
        "subject": subject,
        "side": side,
        "content": content,
        "made_at": now(),
    }
    with store.write() as connection:
        made = connection.execute(sa.insert(drafts).values(values).returning(*_COLUMNS)).one()
    return Draft(*made)


def latest(store: Store, kind: Kind, subject: str, side: str = "joint") -> Draft | None:
    """Return the last state, of whichever session, or ``None``."""
    chosen = (
        sa.select(*_COLUMNS)
        .where(drafts.c.kind == kind, drafts.c.subject == subject, drafts.c.side == side)
        .order_by(drafts.c.draft_id.desc())
        .limit(1)
    )
    with store.read() as connection:
        row = connection.execute(chosen).first()
    return None if row is None else Draft(*row)


def draft_of(store: Store, draft_id: int) -> Draft:
    """Return a state by its number; raise ``InputError`` for none."""
    with store.read() as connection:
        row = connection.execute(sa.select(*_COLUMNS).where(drafts.c.draft_id == draft_id)).first()
    if row is None:
        raise InputError("unknown_draft", given=draft_id)
    return Draft(*row)
