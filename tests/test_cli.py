"""The contract of the command line: what is printed where, and with which exit status."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.command import Done
from tests.command import call as run

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "datasets" / "example"


def process(*arguments: object, lang: str = "en_US.UTF-8") -> Done:
    """Call the command line in a process of its own."""
    environment = {**os.environ, "LANG": lang, "LC_ALL": ""}
    done = subprocess.run(
        [Path(sys.executable).with_name("samenspel"), *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        timeout=300,
    )
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cli") / "rekvast"
    assert run("new", path, "--client", "Rekvast", "--lang", "nl").returncode == 0
    for name in ("bedrijven", "leads", "verkoopkansen", "fasehistoriek", "activiteiten"):
        done = run("import", path, EXAMPLE / f"{name}.csv", "--dates", "dmy")
        assert done.returncode == (1 if name == "verkoopkansen" else 0), done.stderr
    return path


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    path = tmp_path / "client"
    assert run("new", path, "--client", "Test", "--lang", "en").returncode == 0
    return path


def test_help_names_every_command_and_says_what_it_does():
    shown = process("--help").stdout
    for command in (
        "demo",
        "new",
        "import",
        "check",
        "analyse",
        "definition",
        "open",
        "present",
        "agenda",
        "cards",
        "report",
    ):
        assert re.search(rf"^\s+{command}\s+\S", shown, re.MULTILINE), command


@pytest.mark.parametrize(
    "arguments",
    [
        ("frobnicate",),
        ("new",),
        ("import", "nowhere"),
        ("import", "nowhere", "a.csv", "--frob"),
        ("check", "nowhere"),
        ("analyse", "nowhere", "won-lost"),
        ("definition", "nowhere", "mql"),
        ("definition", "nowhere"),
        ("open", "nowhere"),
        ("open", "nowhere", "--room-port", "99999"),
        ("cards", "nowhere", "diagnosis"),
        ("cards", "nowhere"),
        ("report", "nowhere", "--kind", "session"),
        ("report", "nowhere"),
        ("new", "x", "--client", "A", "--lang", "fr"),
    ],
)
@pytest.mark.parametrize("lang", ["en_US.UTF-8", "nl_BE.UTF-8"])
def test_a_wrong_call_is_one_line_on_stderr_and_status_2(arguments, lang, tmp_path):
    given = [tmp_path / part if part in ("nowhere", "x") else part for part in arguments]
    done = run(*given, lang=lang)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("given", "zone"),
    [("FR", "Europe/Paris"), ("DE", "Europe/Berlin"), ("NL", "Europe/Amsterdam")],
)
def test_a_new_folder_has_the_time_zone_of_its_country(tmp_path, given, zone):
    assert run("new", tmp_path / "a", "--client", "A", "--country", given).returncode == 0
    assert f'time_zone = "{zone}"' in (tmp_path / "a" / "samenspel.toml").read_text("utf-8")


def test_a_country_that_is_none_or_has_several_time_zones_is_refused(tmp_path):
    none = run("new", tmp_path / "a", "--client", "A", "--country", "ZZ")
    several = run("new", tmp_path / "a", "--client", "A", "--country", "US")
    assert (none.returncode, several.returncode) == (2, 2)
    assert "ZZ is no country" in none.stderr
    assert "--time-zone: America/Adak" in several.stderr
    given = ("--client", "A", "--country", "US", "--time-zone", "America/New_York")
    assert run("new", tmp_path / "a", *given).returncode == 0
    assert "America/New_York" in (tmp_path / "a" / "samenspel.toml").read_text("utf-8")


def test_new_refuses_a_folder_that_is_in_use(workspace):
    before = sorted(p.name for p in workspace.iterdir())
    done = run("new", workspace, "--client", "Other")
    assert done.returncode == 2
    assert sorted(p.name for p in workspace.iterdir()) == before


def test_import_json_is_one_document_with_the_contract_s_fields(workspace):
    done = run("import", workspace, EXAMPLE / "verkoopkansen.csv", "--dates", "dmy", "--json")
    assert done.returncode == 1
    document = json.loads(done.stdout)
    assert set(document) == {
        "table", "files", "rows", "kept", "set_aside", "mapping", "traits", "findings",
    }  # fmt: skip
    assert document["table"] == "deals"
    assert (document["rows"], document["kept"], document["set_aside"]) == (524, 520, 4)
    assert document["mapping"]["Bedrijf"] == "account"
    assert document["traits"] == ["Leadkwaliteit"]
    for finding in document["findings"]:
        assert set(finding) == {"code", "count", "columns", "examples"}


@pytest.mark.parametrize(
    ("lang", "kept"),
    [
        ("nl_BE.UTF-8", "Als kenmerk bewaard onder hun eigen naam: Leadkwaliteit."),
        ("en_US.UTF-8", "Kept as traits under their own names: Leadkwaliteit."),
    ],
)
def test_a_terminal_speaks_the_language_of_its_user(workspace, lang, kept):
    """Whatever the client's: the traits too that an import keeps."""
    file = EXAMPLE / "verkoopkansen.csv"
    said = run("import", workspace, file, "--dates", "dmy", "--dry-run", lang=lang)
    assert kept in said.stdout


