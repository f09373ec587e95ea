"""The copy on another disk, kept up beside the session, whatever that disk does."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from workshop.errors import WorkshopError
from workshop.session.copy import Copy

SECONDS = 2.0
LAST_SECONDS = 15.0


@dataclass
class Copying:
    """A thread that copies every few seconds, and says when that fails and when it works again."""

    copy: Copy
    fails: Callable[[str], None]
    works: Callable[[], None]
    over: Callable[[WorkshopError], None]
    _done: threading.Event = field(default_factory=threading.Event)
    _failed: str = ""

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> bool:
        """Copy once more what there is; tell whether that was done before patience ran out."""
        self._done.set()
        if self._thread.ident is not None:
            self._thread.join(LAST_SECONDS)
        return not self._thread.is_alive() and not self._failed

    def _run(self) -> None:
        goes_on = self._once()
        while goes_on and not self._done.wait(SECONDS):
            goes_on = self._once()
        if goes_on:
            self._once()
        self.copy.close()

    def _once(self) -> bool:
        """Copy what changed; return whether there is a reason to try again."""
        try:
            self.copy.step()
        except WorkshopError as error:
            self._failed = str(error)
            self.over(error)
            return False
        except (OSError, sqlite3.Error) as error:
            self.note(str(error))
            return True
        if self._failed:
            self._failed = ""
            self.works()
        return True

    def note(self, problem: str) -> None:
        """Say that copying fails, once for each way in which it does."""
        if problem != self._failed:
            self._failed = problem
            self.fails(problem)
