"""Someone from the CRM is forgotten: tables, what imports changed and set aside, and the cards."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.command import call
from tests.session.conftest import Room, exercise, options
from workshop.crm import contacts
from workshop.crm.convert import Asked
from workshop.crm.importing import import_files
from workshop.crm.staging import Request
from workshop.crm.store import Store
from workshop.exporting.export import workspace_from
from workshop.forgetting.forget import forget
from workshop.forgetting.request import Request as Whom
from workshop.questions.health import diagnose
from workshop.session import rounds
from workshop.session.store import open_store
from workshop.workspace import Workspace

MAIL = "zita@voorbeeld.be"
LEADS = (
    "Lead-ID;Aangemaakt op;Bron;Eigenaar;E-mail;Naam;Opmerking\n"
    f"L-1001;01-03-2026;Beurs;Wout Zwart;{MAIL};Zita Zomer;gezien\n"
    f"L-1002;02-03-2026;Beurs;Bo Blauw;{MAIL};Zita Zomer;mail {MAIL} graag\n"
    "L-1003;03-03-2026;Site;Wout Zwart;an@voorbeeld.be;An Appel;Zita Zomer stuurde haar\n"
    "L-1004;04-03-2026;Site;Bo Blauw;els@voorbeeld.be;An Appel;\n"
    "L-1005;04-03-2026;Site;Bo Blauw;;;\nL-1005;05-03-2026;Site;Bo Blauw;;;\n"
)
DEALS = (
    "Kans-ID;Lead-ID;Aangemaakt op;Fase;Bedrag;Eigenaar\n"
    "D-1;L-1001;05-03-2026;Gewonnen;100;Wout Zwart\nD-2;L-1003;05-03-2026;Verloren;50;Bo Blauw\n"
)
ACTIVITIES = (
    "Activiteit-ID;Soort record;Record-ID;Tijdstip;Soort\n"
    "A-1;lead;L-1001;06-03-2026 10:00;Mail\nA-2;lead;L-1003;06-03-2026 11:00;Mail\n"
)
READ = {
    "leads": {"Lead-ID": "lead_id", "Aangemaakt op": "created_at", "Bron": "source"},
    "deals": {
        "Kans-ID": "deal_id",
        "Lead-ID": "lead_id",
        "Aangemaakt op": "created_at",
        "Fase": "stage",
        "Bedrag": "amount",
    },
    "activities": {
        "Activiteit-ID": "activity_id",
        "Soort record": "record",
        "Record-ID": "record_id",
        "Tijdstip": "at",
        "Soort": "kind",
    },
}


def take(workspace: Workspace, table: str, text: str, *, keep: bool, name: str = "") -> None:
    path = workspace.path.parent / (name or f"{table}.csv")
    path.write_text(text, "utf-8")
    owned = {} if table == "activities" else {"Eigenaar": "owner"}
    import_files(
        workspace,
        Request(
            (path,),
            table=table,
            columns={**READ[table], **owned},
            asked=Asked(dates="dmy", keep_contacts=keep),
        ),
    )
    path.unlink()


def made(folder: Path, *, keep: bool) -> Path:
    workspace = Workspace.create(folder / "acme", "Acme")
    take(workspace, "leads", LEADS, keep=keep)
    take(workspace, "leads", LEADS.replace("L-1001;01-03-2026;Beurs", "L-1001;01-03-2026;Site"),
         keep=keep, name="later.csv")  # fmt: skip
    take(workspace, "deals", DEALS, keep=keep)
    take(workspace, "activities", ACTIVITIES, keep=keep)
    store = open_store(workspace)
    room = Room(store)
    cards = [{"lead_id": f"L-100{n}", "facts": [["source", "Beurs"]]} for n in (1, 3)]
    label = {"id": "l", "kind": "label", "options": options("yes", "no"), "cards": cards}
    rounds.open_round(store, room.session.session_id, "lead-cards", exercise(label))
    store.close()
    for name, said in (("session-2026-03-10-nl", "L-1001"), ("session-2026-03-11-nl", "L-10019")):
        (workspace.reports / name).mkdir(parents=True)
        (workspace.reports / name / "leads.csv").write_text(f"lead_id\n{said}\n", "utf-8")
    return workspace.path


@pytest.fixture(scope="module", params=[True, False], ids=["kept", "hashed"])
def filled(request, tmp_path_factory) -> Path:
    return made(tmp_path_factory.mktemp("filled"), keep=request.param)


@pytest.fixture(scope="module")
def filled_kept(tmp_path_factory) -> Path:
    return made(tmp_path_factory.mktemp("kept"), keep=True)


@pytest.fixture
def kept(filled_kept, tmp_path) -> Workspace:
    return Workspace.open(Path(shutil.copytree(filled_kept, tmp_path / "acme")))


@pytest.fixture
def workspace(filled, tmp_path) -> Workspace:
    return Workspace.open(Path(shutil.copytree(filled, tmp_path / "acme")))


def once(workspace: Workspace, given: str):
    return list(forget(workspace, Whom(kind="contact", given=given)))[-1]


def table(workspace: Workspace, name: str) -> list[tuple]:
    path = Store(workspace).path(name)
    return duckdb.sql(f"FROM read_parquet('{path}') ORDER BY 1").fetchall()


def content(workspace: Workspace) -> str:
    """Return all that every file holds, as text; of Parquet every cell."""
    texts = []
    for path in sorted(workspace.path.rglob("*")):
        if path.suffix == ".parquet":
            texts.append(str(duckdb.sql(f"FROM read_parquet('{path}')").fetchall()))
        elif path.is_file():
            texts.append(path.read_bytes().decode("utf-8", "replace"))
    return "\n".join(texts)


def test_a_lead_by_its_id_goes_with_all_of_it(workspace):
    found = once(workspace, "L-1001")
    assert [row[0] for row in table(workspace, "leads")] == ["L-1002", "L-1003", "L-1004"]
    assert [row[0] for row in table(workspace, "activities")] == ["A-2"]
    assert [row[:2] for row in table(workspace, "deals")] == [("D-1", None), ("D-2", "L-1003")]
    assert "L-1001" not in content(workspace).replace("L-10019", "")
    assert [path.name for path in found.reports] == ["session-2026-03-10-nl"]
    assert not any(part.wrong for part in diagnose(workspace.path))
    assert Store(workspace).manifest().tables["leads"].rows == 3


def test_a_contact_goes_from_an_export_that_is_known_too(kept, tmp_path):
    store = open_store(kept)
    rounds.close(store, 1)
    store.close()
    exported = Workspace(tmp_path / "export")
    assert call("export", kept.path, "--to", exported.path).returncode == 0
    assert MAIL in content(exported)
    found = once(kept, MAIL)
    assert found.exports == (exported.path,)
    assert MAIL not in content(exported)
    again = workspace_from(exported.path, tmp_path / "again")
    assert table(again, "leads") == table(kept, "leads")
    assert not any(part.wrong for part in diagnose(again.path))


def test_a_contact_by_address_is_gone_from_every_cell(kept):
    assert MAIL in content(kept)
    once(kept, MAIL)
    after = content(kept)
    assert MAIL not in after
    assert "Zita" not in after
    assert "An Appel" in after
    assert "[…] stuurde haar" in after
    assert [row[0] for row in table(kept, "leads")] == ["L-1003", "L-1004"]


def test_an_owner_goes_and_the_records_stay(workspace):
    key = contacts.read_key(workspace.path)
    before = {row[0] for row in table(workspace, "leads")}
    once(workspace, "Wout Zwart")
    after = content(workspace)
    assert {row[0] for row in table(workspace, "leads")} == before
    assert "Wout" not in after
    if key is not None:
        assert contacts.pseudonyms(["Wout Zwart"], key, "p-")["Wout Zwart"] not in after
    owners = duckdb.sql(f"SELECT owner FROM '{Store(workspace).path('leads')}'").fetchall()
    assert len(set(owners)) == 2


def test_what_was_set_aside_goes_too(workspace):
    assert "L-1005" in content(workspace)
    once(workspace, "L-1005")
    assert "L-1005" not in content(workspace)
    assert "reason" in content(workspace)


def test_a_name_of_two_asks_for_the_id(kept):
    done = call("forget", kept.path, "--contact", "An Appel")
    assert done.returncode == 2
    assert "L-1003" in done.stderr
    assert "L-1004" in done.stderr


def test_twice_is_said_and_changes_nothing(kept):
    assert call("forget", kept.path, "--contact", MAIL).returncode == 0
    before = content(kept)
    done = call("forget", kept.path, "--contact", MAIL)
    assert done.returncode == 2
    assert "nowhere in the CRM tables" in done.stderr
    assert content(kept) == before


def test_broken_off_before_the_manifest_it_goes_on(kept, monkeypatch):
    def dies(self, manifest):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Store, "commit", dies)
        once(kept, MAIL)
    assert len(table(kept, "leads")) == 4
    once(kept, MAIL)
    assert MAIL not in content(kept)
    assert not any(part.wrong for part in diagnose(kept.path))
