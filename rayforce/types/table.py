"""Table: named columns of equal length."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, Self

from .. import errors
from .._ext import core
from .._extras import needs
from ._queries import TableQueries
from .base import RayObj, dtype_code
from .containers import Dict
from .vector import Nulls


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


class Table(TableQueries, RayObj):
    """`Table({"sym": ["AAPL", "MSFT"], "price": np.array([150.0, 300.0])})`. Immutable."""

    __slots__ = ()

    def __new__(cls, data: Any = None, /, *, strings: str = "symbol") -> Any:
        """A name stands for a table of the default engine."""
        if cls is Table and isinstance(data, str):
            from ..query import TableRef

            return TableRef(data)
        return core.Value.__new__(cls)

    def __init__(self, data: Any = None, /, *, strings: str = "symbol") -> None:
        """From a mapping of columns, pairs, a frame, Arrow, a structured array, another table; None: no column."""
        if data is None:
            data = ()
        if isinstance(data, Table):
            self._adopt(data)
            return
        if isinstance(data, Dict):
            names, columns = list(data.key_vector), list(data.value_vector)
        elif isinstance(data, Mapping):
            names, columns = list(data), list(data.values())
        elif _is_pandas(data):
            names, columns = [str(name) for name in data.columns], [data.iloc[:, i] for i in range(data.shape[1])]
        elif hasattr(data, "__arrow_c_stream__") or hasattr(data, "__arrow_c_array__"):
            self._adopt(core.table_from_arrow(data, strings=strings))
            return
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

    @classmethod
    def from_arrow(cls, obj: Any, /, *, strings: str = "symbol", round: bool = False) -> Self:
        """From anything with `__arrow_c_stream__`: chunks are joined, a single one is looked into where it can be.

        Times that are finer than their type are refused unless `round=True`.
        """
        return cls._from(core.table_from_arrow(obj, strings=strings, round=round))

    @classmethod
    def from_pandas(
        cls, df: Any, /, *, index: bool = False, strings: str = "symbol", schema: Mapping[str, Any] | None = None
    ) -> Self:
        """From a DataFrame, as its dtypes say or `schema` does; the index only if `index=True`."""
        if not _is_pandas(df):
            raise core.conversion_error(f"expected a DataFrame, got {type(df).__name__}", df, "table")
        if index:
            df = df.reset_index()
        if not schema:
            return cls(df, strings=strings)
        columns = {str(name): df.iloc[:, i] for i, name in enumerate(df.columns)}
        return cls._from(Table.from_dict(columns, schema=schema, strings=strings))

    @classmethod
    def from_polars(cls, df: Any, /, *, strings: str = "symbol") -> Self:
        """From a polars DataFrame; a LazyFrame is collected."""
        return cls.from_arrow(df.collect() if hasattr(df, "collect") else df, strings=strings)

    @classmethod
    def from_duckdb(cls, relation: Any, /, *, strings: str = "symbol") -> Self:
        """From a DuckDB relation or result."""
        return cls.from_arrow(relation, strings=strings)

    @classmethod
    def from_rows(cls, rows: Iterable[Any], /, *, schema: Any = None, strings: str = "symbol") -> Self:
        """From tuples, or dicts by column name. `schema`: names, or names with types."""
        columns, types = columns_of_rows(list(rows), schema)
        return cls._from(Table.from_dict(columns, schema=types, strings=strings))

    @classmethod
    def _from(cls, made: core.Value) -> Self:
        if type(made) is cls:
            return made
        out: Self = cls.__new__(cls)
        out._adopt(made)
        return out

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

    def cast(self, column: str | Mapping[str, Any], to_type: Any = None, /, *, lossy: bool = False) -> Table:
        """With columns of other types: `cast("qty", "i32")` or `cast({"qty": "i32"})`, as `Vector.cast`."""
        types = {column: to_type} if isinstance(column, str) else dict(column)
        made = {}
        for name, dtype in types.items():
            try:
                made[name] = self.at_column(name).cast(dtype, lossy=lossy)
            except errors.ConversionError as e:
                raise e.in_column(name) from None
        return self.with_columns(**made)

    def concat(self, *others: Table) -> Table:
        """The rows of all, one table behind the other; columns are matched by name and have one type."""
        out: Table = core.operate("raze", core.make_list([self, *others])) if others else self
        return out

    def ungroup(self) -> Table:
        """Columns of lists as rows: one row for each item, the other columns repeated."""
        out: Table = core.operate("ungroup", self)
        return out

    def describe(self) -> Table:
        """A row for each column: type, rows, nulls, and of numbers and times mean, deviation, least and greatest."""
        from ._describe import describe

        return Table(describe(self._pairs()))

    def write_csv(self, path: str, *, separator: str = ",", header: bool = True) -> None:
        """As text: nulls are empty fields, what holds separators, quotes or line ends is quoted."""
        from ..io import write_csv

        write_csv(self, path, separator=separator, header=header)

    def set_csv(self, path: str, separator: str | None = None) -> None:
        """As write_csv; the official binding's name."""
        self.write_csv(path, separator=separator or ",")

    def write_parquet(self, path: str, **options: Any) -> None:
        """By pyarrow, which takes the options."""
        with needs("arrow"):
            import pyarrow.parquet

        pyarrow.parquet.write_table(self.to_arrow(), path, **options)

    def set_splayed(self, path: str, symlink: str | None = None) -> None:
        """Stored as a folder with a file a column, replaced as a whole; `symlink`: a symbol file shared with others."""
        core.operate(".db.splayed.set", path.encode(), self, *([symlink.encode()] if symlink else []))

    to_splayed = set_splayed

    @classmethod
    def from_csv(cls, column_types: Any, path: str) -> Self:
        """Column types first, and null for what is not of them, as in the official binding; see also read_csv."""
        from ..io import read_csv

        return cls._from(read_csv(path, schema=list(column_types), strict=False))

    @classmethod
    def from_splayed(cls, path: str, symfile: str | None = None) -> Self:
        """A stored table; its columns are mapped, not read."""
        return cls._from(core.operate(".db.splayed.get", path.encode(), *([symfile.encode()] if symfile else [])))

    @classmethod
    def from_parted(cls, path: str, name: str) -> Self:
        """A table that is stored in partitions, their names as its first column."""
        return cls._from(core.operate(".db.parted.get", path.encode(), name))

    def save(self, name: str, *, session: Any = None) -> None:
        """Under a name in the default engine, or in another engine or server."""
        if session is None:
            core.default_runtime().set(name, self, core.convert_flags(False, "symbol"))
        else:
            session.set(name, self)

    def values(self) -> Any:
        """The columns as a List."""
        return core.make_list(core.table_columns(self))

    def _pairs(self) -> list[tuple[str, Any]]:
        return list(zip(core.table_names(self), core.table_columns(self), strict=True))

    def to_dict(self) -> dict[str, list[Any]]:
        return {name: core.as_list(column) for name, column in self._pairs()}

    def to_numpy(self, *, dtype: Any = None) -> Any:
        """A two-dimensional array. Numbers and text only go together as `dtype=object`."""
        from ._frames import to_matrix

        return to_matrix(self._pairs(), dtype)

    def to_records(self) -> Any:
        """A structured array."""
        from ._frames import to_records

        return to_records(self._pairs())

    def to_pandas(
        self, *, index: Any = None, types: Literal["numpy", "arrow"] = "numpy", categories: bool = True
    ) -> Any:
        """A DataFrame that shares memory where it can; `index`: columns to make the index of."""
        from ._frames import to_frame

        return to_frame(self._pairs(), index, types, categories)

    def to_polars(self) -> Any:
        with needs("polars"):
            import polars

        return polars.DataFrame(self)

    def to_arrow(self, *, nan_as_null: bool = False) -> Any:
        """A pyarrow.Table. NaN stays NaN unless `nan_as_null=True`."""
        with needs("arrow"):
            import pyarrow

        return pyarrow.table(_Arrow(self) if nan_as_null else self)

    def to_duckdb(self, connection: Any = None) -> Any:
        """A relation of DuckDB, of its default connection or of this one."""
        with needs("duckdb"):
            import duckdb

        return duckdb.from_arrow(self, connection=connection) if connection else duckdb.from_arrow(self)

    def explore(self, **options: Any) -> Any:
        """A `PerspectiveWidget` over a copy of the rows, which takes the options: `t.explore(group_by=["sym"])`.

        Of timestamps it shows milliseconds; times, timespans, guids and strings are text in it. ConversionError: lists,
        which it would lay out as rows. ModuleNotFoundError: without the extra "web".
        """
        from ._frames import to_widget

        return to_widget(self, options)

    def __arrow_c_schema__(self) -> object:
        return core.arrow_schema(self)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return core.arrow_stream(self)

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

    def show(self, rows: int | None = None, *, columns: Iterable[str] | None = None) -> None:
        """Prints the table: so many rows, these columns."""
        from ..display import box

        print(box(self, rows, columns))

    def __repr__(self) -> str:
        from ..display import box

        return box(self)

    def _repr_html_(self) -> str:
        from ..display import html

        return html(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}

    def __rich_console__(self, console: Any, options: Any) -> Iterator[Any]:
        from ..display import rich_table

        yield rich_table(self)


