"""Arrow by capsules: what is shared, what is converted, what is refused; slices, validity, dictionaries, chunks."""

from __future__ import annotations

import datetime as dt
import decimal
import gc
import uuid
from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pytest

import rayforce as rf
from rayforce import Table, Timestamp, Vector

STAMP = Timestamp("2024-01-01T00:00:00.123456789")


def address(v: Vector) -> int:
    return int(v.raw.__array_interface__["data"][0])


SHARED = [
    Vector([1, 0], dtype="u8"),
    Vector([1, None], dtype="i16"),
    Vector([1, None], dtype="i32"),
    Vector([1, None]),
    Vector([1.5, None], dtype="f32"),
    Vector([1.5, None]),
    Vector([dt.time(9), None]),
    Vector([dt.timedelta(1), None]),
    Vector([uuid.UUID(int=7), None]),
]


@pytest.mark.parametrize("v", SHARED, ids=[v.dtype for v in SHARED])
def test_the_same_memory_both_ways(v: Vector) -> None:
    a = pa.array(v)
    a.validate(full=True)
    assert a.buffers()[1].address == address(v)
    again = Vector.from_arrow(a)
    assert address(again) == address(v)
    assert again.equals(v)


@pytest.mark.parametrize("dtype", ["u8", "i16", "i32", "i64", "f32", "f64"])
def test_numbers_of_arrow_and_polars_are_looked_into(dtype: str) -> None:
    numbers = np.arange(100, dtype={"u8": "u1", "i16": "i2", "i32": "i4", "i64": "i8", "f32": "f4", "f64": "f8"}[dtype])
    a = pa.array(numbers)
    assert address(Vector.from_arrow(a)) == a.buffers()[1].address
    s = pl.Series(numbers)
    assert address(Vector(s)) == s.to_numpy().__array_interface__["data"][0]
    assert address(Vector(a[7:])) == a.buffers()[1].address + 7 * numbers.itemsize
    assert Vector(s).to_list() == numbers.tolist()


def test_strings_are_shared() -> None:
    v = Vector([b"short", b"", b"a text longer than a view"])
    a = pa.array(v)
    a.validate(full=True)
    assert a.to_pylist() == ["short", "", "a text longer than a view"]
    assert a.type == pa.string_view()
    assert pa.array(v).buffers()[1].address == a.buffers()[1].address
    assert pa.array(v[1:]).to_pylist() == a.to_pylist()[1:]


def test_symbols_share_their_ids_where_the_texts_do_not_outweigh_them() -> None:
    few = Vector(["a", None, "b", "a"])
    a = pa.array(few)
    assert {"a", "b"} <= set(a.dictionary.to_pylist())
    assert a.to_pylist() == ["a", None, "b", "a"]
    many = Vector(["a", None, "b", "a"] * 100_000)
    b = pa.array(many)
    assert b.indices.buffers()[1].address == address(many)
    assert b[:4].to_pylist() == ["a", None, "b", "a"]
    assert Vector(b).equals(many)


@pytest.mark.parametrize(
    ("v", "kind", "items"),
    [
        (Vector([True, False, True] * 5), pa.bool_(), [True, False, True] * 5),
        (Vector([dt.date(2024, 1, 15), None]), pa.date32(), [dt.date(2024, 1, 15), None]),
        (
            Vector([Timestamp("2024-01-01"), None]),
            pa.timestamp("ns", "UTC"),
            [dt.datetime(2024, 1, 1, tzinfo=dt.UTC), None],
        ),
    ],
)
def test_one_pass(v: Vector, kind: Any, items: list[Any]) -> None:
    a = pa.array(v)
    a.validate(full=True)
    assert a.type == kind
    assert a.to_pylist() == items
    assert Vector(a).equals(v)


def test_nan_is_no_null_unless_asked_for() -> None:
    v = Vector([1.0, None])
    assert v.to_arrow().null_count == 0
    assert v.to_arrow(nan_as_null=True).null_count == 1
    assert Table({"x": v}).to_arrow(nan_as_null=True)["x"].null_count == 1


