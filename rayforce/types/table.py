"""Table: named columns of equal length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .. import errors
from .._ext import core
from .base import RayObj, dtype_code
from .containers import Dict
from .vector import Nulls

SHOWN_ROWS = 20
SHOWN_COLUMNS = 20


class ColumnNames(tuple[str, ...]):
    """The names of a table's columns; calling it gives them as a list."""

    __slots__ = ()

    def __call__(self) -> list[str]:
        return list(self)


class Shape(tuple[int, int]):
    """(rows, columns); calling it gives the same."""

    __slots__ = ()

    def __call__(self) -> tuple[int, int]:
        return (self[0], self[1])


class Table(RayObj):
    """`Table({"sym": ["AAPL", "MSFT"], "price": np.array([150.0, 300.0])})`. Immutable."""

    __slots__ = ()

    def __init__(self, data: Any = (), /, *, strings: str = "symbol") -> None:
        if isinstance(data, Table):
            self._adopt(data)
            return
        if isinstance(data, Dict):
            names, columns = list(data.key_vector), list(data.value_vector)
        elif isinstance(data, Mapping):
            names, columns = list(data), list(data.values())
        elif hasattr(data, "__array__") and getattr(getattr(data, "dtype", None), "names", None):
            names, columns = list(data.dtype.names), [data[name] for name in data.dtype.names]
        elif isinstance(data, Iterable) and not isinstance(data, str | bytes):
            pairs = list(data)
            if not all(isinstance(p, tuple) and len(p) == 2 for p in pairs):
                raise core.conversion_error("expected a mapping of names to columns, or pairs of both", None, "table")
            names, columns = [p[0] for p in pairs], [p[1] for p in pairs]
        else:
            raise core.conversion_error(f"cannot make a Table from {type(data).__name__}", data, "table")
        self._adopt(core.make_table(names, columns, strings=strings))

    @classmethod
    def from_dict(
        cls,
        data: Mapping[str, Any],
        /,
        *,
        schema: Mapping[str, Any] | None = None,
        strings: str = "symbol",
    ) -> Table:
        """From names and columns; `schema` gives the types of some."""
        types = schema or {}
        unknown = [name for name in types if name not in data]
        if unknown:
            raise errors.RayforceKeyError(f"the schema names {unknown[0]!r}, which is no column", code="schema")
        columns = {
            name: core.make_vector(column, dtype_code(types[name]), strings=strings) if name in types else column
            for name, column in data.items()
        }
        return cls(columns, strings=strings)

    @property
    def columns(self) -> ColumnNames:
        return ColumnNames(core.table_names(self))

    @property
    def shape(self) -> Shape:
        return Shape((core.length(self), len(core.table_names(self))))

    @property
    def dtypes(self) -> dict[str, str]:
        columns = core.table_columns(self)
        return dict(zip(core.table_names(self), (c.ray_name.lower() for c in columns), strict=True))

    def __len__(self) -> int:
        return core.length(self)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return core.table_rows(self, True)

    def rows(self, *, named: bool = False) -> Iterator[Any]:
        """The rows as tuples, or as dicts."""
        return core.table_rows(self, named)

    def __getitem__(self, key: Any, /) -> Any:
        """A name gives a column, names a table of these, a number a row, anything else the rows that it picks."""
        if isinstance(key, str):
            return self.at_column(key)
        if isinstance(key, list | tuple) and key and all(isinstance(k, str) for k in key):
            return Table([(name, self.at_column(name)) for name in key])
        return core.item(self, key)

    def at_column(self, name: str) -> Any:
        column = core.table_column(self, name)
        if column is None:
            from difflib import get_close_matches

            near = get_close_matches(name, core.table_names(self))
            hint = f"; near: {', '.join(near)}" if near else ""
            raise errors.RayforceKeyError(f"the table has no column {name!r}{hint}", code="schema")
        return column

    def at_row(self, row: int) -> Dict:
        return Dict(self[row])

    def head(self, n: int = 5) -> Table:
        return self.take(n)

    def tail(self, n: int = 5) -> Table:
        return self.take(n, max(len(self) - max(n, 0), 0))

    def take(self, n: int, offset: int = 0) -> Table:
        """At most n rows from an offset on."""
        if n < 0 or offset < 0:
            raise ValueError(f"take({n}, {offset}): expected numbers from 0 up")
        out = core.item(self, slice(offset, offset + n))
        assert isinstance(out, Table)
        return out

    def drop(self, *names: str) -> Table:
        """Without these columns."""
        for name in names:
            self.at_column(name)
        return Table([(n, c) for n, c in self._pairs() if n not in names])

    def rename(self, mapping: Mapping[str, str]) -> Table:
        for name in mapping:
            self.at_column(name)
        return Table([(mapping.get(n, n), c) for n, c in self._pairs()])

    def with_columns(self, **columns: Any) -> Table:
        """With these columns replaced or added."""
        pairs = [(n, columns.pop(n, c)) for n, c in self._pairs()]
        return Table([*pairs, *columns.items()])

    def _pairs(self) -> list[tuple[str, Any]]:
        return list(zip(core.table_names(self), core.table_columns(self), strict=True))

    def to_dict(self) -> dict[str, list[Any]]:
        return {name: core.as_list(column) for name, column in self._pairs()}

    def arrays(self, *columns: str, nulls: Nulls = "nan") -> dict[str, Any]:
        """Name to array, all columns or these; no copy where the types agree."""
        wanted = [(name, self.at_column(name)) for name in columns] if columns else self._pairs()
        out = {}
        for name, column in wanted:
            try:
                out[name] = core.to_numpy(column, nulls=nulls)
            except errors.ConversionError as e:
                raise e.in_column(name) from None
        return out

    def show(self, rows: int | None = None) -> None:
        """Prints the table."""
        print(core.format_table(self, -1 if rows is None else rows, -1))

    def __repr__(self) -> str:
        return core.format_table(self, SHOWN_ROWS, SHOWN_COLUMNS)


core.register_class(Table, 98)
