"""Vector: made from sequences, looked at, sliced, compared."""

from __future__ import annotations

import array
import copy
import datetime as dt
import math
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rayforce as rf
from rayforce import Vector


@pytest.mark.parametrize(
    ("items", "dtype"),
    [
        ([1, 2], "i64"),
        ([1, None], "i64"),
        ([1, 2.5], "f64"),
        ([1.5, None], "f64"),
        ([True, False], "b8"),
        (["a", "b"], "sym"),
        (["a", None], "sym"),
        ([b"a", b"b"], "str"),
        ([rf.String("a")], "str"),
        ([rf.I16(1), rf.I16(2)], "i16"),
        ([rf.I32(1), None], "i32"),
        ([rf.U8(1)], "u8"),
        ([rf.F32(1)], "f32"),
        ([dt.date(2024, 1, 1), None], "date"),
        ([dt.time(9)], "time"),
        ([dt.datetime(2024, 1, 1), rf.Timestamp(0)], "timestamp"),
        ([dt.timedelta(1)], "timespan"),
        (range(3), "i64"),
        ((x for x in "ab"), "sym"),
        ([], "i64"),
        (array.array("h", [1, 2]), "i16"),
        (array.array("d", [1, 2]), "f64"),
        (bytearray(b"ab"), "u8"),
        (memoryview(array.array("i", [1, 2, 3])), "i32"),
        (memoryview(array.array("i", [1, 2, 3]))[::2], "i32"),
    ],
)
def test_typed_by_all_items(items: Any, dtype: str) -> None:
    assert Vector(items).dtype == dtype


@pytest.mark.parametrize(
    "items", [[1, "a"], [1, True], [True, None], [None], [object()], [[1], [2]], ["a", b"a"], "text", {"a": 1}]
)
def test_mixtures_are_refused(items: Any) -> None:
    with pytest.raises(rf.ConversionError):
        Vector(items)


@pytest.mark.parametrize("dtype", ["i16", "I16", rf.I16, "int16", 3])
def test_spellings_of_a_dtype(dtype: Any) -> None:
    assert Vector([1, 2], dtype=dtype).dtype == "i16"


@pytest.mark.parametrize("dtype", ["int3", object, "table5", 50, 3.5])
def test_what_is_no_dtype(dtype: Any) -> None:
    with pytest.raises(TypeError):
        Vector([1], dtype=dtype)


def test_errors_name_the_row() -> None:
    with pytest.raises(OverflowError, match="row 1: 70000 does not fit i16"):
        Vector([1, 70000], dtype="i16")
    with pytest.raises(rf.ConversionError, match="row 2") as e:
        Vector([1, 2, "x"], dtype="i64")
    assert e.value.row == 2
    with pytest.raises(rf.ConversionError, match="row 1: 9007199254740993 would change"):
        Vector([1.5, 2**53 + 1])


def test_a_list_that_changes_while_it_is_read() -> None:
    items: list[Any] = []

    class Sneaky:
        def __index__(self) -> int:
            items.clear()
            return 1

    items.extend([Sneaky()] * 1000)
    assert Vector(items, dtype="i64").to_list() == [1] * 1000


def test_elements() -> None:
    v = Vector([10, None, 30])
    assert (len(v), v[0], v[1], v[-1]) == (3, 10, None, 30)
    assert list(v) == v.to_list() == [10, None, 30]
    assert (v.null_count, v.has_nulls, v.is_null().to_list()) == (1, True, [False, True, False])
    assert 30 in v
    assert None in v
    assert 5 not in v
    for i in (3, -4):
        with pytest.raises(IndexError):
            v[i]
    with pytest.raises(TypeError, match="immutable"):
        v[0] = 1
    with pytest.raises(TypeError):
        v["a"]
    with pytest.raises(TypeError):
        hash(v)


@given(st.lists(st.integers(-100, 100)), st.slices(20))
def test_slices_are_those_of_lists(items: list[int], s: slice) -> None:
    assert Vector(items, dtype="i64")[s].to_list() == items[s]


TYPES = {
    "i64": [1, None, 3, 4],
    "f64": [1.0, 2.0, 3.0, 4.0],
    "sym": ["a", None, "c", "d"],
    "str": ["a", "", "a longer string than fits inline", "d"],
    "date": [dt.date(2024, 1, 1), None, dt.date(1999, 12, 31), dt.date(2000, 1, 1)],
    "i16": [1, None, 3, 4],
    "u8": [1, 2, 3, 4],
    "b8": [True, False, True, True],
    "timestamp": [rf.Timestamp(1), None, rf.Timestamp(-1), rf.Timestamp(0)],
}


@pytest.mark.parametrize("dtype", TYPES)
def test_masks_positions_and_views(dtype: str) -> None:
    items = TYPES[dtype]
    v = Vector(items, dtype=dtype)
    assert v.to_list() == items
    assert v[[True, False, False, True]].to_list() == [items[0], items[3]]
    assert v[[3, 0, -1]].to_list() == [items[3], items[0], items[3]]
    assert v[Vector([1])].to_list() == [items[1]]
    assert v[1:3].to_list() == items[1:3]
    assert v[::-1].to_list() == items[::-1]
    assert v[1:3].dtype == dtype
    assert v[[]].to_list() == []
    assert v.equals(pickle.loads(pickle.dumps(v)))
    assert copy.copy(v) is v
    for bad in ([True], [4], [-5], [None, 1]):
        with pytest.raises(IndexError):
            v[bad]
    with pytest.raises(TypeError):
        v[["a"]]


