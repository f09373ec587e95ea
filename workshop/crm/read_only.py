"""A backend that only reads: views of ours travel with each query, as nothing may be stored."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import ibis.expr.types as ir
import sqlglot.expressions as sge
from ibis.expr.operations import DatabaseTable
from ibis.util import gen_name

from workshop.errors import WorkspaceError

Faults = tuple[type[BaseException], ...]


class View(NamedTuple):
    """A view that is nowhere: its query, and the views that this uses."""

    query: str
    uses: tuple[str, ...]


def reading(base: type, faults: Faults, worded: Callable[[BaseException], WorkspaceError]) -> Any:
    """Return a kind of Ibis backend that never writes, and words what its driver raises."""

    class Reading(base):  # type: ignore[misc]
        def __init__(self, *given: Any, **options: Any) -> None:
            super().__init__(*given, **options)
            self.views: dict[str, View] = {}

        def view(self, table: ir.Table) -> ir.Table:
            """Return a table under a name of its own, which the queries that use it define."""
            name = gen_name("held")
            query = self.compiler.to_sqlglot(table)
            self.views[name] = View(query.sql(dialect=self.dialect), _uses(query, self.views))
            return DatabaseTable(name, table.schema(), self).to_expr()

        def compile(self, expr: ir.Expr, /, **options: Any) -> str:
            options.pop("pretty", None)
            query = self.compiler.to_sqlglot(expr, **options)
            return with_views(query, self.views, self.dialect)

        @contextmanager
        def wording(self) -> Iterator[None]:
            """Word what the driver raises."""
            try:
                yield
            except faults as error:
                raise worded(error) from None

        def execute(self, expr: ir.Expr, /, **options: Any) -> Any:
            with self.wording():
                try:
                    return super().execute(expr, **options)
                except faults:
                    # A warehouse hangs up on a session that was silent for long.
                    if not getattr(getattr(self, "con", None), "closed", False):
                        raise
                self.reconnect()
                return super().execute(expr, **options)

        def reconnect(self) -> None:
            super().reconnect()
            if hasattr(self, "con"):
                weakref.finalize(self, self.con.close)

        def _register_in_memory_table(self, op: Any) -> None:
            raise TypeError("nothing is written to a client's warehouse")

        def create_table(self, *given: Any, **options: Any) -> Any:
            raise TypeError("nothing is written to a client's warehouse")

        create_view = create_table

    return Reading


def travels(backend: Any) -> bool:
    """Tell whether what we make travels with the queries, as nothing may be stored there."""
    return hasattr(backend, "views")


def with_views(query: sge.Query, views: Mapping[str, View], dialect: Any) -> str:
    """Return the SQL of a query that defines the views it uses before its own."""
    used = set(_all_used(_uses(query, views), views))
    defined = [
        f"{sge.to_identifier(name, quoted=True).sql(dialect=dialect)} AS ({view.query})"
        for name, view in views.items()  # in the order in which they were made
        if name in used
    ]
    if not defined:
        return str(query.sql(dialect=dialect))
    own = query.args.get("with_")
    query.set("with_", None)
    defined += [part.sql(dialect=dialect) for part in (own.expressions if own else ())]
    return f"WITH {', '.join(defined)} {query.sql(dialect=dialect)}"


def _uses(query: sge.Query, views: Collection[str]) -> tuple[str, ...]:
    named = (table.name for table in query.find_all(sge.Table))
    return tuple(dict.fromkeys(name for name in named if name in views))


def _all_used(names: Collection[str], views: Mapping[str, View]) -> Iterator[str]:
    for name in names:
        yield name
        yield from _all_used(views[name].uses, views)
