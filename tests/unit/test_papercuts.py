"""What people trip over elsewhere: each one is a test here."""

from __future__ import annotations

import datetime as dt
import gc
import json
import math
import time
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import rayforce as rf
from rayforce import Table, Timestamp, Vector


@pytest.mark.parametrize("make", [pa.array, pl.Series, pd.Series, np.array])
def test_slices_are_read_from_where_they_begin(make: Any) -> None:
    assert Vector(make([1, 2, 3, 4])[2:]).to_list() == [3, 4]
    assert Vector(make(["a", "b", "c"])[1:]).to_list() == ["b", "c"]


def test_arrow_arrays_are_read_with_their_offsets() -> None:
    for array, wanted in [
        (pa.array([1, None, 3, None, 5]), [None, 3, None]),
        (pa.array([True, False, True, True, False]), [False, True, True]),
        (pa.array(["a", None, "c", "dd", None]), [None, "c", "dd"]),
        (pa.array(["a", None, "c", "dd", None]).dictionary_encode(), [None, "c", "dd"]),
        (pa.chunked_array([[1, 2], [3], [], [4, 5]]), [2, 3, 4]),
        (pa.array([[1], [2, 3], [], [4], [5]]), [[2, 3], [], [4]]),
        (pa.array([0, 1, 2, 3, 4], pa.date32()), [dt.date(1970, 1, d) for d in (2, 3, 4)]),
    ]:
        got = Table({"x": array.slice(1, 3)})["x"].to_list()
        assert [x.to_list() if isinstance(x, Vector) else x for x in got] == wanted, array.type
    t = pa.table({"a": [1, 2, 3], "b": ["x", None, "z"]}).slice(1)
    assert Table(t).to_dict() == {"a": [2, 3], "b": [None, "z"]}


def test_text_for_strings_is_interned_by_nobody(ray: rf.Rayforce) -> None:
    def symbols() -> int:
        return ray.memory_stats()["symbols"]

    words = [f"no symbol {i}" for i in range(1000)]
    before = symbols()
    for array in (pa.array(words), pd.Series(words), pl.Series(words), np.array(words), words):
        assert Vector(array, dtype="str").to_list() == words
    assert symbols() - before < 10


def test_big_endian_and_strided_arrays_are_not_misread() -> None:
    assert Vector(np.array([1, 2], ">i8")).to_list() == [1, 2]
    assert Vector(np.array([1.5], ">f8")).to_list() == [1.5]
    assert Vector(np.array(["2024-01-01"], ">M8[s]")).to_list() == [Timestamp("2024-01-01")]
    assert Vector(np.arange(10)[::3]).to_list() == [0, 3, 6, 9]
    assert Vector(np.arange(4)[::-1]).to_list() == [3, 2, 1, 0]
    assert Vector(np.arange(6).reshape(3, 2)[:, 1]).to_list() == [1, 3, 5]


@pytest.mark.parametrize("x", [2**63, -(2**63) - 1, 2**100])
def test_ints_out_of_range_are_refused(x: int, ray: rf.Rayforce) -> None:
    with pytest.raises(OverflowError):
        Vector([x])
    with pytest.raises(OverflowError):
        rf.I64(x)
    with pytest.raises(OverflowError):
        ray["x"] = x


def test_numbers_that_do_not_fit_their_type_are_refused() -> None:
    for make in (
        lambda: rf.I16(70_000),
        lambda: rf.U8(-1),
        lambda: Vector([300], dtype="u8"),
        lambda: Vector(np.array([2**63], "u8")),
        lambda: Vector(np.array([2.0**70]), dtype="i64"),
        lambda: Table({"x": [70_000]}).cast("x", "i16"),
    ):
        with pytest.raises((OverflowError, rf.ConversionError)):
            make()


def test_a_closed_connection_closes_nobody_elses_socket(ray: rf.Rayforce) -> None:
    with ray.listen(0) as server:
        first = rf.hopen("localhost", server.port)
        fd = first.fileno()
        first.close()
        with rf.hopen("localhost", server.port) as second:
            assert second.fileno() == fd  # the system gives the number again
            first.close()
            with pytest.raises(rf.ConnectionFailed):
                first.reconnect()
            with pytest.raises(rf.ConnectionFailed):
                first.execute("1")
            del first
            gc.collect()
            assert second.execute("(+ 1 2)") == 3
            second.reconnect()
            assert second.execute("(+ 1 2)") == 3


def test_nulls_do_not_leak_as_numbers() -> None:
    v = Vector([1, None, 3])
    assert v.to_list() == [1, None, 3]
    assert math.isnan(v.to_numpy()[1])
    assert v.to_pandas().isna().tolist() == [False, True, False]
    assert v.to_polars().to_list() == [1, None, 3]
    assert v.to_arrow().to_pylist() == [1, None, 3]
    assert v.sum() == 4
    with pytest.raises(BufferError):
        memoryview(v)
    assert Vector(pd.Series([1, None], dtype="Int64")).to_list() == [1, None]
    assert Vector(np.ma.masked_array([1, 2], [True, False])).to_list() == [None, 2]


def test_nanoseconds_are_kept() -> None:
    stamp = Timestamp("2024-01-15T09:30:00.123456789")
    v = Vector([stamp])
    assert v[0].ns % 1000 == 789
    assert Vector(v.to_pandas())[0] == stamp
    assert Vector(v.to_polars())[0] == stamp
    assert Vector(v.to_numpy())[0] == stamp
    assert Vector([pd.Timestamp(stamp.ns)])[0] == stamp


