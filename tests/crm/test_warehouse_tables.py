"""What a client's tables are made into: names, times, people; and what is refused, and how."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.command import call
from tests.postgres import running_postgres
from workshop.crm.tables import Tables, open_tables
from workshop.errors import InputError, WorkspaceError
from workshop.workspace import Workspace

TABLES = """
CREATE SCHEMA theirs;
CREATE TABLE theirs.people (
    no int, "Created" timestamptz, seen timestamp, mail text, who text, heads int, band text,
    via text, plan text, score numeric, words text);
INSERT INTO theirs.people VALUES
    (1, '2026-01-31 23:30Z', '2026-02-01 00:30', 'an@voorbeeld.be', 'An Peeters', 9, '11-50',
     ' Google ', 'A', 1.5, 'first'),
    (2, '2026-03-01 10:00Z', NULL, 'B-2', 'an peeters', 250, '2822', '-', 'B', 2, 'first'),
    (3, '2026-03-02 10:00:00.75Z', NULL, 'b-2', 'Bo', NULL, 'many', 'N/A', NULL, NULL, 'second');
CREATE TABLE theirs.sales (id text, phase text, made date, done date, worth numeric(12,3));
INSERT INTO theirs.sales VALUES
    ('D1', 'Closed Won', '2026-02-01', '2026-03-01', 1000.005),
    ('D2', 'In gesprek', '2026-02-02', NULL, 200), ('D3', NULL, '2026-02-03', NULL, NULL);
CREATE TABLE theirs.secret (lead_id text);
CREATE VIEW theirs."Mixed" AS SELECT 'L1' AS lead_id;
CREATE VIEW theirs."Twice" AS SELECT 'L1' AS lead_id;
CREATE VIEW theirs."tWice" AS SELECT 'L1' AS lead_id;
CREATE TABLE theirs.in_part (lead_id text, source text, owner text);
INSERT INTO theirs.in_part VALUES ('L1', 'Google', 'An');
CREATE ROLE poor;
GRANT ALL ON SCHEMA theirs TO poor;
CREATE VIEW theirs.broken AS SELECT lead_id FROM theirs.secret;
ALTER VIEW theirs.broken OWNER TO poor;
CREATE SCHEMA hidden;
CREATE TABLE hidden.leads (lead_id text);
CREATE ROLE asked LOGIN PASSWORD 'goed';
CREATE SCHEMA ours;
CREATE VIEW ours.leads AS SELECT 'L' || no AS lead_id, "Created" AS created_at FROM theirs.people;
CREATE MATERIALIZED VIEW ours.deals AS
    SELECT id AS "DEAL_ID", 'won' AS outcome, made AS created_at, done AS closed_at
    FROM theirs.sales;
CREATE ROLE reader LOGIN;
REVOKE ALL ON DATABASE postgres FROM public;
REVOKE ALL ON SCHEMA public FROM public;
GRANT CONNECT ON DATABASE postgres TO reader;
GRANT USAGE ON SCHEMA theirs, ours TO reader;
GRANT SELECT ON theirs.people, theirs.sales, ours.leads, ours.deals, theirs.broken TO reader;
GRANT SELECT ON theirs."Mixed", theirs."Twice", theirs."tWice" TO reader;
GRANT SELECT ON hidden.leads TO reader;
GRANT SELECT (lead_id, source) ON theirs.in_part TO reader;
GRANT CONNECT ON DATABASE postgres TO asked;
"""

LEADS = {
    "view": "theirs.people",
    "lead_id": "no",
    "created_at": "created",
    "first_touch_at": "seen",
    "account_id": "mail",
    "owner": "who",
    "employees": "heads",
    "source": "via",
    "traits": ["plan"],
    "unvouched": ["score"],
}
DEALS = {
    "view": "theirs.sales",
    "deal_id": "id",
    "stage": "phase",
    "created_at": "made",
    "closed_at": "done",
    "amount": "worth",
}


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Start a server with a few rows of a client."""
    with running_postgres() as place:
        rules = place / "data" / "pg_hba.conf"
        rules.write_text("local all asked scram-sha-256\n" + rules.read_text())
        with psycopg.connect(host=str(place), user="tester", dbname="postgres") as connection:
            connection.execute(TABLES)
            connection.execute("SELECT pg_reload_conf()")
        yield place


