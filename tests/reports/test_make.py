import json
import subprocess
import sys
from pathlib import Path

import pytest

from workshop.errors import InputError, Phrase, ReportError
from workshop.i18n import Translator
from workshop.kernels.warm import STOCK
from workshop.reports import ahead, kinds, pdf
from workshop.reports import make as module
from workshop.reports.make import make_report

FILES = ["report.html", "report.ipynb", "tables/small.csv", "tables.xlsx"]


def names(report):
    return [path.relative_to(report.folder).as_posix() for path in report.files]


def left(workspace):
    """Return what lies in the reports' folder."""
    return sorted(path.name for path in workspace.reports.iterdir())


def failure(make, notebook):
    with pytest.raises(ReportError) as caught:
        make(notebook)
    return caught.value


def test_a_report_is_its_files_and_the_same_ones_again(make, workspace):
    first = make("small")
    assert sorted(names(first)) == sorted(FILES)
    assert (first.missing, first.warnings) == ((), ())
    before = {name: (first.folder / name).read_bytes() for name in FILES}
    again = make("small")
    assert {name: (again.folder / name).read_bytes() for name in FILES} == before
    assert left(workspace) == ["session-2026-01-31-en"]


def test_a_kernel_that_is_not_forked_gives_the_same_files(make, monkeypatch):
    forked = make("small")
    before = {name: (forked.folder / name).read_bytes() for name in FILES}
    monkeypatch.setenv(STOCK, "1")
    stock = make("small")
    assert {name: (stock.folder / name).read_bytes() for name in FILES} == before


def test_a_failing_cell_is_named_and_leaves_the_old_report(make, workspace):
    workspace.reports.mkdir()
    old = workspace.reports / "session-2026-01-31-en"
    old.mkdir()
    (old / "report.html").write_text("old")
    error = failure(make, "failing_cell")
    assert error.code == "cell_failed"
    assert error.fields == {
        "notebook": "failing_cell.ipynb",
        "cell": 6,
        "heading": "Where it breaks",
        "error": "ValueError: the funnel is empty",
    }
    assert left(workspace) == ["session-2026-01-31-en"]
    assert (old / "report.html").read_text() == "old"
    for language in ("nl", "en"):
        assert "Where it breaks" in Translator(language)("error.cell_failed", **error.fields)


@pytest.mark.parametrize("stock", ["", "1"])
def test_an_error_of_ours_in_a_cell_is_worded_for_who_asked(make, workspace, monkeypatch, stock):
    monkeypatch.setenv(STOCK, stock)
    error = failure(make, "known_error")
    assert error.code == "cell_stopped"
    problem = Phrase("problem.not_ours")
    for language in ("nl", "en"):
        t = Translator(language)
        said = t("error.damaged_data", path="leads.parquet", problem=problem)
        assert t(f"error.{error.code}", **error.fields).endswith(f" {said}")
    assert left(workspace) == []


def test_a_kernel_that_dies_is_said(make, workspace):
    error = failure(make, "dead_kernel")
    assert error.code == "kernel_died"
    assert left(workspace) == []


def test_a_figure_without_alternative_stops_the_report(make, workspace):
    error = failure(make, "no_alternative")
    assert (error.code, error.fields["heading"]) == ("chart_without_alternative", "1 A bare figure")
    assert left(workspace) == []


def test_a_figure_with_an_alternative_of_its_own_does_not(make):
    html = make("own_alternative").files[0].read_text("utf-8")
    assert 'alt="A small picture"' in html


def test_two_tables_of_one_name_stop_the_report(make):
    assert failure(make, "same_name_twice").code == "table_twice"


def test_an_address_outside_stops_the_report(make):
    error = failure(make, "remote_image")
    assert (error.code, error.fields["found"]) == (
        "external_address",
        "https://example.org/logo.png",
    )


@pytest.mark.parametrize(
    ("notebook", "code"),
    [
        ("no_title", "no_title"),
        ("skipped_heading", "headings_out_of_order"),
        ("unknown_parameters", "notebook_parameters"),
    ],
)
def test_a_notebook_that_cannot_be_a_report_is_not_run(make, notebook, code, monkeypatch):
    papermill = module.jupyter("papermill")
    monkeypatch.setattr(papermill, "execute_notebook", lambda *given, **more: pytest.fail("ran"))
    assert failure(make, notebook).code == code


