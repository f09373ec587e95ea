"""Each client among the others of a batch: told the same to each, remembered, and read back."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import sys
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from tests.command import call
from workshop.crm.peer_counts import days_to_won
from workshop.crm.tables import open_tables
from workshop.errors import InputError
from workshop.questions.benchmark_file import BENCHMARK_FILE, read_benchmark
from workshop.reports import audit
from workshop.reports.inputs import made_of
from workshop.reports.order import Measure, Measured, Order, Outcome
from workshop.reports.peers import lay_down
from workshop.reports.told import tell
from workshop.reports.work import work_on
from workshop.views.display import collected
from workshop.workspace import Workspace

ROOT = Path(__file__).parents[2]


def share(part: int, whole: int, figure: str = "win_rate", name: str | None = None) -> dict:
    """Return a row of a client's figures."""
    row = {"figure": figure, "name": name, "unit": "share", "days": np.nan}
    return {**row, "part": part, "whole": whole, "value": part / whole, "error": np.nan}


def clients(parts: list[int], as_of: str = "2026-10-31") -> list[Measured]:
    """Return clients with a win rate of so many of 100."""
    return [Measured(as_of, (share(part, 100),)) for part in parts]


PARTS = [20, 25, 30, 35, 40, 22, 28, 33]


class TestMemory:
    def test_one_client_more_is_told_what_was_told_before(self, tmp_path):
        file = tmp_path / "peers.json"
        first = tell(clients(PARTS), file)
        assert [one.clients for one in first.figures] == [7]
        for changed in ([*PARTS, 90], PARTS[:-1], [*PARTS[:-1], 34], [*PARTS, 1, 2, 3, 99]):
            assert tell(clients(changed), file) == first
        fresh = tell(clients([*PARTS, 90, 80, 85, 95, 88]), file)
        assert fresh != first
        assert tell(clients(PARTS), file) == first

    def test_without_that_memory_the_newcomer_would_show(self, tmp_path):
        first = tell(clients(PARTS), tmp_path / "one.json")
        other = tell(clients([*PARTS, 90]), tmp_path / "other.json")
        assert other.figures[0].spread != first.figures[0].spread

    def test_a_figure_that_six_have_is_not_told_of(self, tmp_path):
        found = [
            Measured(one.as_of, (*one.rows, *([share(5, 50, "step", "lead>mql")] if n < 6 else [])))
            for n, one in enumerate(clients(PARTS))
        ]
        told = tell(found, tmp_path / "peers.json")
        assert [one.figure for one in told.figures] == ["win_rate"]

    def test_data_older_than_a_year_do_not_count(self, tmp_path):
        old = clients([1] * 5, as_of="2024-01-01")
        told = tell([*clients(PARTS), *old], tmp_path / "peers.json")
        assert told == tell(clients(PARTS), tmp_path / "without.json")
        assert told.figures[0].as_of == dt.date(2026, 10, 31)

    def test_the_file_holds_no_name_and_no_number_of_a_client(self, tmp_path):
        file = tmp_path / "peers.json"
        tell(clients(PARTS), file)
        content = json.loads(file.read_text())
        (telling,) = content["tellings"]
        assert all(re.fullmatch("[0-9a-f]{64}", sign) for sign in telling["members"])
        assert set(telling) == {"told", "members"}
        other = tmp_path / "other.json"
        tell(clients(PARTS), other)
        assert json.loads(other.read_text())["tellings"][0]["members"] != telling["members"]

    def test_a_file_that_is_something_else_is_left_alone(self, tmp_path):
        file = tmp_path / "notes.json"
        file.write_text('{"notes": 1}')
        with pytest.raises(InputError) as raised:
            tell(clients(PARTS), file)
        assert raised.value.code == "bad_peers_file"
        assert file.read_text() == '{"notes": 1}'

    def test_nobody_with_data_is_nothing_to_tell(self, tmp_path):
        assert tell([Measured("", ())] * 8, tmp_path / "peers.json").figures == ()