@pytest.fixture
def made(folder: Path, tmp_path: Path):
    """Return a function that lays down a workspace over that server, and opens its tables."""

    def make(schema: str = "", **warehouse: object) -> Tables:
        url = f"postgresql://reader@/postgres{schema}?host={folder}"
        workspace = Workspace.create(tmp_path / "c", "C", warehouse={"url": url, **warehouse})
        return open_tables(workspace)

    return make


def column(tables: Tables, table: str, name: str) -> list[object]:
    raw = tables.raw[table]
    key = "lead_id" if table == "leads" else "deal_id"
    frame = raw.select(key, value=raw[name]).order_by(key).execute()
    return [None if value != value else value for value in frame["value"]]


def test_views_under_our_names_need_no_settings(made):
    tables = made("/ours")
    assert set(tables.raw) == {"leads", "deals"}
    assert column(tables, "leads", "lead_id") == ["L1", "L2", "L3"]
    assert column(tables, "deals", "deal_id") == ["D1", "D2", "D3"]
    assert tables.as_of == dt.date(2026, 3, 2)


def test_a_time_is_utc_and_of_whole_seconds(made):
    tables = made(tables={"leads": LEADS}, time_zone="Europe/Brussels")
    created = column(tables, "leads", "created_at")
    assert [str(at) for at in created] == [
        "2026-01-31 23:30:00",
        "2026-03-01 10:00:00",
        "2026-03-02 10:00:00",
    ]
    assert str(column(tables, "leads", "first_touch_at")[0]) == "2026-01-31 23:30:00"
    days = tables.leads.order_by("lead_id").execute()["created_day"]
    assert [day.date() for day in days] == [
        dt.date(2026, 2, 1),
        dt.date(2026, 3, 1),
        dt.date(2026, 3, 2),
    ]


def test_capitals_in_the_name_of_a_view_make_no_difference(made):
    tables = made(tables={"leads": {"view": "theirs.mixed"}})
    assert tables.rows("leads") == 1


def test_of_two_that_differ_in_capitals_only_none_is_guessed(made):
    with pytest.raises(InputError, match="warehouse_no_view"):
        made(tables={"leads": {"view": "theirs.twice"}})


def test_people_are_no_names_and_blanks_are_null(made):
    tables = made(tables={"leads": LEADS})
    owners = column(tables, "leads", "owner")
    assert owners[0] == owners[1] != owners[2]
    assert all(str(owner).startswith("p-") for owner in owners)
    accounts = column(tables, "leads", "account_id")
    assert str(accounts[0]).startswith("c-")
    assert accounts[1:] == ["B-2", "b-2"]
    assert column(tables, "leads", "source") == ["Google", None, None]
    assert "words" not in tables.raw["leads"].columns


def test_employees_become_sizes_from_numbers_and_from_bands(made):
    tables = made(tables={"leads": LEADS})
    assert column(tables, "leads", "employees") == ["1–9", "250+", None]


def test_bands_of_employees_become_sizes(made):
    tables = made(tables={"leads": {**LEADS, "employees": "band"}})
    assert column(tables, "leads", "employees") == ["10–49", "250+", None]


def test_traits_are_those_that_are_named(made):
    tables = made(tables={"leads": LEADS})
    found = tables.traits("leads")
    assert (found["plan"], found["score"]) == (True, False)
    assert tables.trait("leads", "score").numeric
    assert column(tables, "leads", "score") == ["1.5", "2", None]


def test_a_stage_tells_the_outcome(made):
    tables = made(tables={"deals": DEALS})
    assert column(tables, "deals", "outcome") == ["won", "open", "open"]
    assert str(column(tables, "deals", "amount")[0]) == "1000.01"


def test_a_constant_stands_in_every_row(made):
    tables = made(tables={"deals": {**DEALS, "constants": {"currency": "USD"}}})
    assert column(tables, "deals", "currency") == ["USD"] * 3


def test_a_constant_is_in_our_words(made):
    activities = {"view": "ours.leads", "activity_id": "lead_id", "at": "created_at"}
    tables = made(tables={"activities": {**activities, "constants": {"team": "Verkoop"}}})
    assert set(tables.raw["activities"].team.execute()) == {"sales"}


def test_a_team_that_is_none_of_ours_is_told(made):
    asked = {"view": "theirs.people", "activity_id": "no", "at": "created", "team": "words"}
    (finding,) = made(tables={"activities": asked}).manifest.imports["activities"].findings
    assert (finding.code, finding.count, finding.columns) == ("unknown_word", 3, ("team",))
    assert finding.examples == ("first (2)", "second (1)")


