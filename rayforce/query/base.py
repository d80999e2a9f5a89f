"""What queries have in common: a tree, a session, and a result when one is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .._ext import core
from ..errors import RayforceQueryCompilationError
from ..types import ColumnNames, Name, Shape, Table
from ..types._queries import TableQueries
from .column import Expression, Tree
from .source import text_of, value_of

# Methods of tables that need the rows: each use runs the query.
FETCHING = [
    *("rows", "at_column", "at_row", "head", "tail", "take", "drop", "rename", "cast", "with_columns", "concat"),
    *("describe", "equals", "values", "to_dict", "arrays", "to_numpy", "to_records", "to_pandas", "to_polars"),
    *("to_arrow", "to_duckdb", "write_csv", "set_csv", "write_parquet", "set_splayed", "to_splayed", "save", "show"),
    *("explore", "__arrow_c_schema__", "__arrow_c_stream__"),
    *("_repr_html_", "_repr_mimebundle_", "__rich_console__"),
]


def _delegated(name: str) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **named: Any) -> Any:
        return getattr(self._result(), name)(*args, **named)

    method.__name__ = name
    method.__doc__ = getattr(Table, name).__doc__
    return method


class Lazy:
    """Runs when its rows are needed, each time anew."""

    __slots__ = ()

    def _result(self) -> Table:
        raise NotImplementedError

    def __len__(self) -> int:
        return len(self._result())

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self._result())

    def __getitem__(self, key: Any, /) -> Any:
        return self._result()[key]

    @property
    def columns(self) -> ColumnNames:
        return self._result().columns

    @property
    def shape(self) -> Shape:
        return self._result().shape

    @property
    def dtypes(self) -> dict[str, str]:
        return self._result().dtypes


for _name in FETCHING:
    setattr(Lazy, _name, _delegated(_name))


class Plan:
    """A tree and where it runs."""

    __slots__ = ()

    def tree(self) -> Any:
        raise NotImplementedError

    @property
    def session(self) -> Any:
        raise NotImplementedError

    @property
    def source(self) -> str:
        """The text of the language that says the same."""
        return text_of(self.tree())

    @property
    def ipc(self) -> Any:
        """The message that is sent."""
        return value_of(self.tree())

    def explain(self) -> str:
        """What runs, and where."""
        return f"{self.source}\n; in {self.session or 'the default engine'}"

    def ipcsave(self, name: str) -> Expression:
        """An expression that binds the result to a name where it runs."""
        return Expression(Name("set"), Tree(Name(core.check_name(name))), Tree(self.tree()))

    def _run(self, session: Any, timeout: Any) -> Any:
        return run(self.ipc, session if session is not None else self.session, timeout)


def run(message: Any, session: Any, timeout: Any = None) -> Any:
    """The value of a message in a session, by default in the default engine."""
    if session is None:
        return core.default_runtime().evaluate(message, (), timeout, False, core.convert_flags(False, "symbol"))
    return session.execute(message) if timeout is None else session.execute(message, timeout=timeout)


class Query(Lazy, Plan, TableQueries):
    """A question. Runs when its value is needed: repr, len, iteration, [], to_*, Arrow export."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def execute(self, session: Any = None, *, timeout: float | None = None) -> Any:
        """The result, from this session or the one that the tables are in."""
        out = self._run(session, timeout)
        if not isinstance(out, Table):
            raise core.conversion_error(f"expected a table, got {out!r:.100}", out, "table")
        return out

    def _result(self) -> Table:
        out: Table = self.execute()
        return out

    def __repr__(self) -> str:
        return repr(self._result())


def tree_of(x: Any) -> Any:
    """What a table, a name or another query is in a tree."""
    if isinstance(x, Plan):
        return x.tree()
    return x if isinstance(x, Table) else Table(x)


def session_of(*tables: Any) -> Any:
    """The one session that all tables are in; tables in memory go along."""
    found: list[Any] = []
    for x in tables:
        s = x.session if isinstance(x, Plan) else None
        if s is not None and not any(s is other for other in found):
            found.append(s)
    if len(found) > 1:
        raise RayforceQueryCompilationError(
            f"tables of two sessions in one query: {found[0]!r} and {found[1]!r}; fetch() one of them"
        )
    return found[0] if found else None


def known_columns(x: Any) -> tuple[str, ...] | None:
    """The columns of a table in memory; None where they would have to be asked for."""
    return None if isinstance(x, Plan) or not isinstance(x, Table) else x.columns
