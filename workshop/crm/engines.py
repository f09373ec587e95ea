"""Connect to a client's own warehouse: to read, and with credentials from the environment only."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from typing import Any, NamedTuple

from workshop.crm.brief import printable
from workshop.crm.read_only import reading
from workshop.errors import WorkspaceError
from workshop.warehouse import PASSWORD_VARIABLE, Address

_CONNECT_SECONDS = 15
_MOST_SAID = 200
_READING = "-c default_transaction_read_only=on -c enable_nestloop=off -c jit=off"
"""Postgres does not know how many rows a query within a query has, and takes it to be one."""
_NO_RIGHT = "42501"
_FROM_SERVER = ":  "
"""What stands, in any language, between how grave a server finds an error and what it is."""


class Engine(NamedTuple):
    """A kind of warehouse: its extra, Ibis's module, how to connect, and what its driver raises.

    ``faults`` are modules with the names of their base exceptions; ``means`` returns the code of
    what one says.
    """

    extra: str
    module: str
    connect: Callable[[Any, Address, str | None], Any]
    faults: tuple[tuple[str, str], ...]
    means: Callable[[Any], str] = lambda error: "warehouse_failed"


def connect(address: Address) -> Any:
    """Return an Ibis backend of a warehouse that can only be read.

    Raises ``WorkspaceError`` where the extra is not installed (``warehouse_extra``), or the
    warehouse lets nobody in (``warehouse_failed``, or what is known to be the matter).
    """
    engine = _ENGINES[address.kind]
    try:
        base = importlib.import_module(engine.module).Backend
        faults = tuple(getattr(importlib.import_module(m), name) for m, name in engine.faults)
    except ImportError as error:
        raise WorkspaceError(
            "warehouse_extra", kind=f"{address.kind}://", extra=engine.extra
        ) from error
    password = os.environ.get(PASSWORD_VARIABLE) or None
    base.register_options()
    teller = _Teller(shown(address), password, engine.means)
    backend = reading(base, faults, teller.worded)()
    try:
        return engine.connect(backend, address, password)
    except faults as error:
        raise teller.worded(error) from None


def shown(address: Address) -> str:
    """Return an address as it may be shown."""
    user = f"{address.user}@" if address.user else ""
    port = f":{address.port}" if address.port else ""
    return f"{address.kind}://{user}{address.host or ''}{port}/{'/'.join(address.path)}"


class _Teller(NamedTuple):
    """Says what a driver said, without the password, and without its own chain of errors."""

    place: str
    password: str | None
    means: Callable[[Any], str]

    def worded(self, error: BaseException) -> WorkspaceError:
        said = next((line.strip() for line in str(error).splitlines() if line.strip()), "")
        if self.password:
            said = said.replace(self.password, "…")
        said = printable(said or type(error).__name__)[:_MOST_SAID]
        code = self.means(error)
        return WorkspaceError(code, place=self.place, said=said, variable=PASSWORD_VARIABLE)


def _postgres_means(error: Any) -> str:
    """Tell what is the matter by what the driver knows: its texts are in the server's language."""
    if error.sqlstate == _NO_RIGHT:
        return "warehouse_no_right"
    if error.sqlstate is not None or type(error).__name__ != "OperationalError":
        return "warehouse_failed"
    if error.pgconn is not None and error.pgconn.needs_password:
        return "warehouse_needs_password"
    if error.pgconn is not None and (error.pgconn.used_password or _FROM_SERVER in str(error)):
        return "warehouse_not_let_in"
    return "warehouse_unreachable"


def _postgres(backend: Any, address: Address, password: str | None) -> Any:
    """Connect; without a password of ours the driver takes ``PGPASSWORD`` or its own file."""
    database, *schema = address.path or (None,)
    options = {"connect_timeout": str(_CONNECT_SECONDS), **address.options}
    return backend.connect(
        host=options.pop("host", address.host),
        port=address.port or os.environ.get("PGPORT") or 5432,
        user=address.user,
        password=password,
        database=database,
        schema=schema[0] if schema else None,
        application_name="samenspel",
        options=_READING,
        **options,
    )


def _spark(backend: Any, address: Address, password: str | None) -> Any:
    """Connect to a master, or to what Spark's own configuration in the environment says."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("samenspel")
    if address.host:
        port = f":{address.port}" if address.port else ""
        builder = builder.master(f"spark://{address.host}{port}")
    connection = backend.connect(builder.getOrCreate())
    if address.path:
        connection.raw_sql(f"USE {'.'.join(map(_ticked, address.path))}")
    return connection


def _ticked(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _bigquery(backend: Any, address: Address, password: str | None) -> Any:
    """Connect as whom Google's own variables say; the host is the project."""
    import google.auth

    credentials, project = google.auth.default()
    return backend.connect(
        project_id=address.host or project,
        dataset_id=address.path[0] if address.path else "",
        credentials=credentials,
        application_name="samenspel",
        location=address.options.get("location"),
    )


def _snowflake(backend: Any, address: Address, password: str | None) -> Any:
    """Connect to an account; Ibis would make functions there unless it is told not to."""
    return backend.connect(
        account=address.host,
        user=address.user,
        password=password,
        database="/".join(address.path),
        create_object_udfs=False,
        **address.options,
    )


_ENGINES = {
    "postgresql": Engine(
        "postgres", "ibis.backends.postgres", _postgres, (("psycopg", "Error"),), _postgres_means
    ),
    "spark": Engine(
        "spark",
        "ibis.backends.pyspark",
        _spark,
        (("pyspark.errors", "PySparkException"), ("py4j.protocol", "Py4JError")),
    ),
    "bigquery": Engine(
        "bigquery",
        "ibis.backends.bigquery",
        _bigquery,
        (
            ("google.api_core.exceptions", "GoogleAPIError"),
            ("google.auth.exceptions", "GoogleAuthError"),
        ),
    ),
    "snowflake": Engine(
        "snowflake", "ibis.backends.snowflake", _snowflake, (("snowflake.connector", "Error"),)
    ),
}