@pytest.mark.parametrize(
    ("array", "dtype", "items"),
    [
        (pa.array([1, 2, 3, None])[1:], "i64", [2, 3, None]),
        (pa.array([True, False, True, True])[1:3], "b8", [False, True]),
        (pa.array(["a", "b", None])[1:], "sym", ["b", None]),
        (pa.array(["a", "b", "a"]).dictionary_encode()[1:], "sym", ["b", "a"]),
        (pa.array(["a", None, "a"]).dictionary_encode(), "sym", ["a", None, "a"]),
        (pa.array([3, None, 3]).dictionary_encode(), "i64", [3, None, 3]),
        (pa.array([1, None], pa.uint8()), "i16", [1, None]),
        (pa.array([-1, None], pa.int8()), "i16", [-1, None]),
        (pa.array([65535], pa.uint16()), "i32", [65535]),
        (pa.array([2**32 - 1], pa.uint32()), "i64", [2**32 - 1]),
        (pa.array([2**63 - 1, None], pa.uint64()), "i64", [2**63 - 1, None]),
        (
            pa.array([np.float16(1.5), np.float16(-6e-8), np.float16("inf")], pa.float16()),
            "f32",
            [1.5, -5.960464477539063e-08, float("inf")],
        ),
        (pa.array(["a" * 30, None], pa.large_string()), "sym", ["a" * 30, None]),
        (pa.array(["ä", "a" * 30], pa.string_view()), "sym", ["ä", "a" * 30]),
        (pa.array([b"a\0b"], pa.binary()), "str", ["a\0b"]),
        (pa.array([b"abc"], pa.binary(3)), "str", ["abc"]),
        (pa.array([dt.datetime(2024, 1, 1)], pa.timestamp("s")), "timestamp", [Timestamp("2024-01-01")]),
        (
            pa.array([dt.datetime(2024, 1, 1), None], pa.timestamp("us", "Europe/Berlin")),
            "timestamp",
            [Timestamp("2024-01-01"), None],
        ),
        (pa.array([dt.date(1999, 12, 31), None], pa.date64()), "date", [dt.date(1999, 12, 31), None]),
        (pa.array([1, None], pa.time32("s")), "time", [dt.time(0, 0, 1), None]),
        (pa.array([5_000_000], pa.time64("ns")), "time", [dt.time(0, 0, 0, 5000)]),
        (pa.array([1, None], pa.duration("us")), "timespan", [dt.timedelta(microseconds=1), None]),
        (pa.array([decimal.Decimal("1.10"), None]), "f64", [1.1, None]),
        (pa.array([decimal.Decimal(-5), None], pa.decimal128(38, 0)), "i64", [-5, None]),
        (pa.chunked_array([[1], [], [None, 3]]), "i64", [1, None, 3]),
        (pa.chunked_array([], pa.string()), "sym", []),
        (pa.chunked_array([pa.array([1], pa.uint8()), pa.array([None], pa.uint8())]), "i16", [1, None]),
        (pa.array([], pa.timestamp("us")), "timestamp", []),
    ],
)
def test_what_comes_in(array: Any, dtype: str, items: list[Any]) -> None:
    v = Vector.from_arrow(array)
    assert v.dtype == dtype
    assert [None if x != x else x for x in v.to_list()] == items


