"""Our memory as numpy sees it: the same addresses, read-only, alive as long as somebody looks."""

from __future__ import annotations

import datetime as dt
import gc
import io
import uuid
from typing import Any

import numpy as np
import pytest

import rayforce as rf
from rayforce import Vector
from rayforce._ext import core


def address(a: Any) -> int:
    return int(a.__array_interface__["data"][0])


FIXED = {"b8": "?", "u8": "u1", "i16": "i2", "i32": "i4", "i64": "i8", "f32": "f4", "f64": "f8"}


@pytest.mark.parametrize("dtype", FIXED)
def test_no_copy(dtype: str) -> None:
    v = Vector([1, 0, 1, 1], dtype=dtype)
    views = [v.to_numpy(), v.raw, np.asarray(v), np.frombuffer(v, FIXED[dtype]), np.asarray(memoryview(v))]
    assert len({address(a) for a in views}) == 1
    for a in views:
        assert a.dtype == np.dtype(FIXED[dtype])
        assert a.tolist() == [1, 0, 1, 1]
        assert not a.flags.writeable
        with pytest.raises(ValueError):
            a[0] = 0
        with pytest.raises(ValueError):
            a.flags.writeable = True
    assert address(v[1:].to_numpy()) == address(v.raw) + v.raw.itemsize
    copy = v.to_numpy(copy=True)
    assert address(copy) != address(v.raw)
    copy[0] = 0
    assert v[0] == 1


def test_canonical_dtypes() -> None:
    assert Vector([1]).to_numpy().dtype is np.dtype(np.int64)
    assert Vector([1], dtype="i32").raw.dtype is np.dtype(np.int32)


def test_received_columns_are_the_memory_they_were_received_in(conn: rf.Connection) -> None:
    conn.execute("(set v (til 100000))")
    v = conn.execute("v")
    a = v.to_numpy()
    assert address(a) == address(v.raw)
    assert address(a) % 64 == 0
    assert not a.flags.owndata
    assert a.sum() == 4999950000


def test_lifetime() -> None:
    gc.collect()
    before = core.heap()["blocks"]
    v = Vector(range(1000))
    a = v.to_numpy()
    m = memoryview(v)
    s = v[500:].to_numpy()
    del v
    gc.collect()
    assert (a[-1], m[-1], s[0]) == (999, 999, 500)
    assert core.heap()["blocks"] > before
    del a, m, s
    gc.collect()
    assert core.heap()["blocks"] <= before


def test_values_outlive_engine_and_connection(ray: rf.Rayforce) -> None:
    with rf.Rayforce() as engine, engine.listen(0) as server, rf.hopen("127.0.0.1", server.port) as conn:
        local, remote = engine.eval("(til 1000)").to_numpy(), conn.execute("(til 1000)").to_numpy()
    gc.collect()
    assert local.sum() == remote.sum() == 499500


def test_empty_vectors() -> None:
    for dtype, want in [
        *FIXED.items(),
        ("date", "M8[D]"),
        ("timestamp", "M8[ns]"),
        ("timespan", "m8[ns]"),
        ("sym", "O"),
    ]:
        a = Vector([], dtype=dtype).to_numpy()
        assert a.shape == (0,)
        assert a.dtype == np.dtype(want)
        assert np.asarray(Vector([], dtype=dtype)).shape == (0,)
    assert not Vector([]).raw.flags.writeable


def test_times() -> None:
    assert Vector([dt.date(2024, 1, 15), None]).to_numpy().tolist() == [dt.date(2024, 1, 15), None]
    assert Vector([dt.date(2024, 1, 15)]).to_numpy().dtype == "M8[D]"
    assert Vector([dt.time(0, 0, 1), None]).to_numpy().dtype == "m8[ms]"
    assert Vector([dt.time(0, 0, 1), None]).to_numpy()[0] == np.timedelta64(1000, "ms")
    stamps = Vector([rf.Timestamp(5), None]).to_numpy()
    assert stamps.dtype == "M8[ns]"
    assert stamps.view("i8").tolist() == [5, -(2**63)]
    spans = Vector([dt.timedelta(1), None])
    assert address(spans.to_numpy()) == address(spans.raw)
    assert np.isnat(spans.to_numpy()).tolist() == [False, True]
    assert Vector([dt.date(2000, 1, 2)]).raw.tolist() == [1]
    assert Vector([dt.date(2000, 1, 2)]).to_numpy(nulls="raw").tolist() == [1]


def test_numpy_never_reads_meanings_wrong() -> None:
    """np.asarray asks for the buffer first; a plain one would turn dates, nulls and symbols into numbers."""
    assert np.asarray(Vector([dt.date(2024, 1, 15)])).dtype == "M8[D]"
    assert np.asarray(Vector([rf.Timestamp(0)])).dtype == "M8[ns]"
    assert np.isnan(np.asarray(Vector([1, None]))[1])
    assert np.asarray(Vector(["a", None])).tolist() == ["a", None]
    for v in (Vector([dt.date(2024, 1, 15)]), Vector([1, None]), Vector(["a"]), Vector([b"a"])):
        with pytest.raises(BufferError):
            memoryview(v)
    with pytest.raises(TypeError, match="read-write"):
        io.BytesIO(b"12345678").readinto(Vector([1.0]))  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        memoryview(rf.Table({"a": [1]}))  # type: ignore[arg-type]


