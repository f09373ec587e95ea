import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from workshop.errors import ReportError
from workshop.reports import publish
from workshop.reports.publish import publication

HERE = Path(__file__).parent
FILES = ("report.html", "tables/a.csv", "tables/b.csv")


def build(folder, content):
    (folder / "tables").mkdir()
    for name in FILES:
        (folder / name).write_text(content)


def contents(parent):
    """Return what the published folder holds: one content, whole, or nothing at all."""
    folder = parent / "report"
    if not folder.exists():
        return None
    assert sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()) == [*FILES]
    (content,) = {(folder / name).read_text() for name in FILES}
    return content


@pytest.fixture(params=[True, False], ids=["exchange", "step aside"])
def exchange(request, monkeypatch):
    if not request.param:
        monkeypatch.setattr(publish, "_exchange", lambda one, other: False)
    return request.param


def test_a_folder_takes_its_name(tmp_path, exchange):
    for content in ("first", "second"):
        with publication(tmp_path / "reports", "report") as folder:
            build(folder, content)
        assert contents(tmp_path / "reports") == content
    assert [path.name for path in (tmp_path / "reports").iterdir()] == ["report"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_block_that_raises_changes_nothing(tmp_path, error):
    with publication(tmp_path, "report") as folder:
        build(folder, "first")
    with pytest.raises(error), publication(tmp_path, "report") as folder:
        build(folder, "second")
        raise error
    assert contents(tmp_path) == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_the_first_one_that_raises_leaves_nothing(tmp_path):
    with pytest.raises(ValueError), publication(tmp_path, "report") as folder:
        build(folder, "first")
        raise ValueError
    assert list(tmp_path.iterdir()) == []


def test_a_refusal_of_the_system_is_said_and_undone(tmp_path, monkeypatch):
    monkeypatch.setattr(publish, "_exchange", lambda one, other: False)
    with publication(tmp_path, "report") as folder:
        build(folder, "first")
    real = Path.rename

    def refuse(path, target):
        if path.name == "new":
            raise PermissionError("in use")
        return real(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(ReportError) as caught, publication(tmp_path, "report") as folder:
        build(folder, "second")
    assert caught.value.code == "cannot_publish"
    assert contents(tmp_path) == "first"


@pytest.mark.parametrize("where", ["a file", "nowhere", "its lock"])
def test_what_the_disk_refuses_is_said_of_the_folder_that_was_to_be(tmp_path, where):
    """Nobody knows where it is built, nor can anything be done about that place."""

    def named(folder):
        places = {"a file": folder / "x", "its lock": folder.parent.with_suffix(".lock")}
        return str(places[where]) if where in places else None

    with (
        pytest.raises(OSError, match="No space") as caught,
        publication(tmp_path, "report") as folder,
    ):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), named(folder))
    assert caught.value.filename == str(tmp_path / "report")
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_turns_read_only_at_the_last_step_is_said_as_that(tmp_path, monkeypatch):
    def refused(folder):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(folder))

    monkeypatch.setattr(publish, "_sync_tree", refused)
    with pytest.raises(OSError, match="Read-only") as caught, publication(tmp_path, "report"):
        pass
    assert caught.value.filename == str(tmp_path / "report")
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_fault_of_the_disk_or_lies_elsewhere_keeps_its_name(tmp_path):
    elsewhere = tmp_path / "other" / "x"
    for error in (OSError(errno.ENOSPC, "full", str(elsewhere)), ConnectionResetError(104, "x")):
        with (
            pytest.raises(OSError, match=r"full|x") as caught,
            publication(tmp_path, "report"),
        ):
            raise error
        assert caught.value is error


def test_a_room_in_use_is_left_alone(tmp_path):
    with publication(tmp_path, "one") as folder:
        build(folder, "first")
        with publication(tmp_path, "report") as other:
            build(other, "second")
        assert folder.is_dir()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "report"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the steps are those of a POSIX system")
@pytest.mark.parametrize("exchange", ["yes", "no"])
def test_a_process_killed_at_any_step_leaves_the_old_or_the_new(tmp_path, exchange):
    script = [sys.executable, str(HERE / "publish_and_crash.py"), str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent.parent)}
    with publication(tmp_path, "report") as folder:
        build(folder, "first")
    seen = set()
    for step in range(1, 40):
        ended = subprocess.run([*script, "second", str(step), exchange], env=environment)
        if exchange == "yes":
            assert contents(tmp_path) in {"first", "second"}  # even before anyone clears up
        with publication(tmp_path, "other"):  # the next one clears away what was left behind
            pass
        (tmp_path / "other").rmdir()
        content = contents(tmp_path)
        assert content in {"first", "second"}
        assert [path.name for path in tmp_path.iterdir()] == ["report"]
        seen.add(content)
        if ended.returncode == 0:
            break
        assert ended.returncode == 9
        if content == "second":
            with publication(tmp_path, "report") as folder:
                build(folder, "first")
    assert ended.returncode == 0
    assert seen == {"first", "second"}


@pytest.mark.skipif(sys.platform not in {"linux", "darwin"}, reason="other systems step aside")
def test_two_folders_change_places_in_one_step(tmp_path):
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
    assert publish._exchange(tmp_path / "one", tmp_path / "other")
    assert (tmp_path / "one" / "file").read_text() == "other"
    assert not publish._exchange(tmp_path / "one", tmp_path / "missing")
