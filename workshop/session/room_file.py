"""Where the room can be joined: a small file that is there as long as the room is open."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, ValidationError

from workshop.workspace import Workspace, write_atomically

ROOM_FILE = ".room.json"


class RoomFile(BaseModel):
    """What to type (``address`` and ``code``), and what the QR code holds (``url``)."""

    model_config = ConfigDict(frozen=True)

    address: str
    code: str
    url: str


def write_room(workspace: Workspace, room: RoomFile) -> None:
    """Write where the room is."""
    write_atomically(workspace.path / ROOM_FILE, room.model_dump_json().encode())


def read_room(workspace: Workspace) -> RoomFile | None:
    """Return where the room is; ``None`` while it is not open."""
    path = workspace.path / ROOM_FILE
    try:
        return RoomFile.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
