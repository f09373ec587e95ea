"""A client's own warehouse in the settings: where it is, and what things are called there."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from workshop.model_file import misfit, said_as
from workshop.model_kinds import Closed
from workshop.time_zone import TimeZone

PASSWORD_VARIABLE = "SAMENSPEL_WAREHOUSE_PASSWORD"

OPTIONS: dict[str, tuple[str, ...]] = {
    "postgresql": ("host", "sslmode", "sslrootcert", "connect_timeout"),
    "spark": (),
    "bigquery": ("location",),
    "snowflake": ("warehouse", "role"),
}
"""The kinds of warehouse, by how an address begins, and what may follow its question mark."""

_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")

_Name = Annotated[str, StringConstraints(min_length=1, max_length=400)]


class WarehouseTable(BaseModel):
    """Where one table is in the warehouse; any further field names the column for one of ours.

    ``traits`` are further columns that were known when a record was created, ``unvouched`` those
    of which nobody knows that. ``constants`` and ``stages`` are as with an import.
    """

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, _Name]

    view: _Name | None = None
    traits: tuple[_Name, ...] = ()
    unvouched: tuple[_Name, ...] = ()
    constants: dict[str, str] = {}
    stages: dict[str, Literal["won", "lost", "open"]] = {}

    @property
    def columns(self) -> dict[str, str]:
        """What the columns of ours are called there, where they are called otherwise."""
        return dict(self.__pydantic_extra__)


class Warehouse(Closed):
    """The contents of ``[warehouse]``: an address alone, where all is called as ours is.

    ``time_zone`` is that of the times that say none. Where ``tables`` are given no others are
    read.
    """

    url: Annotated[str, said_as("warehouse_url")]
    time_zone: TimeZone = "UTC"
    tables: dict[str, WarehouseTable] = Field(default_factory=dict)

    @field_validator("url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        check_address(value)
        return value


class Address(Closed):
    """A warehouse's address in its parts; ``path`` is the database, then perhaps a schema."""

    kind: str
    user: str | None
    host: str | None
    port: int | None
    path: tuple[str, ...]
    options: dict[str, str]


def check_address(url: str) -> Address:
    """Return a warehouse's address in its parts; raise a `misfit` for one that cannot be used.

    What may be a password is never repeated.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise misfit("warehouse_url", allowed=_examples()) from error
    kind = "postgresql" if parts.scheme == "postgres" else parts.scheme
    if kind not in OPTIONS or parts.fragment or "\\" in url:
        raise misfit("warehouse_url", allowed=_examples())
    if parts.password is not None:
        raise misfit("warehouse_password", variable=PASSWORD_VARIABLE)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if options and not OPTIONS[kind]:
        raise misfit("warehouse_plain", variable=PASSWORD_VARIABLE)
    if not set(options) <= set(OPTIONS[kind]):
        raise misfit("warehouse_option", allowed=list(OPTIONS[kind]), variable=PASSWORD_VARIABLE)
    _check_values(options)
    path = tuple(unquote(part) for part in parts.path.split("/") if part)
    user = unquote(parts.username) if parts.username else None
    return Address(kind=kind, user=user, host=_host(parts), port=port, path=path, options=options)


def _check_values(options: dict[str, str]) -> None:
    """Raise a `misfit` for what Postgres would refuse, in English, once it is called."""
    if options.get("sslmode", _SSL_MODES[0]) not in _SSL_MODES:
        raise misfit("warehouse_sslmode", allowed=list(_SSL_MODES))
    if not options.get("connect_timeout", "0").isdecimal():
        raise misfit("warehouse_timeout")


def database_of(warehouse: Warehouse) -> str:
    """Return what a report calls a warehouse: neither who reads it, nor on which machine.

    >>> database_of(Warehouse(url="postgresql://reader@10.0.0.1:5432/crm/samenspel"))
    'crm/samenspel'
    """
    address = check_address(warehouse.url)
    return "/".join(address.path) or address.kind


def _host(parts: SplitResult) -> str | None:
    """Return the host as it was written: an account or a project may have capitals."""
    place = parts.netloc.rpartition("@")[2]
    return (place.rpartition(":")[0] if parts.port else place) or None


def _examples() -> list[str]:
    return [f"{kind}://" for kind in OPTIONS]