@pytest.mark.parametrize(
    ("array", "error", "why"),
    [
        (pa.array([1, -(2**63)]), rf.ConversionError, "row 1: .* stores a null"),
        (pa.array([None, -(2**31)], pa.int32()), rf.ConversionError, "row 1"),
        (pa.array([2**63], pa.uint64()), OverflowError, "row 0: 9223372036854775808 does not fit"),
        (pa.array([True, None]), rf.ConversionError, "B8 has no null"),
        (pa.array([None]), rf.ConversionError, "format 'n'"),
        (pa.array([1], pa.time64("us")), rf.ConversionError, "finer than its unit"),
        (pa.array([2**62], pa.timestamp("s")), rf.ConversionError, "outside its range"),
        (pa.array([decimal.Decimal("1234567890123456.7")]), rf.ConversionError, "too many digits"),
        (pa.array([{"a": 1}]), rf.ConversionError, "format '\\+s'"),
        (pa.array(["a\0b"]), rf.ConversionError, "NUL"),
        ([1, 2], rf.ConversionError, "__arrow_c_stream__"),
    ],
)
def test_what_is_refused(array: Any, error: type[Exception], why: str) -> None:
    with pytest.raises(error, match=why):
        Vector.from_arrow(array)


def test_rounding_is_asked_for() -> None:
    v = Vector.from_arrow(
        pa.array([1499, 1500, -1500], pa.duration("us")).cast(pa.int64()).cast(pa.time64("us"))[:2], round=True
    )
    assert v.to_list() == [dt.time(0, 0, 0, 1000), dt.time(0, 0, 0, 2000)]
    assert Vector.from_numpy(np.array([1500], "m8[us]"), dtype="time", round=True).to_list() == [dt.time(0, 0, 0, 2000)]


def test_strings_as_strings() -> None:
    assert Vector.from_arrow(pa.array(["a"]), strings="string").dtype == "str"
    assert Vector.from_arrow(pa.array(["a"]).dictionary_encode(), strings="string").dtype == "str"
    assert Table(pa.table({"s": ["a"]}), strings="string").dtypes == {"s": "str"}


def test_lists() -> None:
    t = Table(pa.table({"l": [[1, 2], None, [], [3]]}))
    assert [None if x is None else x.to_list() for x in t["l"]] == [[1, 2], None, [], [3]]
    assert pa.table(t)["l"].to_pylist() == [[1, 2], None, [], [3]]
    for kind in (pa.large_list(pa.int64()), pa.list_view(pa.int64()), pa.list_(pa.int64(), 2)):
        a = pa.array([[1, 2], [3, 4]], kind)
        assert [x.to_list() for x in Table(pa.table({"l": a[1:]}))["l"]] == [[3, 4]]
    with pytest.raises(rf.ConversionError, match="column 'l': row 1: cells of type I64 and SYM"):
        pa.table(Table({"l": [[1], ["a"]]}))


def test_what_only_a_list_holds() -> None:
    t = Table(pa.table({"b": [True, None], "n": pa.nulls(2)}))
    assert t["b"].to_list() == [True, None]
    assert t["n"].to_list() == [None, None]
    assert pa.table(t).schema.types == [pa.bool_(), pa.null()]
    assert pa.table(t).to_pydict() == {"b": [True, None], "n": [None, None]}


def test_tables_in_batches() -> None:
    batches = [pa.record_batch({"a": [1, 2], "s": ["x", None]}), pa.record_batch({"a": [3], "s": ["y"]})]
    t = Table(pa.Table.from_batches(batches).slice(1))
    assert t.to_dict() == {"a": [2, 3], "s": [None, "y"]}
    assert Table(batches[0].slice(1)).to_dict() == {"a": [2], "s": [None]}
    assert Table(pa.table({})).shape == (0, 0)
    assert Table(pa.table({"a": pa.array([], pa.int16())})).dtypes == {"a": "i16"}
    with pytest.raises(rf.ConversionError, match="column 'x'"):
        Table(pa.table({"x": [{"a": 1}]}))
    with pytest.raises(rf.ConversionError, match="no table"):
        Table.from_arrow(pa.array([1]))


def test_streams_are_used_up() -> None:
    reader = pa.table({"a": [1]}).to_reader()
    assert Table(reader)["a"].to_list() == [1]
    capsule = pa.table({"a": [1]}).__arrow_c_stream__()
    assert Table.from_arrow(capsule)["a"].to_list() == [1]
    with pytest.raises(rf.ConversionError, match="consumed"):
        Table.from_arrow(capsule)


