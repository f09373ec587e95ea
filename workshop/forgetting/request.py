"""Who is to be forgotten, worked out once and kept until it is done."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from workshop.crm.find_contact import Contact, find_contact
from workshop.errors import InputError, WorkspaceError
from workshop.redaction import Redaction
from workshop.session import erase
from workshop.session.copy import PENDING
from workshop.session.erase import Someone
from workshop.session.store import FILE, Store, open_store
from workshop.workspace import Workspace, write_atomically

Kind = Literal["person", "participant", "contact"]


class Request(BaseModel):
    """What was asked for: by a name, a participant's number, or what stands in the CRM."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    given: str
    team: str | None = None
    texts: bool = False


class Plan(BaseModel):
    """A request with whom it means, so that one broken off goes on after the name is gone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    request: Request
    someone: Someone = Someone()
    contact: Contact = Contact()
    redaction: Redaction = Redaction()


def has_session(workspace: Workspace) -> bool:
    """Tell whether there is a session database."""
    return workspace.settings.store is not None or (workspace.path / FILE).is_file()


def session_store(workspace: Workspace) -> Store | None:
    """Open the session database, where there is one."""
    return open_store(workspace) if has_session(workspace) else None


def planned(workspace: Workspace, request: Request) -> Plan:
    """Find whom a request means; raise ``InputError`` where that is nobody, or several."""
    if request.kind == "contact":
        contact = find_contact(workspace, request.given)
        return Plan(request=request, contact=contact, redaction=contact.redaction)
    store = session_store(workspace)
    if store is None:
        raise InputError("nobody_known", path=str(workspace.path))
    try:
        if request.kind == "person":
            who = erase.someone_called(store, request.given, request.team)
        else:
            who = erase.someone_with(store, request.given)
        found = erase.redaction_of(store, who, texts=request.texts)
        return Plan(request=request, someone=who, redaction=found)
    finally:
        store.close()


def keep(workspace: Workspace, plan: Plan) -> None:
    """Keep a plan until it is done, for its owner's eyes only."""
    path = workspace.path / PENDING
    write_atomically(path, plan.model_dump_json().encode())
    path.chmod(0o600)


def pending(workspace: Workspace) -> Plan | None:
    """Return what was begun and not done; raise ``WorkspaceError`` for one that is unreadable."""
    path = workspace.path / PENDING
    try:
        return Plan.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise WorkspaceError("pending_unreadable", path=str(path)) from error


def done(workspace: Workspace) -> None:
    """Let go of the plan."""
    (workspace.path / PENDING).unlink(missing_ok=True)
