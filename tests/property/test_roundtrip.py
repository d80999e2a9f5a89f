"""Every type, with nulls, extremes and nothing at all, through every library and a real server, and back the same."""

from __future__ import annotations

import datetime as dt
import functools
import pickle
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import peers
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rayforce as rf
from rayforce import Table, Timestamp, Vector

I64_MAX = 2**63 - 1
SINCE_1970 = 946_684_800_000_000_000


def ints(bits: int) -> st.SearchStrategy[Any]:
    top = 2 ** (bits - 1) - 1
    return st.one_of(st.none(), st.integers(-top, top), st.sampled_from([-top, top, 0]))


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=40)
ITEMS: dict[str, st.SearchStrategy[Any]] = {
    "b8": st.booleans(),
    "u8": st.integers(0, 255),
    "i16": ints(16),
    "i32": ints(32),
    "i64": ints(64),
    "f32": st.one_of(st.none(), st.floats(width=32)),
    "f64": st.one_of(st.none(), st.floats(), st.sampled_from([-0.0, 5e-324, 1.7976931348623157e308])),
    "date": st.one_of(st.none(), st.dates()),
    "time": st.one_of(st.none(), st.integers(0, 86_399_999).map(lambda ms: dt.timedelta(milliseconds=ms))),
    # What numpy, pandas and Arrow count from 1970 ends where 64 bits do.
    "timestamp": st.one_of(st.none(), st.integers(-I64_MAX, I64_MAX - SINCE_1970).map(Timestamp.from_ns2000)),
    "timespan": st.one_of(st.none(), st.integers(-I64_MAX, I64_MAX).map(lambda ns: np.timedelta64(ns, "ns"))),
    "guid": st.one_of(st.none(), st.uuids().filter(lambda u: u.int)),
    "sym": st.one_of(st.none(), texts),
    "str": st.one_of(st.just(""), texts.map(lambda s: s * 3)),
}


def through_numpy(v: Vector) -> Vector:
    nulls = "nan" if v.dtype in ("f32", "f64", "guid") else "mask"
    return Vector.from_numpy(v.to_numpy(nulls=nulls), dtype=v.dtype)


def through_pandas(v: Vector) -> Vector:
    series = v.to_pandas()
    frame = pd.DataFrame({"x": series})
    if v.dtype == "date":  # which pandas does not have
        return Table.from_pandas(frame, schema={"x": "date"})["x"]  # type: ignore[no-any-return]
    out = Table.from_pandas(frame, strings="string" if v.dtype == "str" else "symbol")["x"]
    return untyped(out, v)


def through_pandas_arrow(v: Vector) -> Vector:
    frame = Table({"x": v}).to_pandas(types="arrow")
    return untyped(Table(frame, strings="string" if v.dtype == "str" else "symbol")["x"], v)


def untyped(out: Any, v: Vector) -> Vector:
    """Columns of objects without an object have no type."""
    if isinstance(out, Vector):
        return out if out.dtype == v.dtype else out.cast(v.dtype)
    return Vector(out.to_list(), dtype=v.dtype)


def through_polars(v: Vector) -> Vector:
    if v.dtype == "guid":
        items = pl.Series(v).to_list()
        return Vector([None if b is None else uuid.UUID(bytes=b) for b in items], dtype="guid")
    return Vector.from_arrow(v.to_polars(), strings="string" if v.dtype == "str" else "symbol")


def through_pyarrow(v: Vector) -> Vector:
    array = v.to_arrow()
    array.validate(full=True)
    sliced = pa.concat_arrays([array[:1], array])[min(1, len(array)) :] if len(array) else array
    return Vector.from_arrow(sliced, strings="string" if v.dtype == "str" else "symbol")


@functools.cache
def database() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def through_duckdb(v: Vector) -> Vector:
    t = Table({"x": v})
    out = Table.from_duckdb(t.to_duckdb(database()), strings="string" if v.dtype == "str" else "symbol")["x"]
    return out.cast("guid") if v.dtype == "guid" else out  # type: ignore[no-any-return]


def through_pickle(v: Vector) -> Vector:
    old: Vector = pickle.loads(pickle.dumps(v, 2))
    inside: Vector = pickle.loads(pickle.dumps(old, 5))
    buffers: list[pickle.PickleBuffer] = []
    data = pickle.dumps(inside, 5, buffer_callback=buffers.append)
    out: Vector = pickle.loads(data, buffers=buffers)
    return out


WAYS: list[Callable[[Vector], Vector]] = [
    through_numpy,
    through_pandas,
    through_pandas_arrow,
    through_polars,
    through_pyarrow,
    through_duckdb,
    through_pickle,
]


# DuckDB's intervals are of microseconds.
COARSE = st.one_of(st.none(), st.integers(-(10**15), 10**15).map(lambda us: np.timedelta64(us * 1000, "ns")))


def vectors(dtype: str) -> st.SearchStrategy[Vector]:
    return st.lists(ITEMS[dtype], max_size=30).map(lambda items: Vector(items, dtype=dtype))


@pytest.mark.parametrize("dtype", list(ITEMS))
@pytest.mark.parametrize("way", WAYS, ids=[w.__name__ for w in WAYS])
@given(data=st.data())
def test_there_and_back(way: Callable[[Vector], Vector], dtype: str, data: st.DataObject) -> None:
    if way is through_duckdb and dtype == "timespan":
        v = Vector(data.draw(st.lists(COARSE, max_size=30)), dtype=dtype)
    else:
        v = data.draw(vectors(dtype))
    out = way(v)
    assert out.dtype == v.dtype
    assert out.equals(v), (out, v)


@pytest.mark.parametrize("dtype", ["b8", "u8", "i16", "i32", "i64", "f32", "f64"])
@given(data=st.data())
def test_dlpack(dtype: str, data: st.DataObject) -> None:
    v = data.draw(vectors(dtype))
    if v.dtype.startswith("i") and v.has_nulls:
        with pytest.raises(BufferError):
            Vector.from_dlpack(v)
        return
    assert Vector.from_dlpack(v).equals(v)


@pytest.fixture(scope="module")
def real_server() -> Iterator[rf.Connection]:
    with peers.server("2.x") as peer, rf.hopen("127.0.0.1", peer.port) as conn:
        yield conn


@pytest.mark.parametrize("dtype", [d for d in ITEMS if d != "timespan"])
@given(data=st.data())
def test_a_real_server(real_server: rf.Connection, dtype: str, data: st.DataObject) -> None:
    v = data.draw(vectors(dtype))
    out = real_server.execute("(fn [x] x)", v)
    assert out.dtype == v.dtype
    assert out.equals(v), (out, v)


@given(data=st.data())
def test_whole_tables(data: st.DataObject) -> None:
    rows = data.draw(st.integers(0, 10))
    t = Table(
        {
            d: Vector(data.draw(st.lists(s, min_size=rows, max_size=rows)), dtype=d)
            for d, s in ITEMS.items()
            if d != "str"
        }
    )
    assert Table(pa.table(t)).equals(t)
    assert pickle.loads(pickle.dumps(t, 5)).equals(t)
    cut = t[rows // 2 :]
    assert Table(pa.table(cut)).equals(cut)
    assert Table(pa.table(t)[rows // 2 :]).equals(cut)