def test_a_stream_that_fails_says_why() -> None:
    def batches() -> Any:
        yield pa.record_batch({"a": [1]})
        raise ValueError("no more")

    with pytest.raises(rf.ConversionError, match="no more"):
        Table(pa.RecordBatchReader.from_batches(pa.schema({"a": pa.int64()}), batches()))


def test_who_looks_keeps_the_memory() -> None:
    a = pa.array(np.arange(1000))
    v = Vector(a)
    del a
    gc.collect()
    assert v[999] == 999
    b = pa.array(Vector(np.arange(1000)))
    gc.collect()
    assert b[999].as_py() == 999


def test_a_stored_column_is_a_copy(ray: rf.Rayforce) -> None:
    numbers = np.arange(3)
    ray["v"] = Vector(pa.array(numbers))
    numbers[0] = 100
    assert ray["v"].to_list() == [0, 1, 2]


def test_capsules_leak_nothing(steady: Callable[[Callable[[], object]], None]) -> None:
    t = Table(
        {"a": [1, None], "s": ["x", None], "d": [dt.date(2024, 1, 1), None], "x": [b"a", b"a" * 40], "l": [[1], [2]]}
    )
    steady(lambda: t.__arrow_c_stream__())
    steady(lambda: pa.table(t))
    steady(lambda: Table(pa.table(t)))
    bad = Table({"a": [1], "l": [[1, "a"]]})

    def fails() -> None:
        with pytest.raises(rf.ConversionError):
            bad.__arrow_c_stream__()
        with pytest.raises(rf.ConversionError):
            Vector.from_arrow(pa.array([-(2**63)]))

    steady(fails)


def test_out_of_range_when_counted_from_1970() -> None:
    with pytest.raises(rf.ConversionError, match="row 0"):
        pa.array(Vector(np.array([2**31 - 1], "i4")).cast("date"))
    with pytest.raises(rf.ConversionError, match="row 0"):
        pa.array(Vector([2**63 - 1]).cast("timestamp"))
    with pytest.raises(rf.ConversionError, match="time of a day"):
        pa.array(Vector([dt.timedelta(days=2)]).cast("time"))


def test_text_that_is_none() -> None:
    with pytest.raises(rf.ConversionError, match="UTF-8"):
        pa.array(Vector([b"\xff"]))
    with pytest.raises(rf.ConversionError, match="UTF-8"):
        pa.array(Vector(["\udcff"]))


def test_duckdb() -> None:
    t = Table({"sym": ["a", "b", None], "qty": [1, None, 3], "p": [1.5, 2.5, 3.5], "at": [STAMP, None, STAMP]})
    con = duckdb.connect()
    assert con.sql("select sum(p) from t").fetchall() == [(7.5,)]
    again = Table.from_duckdb(con.sql("select * from t"))
    assert again.equals(t)
    assert t.to_duckdb(con).fetchall()[0][:2] == ("a", 1)
    days = Table(con.sql("select interval 36 hours as i, true as b, 1.25::decimal(10, 2) as d"))
    assert list(days.rows()) == [(dt.timedelta(hours=36), True, 1.25)]
    with pytest.raises(rf.ConversionError, match="months"):
        Table(con.sql("select interval 1 month as i"))


def test_polars() -> None:
    t = Table(
        {"sym": ["a", "b", None], "qty": [1, None, 3], "at": [STAMP, None, STAMP], "t": [dt.time(9), None, dt.time(1)]}
    )
    frame = t.to_polars()
    assert frame["at"].dtype == pl.Datetime("ns", "UTC")
    assert frame["sym"].to_list() == ["a", "b", None]
    assert Table.from_polars(frame).equals(t)
    assert Table.from_polars(frame.lazy()).equals(t)
    assert Table(frame[1:]).equals(t[1:])
    assert Table(pl.concat([frame, frame], rechunk=False)).equals(t.concat(t))
