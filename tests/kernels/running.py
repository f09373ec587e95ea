"""Kernels for the tests: started, asked, stopped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jupyter_client.manager import KernelManager
from traitlets.config import Config

FEW = ("numpy", "matplotlib.pyplot")
"""What a warm parent imports where a test does not need the kit."""
OPTIONS = ["--IPKernelApp.log_level=CRITICAL", "--HistoryManager.enabled=False"]


class Kernel:
    """A kernel that runs code and hands over what the code printed."""

    def __init__(self, manager: Any, client: Any) -> None:
        self.manager, self.client = manager, client

    @property
    def process(self) -> Any:
        return self.manager.provisioner.process

    def run(self, code: str, timeout: float = 60) -> str:
        """Run code; return its printed text, or its error's name and message."""
        said: list[str] = []

        def hear(message: dict[str, Any]) -> None:
            content = message["content"]
            said.append(content.get("text") or content.get("ename") or "")
            said.extend(content.get("data", ()))

        self.client.execute_interactive(code, output_hook=hear, timeout=timeout)
        return "".join(said).strip()

    def read(self, code: str) -> Any:
        """Run an expression; return its value."""
        return json.loads(self.run(f"import json; print(json.dumps({code}))"))


@contextmanager
def started(spec: str = "samenspel", imports=FEW, **more: Any) -> Iterator[Kernel]:
    """Start a kernel and stop it."""
    config = Config({"ForkProvisioner": {"imports": list(imports)}})
    manager = KernelManager(kernel_name=spec, config=config)
    manager.start_kernel(extra_arguments=OPTIONS, **more)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        yield Kernel(manager, client)
    finally:
        client.stop_channels()
        if manager.has_kernel:
            manager.shutdown_kernel()
        manager.cleanup_resources()
