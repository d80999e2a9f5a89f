"""A name that stands for a table in an engine or on a server."""

from __future__ import annotations

from typing import Any

from .._ext import core
from ..types import ColumnNames, List, Name, Shape, Table
from .base import Lazy, Plan, run

TYPES = {core.type_name(code): core.type_name(code).lower() for code in (*range(14), 16)}


class TableRef(Lazy, Plan, Table):
    """The methods of a table, run where the data is; `fetch()` brings all of it."""

    __slots__ = ("_session", "name")
    __hash__ = object.__hash__

    def __new__(cls, name: str, session: Any = None) -> Any:
        return core.Value.__new__(cls)

    def __init__(self, name: str, session: Any = None) -> None:
        self.name = core.check_name(name)
        self._session = session

    @property
    def session(self) -> Any:
        return self._session

    def tree(self) -> Any:
        return Name(self.name)

    def _ask(self, *call: Any) -> Any:
        return run(List([Name(call[0]), *call[1:]]), self._session)

    def _result(self) -> Table:
        return self.fetch()

    def fetch(self, *, limit: int | None = None) -> Table:
        """All rows, or the first ones."""
        out = run(Name(self.name), self._session) if limit is None else self.limit(limit).execute()
        if not isinstance(out, Table):
            raise core.conversion_error(f"{self.name} is no table but {out!r:.100}", out, "table")
        return out

    def count(self) -> int:
        """How many rows there are now."""
        return int(self._ask("count", Name(self.name)))

    def schema(self) -> dict[str, str]:
        """The columns and their types."""
        types = self._ask("map", Name("type"), List([Name("value"), Name(self.name)]))
        return dict(zip(self.columns, (TYPES.get(str(t), str(t).lower()) for t in types), strict=True))

    def append(self, data: Any, /) -> int:
        """Adds rows, columns, a frame or anything of Arrow; how many rows that were."""
        from .change import new_rows

        rows = new_rows(self, data if isinstance(data, tuple) else (data,), {})
        run(List([Name("insert"), self.name, rows]), self._session)
        return len(rows)

    def execute(self, session: Any = None, *, timeout: float | None = None) -> Table:
        """As fetch."""
        return self._run(session, timeout)  # type: ignore[no-any-return]

    @property
    def columns(self) -> ColumnNames:
        return ColumnNames(str(name) for name in self._ask("cols", Name(self.name)))

    @property
    def dtypes(self) -> dict[str, str]:
        return self.schema()

    @property
    def shape(self) -> Shape:
        return Shape((self.count(), len(self.columns)))

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, key: Any, /) -> Any:
        """A name gives the column, without the other ones being sent."""
        if isinstance(key, str):
            return self._ask("at", Name(self.name), key)
        return self._result()[key]

    def head(self, n: int = 5) -> Table:
        return self.limit(n).execute()  # type: ignore[no-any-return]

    def take(self, n: int, offset: int = 0) -> Table:
        return self.limit(n, offset).execute()  # type: ignore[no-any-return]

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError(f"{self!r} stands for a table elsewhere; pickle what fetch() gives")

    def __eq__(self, other: object) -> bool:
        return self is other

    def __repr__(self) -> str:
        where = "" if self._session is None else f", {self._session!r}"
        return f"TableRef({self.name!r}{where})"
