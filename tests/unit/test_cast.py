"""Types into types: right, or refused, or as the language does if that was asked for."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest

import rayforce as rf
from rayforce import Table, Vector


@pytest.mark.parametrize(
    ("items", "dtype", "to", "want"),
    [
        ([1, None, 300], "i64", "i16", [1, None, 300]),
        ([1.0, None], "f64", "i64", [1, None]),
        ([1, None], "i64", "f64", [1.0, None]),
        ([1, 0], "i64", "b8", [True, False]),
        (["1", None], "sym", "i64", [1, None]),
        ([b"1.5", b""], "str", "f64", [1.5, None]),
        (["2024-01-15"], "sym", "date", [dt.date(2024, 1, 15)]),
        (["a", None], "sym", "str", ["a", ""]),
        ([b"a", b""], "str", "sym", ["a", None]),
        ([dt.date(2024, 1, 1), None], "date", "timestamp", [rf.Timestamp("2024-01-01"), None]),
        ([rf.Timestamp("2024-01-01")], "timestamp", "date", [dt.date(2024, 1, 1)]),
        ([dt.time(1), None], "time", "timespan", [dt.timedelta(hours=1), None]),
        ([dt.timedelta(hours=1), None], "timespan", "time", [dt.time(1), None]),
        ([dt.date(2000, 1, 3)], "date", "i32", [2]),
        ([str(uuid.UUID(int=5)), None], "sym", "guid", [uuid.UUID(int=5), None]),
        (["2024.01.15", None], "sym", "date", [dt.date(2024, 1, 15), None]),
        (["2024-01-15T01:02:03.000000004"], "sym", "timestamp", [rf.Timestamp("2024-01-15T01:02:03.000000004")]),
        ([], "i64", "date", []),
    ],
)
def test_exact(items: list[Any], dtype: str, to: str, want: list[Any]) -> None:
    v = Vector(items, dtype=dtype).cast(to)
    assert v.dtype == to
    assert [None if x != x else x for x in v.to_list()] == want
    assert Vector(Vector(items, dtype=dtype), dtype=to).equals(v)


@pytest.mark.parametrize(
    ("items", "to", "error", "why"),
    [
        ([1, 70000], "i16", OverflowError, "row 1: 70000 does not fit i16"),
        ([1, None], "u8", rf.ConversionError, "row 1"),
        ([1.5], "i64", rf.ConversionError, "row 0: 1.5 would change"),
        ([1e300], "i64", OverflowError, "row 0"),
        ([1e300], "f32", OverflowError, "row 0"),
        ([2**53 + 1], "f64", rf.ConversionError, "row 0"),
        (["a"], "i64", rf.ConversionError, "a"),
        (["a"], "guid", rf.ConversionError, "row 0"),
        ([rf.Timestamp("2024-01-01T10:00")], "date", rf.ConversionError, "row 0"),
    ],
)
def test_refused(items: list[Any], to: str, error: type[Exception], why: str) -> None:
    with pytest.raises(error, match=why):
        Vector(items).cast(to)


def test_asked_for() -> None:
    assert Vector([1.7]).cast("i64", lossy=True).to_list() == [1]
    assert Vector([rf.Timestamp("2024-01-01T10:00")]).cast("date", lossy=True).to_list() == [dt.date(2024, 1, 1)]


def test_tables() -> None:
    t = Table({"a": [1, 2], "b": [1.0, 2.0]})
    assert t.cast("a", "i16").dtypes == {"a": "i16", "b": "f64"}
    assert t.cast({"a": "f64", "b": "i32"}).dtypes == {"a": "f64", "b": "i32"}
    with pytest.raises(rf.ConversionError, match="column 'b': row 0"):
        Table({"b": [1.5]}).cast("b", "i64")
    with pytest.raises(KeyError):
        t.cast("c", "i64")
