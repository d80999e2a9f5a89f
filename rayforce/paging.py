"""Large results page by page, and help with failed queries: what a session does with nothing but requests."""

from __future__ import annotations

import difflib
import re
import uuid
from typing import Any

from . import errors
from ._ext import core
from .types import Fn, Table, Vector

NAMES = "(key (env 0))"
TABLES = "(at (key (env 0)) (where (== (map type (value (env 0))) 'TABLE)))"
_TOKEN = re.compile(r"[^\s()\[\]{}\"',`]+")
COLUMN = "value"  # of a page of a vector


class Paging:
    """The requests of one stream: the result is kept on the server under a name of its own, read in pieces, removed."""

    def __init__(self, query: Any, args: tuple[Any, ...], rows: int) -> None:
        if isinstance(rows, bool) or not isinstance(rows, int) or rows < 1:
            raise ValueError(f"rows={rows!r}: expected a number from 1 up")
        self.rows = rows
        self.query = query
        self.args = args
        self.name = f"stream-{uuid.uuid4().hex}"

    def first(self) -> tuple[str, tuple[Any, ...]]:
        """Keeps the result and counts its rows."""
        params = " ".join(f"p{i}" for i in range(len(self.args)))
        keep = f"(do (set {self.name} %s) (count {self.name}))"
        if isinstance(self.query, str | bytes) and not isinstance(self.query, core.Value):
            text = self.query if isinstance(self.query, str) else self.query.decode()
            if not self.args:
                return keep % f"(do {text}\n)", ()
            return f"(fn [{params}] {keep % f'((do {text}{chr(10)}) {params})'})", self.args
        if self.args or isinstance(self.query, Fn):
            return f"(fn [query {params}] {keep % f'(query {params})'})", (self.query, *self.args)
        return f"(fn [query] {keep % '(eval query)'})", (self.query,)

    def page(self, start: int) -> str:
        return f"(take {self.name} [{start} {self.rows}])"

    def last(self) -> str:
        return f"(do (del {self.name}) 0)"

    def table(self, page: Any) -> Table:
        if isinstance(page, Table):
            return page
        if isinstance(page, Vector):
            return Table({COLUMN: page})
        raise core.conversion_error(f"a result of type {type(page).__name__} has no rows to stream", page, "table")


def row_count(count: Any) -> int:
    if isinstance(count, bool) or not isinstance(count, int):
        raise core.conversion_error("the result has no rows to stream", count, "table")
    return count


def copy_into(result: Any, out: Any) -> int:
    """Elements of a result into a writable array; how many. Nothing is written if they do not all fit as they are."""
    import numpy as np

    if not isinstance(out, np.ndarray):
        raise TypeError(f"out is a {type(out).__name__}, expected an array of numpy")
    if not isinstance(result, Vector):
        raise core.conversion_error(f"a result of type {type(result).__name__} is no vector", result, "ndarray")
    data = result.to_numpy()
    if not out.flags.writeable or out.ndim != 1 or len(data) > len(out):
        shape = f"{out.shape}{'' if out.flags.writeable else ', read-only'}"
        raise core.conversion_error(f"{len(data)} elements do not fit into an array of shape {shape}", None, "ndarray")
    if not np.can_cast(data.dtype, out.dtype, "safe"):
        raise core.conversion_error(f"{data.dtype} does not fit into {out.dtype} without loss", None, str(out.dtype))
    out[: len(data)] = data
    return len(data)


def names_of(found: Any) -> list[str]:
    """The names in a reply; servers of the 1.x line say null if there are none."""
    return [] if found is None else [str(name) for name in found]


def words_of(error: errors.QueryError) -> list[str]:
    """What may be names in the query of an error."""
    found = _TOKEN.findall(re.sub(r'"(?:\\.|[^"])*"', " ", error.query or ""))
    return [w for w in dict.fromkeys(found) if not re.fullmatch(r"-?\d.*", w)]


def advice(error: errors.QueryError, names: list[str], columns: dict[str, list[str]]) -> str:
    """The error in a line, and what may have been meant."""
    lines = [f"{error.code}: {error.hint or error.message}"]
    known = {*names, *(c for cs in columns.values() for c in cs)}
    if isinstance(error, errors.RayforceNameError | errors.RayforceKeyError | errors.RayforceValueError):
        for word in words_of(error):
            close = [] if word in known else difflib.get_close_matches(word, known, 3)
            if close:
                lines.append(f"{word!r} is not known; close to it: {', '.join(close)}")
    for table, names_of in columns.items():
        lines.append(f"{table} has the columns {', '.join(names_of)}")
    if error.position is not None:
        lines.append(f"at line {error.position[0]}, column {error.position[1]}")
    return "\n".join(lines)
