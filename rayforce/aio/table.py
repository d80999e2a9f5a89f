"""A name of a server as a table, for asyncio: queries are built as ever, and awaited."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, NamedTuple

from ..query import TableRef
from ..query.change import Change, new_rows
from ..query.ref import TYPES
from ..types import List, Name, Table

if TYPE_CHECKING:
    from ..session import Timeout
    from .connection import AsyncConnection

# What begins or goes on with a query; each gives another one to await.
BUILDING = [
    *("select", "where", "by", "order_by", "limit", "distinct", "ungroup", "update", "pivot"),
    *("inner_join", "left_join", "full_join", "anti_join", "asof_join", "window_join", "window_join1"),
]


def inner(x: Any) -> Any:
    return x._plan if isinstance(x, AsyncQuery) else x


def or_default(timeout: float | None) -> Timeout:
    """None stands for the connection's own."""
    return ... if timeout is None else timeout


class AsyncQuery:
    """`await` runs it: a read gives its table, a change makes it. Nothing runs before."""

    def __init__(self, conn: AsyncConnection, plan: Any) -> None:
        self._conn = conn
        self._plan = plan

    @property
    def source(self) -> str:
        """The text of the language that says the same."""
        text: str = self._plan.source
        return text

    async def execute(self, *, timeout: float | None = None) -> Any:
        """The result; a change gives None."""
        if isinstance(self._plan, Change):
            await self._conn.execute(self._plan, timeout=or_default(timeout))
            return None
        return await self._conn.fetch_table(self._plan, timeout=or_default(timeout))

    def __await__(self) -> Generator[Any, None, Any]:
        return self.execute().__await__()

    def __getattr__(self, name: str) -> Any:
        if name not in BUILDING:
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}; await it for its table")
        method = getattr(self._plan, name)

        def build(*args: Any, **named: Any) -> AsyncQuery:
            made = method(*map(inner, args), **{k: inner(v) for k, v in named.items()})
            return AsyncQuery(self._conn, made)

        return build

    def __repr__(self) -> str:
        return f"<{type(self).__name__}, not run: {self.source}>"


class Known(NamedTuple):
    """What new rows have to fit."""

    columns: tuple[str, ...]
    dtypes: dict[str, str]


class AsyncTable(AsyncQuery):
    """`conn.table("trades")`: `await` fetches it, its methods begin queries. Nothing is fetched before.

    `await conn.table("trades").where(Column("qty") > 50).select("sym")`
    """

    def __init__(self, conn: AsyncConnection, name: str) -> None:
        super().__init__(conn, TableRef(name))
        self.name = name

    async def execute(self, *, timeout: float | None = None) -> Table:
        """All of it."""
        return await self._conn.fetch_table(Name(self.name), timeout=or_default(timeout))

    async def fetch(self, *, limit: int | None = None) -> Table:
        """All rows, or the first ones."""
        out: Table = await (self if limit is None else self.limit(limit))
        return out

    async def count(self) -> int:
        """How many rows there are now."""
        return int(await self._conn.execute(List([Name("count"), Name(self.name)])))

    async def schema(self) -> dict[str, str]:
        """The columns and their types."""
        value = List([Name("value"), Name(self.name)])
        names = await self._conn.execute(List([Name("cols"), Name(self.name)]))
        types = await self._conn.execute(List([Name("map"), Name("type"), value]))
        return {str(n): TYPES.get(str(t), str(t).lower()) for n, t in zip(names, types, strict=True)}

    async def column(self, name: str) -> Any:
        """One column, without the other ones being sent."""
        return await self._conn.execute(List([Name("at"), Name(self.name), name]))

    async def append(self, data: Any, /) -> int:
        """Adds rows, columns, a frame or anything of Arrow; how many rows that were."""
        return await self.insert(*(data if isinstance(data, tuple) else (data,)))

    async def insert(self, *rows: Any, **columns: Any) -> int:
        """Adds rows: tuples, dicts, a table or frame, or columns by name; how many."""
        made = await self._rows(rows, columns)
        await self._conn.execute(List([Name("insert"), self.name, made]))
        return len(made)

    async def upsert(self, *rows: Any, key_columns: int, **columns: Any) -> int:
        """As insert, but rows whose first `key_columns` columns are there already replace them."""
        made = await self._rows(rows, columns)
        await self._conn.execute(List([Name("upsert"), self.name, key_columns, made]))
        return len(made)

    async def _rows(self, rows: tuple[Any, ...], columns: dict[str, Any]) -> Table:
        types = await self.schema()
        return new_rows(Known(tuple(types), types), rows, columns)

    def __repr__(self) -> str:
        return f"AsyncTable({self.name!r}, {self._conn!r})"