def test_nothing_of_the_machine_is_handed_over(make, workspace):
    report = make("noisy")
    assert report.warnings[0].startswith("to stderr")
    assert any("careful" in text for text in report.warnings)
    text = (report.folder / "report.ipynb").read_text("utf-8")
    notebook = json.loads(text)
    for path in (workspace.path, Path.home(), Path.cwd()):
        assert str(path) not in text
    assert "stderr" not in text.replace("file=sys.stderr", "").replace("to stderr", "")
    assert {key for cell in notebook["cells"] for key in cell["metadata"]} == {"tags"}
    assert set(notebook["metadata"]) <= {"kernelspec", "language_info"}
    assert [cell["id"] for cell in notebook["cells"]] == [f"cell-{n}" for n in range(1, 7)]
    (injected,) = [c for c in notebook["cells"] if "injected-parameters" in c["metadata"]["tags"]]
    assert 'workspace = "../.."' in "".join(injected["source"])
    html = report.files[0].read_text("utf-8")
    assert '<pre class="printed">../..' in html
    assert "careful" not in html


def test_the_kernel_works_outside_the_report_s_folder(make):
    assert sorted(names(make("noisy"))) == ["report.html", "report.ipynb", "tables.xlsx"]


def test_without_pango_there_is_a_page_and_a_reason(make, monkeypatch):
    monkeypatch.setattr(pdf, "_weasyprint", lambda: None)
    report = make("plain", formats=("pdf",))
    assert report.missing == ("pdf_needs_pango",)
    assert names(report) == ["report.html", "report.ipynb", "tables.xlsx"]
    assert "Pango" in Translator("nl")("error.pdf_needs_pango")


def test_a_client_s_name_is_text_and_never_a_path(make, workspace):
    evil = "../<script>alert(1)</script> \"R&D\"; content: 'x'"
    workspace.write_settings(workspace.settings.model_copy(update={"client": evil}))
    del workspace.__dict__["settings"]
    report = make("plain")
    html = report.files[0].read_text("utf-8")
    assert "<script" not in html
    assert html.count("&lt;script&gt;alert(1)") == 3  # title, author, cover
    assert report.folder.parent == workspace.reports


class TestCall:
    """What is wrong with a call is known before anything runs."""

    def test_the_notebook_and_the_folder_follow_from_kind_and_day(
        self, fixtures, workspace, monkeypatch
    ):
        monkeypatch.setattr(kinds, "kit", lambda *parts: fixtures.notebooks / "plain.ipynb")
        report = make_report(workspace, "session", as_of="2026-01-31", formats=("html",))
        assert report.folder == workspace.reports / "session-2026-01-31-nl"
        assert '<html lang="nl">' in report.files[0].read_text("utf-8")

    @pytest.mark.parametrize(
        ("given", "code"),
        [
            ({"kind": "slides"}, "unknown_report_kind"),
            ({"as_of": "31/01/2026"}, "bad_day"),
            ({"formats": ("docx",)}, "unknown_format"),
            ({"language": "fr"}, "unknown_language"),
        ],
    )
    def test_a_wrong_call_is_refused(self, fixtures, workspace, monkeypatch, given, code):
        monkeypatch.setattr(kinds, "kit", lambda *parts: fixtures.notebooks / "plain.ipynb")
        call = {"kind": "session", "as_of": "2026-01-31", **given}
        with pytest.raises(InputError) as caught:
            make_report(workspace, **call)
        assert caught.value.code == code
        assert not workspace.reports.exists()


def test_every_code_has_its_words():
    codes = [
        "active_content", "cannot_publish", "cell_failed",
        "chart_without_alternative", "external_address", "headings_out_of_order", "kernel_died",
        "logo_missing", "logo_outside", "logo_type", "logo_unsafe", "no_title",
        "notebook_parameters", "pdf_needs_pango", "repeated_id", "table_twice",
        "table_without_headers", "unknown_format", "unknown_report_kind",
    ]  # fmt: skip
    for language in ("nl", "en"):
        assert all(Translator(language).has(f"error.{code}") for code in codes)


def test_what_runs_a_notebook_is_there_before_a_second_thread_imports():
    """Two threads in one package find each other's modules half made, now and then."""
    code = """
import sys
from workshop.reports import ahead
needed = ["papermill", "nbclient.client", "jupyter_client.manager"]
ahead._rehearse = lambda *given: print([name for name in needed if name not in sys.modules])
with ahead.rehearsing(None, "", None, pdf=False):
    pass
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_a_process_rehearses_once_and_a_failure_there_is_no_failure(make, monkeypatch, capfd):
    rehearsed = []

    def fail(*given):
        rehearsed.append(given)
        raise ReportError("no_title", notebook="small.ipynb")

    monkeypatch.setattr(ahead, "_rehearsed", set())
    monkeypatch.setattr(ahead, "page", fail)
    for _ in range(2):
        assert sorted(names(make("small"))) == sorted(FILES)
    assert len(rehearsed) == 1
    assert capfd.readouterr().err == ""
