"""What people trip over elsewhere: each one is a test here."""

from __future__ import annotations

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
        np.array(["a", "bc"], dtype=object),
        np.array(["a", "bc"], dtype=np.dtypes.StringDType()),
    ],
)
def test_texts_of_every_kind(array: Any) -> None:
    assert Vector(array).to_list() == ["a", "bc"]
    assert Vector(array).dtype == "sym"
    assert Vector(array, strings="string").dtype == "str"
    assert Vector(np.array([b"a"])).dtype == "str"
