"""A wheel, installed elsewhere, is a whole kit: the demo runs from it without the checkout."""

from __future__ import annotations

import ast
import contextlib
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]


def run(*command: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=900,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    done = run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("samenspel-*.whl"))


def test_the_wheel_carries_notebooks_templates_data_and_catalogues(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("notebooks", "templates", "datasets/example"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert f"workshop/_kit/{path.relative_to(ROOT).as_posix()}" in names
    for path in (ROOT / "workshop").rglob("*.po"):
        assert path.relative_to(ROOT).as_posix() in names


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """Return the programs of a new environment: the wheel, and what it may need from this one."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, symlinks=True)
    (library,) = folder.glob("lib/python*/site-packages")
    # A path file's own path files are not read, so the checkout is not found through it.
    (library / "needed.pth").write_text(sysconfig.get_path("purelib"))
    shared = folder / "share" / "jupyter"
    shared.mkdir(parents=True)
    (shared / "nbconvert").symlink_to(Path(sys.prefix) / "share" / "jupyter" / "nbconvert")
    pip = (sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "install")
    done = run(*pip, "--quiet", "--no-deps", "--ignore-installed", wheel, cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "bin"


PLAYED = """
from pathlib import Path
from workshop.demo import example_workspace, import_example
from workshop.reports.make import make_report
workspace = example_workspace(Path("example"))
print(*(imported.table for imported in import_example(workspace)))
print(*make_report(workspace, "stand-up", "nl", as_of="2026-11-10").files)
"""


def test_the_kit_runs_from_the_wheel_in_a_new_environment(installed, tmp_path):
    """With what it carries: programmes, notebooks, the example's exports, a report's templates."""
    python = (installed / "python", "-c")
    where = run(*python, "import workshop; print(*workshop.__path__)", cwd=tmp_path)
    assert where.stdout.startswith(str(installed.parent))
    options = ("--client", "Rekvast", "--programme", "half-day")
    done = run(installed / "samenspel", "new", "client", *options, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "client" / "notebooks" / "07-pipeline-goal.ipynb").is_file()
    done = run(*python, PLAYED, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    tables, files = done.stdout.splitlines()
    assert tables.split()[:3] == ["accounts", "campaigns", "leads"]
    made = {Path(file).name: tmp_path / file for file in files.split()}
    assert "<h1" in made["report.html"].read_text("utf-8")
    assert made["report.pdf"].read_bytes().startswith(b"%PDF")


def test_what_the_kit_imports_is_what_it_asks_for():
    """No module is there by luck: each comes with a package that the kit needs, or may have."""
    extras = set(metadata.metadata("samenspel").get_all("Provides-Extra")) - {"dev"}
    assert strangers(imported(), needed({"", *extras})) == set()
    # Only a Dask worker imports workshop/reports/crew.py.
    assert strangers(imported(at_once=True), needed({""})) == {"distributed"}


def strangers(modules: set[str], packages: set[str]) -> set[str]:
    """Return the modules that none of the packages brings, as far as their names tell."""
    brought_by = metadata.packages_distributions()
    alike = {name.split("-")[0] for name in packages}
    return {
        module
        for module in modules
        if not packages & {canonicalize_name(name) for name in brought_by.get(module, ())}
        and module not in alike
    }


def needed(extras: set[str]) -> set[str]:
    """Return the packages that the kit asks for, and all that these ask for."""
    found: set[tuple[str, str]] = set()
    asked = [("samenspel", extra) for extra in extras]
    while asked:
        name, extra = asked.pop()
        with contextlib.suppress(metadata.PackageNotFoundError):
            for requirement in map(Requirement, metadata.requires(name) or ()):
                if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                    package = canonicalize_name(requirement.name)
                    new = {(package, more) for more in ("", *requirement.extras)} - found
                    found |= new
                    asked += new
    return {package for package, _ in found}


def imported(*, at_once: bool = False) -> set[str]:
    """Return the modules of others that the kit's code imports, by their first name."""
    names: set[str] = set()
    for path in (ROOT / "workshop").rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        for node in tree.body if at_once else ast.walk(tree):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - {"workshop"}
