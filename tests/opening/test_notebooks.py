"""The programme is laid down in the client's language, and never over someone's work."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from workshop.errors import InputError
from workshop.opening import notebooks
from workshop.opening.notebooks import RHYTHM, begins_at, find, lay_down
from workshop.session.exercise_file import read_exercise
from workshop.session.rounds import close, open_round
from workshop.session.sessions import end, start
from workshop.session.store import open_store
from workshop.views.agenda import write_invitations
from workshop.views.invitations import Rituals, invitations_of
from workshop.workspace import Workspace


def notebook(*prose: str) -> str:
    cells = [{"cell_type": "markdown", "metadata": {}, "source": text} for text in prose]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


def prose(workspace: Workspace, name: str) -> list[str]:
    read = json.loads((workspace.path / "notebooks" / name).read_text("utf-8"))
    return ["".join(cell["source"]) for cell in read["cells"] if cell["cell_type"] == "markdown"]


@pytest.fixture
def kit(tmp_path, monkeypatch):
    folder = tmp_path / "kit" / "notebooks"
    folder.mkdir(parents=True)
    monkeypatch.setattr(notebooks, "kit", lambda *parts: tmp_path.joinpath("kit", *parts))
    return folder


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace.create(tmp_path / "client", "Rekvast", language="en")


def test_the_kit_s_own_programme_is_laid_down_in_dutch(tmp_path):
    workspace = Workspace.create(tmp_path / "client", "Rekvast", language="nl")
    assert "01-diagnosis.ipynb" in lay_down(workspace)
    assert lay_down(workspace) == tuple(sorted(lay_down(workspace)))
    assert not (workspace.path / "notebooks" / "session-report.ipynb").exists()
    english = Workspace.create(tmp_path / "english", "Rekvast", language="en")
    lay_down(english)
    assert prose(workspace, "01-diagnosis.ipynb") != prose(english, "01-diagnosis.ipynb")


def test_its_code_is_folded_away(tmp_path):
    workspace = Workspace.create(tmp_path / "client", "Rekvast", language="nl")
    lay_down(workspace)
    read = json.loads((workspace.path / "notebooks" / "00-kick-off.ipynb").read_text("utf-8"))
    code = [cell["metadata"] for cell in read["cells"] if cell["cell_type"] == "code"]
    first = [cell["source"][0] for cell in read["cells"] if cell["cell_type"] == "code"]
    assert all(line.startswith("# ") and "▶" in line for line in first)
    assert code and all(metadata["jupyter"]["source_hidden"] for metadata in code)
    assert any("parameters" in metadata.get("tags", ()) for metadata in code)


class TestBeginsAt:
    """The notebook that a session is opened at."""

    ALL = ("00-kick-off.ipynb", "02-shared-terms.ipynb", "09-stand-up.ipynb", "10-retro.ipynb")

    @pytest.fixture
    def store(self, workspace):
        store = open_store(workspace)
        yield store
        store.close()

    def session(self, workspace, store, *exercises: str) -> None:
        number = start(store).session_id
        for name in exercises:
            content = read_exercise(workspace, name)
            close(store, open_round(store, number, name, content).round_id)
        end(store, number)

    def test_the_first_session_begins_with_the_first(self, workspace, store):
        assert begins_at(workspace, store, self.ALL[:2]) == self.ALL[0]
        assert begins_at(workspace, store, ()) is None
        start(store)
        assert begins_at(workspace, store, self.ALL) == self.ALL[0]

    def test_after_it_comes_the_stand_up(self, workspace, store):
        self.session(workspace, store, "kick-off")
        assert begins_at(workspace, store, self.ALL) == "09-stand-up.ipynb"
        # Another half day, of which nothing was done yet.
        later = ("04-hand-over.ipynb", *RHYTHM)
        assert begins_at(workspace, store, later) == later[0]
        # A quarter's meeting, which is a retro first.
        quarterly = ("10-retro.ipynb", "00-kick-off.ipynb", "09-stand-up.ipynb")
        assert begins_at(workspace, store, quarterly) == quarterly[0]

    def test_on_its_day_it_is_the_retro(self, workspace, store):
        self.session(workspace, store, "kick-off")
        noon = dt.datetime.combine(dt.datetime.now(workspace.zone).date(), dt.time(12))
        planned = Rituals(noon, noon)
        write_invitations(workspace, invitations_of([], planned, workspace, workspace.translator()))
        assert begins_at(workspace, store, self.ALL) == "10-retro.ipynb"


def test_what_was_edited_stays_and_what_was_not_is_renewed(kit, workspace):
    (kit / "00-a.ipynb").write_text(notebook("first"))
    (kit / "01-b.ipynb").write_text(notebook("first"))
    assert lay_down(workspace) == ("00-a.ipynb", "01-b.ipynb")
    edited = workspace.path / "notebooks" / "01-b.ipynb"
    edited.write_text(notebook("mine"))
    for name in ("00-a.ipynb", "01-b.ipynb"):
        (kit / name).write_text(notebook("second"))
    lay_down(workspace)
    assert prose(workspace, "00-a.ipynb") == ["second"]
    assert prose(workspace, "01-b.ipynb") == ["mine"]


def test_a_notebook_of_one_s_own_is_never_touched(kit, workspace):
    own = workspace.path / "notebooks" / "00-a.ipynb"
    own.parent.mkdir()
    own.write_text(notebook("mine"))
    (kit / "00-a.ipynb").write_text(notebook("the kit's"))
    assert lay_down(workspace) == ("00-a.ipynb",)
    assert prose(workspace, "00-a.ipynb") == ["mine"]


def test_a_record_that_cannot_be_read_protects_what_is_there(kit, workspace):
    (kit / "00-a.ipynb").write_text(notebook("first"))
    lay_down(workspace)
    (workspace.path / "notebooks" / ".laid-down.json").write_text("{")
    (kit / "00-a.ipynb").write_text(notebook("second"))
    lay_down(workspace)
    assert prose(workspace, "00-a.ipynb") == ["first"]


class TestAgenda:
    @pytest.fixture(autouse=True)
    def three(self, kit):
        for name in ("00-a", "01-b", "02-c"):
            (kit / f"{name}.ipynb").write_text(notebook(name))

    def agenda(self, workspace: Workspace, *names: str) -> None:
        steps = "".join(f"  - notebook: {name}\n" for name in names)
        text = f"title: {{nl: Dag, en: Day}}\nsteps:\n{steps}"
        (workspace.path / "agenda.yaml").write_text(text)

    def test_what_belongs_to_the_rhythm_comes_beside_it(self, workspace):
        self.agenda(workspace, "01-b")
        assert lay_down(workspace) == ("01-b.ipynb",)
        also = ("02-c.ipynb", "01-b.ipynb")
        assert lay_down(workspace, also) == ("01-b.ipynb", "02-c.ipynb")

    def test_just_its_notebooks_in_its_order(self, workspace):
        self.agenda(workspace, "02-c", "00-a")
        assert lay_down(workspace) == ("02-c.ipynb", "00-a.ipynb")
        assert not (workspace.path / "notebooks" / "01-b.ipynb").exists()

    def test_one_that_falls_out_goes_unless_someone_worked_in_it(self, workspace):
        lay_down(workspace)
        (workspace.path / "notebooks" / "01-b.ipynb").write_text(notebook("mine"))
        self.agenda(workspace, "02-c")
        assert lay_down(workspace) == ("02-c.ipynb", "01-b.ipynb")
        assert prose(workspace, "01-b.ipynb") == ["mine"]
        (workspace.path / "agenda.yaml").unlink()
        assert lay_down(workspace) == ("00-a.ipynb", "01-b.ipynb", "02-c.ipynb")
        assert prose(workspace, "01-b.ipynb") == ["mine"]

    @pytest.mark.parametrize("given", ["01", "01-b", "01-b.ipynb", "notebooks/01-b.ipynb"])
    def test_one_is_found_by_number_or_name_and_laid_down(self, workspace, given):
        self.agenda(workspace, "00-a")
        lay_down(workspace)
        assert find(workspace, given).name == "01-b.ipynb"
        assert prose(workspace, "01-b.ipynb") == ["01-b"]

    def test_one_of_one_s_own_is_found_too(self, workspace):
        own = workspace.path / "notebooks" / "20-mine.ipynb"
        own.parent.mkdir()
        own.write_text(notebook("mine"))
        assert find(workspace, "20") == own
        with pytest.raises(InputError) as caught:
            find(workspace, "21")
        assert caught.value.fields["allowed"] == ["00-a", "01-b", "02-c", "20-mine"]
