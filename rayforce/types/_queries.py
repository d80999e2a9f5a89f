"""The methods of tables that begin a query. What they make is in `rayforce.query`; nothing here runs anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..query import InsertQuery, JoinQuery, PivotQuery, Query, SelectQuery, UpdateQuery, UpsertQuery


class TableQueries:
    """What can be asked of a table, of a name that stands for one, and of the result of another query."""

    __slots__ = ()

    def select(self, *columns: Any, **computed: Any) -> SelectQuery:
        """These columns, and computed ones: `select("sym", total=Column("qty").sum())`."""
        from ..query import SelectQuery

        return SelectQuery(self).select(*columns, **computed)

    def where(self, *conditions: Any) -> SelectQuery:
        """Rows for which all conditions hold."""
        from ..query import SelectQuery

        return SelectQuery(self).where(*conditions)

    def by(self, *columns: Any, **computed: Any) -> SelectQuery:
        """A row for each group."""
        from ..query import SelectQuery

        return SelectQuery(self).by(*columns, **computed)

    def order_by(self, *columns: Any, desc: bool = False) -> SelectQuery:
        """Sorted by columns, the first one being the major key."""
        from ..query import SelectQuery

        return SelectQuery(self).order_by(*columns, desc=desc)

    def limit(self, n: int, offset: int = 0) -> SelectQuery:
        """At most n rows, from an offset on."""
        from ..query import SelectQuery

        return SelectQuery(self).limit(n, offset)

    def distinct(self) -> SelectQuery:
        """Each row once."""
        from ..query import SelectQuery

        return SelectQuery(self).distinct()

    def update(self, **columns: Any) -> UpdateQuery:
        """With columns changed or added, where `.where()` says. Runs on `.execute()` only."""
        from ..query import UpdateQuery

        return UpdateQuery(self, columns)

    def insert(self, *rows: Any, **columns: Any) -> InsertQuery:
        """With rows added: tuples, dicts, a table or frame, or columns by name. Runs on `.execute()` only."""
        from ..query import InsertQuery

        return InsertQuery(self, rows, columns)

    def upsert(self, *rows: Any, key_columns: int, **columns: Any) -> UpsertQuery:
        """As insert, but rows whose first `key_columns` columns are there already replace them."""
        from ..query import UpsertQuery

        return UpsertQuery(self, rows, columns, key_columns)

    def inner_join(self, other: Any, on: str | list[str]) -> JoinQuery:
        """Each pair of rows with equal keys."""
        from ..query import JoinQuery

        return JoinQuery("inner-join", self, other, on)

    def left_join(self, other: Any, on: str | list[str]) -> JoinQuery:
        """The same, and the left rows without a match."""
        from ..query import JoinQuery

        return JoinQuery("left-join", self, other, on)

    def full_join(self, other: Any, on: str | list[str]) -> JoinQuery:
        """The same, and the right rows without a match."""
        from ..query import JoinQuery

        return JoinQuery("full-join", self, other, on)

    def anti_join(self, other: Any, on: str | list[str]) -> JoinQuery:
        """Left rows without a match."""
        from ..query import JoinQuery

        return JoinQuery("anti-join", self, other, on)

    def asof_join(self, other: Any, on: str | list[str]) -> JoinQuery:
        """Each row with the last right one that is not later; the last key is the time."""
        from ..query import JoinQuery

        return JoinQuery("asof-join", self, other, on)

    def window_join(self, on: list[str], join_with: Any, interval: Any, **aggregations: Any) -> Query:
        """Aggregates of the right rows around each row, with the one in force at the beginning."""
        from ..query import WindowJoinQuery

        return WindowJoinQuery("window-join", self, join_with, on, interval, aggregations)

    def window_join1(self, on: list[str], join_with: Any, interval: Any, **aggregations: Any) -> Query:
        """The same of the right rows within the interval only."""
        from ..query import WindowJoinQuery

        return WindowJoinQuery("window-join1", self, join_with, on, interval, aggregations)

    def pivot(self, index: str | list[str], columns: str, values: str, aggfunc: str = "min") -> PivotQuery:
        """A column for each value of `columns`, holding an aggregate of `values`."""
        from ..query import PivotQuery

        return PivotQuery(self, index, columns, values, aggfunc)

    def sql(self, query: str) -> Query:
        """SQL over this table, called `self` or anything else there; by sqlglot. NotImplementedError names what has no
        equivalent."""
        from ..plugins.sql import query_of

        out: Query = query_of(self, query)
        return out