class _Arrow:
    """A table for consumers of Arrow, with NaN as null."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return core.arrow_stream(self.table, True)


def _is_pandas(x: Any) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(x, pandas.DataFrame)


def columns_of_rows(rows: list[Any], schema: Any) -> tuple[dict[str, list[Any]], Mapping[str, Any] | None]:
    """Rows turned into columns, and the types that were asked for."""
    types = schema if isinstance(schema, Mapping) else None
    if schema is not None:
        names = list(schema)
    elif rows and isinstance(rows[0], Mapping):
        names = list(dict.fromkeys(name for row in rows for name in row))
    elif rows and hasattr(rows[0], "_fields"):
        names = list(rows[0]._fields)
    elif rows:
        names = [f"column_{i}" for i in range(len(rows[0]))]
    else:
        names = []
    columns: dict[str, list[Any]] = {name: [] for name in names}
    for i, row in enumerate(rows):
        if isinstance(row, Mapping):
            unknown = [name for name in row if name not in columns]
            if unknown:
                raise core.conversion_error(f"row {i} has {unknown[0]!r}, which is no column", row, "table")
            row = [row.get(name) for name in names]
        if len(row) != len(names):
            raise core.conversion_error(f"row {i} has {len(row)} values for {len(names)} columns", row, "table")
        for name, x in zip(names, row, strict=True):
            columns[name].append(x)
    return columns, types


core.register_class(Table, 98)