def test_elementwise() -> None:
    v = Vector([1, 2, 3])
    assert (v == 2).to_list() == [False, True, False]
    assert (v != Vector([1, 0, 3])).to_list() == [False, True, False]
    assert (v < 2).to_list() == [True, False, False]
    assert (v >= 2).to_list() == [False, True, True]
    assert (v + 1).to_list() == (1 + v).to_list() == [2, 3, 4]
    assert (10 - v).to_list() == [9, 8, 7]
    assert (v - [1, 1, 1]).to_list() == [0, 1, 2]
    assert (v * 2.0).to_list() == [2.0, 4.0, 6.0]
    assert (v / 2).to_list() == [0.5, 1.0, 1.5]
    assert (-v).to_list() == [-1, -2, -3]
    assert abs(-v).to_list() == [1, 2, 3]
    with pytest.raises(rf.RayforceLengthError):
        v + Vector([1, 2])
    with pytest.raises(ValueError, match="neither true nor false"):
        bool(v)
    assert not Vector([])
    assert bool(Vector([1]))


def test_equals_minds_the_type() -> None:
    assert Vector([1, 2]).equals(Vector([1, 2]))
    assert not Vector([1, 2]).equals(Vector([1, 2], dtype="i32"))
    assert not Vector([1, 2]).equals([1, 2])
    assert Vector([1, None]).equals(Vector([1, None]))


def test_repr_is_one_bounded_line() -> None:
    assert repr(Vector([1.0, 2.0, 3.0])) == "Vector[f64] 3: 1.0 2.0 3.0"
    assert repr(Vector([])) == "Vector[i64] 0"
    assert repr(Vector(["a b", "", "c"])) == "Vector[sym] 3: 'a b' null c"
    long = repr(Vector.from_iter(range(1_000_000)))
    assert long == "Vector[i64] 1000000: 0 1 2 3 4 5 6 7 8 9 ... 999999"
    assert len(repr(Vector(["x" * 1000] * 5))) < 300


def test_strings_option_turns_text_round() -> None:
    assert Vector(["a"], strings="string").dtype == "str"
    with pytest.raises(ValueError, match="strings="):
        Vector(["a"], strings="bytes")


def test_retyping() -> None:
    assert Vector(Vector([1, 2]), dtype="f64").to_list() == [1.0, 2.0]
    assert Vector(Vector(["a"]), dtype="str").dtype == "str"
    with pytest.raises(OverflowError):
        Vector(Vector([300]), dtype="u8")
    v = Vector([1])
    assert Vector(v).equals(v)


def test_serialize() -> None:
    v = Vector([1, None])
    assert rf.RayObj.deserialize(v.serialize()).equals(v)
    with pytest.raises(rf.RayforceError):
        rf.RayObj.deserialize(b"\x05\x00")


def test_serialize_compressed(ray: rf.Rayforce) -> None:
    t = rf.Table({"sym": ["a", None] * 5000, "x": [0] * 10000, "y": [1.5] + [None] * 9999})
    packed = t.serialize(compress=True)
    assert len(packed) < len(t.serialize()) / 2
    assert rf.RayObj.deserialize(packed).equals(t)
    assert ray.eval("(fn [b] (de b))", Vector(list(packed), dtype="u8")).equals(t)
    for x in (1, None, "a", [], [1, [2, "b"]], {"a": 1}):  # what is not smaller stays as it is
        value = rf.RayObj(x)
        assert rf.RayObj.deserialize(value.serialize(compress=True)) == value.to_python()
    assert rf.RayObj.deserialize(bytes(ray.eval("(ser [1 2])"))).to_list() == [1, 2]
    for damaged in (packed[:-1], packed + b"x", packed[:20], packed[:16] + bytes(len(packed) - 16)):
        with pytest.raises(rf.RayforceError):
            rf.RayObj.deserialize(damaged)


def test_dates_that_datetime_cannot_hold(ray: rf.Rayforce) -> None:
    far = ray.eval("(+ 2024.01.01 [100000000])")
    assert far.raw[0] == 100008766
    with pytest.raises(rf.ConversionError, match="year"):
        far.to_list()


def test_nothing_is_lost(steady: Callable[[Callable[[], object]], None]) -> None:
    v = Vector([1, 2, 3, None])

    def job() -> None:
        Vector(["a", "b"])
        Vector([1.5, None])[::-1].to_list()
        Vector([b"x" * 100])[[0, 0]]
        v[1:][[0]]
        v.is_null()
        with pytest.raises(rf.ConversionError):
            Vector([1, "x"])
        with pytest.raises(OverflowError):
            Vector([1, 2**70])
        with pytest.raises(rf.ConversionError):
            rf.Table({"a": [1], "b": 5})
        pickle.loads(pickle.dumps(v, 5))

    steady(job)


@given(st.lists(st.none() | st.floats(allow_nan=False)))
def test_floats_round_trip(items: list[float | None]) -> None:
    got = Vector(items, dtype="f64").to_list()
    assert [None if math.isnan(x) else x for x in got] == items


def test_of_a_length() -> None:
    assert len(Vector()) == len(Vector(None)) == 0
    assert Vector(items=None, dtype="f32").dtype == "f32"
    assert Vector(dtype="i32", length=3).to_list() == [0, 0, 0]
    assert Vector(dtype="b8", length=1).to_list() == [False]
    assert Vector(ray_type=rf.Symbol, length=2).to_list() == [None, None]
    assert Vector(dtype="date", length=1).to_list() == [None]
    for wrong in ({"length": 3}, {"length": 3, "dtype": "i64", "items": [1]}):
        with pytest.raises(TypeError):
            Vector(wrong.pop("items", ()), **wrong)
