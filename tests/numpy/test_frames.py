"""Columns of other libraries, as far as they say __array__: never misread."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import rayforce as rf
from rayforce import Timestamp, Vector

BIG = 2**53 + 1
STAMP = Timestamp("2024-01-01T00:00:00.123456789")


@pytest.mark.parametrize(
    ("column", "dtype", "want"),
    [
        (pd.Series([1, 2]), "i64", [1, 2]),
        (pd.Series([BIG, None], dtype="Int64"), "i64", [BIG, None]),
        (pd.Series([1.5, 2.5]), "f64", [1.5, 2.5]),
        (pd.Series(["a", None]), "sym", ["a", None]),
        (pd.Series(["a", "b", None], dtype="category"), "sym", ["a", "b", None]),
        (pd.Series([True, False]), "b8", [True, False]),
        (pd.Series(pd.to_datetime(["2024-01-01", None])), "timestamp", [Timestamp("2024-01-01"), None]),
        (pd.Series([pd.Timestamp(STAMP.ns)]), "timestamp", [STAMP]),
        (
            pd.Series(pd.to_datetime(["2024-01-01 01:00"]).tz_localize("Europe/Berlin")),
            "timestamp",
            [Timestamp("2024-01-01")],
        ),
        (pd.Series(pd.to_timedelta(["1s"])), "timespan", [dt.timedelta(seconds=1)]),
        (pd.Index([1, 2]), "i64", [1, 2]),
        (pl.Series([BIG, None]), "i64", [BIG, None]),
        (pl.Series([1, 2], dtype=pl.UInt32), "i64", [1, 2]),
        (pl.Series(["a", None]), "sym", ["a", None]),
        (pl.Series([dt.date(2024, 1, 1)]), "date", [dt.date(2024, 1, 1)]),
        (pl.Series([dt.datetime(2024, 1, 1)]), "timestamp", [Timestamp("2024-01-01")]),
        (pa.array([BIG, None]), "i64", [BIG, None]),
        (pa.chunked_array([[1], [2]]), "i64", [1, 2]),
        (pa.array(["a", None]), "sym", ["a", None]),
    ],
)
def test_columns(column: Any, dtype: str, want: list[Any]) -> None:
    v = Vector(column)
    assert v.dtype == dtype
    assert v.to_list() == want
    assert rf.Table({"a": column})["a"].equals(v)


def test_scalars() -> None:
    assert rf.RayObj(pd.Timestamp(STAMP.ns)).value == STAMP
    assert rf.RayObj(pd.Timestamp("2024-01-01 01:00", tz="Europe/Berlin")).value == Timestamp("2024-01-01")
    assert rf.RayObj(pd.Timedelta("1s")).value == dt.timedelta(seconds=1)
    assert rf.RayObj(pd.NaT).value is None
    assert rf.RayObj(pd.NA).value is None
    assert Vector([pd.NaT, dt.datetime(2024, 1, 1)]).to_list() == [None, Timestamp("2024-01-01")]
    assert Vector([1, pd.NA]).to_list() == [1, None]


def test_arrays_make_frames() -> None:
    t = rf.Table({"a": [1, 2], "d": [dt.date(2024, 1, 1), None], "s": ["x", None], "t": [STAMP, None]})
    frame = pd.DataFrame(t.arrays())
    assert frame["t"][0] == pd.Timestamp(STAMP.ns)
    assert pl.DataFrame(t.arrays())["s"].to_list() == ["x", None]
    assert np.asarray(frame["a"]).tolist() == [1, 2]


def test_one_buffer_for_all() -> None:
    v = Vector([1.5, 2.5])
    assert pa.py_buffer(v).address == v.raw.__array_interface__["data"][0]


def test_frames_of_objects() -> None:
    t = rf.Table(pd.DataFrame({"l": [[1, 2], None], "b": pd.Series([True, None], dtype=object)}))
    assert t.dtypes == {"l": "list", "b": "list"}
    assert t["l"][0].to_list() == [1, 2]
    with pytest.raises(rf.ConversionError, match="column 'x': row 1"):
        rf.Table(pd.DataFrame({"x": pd.Series(["a", 1], dtype=object)}))
