"""That a workspace is the example company's: nobody in it exists."""

from __future__ import annotations

from workshop.i18n import Translator
from workshop.views.display import Note
from workshop.workspace import Workspace


def example_note(workspace: Workspace, t: Translator) -> tuple[Note, ...]:
    """Say that everything here is made up; nothing for a client's own workspace."""
    return (Note("example", t("example.all"), t),) if workspace.settings.example else ()
