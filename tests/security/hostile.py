"""A client, an export, a room and an agenda that mean harm, with the report made of them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import NamedTuple

from tests.room.phones import words
from workshop.crm.importing import import_files
from workshop.crm.staging import Request
from workshop.session import people, rounds, sessions
from workshop.session.answers import Given, save
from workshop.session.exercise import Exercise
from workshop.session.ledger import Ballot, Proposal, decide
from workshop.session.store import Store, open_store
from workshop.workspace import Workspace

OUTSIDE = "http://127.0.0.1:9"
TEXTS = (
    "<script>window.pwned=1</script>",
    f"<img src={OUTSIDE}/a.png onerror=window.pwned=1>",
    "\"'><svg onload=window.pwned=1>",
    "</textarea></style></title></script><script>window.pwned=1</script>",
    "<iframe srcdoc='<script>parent.pwned=1</script>'></iframe>",
    f"<link rel=stylesheet href={OUTSIDE}/c.css><style>@import '{OUTSIDE}/d.css'</style>",
    "<a href=javascript:window.pwned=1 autofocus onfocus=window.pwned=1>x</a>",
    f"![x]({OUTSIDE}/b.png) [x](javascript:window.pwned=1) <{OUTSIDE}>",
    "&lt;script&gt;window.pwned=1&lt;/script&gt;",
    "{{ 7 * 7191 }} {% include 'page.css' %} ${7*7191} #{7*7191} <%= 7*7191 %>",
    f'=HYPERLINK("{OUTSIDE}","x")',
    "x;=1+1",
    "@SUM(1)",
    r"$\frac{1}{0}$ $\undefined{$ \input{/etc/passwd}",
    '"; import os; os.abort() #',
    "'; DROP TABLE answers; --",
    "END:VEVENT\\nATTACH:" + OUTSIDE,
    "../../../../etc/passwd",
    "%s %(x)d {0} {workspace} {t.language}",
    "\u202etxt.exe \x1b]0;x\x07 \ufeff",
)
CLIENT = f'"; import os; os.abort() # {{workspace}} \\ {TEXTS[0]} $\\frac{{1}}{{0}}$'
PERSON, ADDRESS = "Willemijn Onvergetelijk", "willemijn.onvergetelijk@klant.example"
SEALED = "dit bleef verzegeld"
NAMED, UNNAMED = "Wel Genoemd", "Nooit Genoemd"
"""Someone whose name stands beside an answer, as in the room, and someone who was promised not."""


class Scene(NamedTuple):
    """A workspace with all of that in it, and what is secret about it."""

    workspace: Workspace
    secrets: dict[str, str]


def scene(folder: Path) -> Scene:
    """Make a workspace of hostile parts; its folder has a name that may stand nowhere."""
    path = folder / "Eva's geheime map" / "client"
    path.parent.mkdir(parents=True)
    workspace = Workspace.create(path, CLIENT)
    export = folder / "export.csv"
    export.write_text(_export(), "utf-8")
    import_files(workspace, Request((export,), traits=(TEXTS[10], TEXTS[0])))
    store = open_store(workspace)
    secrets = _meeting(store) | {"person": PERSON, "address": ADDRESS}
    store.close()
    return Scene(workspace, secrets)


def _export() -> str:
    """Return an export in which every text is a header, a value, or both."""

    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    columns = [TEXTS[10], TEXTS[0], "sector"]
    heads = ["deal_id", "stage", "created_at", "closed_at", "amount", "name", "E-mail"]
    lines = [",".join(map(cell, [*heads, "owner", *columns]))]
    for n in range(90):
        text = TEXTS[n % 2 + n // 45]
        row = [
            f"D{n}",
            "Won" if n % 3 else "Lost",
            f"2025-{n % 9 + 1:02}-13",
            f"2025-12-{n % 15 + 13}",
            "x" if n == 7 else str(1000 + n),
            TEXTS[n % len(TEXTS)],
            ADDRESS,
            PERSON,
            text,
            TEXTS[n % 3],
            TEXTS[n % 4],
        ]
        lines.append(",".join(map(cell, row)))
    return "\n".join(lines)


def asked(keep: str | None = None, **fields: object) -> Exercise:
    """Return an exercise whose own words mean harm as well; ``keep`` one question of it."""
    options = [{"id": f"o{n}", "text": words(text)} for n, text in enumerate(TEXTS[:3])]
    questions = [
        {"id": "lines", "kind": "lines", "most": 20, "text": words(TEXTS[0])},
        {"id": "text", "kind": "text", "text": words(TEXTS[13])},
        {"id": "choice", "kind": "choice", "options": options, "text": words(TEXTS[1])},
        {"id": "dots", "kind": "dots", "dots": 3, "options": options, "text": words(TEXTS[2])},
        {"id": "rank", "kind": "ranking", "options": options, "text": words(TEXTS[9])},
        {"id": "agree", "kind": "statement", "text": words(TEXTS[4])},
        {
            "id": "parts",
            "kind": "involvement",
            "stages": options[:2],
            "customer_types": [TEXTS[6][:40]],
            "text": words(TEXTS[6]),
        },
    ]
    kept = [one for one in questions if keep in (None, one["id"])]
    return Exercise.model_validate({"title": words(TEXTS[0]), "questions": kept, **fields})


def answered(n: int) -> dict[str, object]:
    """Return the answers of the n-th person."""
    return {
        "lines": list(TEXTS),
        "text": TEXTS[n % len(TEXTS)],
        "choice": f"o{n % 3}",
        "dots": {"o0": 2, "o1": 1},
        "rank": ["o0", "o1", "o2"],
        "agree": n % 5 + 1,
    }


def _meeting(store: Store) -> dict[str, str]:
    """Hold an anonymous round, a named one and one that stays sealed; decide something."""
    session = sessions.start(store)
    secrets = {"code": session.code}
    for kind, content in (
        ("anonymous", asked()),
        ("named", asked(named=True, keep="text")),
        ("sealed", asked(title=words("Nooit getoond"), keep="text")),
    ):
        found = rounds.open_round(store, session.session_id, kind, content)
        for n in range(8):
            token, team = people.new_token(), ("sales", "marketing")[n % 2]
            who = people.join(store, session.session_id, token, team, "nl")
            name = {"anonymous": UNNAMED, "named": NAMED if n == 0 else TEXTS[n]}
            people.give_name(store, token, name.get(kind, UNNAMED))
            said = answered(n)
            if kind != "anonymous":
                said = {"text": said["text"] if kind == "named" else SEALED}
            rows = [
                Given(found.round_id, who.participant_id, item, value, f"key-{kind}-{n}-{item}")
                for item, value in said.items()
            ]
            assert set(save(store, rows)) == {"saved"}
            secrets |= {f"token {kind} {n}": token, f"id {kind} {n}": who.participant_id}
        if kind != "sealed":
            rounds.reveal(store, found.round_id, early=True)
        else:
            rounds.close(store, found.round_id)
    everything = "\n".join(TEXTS)
    for n, text in enumerate((everything, TEXTS[0], TEXTS[14])):
        _decide(store, session.session_id, n, text)
    return secrets | {"sealed": SEALED, "unnamed": UNNAMED}


def _decide(store: Store, session_id: int, n: int, text: str) -> None:
    proposal = Proposal(
        kind="commitment",
        subject=f"{n} {text}"[:80],
        what=text,
        why=text,
        expects_of_marketing=text,
        expects_of_sales=text,
        owner=text[:100],
        owner_team="sales",
        review_on=dt.date(2026, 12, 1),
    )
    yes = {"sales": Ballot(2, 0), "marketing": Ballot(1, 0)}
    decide(store, session_id, proposal, vote=yes, today=dt.date(2026, 11, 1))
