"""`rayforce load`: a file into a server's table."""

from __future__ import annotations

import argparse
import contextlib
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import errors
from .._ext import core
from .._extras import needs
from ..types import Table
from ._common import OK, QUERY, Usage, add_address, connect, fail, number

if TYPE_CHECKING:
    from ..session import SessionMethods

HELP = """\
Reads FILE here and makes it the table NAME of a server. It is sent in pieces under another name, and only when all
of it is there does NAME change: whatever fails, the server has the table whole or as it was."""

ROWS = 1_000_000
KINDS = {".csv": "csv", ".tsv": "csv", ".parquet": "parquet", ".pq": "parquet", ".arrow": "arrow", ".arrows": "arrow",
         ".feather": "arrow", ".ipc": "arrow"}  # fmt: skip


def add_arguments(p: argparse.ArgumentParser) -> None:
    add_address(p)
    p.add_argument("name", metavar="NAME", help="the table on the server")
    p.add_argument("file", metavar="FILE", help="csv, parquet or arrow")
    p.add_argument("--format", choices=sorted(set(KINDS.values())), help="if the ending of FILE does not tell")
    how = p.add_mutually_exclusive_group()
    how.add_argument("--append", action="store_true", help="put the rows behind those that are there")
    how.add_argument("--replace", action="store_true", help="take the place of a table that is there")
    p.add_argument("--types", type=types, metavar="T,T,...", help="of the columns of a csv, or NAME=T,... for some")
    p.add_argument("--separator", metavar="C", help="between the fields of a csv (, or a tab for .tsv)")
    p.add_argument("--no-header", action="store_true", help="the first line of the csv is a row")
    p.add_argument(
        "--null", action="append", default=[], metavar="TEXT", help="a field of the csv that means null; again for more"
    )
    p.add_argument("--rows", type=number(1), default=ROWS, metavar="N", help=f"of one piece ({ROWS})")


def types(text: str) -> list[str] | dict[str, str]:
    words = text.split(",")
    if all("=" in word for word in words):
        return {name: kind for name, _, kind in (word.partition("=") for word in words)}
    if any("=" in word for word in words):
        raise argparse.ArgumentTypeError("give types for all columns in order, or NAME=TYPE for each that you name")
    return words


# ---- reading --------------------------------------------------------------------------------------------------------


def csv_pieces(options: argparse.Namespace, path: Path) -> Iterator[Table]:
    from ..io import read_csv

    separator = options.separator or ("\t" if path.suffix.lower() == ".tsv" else ",")
    table = read_csv(
        str(path), schema=options.types, separator=separator, header=not options.no_header, nulls=[*options.null, ""]
    )
    for start in range(0, max(len(table), 1), options.rows):
        yield table[start : start + options.rows]


def parquet_pieces(options: argparse.Namespace, path: Path) -> Iterator[Table]:
    with needs("arrow"):
        import pyarrow as pa
        import pyarrow.parquet as pq

    with readable(path, pa), pq.ParquetFile(path) as file:
        yield from from_batches(file.iter_batches(options.rows), file.schema_arrow, pa)


def arrow_pieces(options: argparse.Namespace, path: Path) -> Iterator[Table]:
    """A file or a stream of Arrow, whichever it is."""
    with needs("arrow"):
        import pyarrow as pa

    with readable(path, pa), pa.memory_map(str(path)) as source:
        try:
            reader = pa.ipc.open_file(source)
            batches: Any = map(reader.get_batch, range(reader.num_record_batches))
        except pa.ArrowInvalid:
            source.seek(0)
            reader = batches = pa.ipc.open_stream(source)
        yield from from_batches(batches, reader.schema, pa)


@contextlib.contextmanager
def readable(path: Path, pa: Any) -> Iterator[None]:
    """What the library says of a file that it cannot read is about the file."""
    try:
        yield
    except pa.ArrowException as e:
        raise errors.RayforceError(f"{path}: {e}") from e


def from_batches(batches: Any, schema: Any, pa: Any) -> Iterator[Table]:
    """The batches as tables; none at all as one without rows."""
    count = 0
    for batch in batches:
        count += 1
        yield Table.from_arrow(pa.Table.from_batches([batch]))
    if count == 0:
        yield Table.from_arrow(schema.empty_table())


PIECES = {"csv": csv_pieces, "parquet": parquet_pieces, "arrow": arrow_pieces}


# ---- sending --------------------------------------------------------------------------------------------------------


def run(options: argparse.Namespace) -> int:
    path = Path(options.file)
    kind = options.format or KINDS.get(path.suffix.lower())
    if kind is None:
        raise Usage(f"{path}: give --format, since the ending does not tell what it is")
    if not path.is_file():
        raise Usage(f"{path}: no such file")
    try:
        name = core.check_name(options.name)
    except ValueError as e:
        raise Usage(str(e)) from None
    with connect(options) as session:
        is_there = name in session
        if is_there and not (options.append or options.replace):
            return fail(f"{name} is there already: give --append or --replace", QUERY)
        rows = transfer(session, name, PIECES[kind](options, path), options.append and is_there)
    print(f"{rows} rows in {name}")
    return OK


def transfer(session: SessionMethods, name: str, pieces: Iterator[Table], append: bool) -> int:
    """Collects the pieces under a name of their own and then changes `name` at once; how many rows there were."""
    held = f"load-{uuid.uuid4().hex}"
    piece_name, rows = f"{held}-piece", 0
    bar = progress()
    try:
        for piece in pieces:
            if rows == 0:
                session.set(held, piece)
            else:
                session.set(piece_name, piece)
                session.execute(f"(do (insert '{held} {piece_name}) 0)")
            rows += len(piece)
            bar.update(len(piece))
        there = session.execute(f"(count {held})")
        if there != rows:
            raise errors.RayforceError(f"{rows} rows were sent, but the server counts {there}; {name} is as it was")
        end = f"(insert '{name} {held})" if append else f"(set {name} {held})"
        session.execute(f"(do {end} 0)")
    finally:
        bar.close()
        for used in (held, piece_name):
            with contextlib.suppress(errors.RayforceError):  # it never came to be, or the server is gone
                session.execute(f"(do (del {used}) 0)", timeout=5.0)
    return rows


def progress() -> Any:
    """A bar of rows on a terminal: tqdm's, or without it a line."""
    try:
        from tqdm.auto import tqdm  # type: ignore[import-untyped,unused-ignore]
    except ImportError:
        return Line()
    return tqdm(unit=" rows", unit_scale=True, disable=None)


class Line:
    """The little of tqdm that is used here."""

    def __init__(self) -> None:
        self._rows = 0

    def update(self, rows: int) -> None:
        self._rows += rows
        if sys.stderr.isatty():
            print(f"\r{self._rows} rows", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        if sys.stderr.isatty():
            print(file=sys.stderr)
