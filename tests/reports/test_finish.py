import errno

import pytest

from workshop.errors import ReportError
from workshop.reports import finish as module
from workshop.reports.finish import finish
from workshop.reports.inputs import write_mark
from workshop.reports.make import Report
from workshop.reports.order import Order

ORDER = Order("stand-up", ("html",), "en", "2026-01-31")


@pytest.fixture
def makings(monkeypatch, workspace):
    """The calls of a maker that writes one file."""
    calls = []

    def make(client, kind, language, *, as_of, seed, formats, made_of):
        calls.append((kind, language, as_of, seed, formats))
        folder = client.reports / f"{kind}-{as_of}-{language}"
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "report.html"
        file.write_text("made")
        write_mark(folder, made_of)
        return Report(folder, (file,), ("pdf_needs_pango",), ("careful",))

    monkeypatch.setattr(module, "make_report", make)
    return calls


def test_a_report_is_made_once(workspace, makings):
    first = finish(workspace.path, ORDER)
    assert (first.already, first.missing, first.warnings, first.failure) == (
        False, ("pdf_needs_pango",), ("careful",), None
    )  # fmt: skip
    second = finish(workspace.path, ORDER)
    assert (second.already, second.files) == (True, first.files)
    assert makings == [("stand-up", "en", "2026-01-31", 0, ("html",))]


def test_and_again_where_that_is_asked_or_something_changed(workspace, makings):
    finish(workspace.path, ORDER)
    finish(workspace.path, ORDER._replace(again=True))
    finish(workspace.path, ORDER._replace(seed=1))
    (workspace.path / "rules.yaml").write_text("ends: []\n")
    finish(workspace.path, ORDER._replace(seed=1))
    assert len(makings) == 4


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ReportError("kernel_died", notebook="x", problem="y"), "kernel_died"),
        (OSError(errno.ENOSPC, "No space left on device", "/x"), "disk"),
        (ZeroDivisionError("division by zero"), "report_broke"),
    ],
)
def test_what_goes_wrong_is_said_and_not_raised(workspace, monkeypatch, error, code):
    def fail(*given, **more):
        raise error

    monkeypatch.setattr(module, "make_report", fail)
    outcome = finish(workspace.path, ORDER)
    assert (outcome.failure.code, outcome.files) == (code, ())


def test_ctrl_c_is_no_failure_of_a_report(workspace, monkeypatch):
    def stop(*given, **more):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "make_report", stop)
    with pytest.raises(KeyboardInterrupt):
        finish(workspace.path, ORDER)
