"""People stay out of the workspace unless they are asked for."""

from __future__ import annotations

import pandas as pd
import pytest

from workshop.crm.contacts import names_a_person, new_key, pseudonyms, read_key, write_key
from workshop.errors import WorkspaceError

SECRETS = (
    "peeters", "janssens", "an.peeters", "voorbeeld.be", "475 12 34 56", "475123456",
    "123 45 67", "kerkstraat",
)  # fmt: skip
HEADERS = (
    "Lead-ID;Naam;E-mail;Telefoon;Straat;Contactpersoon;Eigenaar;Bron;Status;Opmerking;Beslisser"
)
AN = (
    "an.peeters@voorbeeld.be;An Peeters;an.peeters@voorbeeld.be;+32 475 12 34 56;Kerkstraat 1;"
    "Jo Janssens;Jo Janssens;Beurs;Nieuw;Belde op 0475123456;Jo Janssens"
)
BO = (
    "L2;Bo Janssens;bo@voorbeeld.be;03 123 45 67;Kerkstraat 2;;Jo Janssens;"
    "mail van bo@voorbeeld.be;Nieuw;;"
)
LEADS = f"{HEADERS}\n{AN}\n{BO}\n"


def stored(desk):
    return b"\n".join(desk.tree().values()).lower() + "\n".join(desk.tree()).lower().encode()


def text_of(desk):
    """Return everything stored as text: Parquet files are read, since they are compressed."""
    texts = [stored(desk).decode("latin-1")]
    for path in desk.workspace.path.rglob("*.parquet"):
        texts.append(pd.read_parquet(path).to_csv().lower())
    return "\n".join(texts)


def test_no_name_address_or_number_is_stored(desk):
    imported = desk.run(desk.file(LEADS, "leads.csv"))
    text = text_of(desk)
    assert [secret for secret in SECRETS if secret in text] == []
    found = {f.code: f.columns for f in imported.findings}
    assert set(found["contact_not_stored"]) >= {
        "Naam", "E-mail", "Telefoon", "Straat", "Contactpersoon", "Beslisser",
    }  # fmt: skip
    assert found["contact_removed"] == ("Bron",)
    assert str(imported.findings).lower().count("voorbeeld.be") == 0


def test_contacts_are_kept_when_asked_for(desk):
    desk.run(desk.file(LEADS, "leads.csv"), keep_contacts=True)
    table = desk.table("leads").set_index("lead_id")
    assert table.loc["L2", ["Naam", "E-mail", "owner"]].to_list() == [
        "Bo Janssens", "bo@voorbeeld.be", "Jo Janssens",
    ]  # fmt: skip
    assert table.loc["L2", "source"] == "mail van bo@voorbeeld.be"


def test_what_is_kept_is_no_trait(desk):
    imported = desk.run(desk.file(LEADS, "leads.csv"), keep_contacts=True)
    assert not {"Naam", "E-mail", "Telefoon", "Beslisser"} & set(imported.traits)


def test_vouching_for_a_column_is_not_asking_for_people(desk):
    imported = desk.run(desk.file(LEADS, "leads.csv"), traits=("Contactpersoon",))
    assert "Contactpersoon" not in imported.traits
    assert "janssens" not in text_of(desk)


def test_a_person_has_one_pseudonym_in_every_table_of_a_client(desk, make_desk):
    desk.run(desk.file(LEADS, "leads.csv"))
    desk.run("Deal-ID;Eigenaar;Lead-ID;Fase\nD1;JO JANSSENS ;an.peeters@voorbeeld.be;Nieuw\n")
    deal, lead = desk.table("deals").iloc[0], desk.table("leads")
    assert set(lead["owner"]) == {deal["owner"]}
    assert deal["lead_id"] in set(lead["lead_id"])
    other = make_desk("andere")
    other.run(other.file(LEADS, "leads.csv"))
    assert set(other.table("leads")["owner"]) != {deal["owner"]}
    assert (desk.workspace.path / ".key").stat().st_mode & 0o077 == 0


def test_ids_without_a_person_in_them_stay_as_they_are(desk):
    desk.run("Deal-ID;Fase\n0000012345;Nieuw\n0123.456.789;Nieuw\n001A00;Nieuw\n")
    assert set(desk.table()["deal_id"]) == {"0000012345", "0123.456.789", "001A00"}


def test_what_is_set_aside_shows_no_contact(desk):
    text = (
        "Deal-ID;Fase;Bedrag;Aangemaakt op\n"
        "D1;Nieuw;bel 0475 12 34 56;2026-02-28\nD2;Nieuw;5;an.peeters@voorbeeld.be\n"
        "D3;Nieuw;5;2026-02-28\nan.peeters@voorbeeld.be;Nieuw;1;2026-02-28\n"
        "an.peeters@voorbeeld.be;Nieuw;2;2026-02-28\nD4;an.peeters@voorbeeld.be\n"
    )
    imported = desk.run(text)
    assert len(imported.set_aside) == 5
    assert [secret for secret in SECRETS if secret in text_of(desk)] == []
    values = desk.set_aside(imported)["value"].to_list()
    assert values[:2] == ["bel […]", "[…]"]


def test_free_text_is_not_stored(desk):
    notes = [f"D{n};Nieuw;{'x' * 201 if n == 1 else 'kort'};Jan {n} belde" for n in range(1, 41)]
    imported = desk.run("\n".join(["Deal-ID;Fase;Notitie;Verslag", *notes]))
    found = {f.code: f.columns for f in imported.findings}
    assert set(found["free_text_not_stored"]) == {"Notitie", "Verslag"}


@pytest.mark.parametrize(
    "header",
    ["E-mail", "Email Address", "Telefoonnummer", "GSM", "Mobile Phone", "Voornaam", "Last Name",
     "Contact", "Contactpersoon", "Created By", "Aangemaakt door", "Deal owner", "Accountmanager",
     "Adres", "Street", "Geboortedatum", "Verkoper", "Sales Rep", "Beslisser"],
)  # fmt: skip
def test_headers_that_name_a_person(header):
    assert names_a_person(header)


@pytest.mark.parametrize(
    "header",
    ["Sector", "Bron", "Product", "Aantal medewerkers", "Regio", "Campagne", "Contacttype"],
)
def test_headers_that_name_none(header):
    assert not names_a_person(header)


def test_a_question_about_contact_is_a_trait(desk):
    imported = desk.run("Lead-ID;Status;Do not e-mail;Telefoon\nL1;Nieuw;Ja;1\nL2;Nieuw;Nee;0\n")
    assert set(imported.traits) == {"Do not e-mail", "Telefoon"}


def test_the_key_is_written_whole_or_not_at_all(tmp_path):
    key = new_key()
    assert read_key(tmp_path) is None
    write_key(tmp_path, key)
    assert read_key(tmp_path) == key
    (tmp_path / ".key").write_bytes(b"")
    with pytest.raises(WorkspaceError, match="damaged_data"):
        read_key(tmp_path)


def test_pseudonyms_do_not_depend_on_case_or_outer_spaces():
    key = bytes(32)
    found = pseudonyms(["An Peeters", " an peeters", "Bo"], key, "p-")
    assert found["An Peeters"] == found[" an peeters"] != found["Bo"]
    assert found["Bo"] != pseudonyms(["Bo"], b"\x01" * 32, "p-")["Bo"]