def test_an_event_may_be_one_of_the_client_s_own(made):
    events = {"view": "theirs.sales", "account_id": "id", "at": "made"}
    tables = made(tables={"account_events": {**events, "constants": {"kind": "jubilee"}}})
    assert set(tables.raw["account_events"].kind.execute()) == {"jubilee"}
    assert tables.manifest.imports["account_events"].findings == ()


def without(names: dict[str, object], *left: str) -> dict[str, object]:
    return {name: value for name, value in names.items() if name not in left}


DEFECTS = {
    "warehouse_no_view": {"leads": {"view": "theirs.nothing"}},
    "warehouse_no_column": {"leads": {**LEADS, "source": "channel"}},
    "warehouse_no_column_of_ours": {"leads": {**LEADS, "colour": "plan"}},
    "warehouse_no_table_of_ours": {"contacts": LEADS},
    "warehouse_trait_taken": {"leads": {**LEADS, "traits": ["won"]}},
    "warehouse_no_time": {"leads": {**LEADS, "created_at": "plan"}},
    "warehouse_no_number": {"deals": {**DEALS, "amount": "phase"}},
    "warehouse_no_outcome": {"deals": without(DEALS, "stage")},
    "warehouse_repeats": {"leads": {**LEADS, "lead_id": "words"}},
    "warehouse_unknown_stage": {"deals": {**DEALS, "closed_at": "made"}},
    "warehouse_bad_constant": {
        "activities": {
            "view": "ours.leads",
            "activity_id": "lead_id",
            "constants": {"team": "buitendienst"},
        }
    },
    "warehouse_no_constant": {"deals": {**without(DEALS, "amount"), "constants": {"amount": "1"}}},
}


@pytest.mark.parametrize("code", DEFECTS)
def test_what_does_not_fit_is_refused(made, tmp_path, code):
    with pytest.raises(InputError) as caught:
        made(tables=DEFECTS[code])
    assert caught.value.code == code
    for language in ("en_US.UTF-8", "nl_BE.UTF-8"):
        said = call("check", tmp_path / "c", lang=language)
        assert (said.returncode, said.stdout) == (2, "")
        assert len(said.stderr.splitlines()) == 1


@pytest.mark.parametrize("view", ["theirs.secret", "hidden.leads"])
def test_a_table_that_may_not_be_read_is_named(made, view):
    with pytest.raises(InputError) as caught:
        made(tables={"leads": {"view": view}})
    assert caught.value.code == "warehouse_no_view"
    assert caught.value.fields["view"] == view


def test_a_right_on_some_columns_is_enough(made):
    tables = made(tables={"leads": {"view": "theirs.in_part"}})
    assert column(tables, "leads", "source") == ["Google"]
    assert column(tables, "leads", "owner") == [None]


def test_a_column_that_is_named_has_to_be_readable(made):
    with pytest.raises(InputError) as caught:
        made(tables={"leads": {"view": "theirs.in_part", "owner": "owner"}})
    assert caught.value.code == "warehouse_no_column"


def test_a_view_on_what_may_not_be_read_asks_for_the_right(made):
    with pytest.raises(WorkspaceError) as caught:
        made(tables={"leads": {"view": "theirs.broken"}})
    assert caught.value.code == "warehouse_no_right"
    assert "secret" in str(caught.value.fields["said"])


@pytest.mark.parametrize(
    ("address", "password", "said"),
    [
        ("asked@/postgres?host={folder}", "", "asks for a password, and none is set"),
        ("asked@/postgres?host={folder}", "fout", "does not let us in"),
        ("nobody@/postgres?host={folder}", "", "does not let us in"),
        ("reader@/nowhere?host={folder}", "", "does not let us in"),
        ("reader@127.0.0.1:1/postgres", "", "no connection"),
    ],
)
def test_who_gets_no_further_is_told_what_to_do(
    folder, tmp_path, monkeypatch, address, password, said
):
    monkeypatch.setenv("SAMENSPEL_WAREHOUSE_PASSWORD", password)
    url = f"postgresql://{address.format(folder=folder)}"
    Workspace.create(tmp_path / "c", "C", warehouse=url)
    done = call("check", tmp_path / "c")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert said in done.stderr


def test_an_empty_warehouse_says_what_it_should_have(made):
    with pytest.raises(WorkspaceError, match="warehouse_empty"):
        made("/public")


def test_nothing_can_be_written_there(made):
    backend = made("/ours").raw["leads"].get_backend()
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        backend.raw_sql("CREATE TEMPORARY TABLE mine (number int)")
    with pytest.raises(TypeError, match="nothing is written"):
        backend.create_table("mine", backend.table("leads", database="ours"))


