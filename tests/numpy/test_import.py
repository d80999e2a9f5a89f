"""numpy's memory as we see it: borrowed where it can be, converted or refused where it cannot, never misread."""

from __future__ import annotations

import datetime as dt
import gc
import sys
import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import rayforce as rf
from rayforce import Vector


def address(a: Any) -> int:
    return int(a.__array_interface__["data"][0])


STORED = {"?": "b8", "u1": "u8", "i2": "i16", "i4": "i32", "i8": "i64", "f4": "f32", "f8": "f64"}
WIDENED = {"i1": "i16", "u2": "i32", "u4": "i64", "u8": "i64", "f2": "f32"}


@pytest.mark.parametrize("code", STORED)
def test_borrowed(code: str) -> None:
    a = np.array([1, 0, 1], dtype=code)
    v = Vector(a)
    assert v.dtype == STORED[code]
    assert address(v.raw) == address(a)
    assert address(Vector.from_numpy(a, copy=False).raw) == address(a)
    assert address(Vector.from_numpy(a, copy=True).raw) != address(a)
    assert v.to_list() == a.tolist()


@pytest.mark.parametrize("code", WIDENED)
def test_widened(code: str) -> None:
    a = np.array([1, 0, 1], dtype=code)
    v = Vector(a)
    assert v.dtype == WIDENED[code]
    assert v.to_list() == a.tolist()
    with pytest.raises(rf.ConversionError, match="without a copy"):
        Vector.from_numpy(a, copy=False)


def test_the_array_lives_as_long_as_the_vector() -> None:
    a = np.arange(1000.0)
    before = sys.getrefcount(a)
    v = Vector(a)
    s = v[10:20]
    t = rf.Table({"a": v})
    del v
    gc.collect()
    assert sys.getrefcount(a) > before
    assert s[0] == 10
    del s, t
    gc.collect()
    assert sys.getrefcount(a) == before


def test_the_last_reference_may_go_in_any_thread(conn: rf.Connection) -> None:
    a = np.arange(1000.0)
    before = sys.getrefcount(a)
    holders = [Vector(a) for _ in range(8)]

    def work() -> None:
        v = holders.pop()
        conn.execute("(fn [x] (sum x))", v)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    gc.collect()
    assert sys.getrefcount(a) == before


def test_sent_from_its_own_memory(conn: rf.Connection) -> None:
    a = np.arange(200_000.0)
    before = sys.getrefcount(a)
    conn["a"] = a
    conn.call("count", a)
    with pytest.raises(rf.QueryError):
        conn.execute("(fn [x] (+ x 'a))", a)
    conn.send_async("(fn [x] x)", a)
    conn.flush()
    assert conn.execute("(sum a)") == a.sum()
    assert sys.getrefcount(a) == before


@pytest.mark.parametrize(
    "a",
    [
        np.arange(10)[::2],
        np.arange(10)[::-1],
        np.arange(10, dtype=">i8"),
        np.arange(10, dtype=">i4"),
        np.arange(10, dtype=">f8"),
        np.arange(10, dtype=">u4"),
        np.arange(20).reshape(10, 2)[:, 1],
        np.zeros(10, dtype=[("x", "i1"), ("y", "f8")])["y"],
        np.frombuffer(b"\0" * 81, "u1")[1:].view("f8"),
        np.broadcast_to(np.array(5), (10,)),
    ],
)
def test_odd_layouts_are_converted(a: Any, conn: rf.Connection) -> None:
    v = Vector(a)
    assert v.to_list() == a.tolist()
    assert conn.execute("(fn [x] x)", a).to_list() == a.tolist()


def test_read_only_arrays() -> None:
    a = np.arange(3.0)
    a.flags.writeable = False
    assert address(Vector(a).raw) == address(a)


