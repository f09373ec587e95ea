"""Who may ask the warm parent, what it cannot lend, and who else uses its kernels."""

from __future__ import annotations

import ast
import json
import os
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import nbformat
import pytest
from jupyter_client.provisioning import KernelProvisionerFactory

from tests.kernels.running import FEW, started
from workshop.kernels import wire
from workshop.kernels.provisioner import ForkProvisioner, _arguments
from workshop.kernels.warm import ADDRESS, IMPORTS, WarmParent, by_default, warm_parent

ROOT = Path(__file__).parents[2]
SPEC = ROOT / "workshop" / "kernels" / "kernelspec" / "kernel.json"
PARENT = "__import__('os').getppid()"


@pytest.mark.parametrize(
    "sent",
    [
        {"secret": "wrong", "arguments": [], "environment": {}, "folder": None},
        {"arguments": []},
        ["no", "request"],
        "é",
    ],
)
def test_who_does_not_name_the_secret_gets_nothing_and_harms_nobody(sent):
    address = warm_parent(os.environ, FEW)
    with started() as before:
        with wire.connected(address.place) as line:
            wire.send(line, sent, [0])
            assert wire.read(line) == (None, [])
        with wire.connected(address.place) as line:
            line.send(b"\xff{")
            assert wire.read(line) == (None, [])
        with started() as after:
            assert before.read(PARENT) == after.read(PARENT)


def test_workers_share_the_parent_of_their_program():
    parent = WarmParent(FEW)
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from tests.kernels.running import started\n"
        f"with started() as kernel: print(kernel.read({PARENT!r}))\n"
        f"with started() as kernel: print(kernel.read('{ADDRESS!r} in __import__(\"os\").environ'))"
    ).replace(f"'{ADDRESS!r}", f'\'"{ADDRESS}"')
    environment = {**os.environ, ADDRESS: str(parent.address)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [str(parent.process.pid), "False"]
    parent.stop()


class TestStock:
    """What cannot be forked starts as Jupyter starts it."""

    def test_a_parent_with_threads_lends_nothing(self, monkeypatch, tmp_path):
        (tmp_path / "with_a_thread.py").write_text(
            "import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()"
        )
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        with started(imports=["with_a_thread"]) as kernel:
            assert kernel.read(PARENT) == os.getpid()
        assert warm_parent(os.environ, ["with_a_thread"]) is None

    def test_an_interpreter_set_up_otherwise(self):
        with started(env={**os.environ, "PYTHONHASHSEED": "1"}) as kernel:
            assert kernel.read(PARENT) == os.getpid()

    def test_a_pipe_that_somebody_reads(self):
        with started(stdout=subprocess.PIPE) as kernel:
            assert kernel.read(PARENT) == os.getpid()

    def test_a_module_that_fails_is_left_to_the_notebook(self, monkeypatch, tmp_path):
        (tmp_path / "broken_module.py").write_text("raise RuntimeError")
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        with started(imports=["broken_module"]) as kernel:
            assert kernel.read(PARENT) != os.getpid()
            assert kernel.run("import broken_module") == "RuntimeError"


@pytest.mark.parametrize("channel", ["shell", "iopub", "hb"])
def test_a_port_that_was_taken_meanwhile_is_changed_for_another(monkeypatch, capfd, channel):
    taken = []

    def take_a_port(self, *given):
        if not taken:
            busy = stack.enter_context(socket.socket())
            port = getattr(self.parent, f"{channel}_port")
            busy.bind(("127.0.0.1", port))
            busy.listen()
            taken.append(port)
        return fork(self, *given)

    fork = ForkProvisioner._fork
    monkeypatch.setattr(ForkProvisioner, "_fork", take_a_port)
    with ExitStack() as stack, started() as kernel:
        assert taken
        assert getattr(kernel.manager, f"{channel}_port") not in taken
        assert kernel.read(PARENT) != os.getpid()
        assert kernel.client.hb_channel.is_beating()
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ([sys.executable, "-m", "ipykernel_launcher", "-f", "a"], ["-f", "a"]),
        ([sys.executable, "-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f"], ["-f"]),
        ([sys.executable, "-O", "-m", "ipykernel_launcher", "-f", "a"], None),
        ([sys.executable, "-m", "xeus", "-f", "a"], None),
        (["/usr/bin/python3", "-m", "ipykernel_launcher", "-f", "a"], None),
        (["R", "--slave"], None),
        ([], None),
    ],
)
def test_only_this_python_s_ipykernel_is_forked(command, arguments):
    assert _arguments(command) == arguments


@pytest.fixture
def default_provisioner(monkeypatch):
    """Jupyter's provisioner as `samenspel open` sets it for JupyterLab."""
    for name, value in by_default().items():
        monkeypatch.setenv(name, value)
    KernelProvisionerFactory.clear_instance()
    yield
    KernelProvisionerFactory.clear_instance()


def test_the_kernels_of_jupyterlab_are_forked(default_provisioner):
    with started("python3") as kernel:
        assert kernel.read(PARENT) != os.getpid()


def test_nbval_uses_them_and_a_kernelspec_says_what_is_warm(tmp_path):
    spec = json.loads(SPEC.read_text("utf-8"))
    spec["metadata"]["kernel_provisioner"]["config"] = {"imports": ["numpy"]}
    folder = tmp_path / "jupyter" / "kernels" / "samenspel"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(spec), "utf-8")
    path = tmp_path / "small.ipynb"
    parent = f"open('/proc/%d/cmdline' % {PARENT}).read()"
    source = f"import sys; assert 'workshop.kernels.parent' in {parent} and 'numpy' in sys.modules"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)]), path)
    command = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval-lax", str(path)]
    done = subprocess.run(
        [sys.executable, *command, "--nbval-kernel-name=samenspel", "--rootdir", str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "JUPYTER_PATH": str(tmp_path / "jupyter")},
        capture_output=True,
        text=True,
    )
    assert "1 passed" in done.stdout, done.stdout


def test_the_kernelspec_starts_what_jupyter_would():
    spec = json.loads(SPEC.read_text("utf-8"))
    assert _arguments([sys.executable, *spec["argv"][1:]]) == ["-f", "{connection_file}"]


def test_what_the_notebooks_import_is_warm():
    imported = set()
    for path in (ROOT / "notebooks").rglob("*.ipynb"):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                for node in ast.walk(ast.parse("".join(cell["source"]))):
                    if isinstance(node, ast.ImportFrom):
                        imported |= {f"{node.module}.{name.name}" for name in node.names}
    assert imported
    assert imported <= set(IMPORTS)