@pytest.fixture(scope="module")
def benchmark(tmp_path_factory):
    """Seven small generated clients whose figures were counted, and placed beside each other."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        from generated import generate
    finally:
        sys.path.remove(str(ROOT / "benchmarks"))
    folder = tmp_path_factory.mktemp("many")
    paths = [generate(folder / f"client-{n}", 400, n).path for n in range(1, 8)]
    found = [work_on(path, Measure()) for path in paths]
    told = lay_down(found, folder / "peers.json")
    return SimpleNamespace(folder=folder, paths=paths, found=found, told=told)


def rows_of(outcome: Outcome) -> pd.DataFrame:
    return pd.DataFrame(outcome.measured.rows).set_index(["figure", "name"])


class TestClients:
    def test_all_are_told_the_same(self, benchmark):
        assert [one.failure for one in benchmark.found] == [None] * 7
        texts = {(path / BENCHMARK_FILE).read_text("utf-8") for path in benchmark.paths}
        assert len(texts) == 1
        assert read_benchmark(benchmark.paths[0]) == benchmark.told
        assert {"step", "win_rate", "first_contact", "unreached"} <= {
            one.figure for one in benchmark.told.figures
        }

    def test_what_is_told_is_about_the_middle_of_all(self, benchmark):
        rates = [rows_of(one).loc[("step", "lead>mql"), "value"] for one in benchmark.found]
        (told,) = [one for one in benchmark.told.figures if one.name == "lead>mql"]
        assert told.center == pytest.approx(np.mean(rates), abs=0.05)
        assert min(rates) < told.center < max(rates)

    def test_the_figures_are_those_of_one_year_with_one_window(self, benchmark):
        # counted again, row by row, from the tables themselves
        path = benchmark.paths[0]
        zone = Workspace(path).zone
        deals = pd.read_parquet(path / "data" / "deals-1.parquet")
        days = {
            name: pd.to_datetime(deals[name], utc=True)
            .dt.tz_convert(zone)
            .dt.tz_localize(None)
            .dt.normalize()
            for name in ("created_at", "closed_at")
        }
        last = pd.Timestamp(benchmark.found[0].measured.as_of)
        closed = days["closed_at"] > last - pd.Timedelta(days=365)
        won = deals["outcome"] == "won"
        row = rows_of(benchmark.found[0]).xs("win_rate", level="figure").iloc[0]
        assert (row["part"], row["whole"]) == ((closed & won).sum(), closed.sum())

        age, took = last - days["created_at"], days["closed_at"] - days["created_at"]
        year = (age >= pd.Timedelta(days=180)) & (age < pd.Timedelta(days=365 + 180))
        quick = took[year & won & (took <= pd.Timedelta(days=180))].dt.days
        tables = open_tables(Workspace.open(path), None)
        counted = days_to_won(tables, (last - pd.Timedelta(days=365 + 180)).date(), 180)
        assert counted["days"].repeat(counted["deals"]).tolist() == sorted(quick)

    def test_the_page_names_nobody_else_and_holds_no_other_s_counts(self, benchmark):
        found = audit.opened(str(benchmark.paths[2]), "en")
        parts = collected(lambda: audit.among_peers(found))
        text = " ".join(part.html() for part in parts)
        assert "client-" not in text
        table = json.dumps([part.behind() for part in parts if hasattr(part, "behind")])
        own = rows_of(benchmark.found[2])
        others = [rows_of(one) for n, one in enumerate(benchmark.found) if n != 2]
        for key in own.index[own["unit"] == "share"]:
            shares = {one.loc[key, "value"] for one in others if key in one.index}
            assert not [value for value in shares - {own.loc[key, "value"]} if repr(value) in table]

    def test_without_a_benchmark_there_is_nothing_to_show(self, benchmark, tmp_path):
        shutil.copytree(benchmark.paths[0], tmp_path / "alone")
        (tmp_path / "alone" / BENCHMARK_FILE).unlink()
        found = audit.opened(str(tmp_path / "alone"))
        assert collected(lambda: audit.among_peers(found)) == ()

    def test_the_next_audit_is_known_to_be_another_one(self, benchmark):
        workspace = Workspace.open(benchmark.paths[0])
        day = dt.date(2026, 10, 31)
        before = made_of(workspace, "audit", day, {})
        file = workspace.path / BENCHMARK_FILE
        text = file.read_text("utf-8")
        file.write_text(text.replace("clients: 7", "clients: 10"), "utf-8")
        try:
            assert made_of(workspace, "audit", day, {}) != before
        finally:
            file.write_text(text, "utf-8")

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [("clients: 7", "clients: 3", "7"), ("unit: share", "unit: rate", "share")],
    )
    def test_a_file_that_somebody_changed_is_refused(self, tmp_path, benchmark, old, new, said):
        text = (benchmark.paths[0] / BENCHMARK_FILE).read_text("utf-8")
        (tmp_path / BENCHMARK_FILE).write_text(text.replace(old, new, 1), "utf-8")
        with pytest.raises(InputError) as raised:
            read_benchmark(tmp_path)
        assert said in str(raised.value)


class TestCommand:
    def call(self, folder, *options, clients=7, kind="audit"):
        paths = [Workspace.create(folder / f"c{n}", f"C{n}").path for n in range(clients)]
        return call("report", *paths, "--kind", kind, "--format", "html", *options)

    def test_clients_are_counted_first_and_reported_then(self, benchmark, tmp_path, monkeypatch):
        asked = []
        counted = dict(zip(benchmark.paths, benchmark.found, strict=True))

        class Crew:
            """Has counted, and takes down for what it is asked."""

            def outcomes(self, places, order, begun):
                asked.append(order)
                for place in places:
                    begun(place)
                    yield counted[place] if isinstance(order, Measure) else Outcome(place)

        monkeypatch.setattr("workshop.reports.batch.Batch", lambda jobs: nullcontext(Crew()))
        file = tmp_path / "peers.json"
        options = ("--kind", "audit", "--format", "html", "--benchmark", file)
        done = call("report", *benchmark.paths, *options)
        assert done.returncode == 0, done.stderr
        assert asked == [Measure(None), Order("audit", ("html",))]
        assert done.stderr.splitlines()[0].startswith("The figures of 7 clients are counted. ")
        assert len(json.loads(file.read_text())["tellings"]) == len(benchmark.told.figures)

    def test_where_nothing_can_be_compared_that_is_said(self, tmp_path, monkeypatch):
        class Crew:
            """Counts nothing, as of seven clients without a CRM."""

            def outcomes(self, places, order, begun):
                yield from (Outcome(place) for place in places)

        monkeypatch.setattr("workshop.reports.batch.Batch", lambda jobs: nullcontext(Crew()))
        done = self.call(tmp_path, "--benchmark", tmp_path / "peers.json")
        assert done.stderr.splitlines()[0] == (
            "The figures of 0 clients are counted. None is known of seven clients or more: their "
            "reports compare nothing."
        )

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"clients": 6}, "A benchmark takes 7 clients or more; 6 were given."),
            ({"kind": "session"}, "--benchmark goes with --kind audit; --kind session was given."),
        ],
    )
    def test_a_wrong_call_is_said_at_once(self, tmp_path, given, said):
        done = self.call(tmp_path, "--benchmark", tmp_path / "peers.json", **given)
        assert (done.returncode, done.stderr.strip()) == (2, said)

    def test_the_memory_does_not_go_along_with_a_client(self, tmp_path):
        done = self.call(tmp_path, "--benchmark", tmp_path / "c3" / "peers.json")
        assert done.returncode == 2
        assert "lies in a client’s folder" in done.stderr

    def test_its_folder_has_to_be_there(self, tmp_path):
        done = self.call(tmp_path, "--benchmark", tmp_path / "none" / "peers.json")
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1


def test_a_client_without_data_gets_no_benchmark_and_stops_nobody(tmp_path, benchmark):
    empty = Workspace.create(tmp_path / "empty", "E").path
    outcome = work_on(empty, Measure())
    assert outcome.failure is not None
    told = lay_down([*benchmark.found, outcome], tmp_path / "peers.json")
    assert told.figures == benchmark.told.figures
    assert not (empty / BENCHMARK_FILE).exists()


def test_what_breaks_is_said_of_that_client(monkeypatch, benchmark):
    from workshop.reports import measure

    monkeypatch.setattr(measure, "open_tables", lambda *given: 1 / 0)
    outcome = work_on(benchmark.paths[0], Measure())
    assert outcome.failure.code == "report_broke"
    assert outcome.failure.fields["problem"] == "ZeroDivisionError: division by zero"