def test_without_leads_their_list_is_asked_for_first(workspace):
    assert run("import", workspace, EXAMPLE / "verkoopkansen.csv", "--dates", "dmy").returncode == 1
    (channels,) = (
        one
        for one in json.loads(run("check", workspace, "--json").stdout)["questions"]
        if one["question"] == "channels"
    )
    assert channels["missing"][0] == "leads.created_at"


def test_a_goal_of_opportunities_counts_them_under_their_name(workspace):
    assert run("import", workspace, EXAMPLE / "verkoopkansen.csv", "--dates", "dmy").returncode == 1
    said = run("analyse", workspace, "goal")
    assert said.stdout.split()[0] == "opportunities"
    assert "mqls" in json.loads(run("analyse", workspace, "goal", "--json").stdout)["rows"][0]


def test_a_dry_run_leaves_the_workspace_as_it_was(workspace):
    before = {p: p.read_bytes() for p in workspace.rglob("*") if p.is_file() and p.name != ".lock"}
    done = run("import", workspace, EXAMPLE / "bedrijven.csv", "--dry-run", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["kept"] == 888
    after = {p: p.read_bytes() for p in workspace.rglob("*") if p.is_file() and p.name != ".lock"}
    assert after == before


def test_check_json_has_all_seven_questions(example):
    document = json.loads(run("check", example, "--json").stdout)
    assert document["as_of"] == "2026-10-31"
    assert [q["question"] for q in document["questions"]] == [
        "won-lost", "funnel", "velocity", "channels", "definitions", "hand-over", "goal",
    ]  # fmt: skip
    assert {q["status"] for q in document["questions"]} <= {
        "answerable",
        "caveat",
        "not_answerable",
    }


FIELDS = {
    "won-lost": "trait level won_with won_total lost_with lost_total difference ci_low ci_high "
    "p_value p_familywise deals_needed deals_needed_familywise verdict",
    "funnel": "cohort from_stage to_stage entered converted window_days mature rate ci_low ci_high",
    "velocity": "group deals open horizon_days won_share ci_low ci_high lost_share",
    "channels": "channel leads won mature_leads mature_won rate ci_low ci_high shrunk_rate "
    "shrunk_low shrunk_high verdict",
    "hand-over": "rule customer_type leads untouched median_hours p90_hours breached "
    "breached_share",
    "goal": "mqls probability",
}


@pytest.mark.parametrize("question", FIELDS)
def test_analyse_json_has_the_contract_s_fields(example, question):
    done = run("analyse", example, question, "--json", "--seed", 7)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout, parse_constant=pytest.fail)
    assert {"question", "workspace", "as_of", "seed", "rows", "caveats"} <= set(document)
    assert (document["question"], document["seed"]) == (question, 7)
    assert document["rows"]
    for row in document["rows"]:
        assert set(FIELDS[question].split()) <= set(row)
    assert run("analyse", example, question, "--json", "--seed", 7).stdout == done.stdout


@pytest.mark.parametrize(
    "arguments",
    [("analyse", "nowhere", "goal"), ("check", "{example}", "--json")],
    ids=" ".join,
)
def test_a_process_of_its_own_says_the_same(example, arguments):
    given = [part.format(example=example) for part in arguments]
    for lang in ("en_US.UTF-8", "nl_NL.UTF-8"):
        assert process(*given, lang=lang) == run(*given, lang=lang)


def test_won_lost_json_has_history_and_the_recorded_sample(example):
    document = json.loads(run("analyse", example, "won-lost", "--json").stdout)
    sample = document["sample"]
    assert (len(sample["ids"]["won"]), len(sample["ids"]["lost"])) == (10, 10)
    assert {"seed", "rule"} <= set(sample)
    wanted = "trait level known_at_creation closed won win_rate ci_low ci_high odds_ratio q_value"
    assert set(f"{wanted} verdict".split()) <= set(document["history"][0])


