"""A client that starts as soon as its kernel is there."""

from __future__ import annotations

from queue import Empty
from time import monotonic
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient

_LOOK_SECONDS = 1.0


class PromptClient(AsyncKernelClient):
    """Waits for a kernel's welcome, not for a fifth of a second without a word from it."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Return when outputs arrive and requests are answered.

        Raises ``RuntimeError`` as its base class does, where the kernel dies or stays silent.
        """
        deadline = monotonic() + timeout if timeout is not None else float("inf")
        await self._first(self.get_iopub_msg, "iopub_welcome", deadline)
        asked = self.kernel_info()
        reply = await self._first(self.get_shell_msg, "kernel_info_reply", deadline)
        self._handle_kernel_info_reply(reply)
        while True:
            said = await self._first(self.get_iopub_msg, "status", deadline)
            idle = said["content"]["execution_state"] == "idle"
            if idle and said["parent_header"].get("msg_id") == asked:
                return

    async def _first(self, get: Any, kind: str, deadline: float) -> dict[str, Any]:
        """Return the next message of a kind."""
        while True:
            try:
                message: dict[str, Any] = await get(timeout=_LOOK_SECONDS)
            except Empty:
                if not await self.is_alive():
                    raise RuntimeError(f"The kernel died before its {kind}") from None
                if monotonic() > deadline:
                    raise RuntimeError(f"The kernel sent no {kind} in time") from None
                continue
            if message["msg_type"] == kind:
                return message