def test_repr_is_bounded() -> None:
    values: list[Any] = [
        Vector(np.arange(1_000_000)),
        Vector(["a", "b"] * 500_000),
        Table({"a": np.arange(1_000_000), "b": np.arange(1_000_000.0)}),
        rf.List(range(100_000)),
        rf.Dict({str(i): i for i in range(10_000)}),
        Vector([b"x" * 1_000_000]),
    ]
    for x in values:
        repr(x)
        started = time.perf_counter()
        text = repr(x)
        assert time.perf_counter() - started < 0.1
        assert len(text) < 10_000


def test_iteration_gives_plain_values() -> None:
    assert list(map(type, Vector([1, 2]))) == [int, int]
    assert [x + 1 for x in Vector([1, 2])] == [2, 3]
    assert "".join(Vector(["a", "b"])) == "ab"
    assert sum(Vector([1.5, 2.5])) == 4.0
    assert sorted(Vector([2, 1])) == [1, 2]


def test_results_are_numbers_that_python_knows(ray: rf.Rayforce) -> None:
    total = ray.eval("(sum [1 2 3])")
    assert json.dumps({"total": total, "mean": ray.eval("(avg [1 2 3])"), "name": ray.eval("'a")})
    assert float(total) == 6.0
    assert f"{total:04d}" == "0006"
    assert isinstance(total, int)
    assert json.dumps(rf.I64(3)) == "3"
    assert json.dumps(list(Table({"a": [1], "s": ["x"]}))) == '[{"a": 1, "s": "x"}]'


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"a": pd.Series([], dtype="int64"), "s": pd.Series([], dtype="str"), "c": pd.Categorical([])}),
        pl.DataFrame(schema={"a": pl.Int64, "s": pl.String, "c": pl.Categorical}),
        pa.table({"a": pa.array([], pa.int64()), "s": pa.array([], pa.string()), "c": pa.array([], pa.string())}),
    ],
)
def test_empty_frames_keep_their_types(frame: Any) -> None:
    t = Table(frame)
    assert t.shape == (0, 3)
    assert t.dtypes == {"a": "i64", "s": "sym", "c": "sym"}
    assert t.to_pandas().shape == (0, 3)
    assert t.to_polars().shape == (0, 3)
    assert t.to_arrow().num_rows == 0
    assert "a" in repr(t)


def test_frames_without_columns() -> None:
    assert Table(pd.DataFrame()).shape == (0, 0)
    assert Table(pl.DataFrame()).shape == (0, 0)
    assert Table({}).to_pandas().shape == (0, 0)
    assert Table({}).to_polars().shape == (0, 0)


def test_columns_of_other_libraries_by_their_own_types() -> None:
    t = Table(
        pd.DataFrame(
            {
                "n": pd.array([1, None], dtype="Int32"),
                "b": pd.array([True, False], dtype="boolean"),
                "f": pd.array([1.5, None], dtype="Float64"),
                "c": pd.Categorical(["x", None], categories=["y", "x"]),
                "z": pd.to_datetime(["2024-01-01 01:00", None]).tz_localize("Europe/Berlin"),
                "w": pd.array(["a", None], dtype="string[python]"),
                "p": pd.array([1, None], dtype="int64[pyarrow]"),
            }
        )
    )
    assert t.dtypes == {"n": "i32", "b": "b8", "f": "f64", "c": "sym", "z": "timestamp", "w": "sym", "p": "i64"}
    assert [x if x == x else None for x in t["f"]] == [1.5, None]
    assert t.drop("f").to_dict() == {
        "n": [1, None],
        "b": [True, False],
        "c": ["x", None],
        "z": [Timestamp("2024-01-01"), None],
        "w": ["a", None],
        "p": [1, None],
    }


@pytest.mark.parametrize(
    "array",
    [
        np.array(["a", "bc"], dtype="U2"),
        np.array(["a", "bc"], dtype=">U7"),
        np.array(["a", "x", "bc"], dtype="U2")[::2],
        np.array(["a", "bc"], dtype=object),
        np.array(["a", "bc"], dtype=np.dtypes.StringDType()),
    ],
)
def test_texts_of_every_kind(array: Any) -> None:
    assert Vector(array).to_list() == ["a", "bc"]
    assert Vector(array).dtype == "sym"
    assert Vector(array, strings="string").dtype == "str"
    assert Vector(np.array([b"a"])).dtype == "str"


def test_characters_of_every_width() -> None:
    words = ["", "a", "é", "€", "𝄞", "aé€𝄞", "a", "a"]
    assert Vector(np.array(words), dtype="str").to_list() == words
    assert Vector(np.array(words)).to_list() == [w or None for w in words]
    with pytest.raises(rf.ConversionError, match="NUL"):
        Vector(np.array(["a", "b\0c"]))
    assert Vector(np.array(["a", "b\0c"]), dtype="str").to_list() == ["a", "b\0c"]
    with pytest.raises((rf.ConversionError, UnicodeError)):
        Vector(np.array(["\ud800"]))
    assert Vector(["a", "b\0c"], dtype="str").to_list() == ["a", "b\0c"]
    with pytest.raises(rf.ConversionError, match="NUL"):
        Vector(["a", "b\0c"], dtype="str").cast("sym")