def test_a_question_that_cannot_be_answered_exits_0_and_says_what_is_missing(workspace):
    rows = "deal_id,stage,created_at\n1,Won,2026-01-20\n2,Lost,2026-01-21\n"
    file = workspace.parent / "deals.csv"
    file.write_text(rows, "utf-8")
    assert run("import", workspace, file).returncode == 0
    done = run("analyse", workspace, "channels", "--json")
    document = json.loads(done.stdout)
    assert done.returncode == 0
    assert document["rows"] == []
    assert "not_answerable" in document["caveats"]
    assert "leads.source" in document["missing"]


def test_csv_output_runs_nothing_in_a_spreadsheet(workspace):
    lines = ["lead_id,created_at,source,deal_id"]
    lines += [f"L{i},2026-01-{i:02},=cmd|calc,D{i}" for i in range(13, 29)]
    leads = workspace.parent / "leads.csv"
    leads.write_text("\n".join(lines), "utf-8")
    deals = workspace.parent / "deals.csv"
    deals.write_text("deal_id,stage,created_at,closed_at\nD13,Won,2026-01-20,2026-02-20\n", "utf-8")
    assert run("import", workspace, leads).returncode == 0
    assert run("import", workspace, deals).returncode == 0
    target = workspace.parent / "out.csv"
    done = run("analyse", workspace, "channels", "--csv", target)
    assert done.returncode == 0, done.stderr
    assert "\n'=cmd|calc" in target.read_text("utf-8-sig")


def test_options_that_are_not_pairs_or_choices_are_refused_with_what_is_allowed(workspace):
    for arguments in (
        ("--map", "Bedrijf"),
        ("--set", "=x"),
        ("--dates", "day-first"),
        ("--decimal", "dot"),
        ("--stage", "Gewonnen=gewonnen"),
        ("--vendor", "unknown"),
        ("--table", "customers"),
        ("--trait", "Geen kolom"),
    ):
        done = run("import", workspace, EXAMPLE / "verkoopkansen.csv", *arguments)
        assert done.returncode == 2, arguments
        assert len(done.stderr.strip().splitlines()) == 1
        assert arguments[1].split("=")[-1] in done.stderr or arguments[0] in done.stderr
    assert not (workspace / "data").exists()