def test_nulls_of_integers() -> None:
    v = Vector([1, None, 3])
    assert v.to_numpy().dtype == "f8"
    assert np.isnan(v.to_numpy()[1])
    masked = v.to_numpy(nulls="mask")
    assert masked.tolist() == [1, None, 3]
    assert masked.dtype == np.int64
    assert v.to_numpy(nulls="raw").tolist() == [1, -(2**63), 3]
    with pytest.raises(rf.ConversionError, match="row 1: 1 of 3 elements are null"):
        v.to_numpy(nulls="error")
    with pytest.raises(ValueError, match="nulls="):
        v.to_numpy(nulls="zero")  # type: ignore[arg-type]
    big = Vector([2**53 + 1, None])
    with pytest.raises(rf.ConversionError, match="nulls='mask'"):
        big.to_numpy()
    assert big.to_numpy(nulls="mask")[0] == 2**53 + 1
    full = Vector([1, 2])
    for mode in ("nan", "mask", "raw", "error"):
        assert full.to_numpy(nulls=mode).dtype == np.int64  # type: ignore[arg-type]


def test_copy_false_insists() -> None:
    assert Vector([1.0]).to_numpy(copy=False)[0] == 1.0
    with pytest.raises(ValueError, match="without a copy"):
        Vector([1, None]).to_numpy(copy=False)
    with pytest.raises(ValueError, match="without a copy"):
        Vector(["a"]).to_numpy(copy=False)
    assert np.array(Vector([1.0]), dtype="f4").dtype == "f4"
    assert np.asarray(Vector([1, 2]), dtype="f8").tolist() == [1.0, 2.0]


def test_symbols_strings_and_guids() -> None:
    v = Vector(["a", "b", None, "a"])
    a = v.to_numpy()
    assert a.tolist() == ["a", "b", None, "a"]
    assert a[0] is a[3]
    assert a.flags.writeable
    assert Vector([b"x", None]).to_numpy().tolist() == ["x", ""]
    g = uuid.UUID(int=5)
    v = Vector([g, None])
    assert v.to_list() == [g, None]
    assert address(v.to_numpy()) == address(v.raw)
    assert v.to_numpy().dtype == "V16"
    assert Vector(v.to_numpy()).equals(v)
    with pytest.raises(rf.ConversionError):
        Vector([b"x"]).raw


def test_object_arrays_own_their_objects() -> None:
    v = rf.List([[1, 2], "text", None])
    a = v.to_numpy()
    del v
    gc.collect()
    assert a[0].to_list() == [1, 2]
    assert a.tolist()[1:] == ["text", None]


def test_ufuncs_and_functions_take_vectors() -> None:
    v = Vector([1.0, 4.0])
    assert np.sqrt(np.asarray(v)).tolist() == [1.0, 2.0]
    assert np.sum(np.asarray(v)) == 5
    assert (np.array([1.0, 2.0]) + v).to_list() == [2.0, 6.0]


def test_tables(conn: rf.Connection) -> None:
    t = rf.Table({"p": np.arange(3.0), "q": np.arange(3), "s": ["a", "b", None]})
    conn["t"] = t
    back = conn["t"]
    assert back.equals(t)
    a = back.arrays()
    assert address(a["p"]) == address(back["p"].raw)
    assert a["s"].tolist() == ["a", "b", None]
    assert conn.fetch_numpy("t")["q"].tolist() == [0, 1, 2]


def test_text_of_numpy_both_ways() -> None:
    plain, with_none = np.dtypes.StringDType(), np.dtypes.StringDType(na_object=None)
    for strings in ("symbol", "string"):
        v = rf.Vector.from_numpy(np.array(["a", "ü" * 40], dtype=plain), strings=strings)
        assert v.to_list() == ["a", "ü" * 40]
        assert v.to_numpy(dtype=plain).dtype == np.asarray(v, dtype=plain).dtype == plain
        assert v.to_numpy(dtype=plain).tolist() == v.to_list()
    v = rf.Vector(["a", None])
    assert v.to_numpy(dtype=with_none).tolist() == ["a", None]
    assert rf.Vector(v.to_numpy(dtype=with_none)).equals(v)
    with_nan = v.to_numpy(dtype=np.dtypes.StringDType(na_object=np.nan))
    assert np.isnan(with_nan).tolist() == [False, True]
    assert rf.Vector(with_nan).equals(v)
    for dtype in (plain, "U5"):
        with pytest.raises(rf.ConversionError, match="no null") as e:
            v.to_numpy(dtype=dtype)
        assert e.value.row == 1
        with pytest.raises(rf.ConversionError):
            np.asarray(v, dtype=dtype)
    assert rf.Vector([rf.String(""), rf.String("b")]).to_numpy(dtype=plain).tolist() == ["", "b"]
    with pytest.raises(ValueError, match="without a copy"):
        rf.Vector(["a"]).to_numpy(dtype=plain, copy=False)
