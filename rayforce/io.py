"""Files: CSV, Parquet, tables on disk."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from ._ext import core
from ._extras import needs
from .types import Table, dtype_code


def read_csv(
    path: str,
    /,
    *,
    schema: Any = None,
    separator: str = ",",
    header: bool = True,
    nulls: Sequence[str] = ("",),
    strict: bool = True,
) -> Table:
    """A table from text. Types are found from all lines unless `schema` gives them: by name, or one for each column.

    With a schema, a field that is neither in `nulls` nor of its column's type is refused, with file, line and column;
    `strict=False` makes it null, as `.csv.read` in the language does.

    >>> read_csv("trades.csv", schema={"qty": "i32"})

    Raises OSError without the file, RayforceParseError for a damaged one and for such a field, ConversionError for a
    schema that names no column.
    """
    if len(separator) != 1:
        raise ValueError(f"separator={separator!r}: expected one character")
    if separator == "," and header and tuple(nulls) == ("",):
        return _read(path, schema, strict)
    with _rewritten(path, separator, header, nulls) as plain:
        return _read(plain, schema, strict)


def _read(path: str, schema: Any, strict: bool) -> Table:
    source = str(path).encode()
    types = _words(schema.values() if isinstance(schema, Mapping) else schema or ())
    if isinstance(schema, Mapping):
        found = core.operate(".csv.read", source)
        unknown = [name for name in schema if name not in found.columns]
        if unknown:
            raise core.conversion_error(
                f"the schema names {unknown[0]!r}, which is no column of {path}", schema, "table"
            )
        wanted = dict(zip(schema, types, strict=True))
        types = [wanted.get(name, dtype.upper()) for name, dtype in found.dtypes.items()]
        if types == [dtype.upper() for dtype in found.dtypes.values()]:
            return cast(Table, found)
    if not types:
        return cast(Table, core.operate(".csv.read", source))
    return cast(Table, core.operate(".csv.read", types, source, *(["strict"] if strict else [])))


def _words(types: Any) -> list[str]:
    return [core.type_name(dtype_code(t)) for t in types]


@contextmanager
def _rewritten(path: str, separator: str, header: bool, nulls: Sequence[str]) -> Iterator[str]:
    """The same rows with commas, a header, and nothing where a null is."""
    gone = set(nulls)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "plain.csv")
        with (
            open(path, newline="", encoding="utf-8", errors="surrogateescape") as src,
            open(out, "w", newline="", encoding="utf-8", errors="surrogateescape") as dst,
        ):
            rows = csv.reader(src, delimiter=separator)
            write = csv.writer(dst, lineterminator="\n").writerow
            first = next(rows, None)
            if first is None:
                raise core.conversion_error(f"{path} is empty", None, "table")
            write(first if header else [f"column_{i}" for i in range(len(first))])
            if not header:
                write(["" if x in gone else x for x in first])
            for row in rows:
                write(["" if x in gone else x for x in row])
        yield str(out)


def write_csv(table: Table, path: str, /, *, separator: str = ",", header: bool = True) -> None:
    """As text: nulls are empty fields, what holds separators, quotes or line ends is quoted."""
    if len(separator) != 1:
        raise ValueError(f"separator={separator!r}: expected one character")
    if separator == "," and header:
        core.operate(".csv.write", table, str(path).encode())
        return
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder, "plain.csv")
        core.operate(".csv.write", table, str(plain).encode())
        with (
            open(plain, newline="", encoding="utf-8", errors="surrogateescape") as src,
            open(path, "w", newline="", encoding="utf-8", errors="surrogateescape") as dst,
        ):
            rows = csv.reader(src)
            if not header:
                next(rows, None)
            csv.writer(dst, delimiter=separator, lineterminator="\n").writerows(rows)


def read_parquet(path: str, /, *, columns: Sequence[str] | None = None) -> Table:
    """By pyarrow."""
    with needs("arrow"):
        import pyarrow.parquet

    return Table.from_arrow(pyarrow.parquet.read_table(path, columns=None if columns is None else list(columns)))


def load_parquet(path: str) -> Table:
    """As read_parquet; the official binding's name."""
    return read_parquet(path)
