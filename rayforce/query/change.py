"""Queries that change: they run on `.execute()` only."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, Self

from .._ext import core
from ..types import Name, Table
from ..types.table import columns_of_rows
from ._names import near
from .base import Plan, known_columns, run, session_of
from .column import Computed, conditions, constant
from .ref import TableRef


class Change(Plan):
    """Of a name in an engine or server: there, and the name is returned. Of a table in memory: a new table."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]
    table: Any

    @property
    def session(self) -> Any:
        return session_of(self.table)

    def _target(self) -> Any:
        if isinstance(self.table, TableRef):
            return self.table.name
        if isinstance(self.table, Plan):
            raise TypeError(f"a {type(self.table).__name__} cannot be changed; execute() it and change the table")
        return self.table

    def execute(self, session: Any = None, *, timeout: float | None = None) -> Any:
        """Makes the change: the table's name if it has one, else the changed table."""
        out = run(self.ipc, session if session is not None else self.session, timeout)
        return self.table if isinstance(self.table, TableRef) else out

    def __repr__(self) -> str:
        return f"<{type(self).__name__}, not run: {self.source}; .execute() runs it>"


class UpdateQuery(Change):
    """`table.update(price=Column("price") * 2).where(...)`."""

    def __init__(self, table: Any, columns: dict[str, Any]) -> None:
        if not columns:
            raise TypeError("update() without columns changes nothing")
        self.table = table
        self._columns = columns
        self._where: list[Computed] = []
        self._by: str | None = None
        for x in columns.values():
            self._check(x)

    def _check(self, x: Any) -> None:
        known = known_columns(self.table)
        if known is not None and isinstance(x, Computed):
            for name in x.names():
                near(name, known)

    def where(self, *items: Any) -> Self:
        """Only rows for which all conditions hold."""
        out = copy.copy(self)
        out._where = [*self._where, *conditions(items)]
        for x in items:
            self._check(x)
        return out

    def by(self, column: str) -> Self:
        """Each expression for each group of rows."""
        out = copy.copy(self)
        out._by = column
        return out

    def tree(self) -> Any:
        clauses: dict[str, Any] = {"from": self._target()}
        for name, x in self._columns.items():
            if name in ("from", "where", "by"):
                raise ValueError(f"a column cannot be called {name!r} here, that is a clause; rename it")
            clauses[name] = x.tree() if isinstance(x, Computed) else constant(x)
        if self._where:
            parts = [x.tree() for x in self._where]
            clauses["where"] = parts[0] if len(parts) == 1 else (Name("and"), *parts)
        if self._by is not None:
            clauses["by"] = Name(self._by)
        return (Name("update"), clauses)


class InsertQuery(Change):
    """`table.insert(("AAPL", 150.0))`, `insert(sym=[...], price=[...])`, `insert(frame)`."""

    def __init__(self, table: Any, rows: tuple[Any, ...], columns: dict[str, Any]) -> None:
        self.table = table
        self._rows = new_rows(table, rows, columns)

    def tree(self) -> Any:
        return (Name("insert"), self._target(), self._rows)


class UpsertQuery(Change):
    """As insert; rows that are there already, by their first columns, are replaced."""

    def __init__(self, table: Any, rows: tuple[Any, ...], columns: dict[str, Any], key_columns: int) -> None:
        if isinstance(key_columns, bool) or not isinstance(key_columns, int) or key_columns < 1:
            raise ValueError(f"key_columns={key_columns!r}: expected a number from 1 up")
        self.table = table
        self._keys = key_columns
        self._rows = new_rows(table, rows, columns)

    def tree(self) -> Any:
        return (Name("upsert"), self._target(), self._keys, self._rows)


def new_rows(table: Any, rows: Sequence[Any], columns: dict[str, Any]) -> Table:
    """Rows as a table with the column types of the one that they go into."""
    if columns and rows:
        raise TypeError("rows or columns by name, not both")
    if columns:
        columns = {n: x if _is_column(x) else [x] for n, x in columns.items()}
        return _typed(table, columns)
    if len(rows) == 1 and not isinstance(rows[0], tuple | dict | str | bytes | int | float):
        data = rows[0]
        if isinstance(data, list):
            rows = data
        elif _is_table(data):
            made = Table(data)
            return _typed(table, dict(zip(made.columns, core.table_columns(made), strict=True)))
    if not rows:
        raise TypeError("insert() without rows")
    names = list(table.columns)
    if all(isinstance(x, list) for x in rows) and len(rows) > 1:  # a list for each column
        if len(rows) != len(names):
            raise core.conversion_error(f"{len(rows)} lists for {len(names)} columns", rows, "table")
        return _typed(table, dict(zip(names, rows, strict=True)))
    if not any(isinstance(x, tuple | dict | list) for x in rows):  # the values of one row
        rows = [tuple(rows)]
    return _typed(table, columns_of_rows(list(rows), None if isinstance(rows[0], dict) else names)[0])


def _is_table(x: Any) -> bool:
    return isinstance(x, Table | Plan) or any(
        hasattr(x, n) for n in ("columns", "__arrow_c_stream__", "__arrow_c_array__")
    )


def _is_column(x: Any) -> bool:
    return isinstance(x, list | tuple | range | core.Value) or hasattr(x, "__array__")


def _typed(table: Any, columns: dict[str, Any]) -> Table:
    """By the types of the table where it is known to have such columns."""
    types = {n: t for n, t in table.dtypes.items() if n in columns and t != "list"}
    known = {n: columns[n] for n in table.dtypes if n in columns}
    extra = {n: x for n, x in columns.items() if n not in known}
    for name in extra:
        near(name, table.dtypes)
    return Table.from_dict(known, schema=types)