def test_a_connection_that_was_hung_up_on_is_made_again(made, folder):
    tables = made("/ours")
    number = tables.raw["leads"].get_backend().con.info.backend_pid
    with psycopg.connect(host=str(folder), user="tester", dbname="postgres") as connection:
        connection.execute("SELECT pg_terminate_backend(%s)", [number])
    assert column(tables, "leads", "lead_id") == ["L1", "L2", "L3"]


def test_the_password_comes_from_the_environment_and_is_nowhere_else(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("SAMENSPEL_WAREHOUSE_PASSWORD", "zeer-geheim")
    url = f"postgresql://nobody@/postgres?host={folder}"
    assert call("new", tmp_path / "c", "--client", "C", "--warehouse", url).returncode == 0
    said = call("check", tmp_path / "c")
    assert said.returncode == 2
    assert 'role "nobody" does not exist' in said.stderr
    written = [path.read_bytes() for path in (tmp_path / "c").rglob("*") if path.is_file()]
    assert not any(b"zeer-geheim" in text for text in [*written, said.stderr.encode()])


REFUSED = [
    "postgresql://reader:zeer-geheim@host/crm",
    "postgresql://reader@host/crm?password=zeer-geheim",
    "snowflake://reader@account/crm?token=zeer-geheim",
    "postgresql://reader:zeer-geheim@host:port/crm",
    "mysql://reader:zeer-geheim@host/crm",
]


@pytest.mark.parametrize("url", REFUSED)
def test_an_address_with_a_secret_is_refused_and_not_repeated(tmp_path, url):
    said = call("new", tmp_path / "c", "--client", "C", "--warehouse", url)
    assert said.returncode == 2
    assert "geheim" not in said.stderr
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize("url", REFUSED)
def test_so_is_one_in_the_settings(tmp_path, url):
    workspace = Workspace.create(tmp_path / "c", "C")
    with (workspace.path / "samenspel.toml").open("a") as file:
        file.write(f'[warehouse]\nurl = "{url}"\n')
    said = call("check", workspace.path)
    assert said.returncode == 2
    assert "geheim" not in said.stdout + said.stderr


@pytest.mark.parametrize(
    ("option", "allowed"), [("sslmode=requir", "verify-full"), ("connect_timeout=snel", "seconds")]
)
def test_what_postgres_would_refuse_is_refused_before_it_is_asked(tmp_path, option, allowed):
    url = f"postgresql://reader@host/crm?{option}"
    said = call("new", tmp_path / "c", "--client", "C", "--warehouse", url)
    assert said.returncode == 2
    assert option.partition("=")[0] in said.stderr
    assert allowed in said.stderr
    assert not (tmp_path / "c").exists()


def test_nothing_is_imported_into_it(tmp_path):
    workspace = Workspace.create(tmp_path / "c", "C", warehouse="postgresql://reader@host/crm")
    export = tmp_path / "leads.csv"
    export.write_text("lead_id,created_at\n1,2026-01-01\n")
    for given in (export, tmp_path):
        said = call("import", workspace.path, given)
        assert said.returncode == 2
        assert "warehouse" in said.stderr
    assert not workspace.data.exists()


def test_made_again_from_an_export_it_is_still_not_imported_into(tmp_path):
    Workspace.create(tmp_path / "c", "C", warehouse="postgresql://reader@host/crm")
    assert call("export", tmp_path / "c", "--to", tmp_path / "e").returncode == 0
    said = call("new", tmp_path / "again", "--from", tmp_path / "e")
    assert said.returncode == 0
    assert "samenspel check" in said.stdout
    assert "samenspel import" not in said.stdout


def test_whom_the_warehouse_knows_is_not_forgotten_here(tmp_path):
    Workspace.create(tmp_path / "c", "C", warehouse="postgresql://reader@host/crm")
    for more in ((), ("--dry-run",)):
        said = call("forget", tmp_path / "c", "--contact", "L-00001", *more)
        assert said.returncode == 2
        assert "in the client's own warehouse, and nothing is written there" in said.stderr


def test_a_missing_extra_is_named(tmp_path):
    Workspace.create(tmp_path / "c", "C", warehouse="bigquery://project/dataset")
    said = call("check", tmp_path / "c")
    assert said.returncode == 2
    assert "pip install 'samenspel[bigquery]'" in said.stderr