def test_one_failing_workspace_of_two_is_named_and_the_other_is_reported(example, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(example, copy, ignore=shutil.ignore_patterns("reports"))
    done = run("report", copy, tmp_path / "missing", "--kind", "session", "--format", "html")
    assert done.returncode == 1
    assert str(tmp_path / "missing") in done.stderr
    assert str(copy / "reports/session-2026-10-31-nl/report.html") in done.stdout.splitlines()


@pytest.fixture(scope="module")
def agreed(example, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the example company with its definitions, and three that cannot be used."""
    path = tmp_path_factory.mktemp("agreed") / "rekvast"
    shutil.copytree(example, path, ignore=shutil.ignore_patterns("reports"))
    folder = path / "definitions"
    shutil.copytree(EXAMPLE / "definitions", folder)
    (folder / "words.yaml").write_text("term: words\njoint: {text: Who pays}\n", "utf-8")
    (folder / "broken.yaml").write_text("term: broken\njoint:\n  criteria: {all_of: []}\n", "utf-8")
    stranger = (
        "term: stranger\njoint:\n  criteria: {field: Shoe size, operator: at_least, value: 44}\n"
    )
    (folder / "stranger.yaml").write_text(stranger, "utf-8")
    return path


def test_a_definition_is_shown_in_the_language_of_the_workspace(agreed):
    done = run("definition", agreed, "mql")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("MQL, versie 2\n\nAfgesproken door beide teams\n")
    assert "- bron is niet LinkedIn\n" in done.stdout
    assert "- minstens 2 activiteiten van marketing in de eerste 7 dagen\n" in done.stdout
    assert "Wat sales eronder verstaat" in done.stdout
    settings = agreed / "samenspel.toml"
    before = settings.read_text("utf-8")
    try:
        settings.write_text(before.replace('language = "nl"', 'language = "en"'), "utf-8")
        done = run("definition", agreed, "mql", lang="nl_BE.UTF-8")
    finally:
        settings.write_text(before, "utf-8")
    assert done.stdout.startswith("MQL, version 2\n\nAgreed by both teams\n")
    assert "- source is not LinkedIn\n" in done.stdout


def test_the_sql_of_a_definition_is_all_that_is_printed_and_runs(agreed):
    done = run("definition", agreed, "mql", "--sql", "duckdb")
    assert (done.returncode, done.stderr) == (0, "")
    with duckdb.connect() as connection:
        for table in ("leads", "activities"):
            (file,) = (agreed / "data").glob(f"{table}-*.parquet")
            connection.read_parquet(str(file)).create_view(table)
        verdicts = dict(connection.sql(done.stdout).fetchall())
        linkedin = connection.sql("SELECT lead_id FROM leads WHERE source = 'LinkedIn'").fetchall()
    assert len(verdicts) == 4024
    assert set(verdicts.values()) == {True, False}
    assert not any(verdicts[lead_id] for (lead_id,) in linkedin)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("nope",), ("nope", "mql, sql")),
        (("words",), ("words", "criteria")),
        (("broken",), ("broken.yaml", "line 3")),
        (("stranger", "--sql", "duckdb"), ("Shoe size", "sector")),
        (("mql", "--sql", "oracle"), ("oracle", "duckdb", "postgres")),
        (("words", "--sql", "duckdb"), ("words", "criteria")),
    ],
    ids=" ".join,
)
def test_a_definition_that_cannot_be_shown_is_one_line_and_status_2(agreed, arguments, named):
    for lang in ("en_US.UTF-8", "nl_BE.UTF-8"):
        done = run("definition", agreed, *arguments, lang=lang)
        assert (done.returncode, done.stdout) == (2, "")
        assert len(done.stderr.strip().splitlines()) == 1
        if lang.startswith("en"):
            assert not [part for part in named if part not in done.stderr], done.stderr


def test_a_definition_without_any_or_without_leads_says_what_to_do(workspace):
    done = run("definition", workspace, "mql")
    assert (done.returncode, done.stdout) == (2, "")
    assert "definitions/mql.yaml" in done.stderr
    shutil.copytree(EXAMPLE / "definitions", workspace / "definitions")
    assert run("definition", workspace, "mql").returncode == 0
    no_data = run("definition", workspace, "mql", "--sql", "duckdb")
    assert (no_data.returncode, no_data.stdout) == (2, "")
    assert run("import", workspace, EXAMPLE / "verkoopkansen.csv", "--dates", "dmy").returncode == 1
    no_leads = run("definition", workspace, "mql", "--sql", "duckdb")
    assert (no_leads.returncode, no_leads.stdout) == (2, "")
    assert "no leads yet" in no_leads.stderr


class TestProgrammes:
    def test_new_lays_down_just_its_notebooks_and_prints_a_run_sheet(self, tmp_path):
        path = tmp_path / "client"
        done = run("new", path, "--client", "A", "--lang", "en", "--programme", "half-day")
        assert done.returncode == 0, done.stderr
        assert Path(done.stdout.splitlines()[-1]) == path / "reports/agenda/run-sheet-en.pdf"
        numbers = sorted(file.name[:2] for file in (path / "notebooks").glob("*.ipynb"))
        assert numbers == ["00", "01", "02", "03", "07"]

        again = run("agenda", path, "--start", "13:00", "--lang", "nl")
        assert again.returncode == 0, again.stderr
        assert again.stdout.strip().endswith("run-sheet-nl.pdf")
        agenda = (path / "agenda.yaml").read_text("utf-8")
        assert 'start: "13:00"' in agenda and agenda.startswith("# ")

        for arguments in (["--programme", "quarterly"], ["--start", "25:00"], ["--start", "22:30"]):
            refused = run("agenda", path, *arguments)
            assert (refused.returncode, refused.stdout) == (2, ""), arguments
            assert len(refused.stderr.strip().splitlines()) == 1
            assert (path / "agenda.yaml").read_text("utf-8") == agenda

    def test_a_wrong_programme_or_store_lays_down_nothing(self, tmp_path):
        path = tmp_path / "client"
        for option, value in (
            ("--programme", "whole-week"),
            ("--store", "mysql://a@b/c"),
            ("--store", "postgresql://a:secret@b/c"),
        ):
            done = run("new", path, "--client", "A", option, value)
            assert (done.returncode, done.stdout) == (2, "")
            assert len(done.stderr.strip().splitlines()) == 1
            assert "secret" not in done.stderr
            assert not path.exists()

    def test_a_store_is_written_in_the_settings(self, tmp_path):
        address = "postgresql://facilitator@db.example.org/sessions"
        assert run("new", tmp_path / "c", "--client", "A", "--store", address).returncode == 0
        assert f'store = "{address}"' in (tmp_path / "c" / "samenspel.toml").read_text("utf-8")

    def test_a_workspace_without_an_agenda_is_told_how(self, workspace):
        done = run("agenda", workspace)
        assert (done.returncode, done.stdout) == (2, "")
        assert "--programme" in done.stderr and "half-day" in done.stderr
