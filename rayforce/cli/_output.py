"""Results in the formats of `-o`: to standard output, or to a file that is there whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from .. import errors
from .._ext import core
from .._extras import needs
from ..display import options as shown_with
from ..types import Dict, Table, Vector
from ._common import Usage

COLUMN = "value"  # of a result that is no table, where only tables can be written


def as_table(value: Any) -> Table:
    """A result as a table: itself; a vector as its only column, an atom as its only cell, a dict as its only row."""
    if isinstance(value, Table):
        return value
    if isinstance(value, Vector):
        return Table({COLUMN: value})
    if isinstance(value, Dict):
        return Table({str(key): [cell] for key, cell in value.items()})
    return Table({COLUMN: [value]})


# ---- JSON -----------------------------------------------------------------------------------------------------------


def nulls_as_none(column: Any) -> list[Any]:
    """Cells as Python values; NaN, which JSON has not, is how nulls of floats come out."""
    if not isinstance(column, Vector) or column.dtype not in ("f32", "f64"):
        return list(core.as_list(column))
    import numpy as np

    cells = column.to_numpy()
    out = cells.astype(object)
    out[np.isnan(cells)] = None
    return list(out.tolist())


def plain(value: Any) -> Any:
    """What json cannot say by itself, in words that it knows."""
    if isinstance(value, Table):
        cells = [nulls_as_none(value.at_column(name)) for name in value.columns]
        return [dict(zip(value.columns, row, strict=True)) for row in zip(*cells, strict=True)]
    if isinstance(value, Dict):
        return {str(key): cell for key, cell in value.items()}
    if isinstance(value, core.Value) and core.length(value) >= 0 and hasattr(value, "to_list"):
        return nulls_as_none(value)
    isoformat = getattr(value, "isoformat", None)
    return str(value) if isoformat is None else isoformat()


def to_json(value: Any) -> str:
    """One line. Temporal values as ISO 8601, others that JSON has no form for as the language writes them."""
    if isinstance(value, float) and value != value:
        value = None
    try:
        return json.dumps(value, default=plain, ensure_ascii=False, allow_nan=False)
    except ValueError as e:
        raise errors.ConversionError(f"JSON has no form for infinity: {e}", code="type") from None


# ---- the formats ----------------------------------------------------------------------------------------------------


def write_table(value: Any, out: BinaryIO, rows: int | None) -> None:
    from ..console.report import text_of

    changes: dict[str, Any] = {} if rows is None else {"max_rows": rows}
    with shown_with(**changes):
        text = text_of(value)
    if text is not None:
        out.write((text + "\n").encode())


def write_csv(value: Any, out: BinaryIO, rows: int | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "result.csv")
        as_table(value).write_csv(str(place))
        with place.open("rb") as written:
            shutil.copyfileobj(written, out)


def write_json(value: Any, out: BinaryIO, rows: int | None) -> None:
    out.write(to_json(value).encode() + b"\n")


def write_arrow(value: Any, out: BinaryIO, rows: int | None) -> None:
    with needs("arrow"):
        import pyarrow as pa

    table = pa.table(as_table(value))
    with pa.ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table)


def write_parquet(value: Any, out: BinaryIO, rows: int | None) -> None:
    with needs("arrow"):
        import pyarrow as pa
        import pyarrow.parquet as pq

    pq.write_table(pa.table(as_table(value)), out)


class Format(NamedTuple):
    write: Callable[[Any, BinaryIO, int | None], None]
    suffixes: tuple[str, ...]  # of files that are written so
    binary: bool = False


FORMATS = {
    "table": Format(write_table, (".txt",)),
    "csv": Format(write_csv, (".csv",)),
    "json": Format(write_json, (".json",)),
    "arrow": Format(write_arrow, (".arrow", ".arrows"), True),
    "parquet": Format(write_parquet, (".parquet", ".pq"), True),
}
SUFFIXES = {suffix: f for f in FORMATS.values() for suffix in f.suffixes}


def check(target: str) -> None:
    """Is there such a format, and can it go where it would go? Asked before anything is run."""
    known = FORMATS.get(target)
    if known is None and Path(target).suffix.lower() not in SUFFIXES:
        raise Usage(f"-o {target}: expected {', '.join(FORMATS)}, or a file ending in {', '.join(SUFFIXES)}")
    if known is not None and known.binary and sys.stdout.isatty():
        raise Usage(f"-o {target}: a terminal cannot show that; give a file, or redirect the output")


def put(value: Any, target: str, rows: int | None = None) -> None:
    """Writes a result: `target` is a format, for standard output, or a file."""
    if target in FORMATS:
        sys.stdout.flush()
        FORMATS[target].write(value, sys.stdout.buffer, rows)
        sys.stdout.buffer.flush()
        return
    with replaced(Path(target)) as out:
        SUFFIXES[Path(target).suffix.lower()].write(value, out, rows)


@contextmanager
def replaced(path: Path) -> Iterator[BinaryIO]:
    """A file that takes its name when it is whole."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as out:
            yield out
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(name, 0o666 & ~mask)  # a temporary file is nobody else's; what it becomes is as any other
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