@pytest.mark.parametrize(
    ("a", "error"),
    [
        (np.array([0, 2**63], "u8"), OverflowError),
        (np.array([1, -(2**63)]), rf.ConversionError),
        (np.array([-(2**31)], "i4"), rf.ConversionError),
        (np.array([1j]), rf.ConversionError),
        (np.zeros((2, 2)), rf.ConversionError),
        (np.zeros(2, dtype="V5"), rf.ConversionError),
        (np.zeros(2, dtype=[("a", "i4")]), rf.ConversionError),
        (np.zeros(2, dtype="g"), rf.ConversionError),
        (np.array([1, "a"], dtype=object), rf.ConversionError),
        (np.array([1, None, 2.5j], dtype=object), rf.ConversionError),
        (np.array(["2262-04-12"], dtype="M8[D]").astype("M8[s]") + 10**10, rf.ConversionError),
        (np.array([1], dtype="M8[fs]"), rf.ConversionError),
        (np.array([10**9], dtype="m8[h]"), rf.ConversionError),
        (np.array([5], dtype="m8"), rf.ConversionError),
        (np.array([1], dtype="m8[Y]"), rf.ConversionError),
    ],
)
def test_refused(a: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        Vector(a)


def test_refusals_name_the_row() -> None:
    with pytest.raises(rf.ConversionError, match="row 2") as e:
        Vector(np.array([1, 2, -(2**63)]))
    assert e.value.row == 2
    with pytest.raises(OverflowError, match="row 1"):
        Vector(np.array([1, 300]), dtype="u8")
    with pytest.raises(rf.ConversionError, match="row 1"):
        Vector(np.array(["2000-01-01", "2000-01-01T01"], "M8[h]"), dtype="date")


@pytest.mark.parametrize("unit", ["Y", "M", "W", "D"])
def test_coarse_dates(unit: str) -> None:
    a = np.array(["2024-01-04", "NaT", "1969-12-25", "0001-01-01"], f"M8[{unit}]")
    v = Vector(a)
    assert v.dtype == "date"
    assert v.to_numpy().tolist() == a.astype("M8[D]").tolist()


@pytest.mark.parametrize("unit", ["h", "m", "s", "ms", "us", "ns"])
def test_fine_dates(unit: str) -> None:
    a = np.array(["2024-01-04T05", "NaT", "1969-12-25", "1800-01-01"], f"M8[{unit}]")
    v = Vector(a)
    assert v.dtype == "timestamp"
    assert v.to_numpy().tolist() == a.astype("M8[ns]").tolist()
    assert v.null_count == 1
    assert Vector(a[:1], dtype="timestamp").to_list() == [rf.Timestamp(dt.datetime(2024, 1, 4, 5))]


@pytest.mark.parametrize(
    ("unit", "dtype"), [("D", "time"), ("s", "time"), ("ms", "time"), ("us", "timespan"), ("ns", "timespan")]
)
def test_durations(unit: str, dtype: str) -> None:
    a = np.array([1, -2, "NaT"], f"m8[{unit}]")
    v = Vector(a)
    assert v.dtype == dtype
    assert (v.to_numpy()[:2] == a[:2]).all()
    assert np.isnat(v.to_numpy()[2])


def test_explicit_types_of_times() -> None:
    assert Vector(np.array([1500], "m8[s]"), dtype="timespan").to_list() == [dt.timedelta(seconds=1500)]
    assert Vector(np.array([2_000_000], "m8[ns]"), dtype="time").raw.tolist() == [2]
    with pytest.raises(rf.ConversionError, match="finer"):
        Vector(np.array([1], "m8[ns]"), dtype="time")
    with pytest.raises(rf.ConversionError):
        Vector(np.array(["2024-01-01"], "M8[D]"), dtype="i64")
    assert Vector(np.array(["2024-01-01T00"], "M8[h]"), dtype="date").to_list() == [dt.date(2024, 1, 1)]
    raw = np.array([8780, -(2**31)], "i4")
    assert Vector(raw, dtype="date").to_list() == [dt.date(2024, 1, 15), None]


def test_spans_are_borrowed() -> None:
    a = np.array([1, "NaT"], "m8[ns]")
    v = Vector(a)
    assert address(v.raw) == address(a)
    assert v.null_count == 1


@pytest.mark.parametrize(
    ("a", "dtype", "want"),
    [
        (np.array([1, 2]), "f64", [1.0, 2.0]),
        (np.array([1.0, np.nan]), "i64", [1, None]),
        (np.array([1.0, 2.0]), "u8", [1, 2]),
        (np.array([0, 1]), "b8", [False, True]),
        (np.array([True]), "i16", [1]),
        (np.array([1, 2]), "i16", [1, 2]),
        (np.array([0.5]), "f32", [0.5]),
        (np.array(["a"]), "str", ["a"]),
        (np.array([b"a"]), "sym", ["a"]),
        (np.array([1, None], object), "i32", [1, None]),
        (np.array([1, None], object), None, [1, None]),
        (np.array([dt.date(2024, 1, 1)], object), None, [dt.date(2024, 1, 1)]),
    ],
)
def test_explicit_types(a: Any, dtype: str | None, want: list[Any]) -> None:
    v = Vector(a, dtype=dtype)
    assert v.to_list() == want
    assert dtype is None or v.dtype == dtype


@pytest.mark.parametrize(
    ("a", "dtype", "error"),
    [
        (np.array([1.5]), "i64", rf.ConversionError),
        (np.array([2**53 + 1]), "f64", rf.ConversionError),
        (np.array([2.0**63]), "i64", OverflowError),
        (np.array([np.inf]), "i64", OverflowError),
        (np.array([1e300]), "f32", OverflowError),
        (np.array([2]), "b8", OverflowError),
        (np.array([1.0, np.nan]), "u8", rf.ConversionError),
        (np.array([-1]), "u8", OverflowError),
        (np.array([1]), "sym", rf.ConversionError),
        (np.array([1]), "guid", rf.ConversionError),
        (np.array(["x"]), "i64", rf.ConversionError),
    ],
)
def test_explicit_types_refuse(a: Any, dtype: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        Vector(a, dtype=dtype)


def test_text() -> None:
    assert Vector(np.array(["a", "bb", ""])).to_list() == ["a", "bb", None]
    assert Vector(np.array(["a"])).dtype == "sym"
    assert Vector(np.array(["a"]), strings="string").dtype == "str"
    assert Vector(np.array([b"a", b"bb"])).dtype == "str"
    assert Vector(np.array(["a", None], object)).to_list() == ["a", None]
    if hasattr(np.dtypes, "StringDType"):
        assert Vector(np.array(["a", "é"], dtype=np.dtypes.StringDType())).to_list() == ["a", "é"]


def test_masks() -> None:
    m = np.ma.array([1, 2, 3], mask=[False, True, False])
    assert Vector(m).to_list() == [1, None, 3]
    assert Vector.from_numpy(np.array([1, 2]), mask=[True, False]).to_list() == [None, 2]
    assert Vector.from_numpy(np.array([-(2**63), 2]), mask=[True, False]).to_list() == [None, 2]
    assert Vector.from_numpy(np.array(["a", "b"]), mask=[True, False]).to_list() == [None, "b"]
    assert np.isnan(Vector.from_numpy(np.array([1.0, 2.0]), mask=[True, False]).to_numpy()[0])
    assert Vector.from_numpy(np.array(["2024-01-01"], "M8[D]"), mask=[True]).to_list() == [None]
    assert address(Vector(np.ma.array([1, 2])).raw) != 0
    with pytest.raises(rf.ConversionError, match="no null"):
        Vector.from_numpy(np.array([True]), mask=[True])
    with pytest.raises(rf.ConversionError, match="mask has"):
        Vector.from_numpy(np.array([1, 2]), mask=[True])
    with pytest.raises(rf.ConversionError, match="stores a null"):
        Vector.from_numpy(np.array([-(2**63), 2]), mask=[False, True])


def test_zero_dimensions(ray: rf.Rayforce) -> None:
    ray["x"] = np.array(5, "i4")
    assert ray.eval("(type x)") == "i32"
    assert rf.RayObj(np.array("a")).ray_name == "sym"
    with pytest.raises(rf.ConversionError):
        Vector(np.array(5))


@pytest.mark.parametrize(
    ("x", "name"),
    [
        (np.bool_(True), "b8"),
        (np.int8(1), "i16"),
        (np.uint8(1), "u8"),
        (np.int16(1), "i16"),
        (np.int32(1), "i32"),
        (np.int64(1), "i64"),
        (np.uint32(1), "i64"),
        (np.float32(1), "f32"),
        (np.float64(1), "f64"),
        (np.str_("a"), "sym"),
        (np.bytes_(b"a"), "str"),
        (np.datetime64("2024-01-01"), "date"),
        (np.datetime64("2024-01-01T00"), "timestamp"),
        (np.timedelta64(5, "ms"), "time"),
        (np.timedelta64(5, "ns"), "timespan"),
    ],
)
def test_scalars(x: Any, name: str) -> None:
    assert rf.RayObj(x).ray_name == name


def test_scalars_out_of_range() -> None:
    with pytest.raises(OverflowError):
        rf.RayObj(np.uint64(2**63))
    assert rf.RayObj(np.datetime64("NaT", "D")).value is None
    assert rf.RayObj(np.datetime64("NaT")).value is None


def test_from_buffer() -> None:
    a = np.arange(4, dtype="i4")
    v = Vector.from_buffer(a, dtype="i32")
    assert address(v.raw) == address(a)
    assert Vector.from_buffer(a.tobytes(), dtype="i32").to_list() == [0, 1, 2, 3]
    assert Vector.from_buffer(memoryview(a.tobytes())[4:], dtype="i32").to_list() == [1, 2, 3]
    assert Vector.from_buffer(b"\1" + a.tobytes(), dtype="u8")[0] == 1
    odd = memoryview(b"x" + a.tobytes())[1:]
    assert Vector.from_buffer(odd, dtype="i32").to_list() == [0, 1, 2, 3]
    for bad, dtype in [(b"123", "i32"), (a[::2], "i32"), (a, "i64"), (a, "sym"), (a, "str")]:
        with pytest.raises(rf.ConversionError):
            Vector.from_buffer(bad, dtype=dtype)


numbers = hnp.arrays(
    st.sampled_from(["i1", "i2", "i4", "i8", "u1", "u2", "u4", "f4", "f8", "?", ">i4", ">f8", "<u2"]),
    st.integers(0, 30),
)


@given(numbers, st.slices(30))
def test_every_layout_reads_the_same(a: Any, s: slice) -> None:
    a = a[s]
    if a.dtype.kind == "i" and a.dtype.itemsize > 1 and (a == np.iinfo(a.dtype).min).any():
        with pytest.raises(rf.ConversionError):
            Vector(a)
        return
    back = Vector(a).to_numpy()
    assert np.array_equal(back, a, equal_nan=a.dtype.kind == "f")


@given(hnp.arrays("M8[us]", st.integers(0, 20)))
def test_microseconds(a: Any) -> None:
    # Ours are int64 nanoseconds since 2000, numpy's since 1970: what both can hold comes back.
    low, high = np.datetime64("1708-01-01", "us"), np.datetime64("2262-04-11", "us")
    if (np.isnat(a) | ((a > low) & (a < high))).all():
        assert np.array_equal(Vector(a).to_numpy(), a.astype("M8[ns]"), equal_nan=True)
    elif (a < np.datetime64("1707-01-01", "us")).any() or (a > np.datetime64("2293-01-01", "us")).any():
        with pytest.raises(rf.ConversionError):
            Vector(a)
