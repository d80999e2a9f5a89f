"""What a connection and an embedded engine have in common: one interface, two engines."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from types import EllipsisType
from typing import Any, Protocol, TypeVar, runtime_checkable

from . import errors
from ._ext import core
from .paging import NAMES, TABLES, Paging, advice, copy_into, names_of, row_count, words_of
from .query import TableRef
from .types import Table, Vector

T = TypeVar("T")
Timeout = float | EllipsisType | None


@runtime_checkable
class Session(Protocol):
    """What both engines answer to; for annotations and isinstance."""

    def execute(self, query: Any, /, *args: Any, timeout: Timeout = ..., boxed: bool = False) -> Any: ...
    def call(self, name: Any, /, *args: Any, timeout: Timeout = ...) -> Any: ...
    def fetch_table(self, query: Any, /, *args: Any, timeout: Timeout = ...) -> Table: ...
    def fetch_value(self, query: Any, /, *args: Any, type: type[T], timeout: Timeout = ...) -> T: ...
    def fetch_numpy(self, query: Any, /, *args: Any, timeout: Timeout = ...) -> Any: ...
    def fetch_into(self, query: Any, /, *args: Any, out: Any, timeout: Timeout = ...) -> int: ...
    def stream(self, query: Any, /, *args: Any, rows: int = ...) -> Iterator[Table]: ...
    def set(self, name: str, value: Any, /) -> None: ...
    def get(self, name: str, /) -> Any: ...
    def delete(self, name: str, /) -> None: ...
    def table(self, name: str, /) -> TableRef: ...
    def tables(self) -> list[str]: ...
    def __getitem__(self, name: str, /) -> Any: ...
    def __setitem__(self, name: str, value: Any, /) -> None: ...
    def __contains__(self, name: str, /) -> bool: ...
    def close(self) -> None: ...


def as_type(out: Any, kind: type[T]) -> T:
    """A result that is an instance of `kind`."""
    if not isinstance(out, kind) or (isinstance(out, bool) and kind is int):
        found = f"{out!r:.100} of type {type(out).__name__}"
        raise core.conversion_error(f"expected {kind.__name__}, got {found}", out, kind.__name__)
    return out


def as_numpy(out: Any) -> Any:
    """A result as an array; a table as a dict of arrays."""
    if isinstance(out, Table):
        return out.arrays()
    if isinstance(out, Vector):
        return out.to_numpy()
    raise core.conversion_error(f"{out!r:.100} of type {type(out).__name__} is no array", out, "ndarray")


class SessionMethods:
    """The methods that need nothing but `execute`, `get`, `set` and `delete`."""

    __slots__ = ()

    def execute(self, query: Any, /, *args: Any, timeout: Timeout = ..., boxed: bool = False) -> Any:
        raise NotImplementedError

    def set(self, name: str, value: Any, /) -> None:
        raise NotImplementedError

    def _tell(self, source: str, /) -> None:
        """Evaluates what nobody waits for."""
        self.execute(source)

    def get(self, name: str, /) -> Any:
        raise NotImplementedError

    def delete(self, name: str, /) -> None:
        raise NotImplementedError

    def __getitem__(self, name: str, /) -> Any:
        return self.get(name)

    def __setitem__(self, name: str, value: Any, /) -> None:
        self.set(name, value)

    def __delitem__(self, name: str, /) -> None:
        self.delete(name)

    def fetch_table(self, query: Any, /, *args: Any, timeout: Timeout = ...) -> Table:
        """The result, which is a table."""
        return self.fetch_value(query, *args, type=Table, timeout=timeout)

    def fetch_value(self, query: Any, /, *args: Any, type: type[T], timeout: Timeout = ...) -> T:
        """The result, which is an instance of `type`."""
        return as_type(self.execute(query, *args, timeout=timeout), type)

    def fetch_numpy(self, query: Any, /, *args: Any, timeout: Timeout = ...) -> Any:
        """The result as an array; a table as a dict of arrays."""
        return as_numpy(self.execute(query, *args, timeout=timeout))

    def fetch_into(self, query: Any, /, *args: Any, out: Any, timeout: Timeout = ...) -> int:
        """Puts the result's elements into an array of numpy; how many. ConversionError if they do not fit."""
        return copy_into(self.execute(query, *args, timeout=timeout), out)

    def stream(self, query: Any, /, *args: Any, rows: int = 1_000_000) -> Iterator[Table]:
        """The result in tables of so many rows; a vector as tables of one column.

        It is evaluated once and kept on the server, under a name of its own, until the iterator has ended.
        """
        paging = Paging(query, args, rows)
        source, given = paging.first()
        try:
            count = row_count(self.execute(source, *given))
            for start in range(0, count, rows):
                yield paging.table(self.execute(paging.page(start)))
        finally:
            with contextlib.suppress(errors.IPCError, errors.QueryError):
                self._tell(paging.last())

    def table(self, name: str, /) -> TableRef:
        """A name as a table: what is asked of it runs here. Nothing is fetched yet."""
        return TableRef(name, self)

    def tables(self) -> list[str]:
        """The names of the tables among the variables."""
        return names_of(self.execute(TABLES))

    def diagnose(self, error: errors.QueryError, /) -> str:
        """What may be wrong with a failed query: names that come close, and the columns of the tables in it."""
        names = [str(name) for name in self.execute(NAMES)]
        named = [t for t in self.tables() if t in words_of(error)]
        return advice(error, names, {t: [str(c) for c in self.execute(f"(key {t})")] for t in named})
