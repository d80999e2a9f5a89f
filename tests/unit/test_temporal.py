"""Timestamp and Timespan against datetime and numpy."""

from __future__ import annotations

import datetime as dt
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rayforce as rf
from rayforce import Timespan, Timestamp

RANGE = st.datetimes(dt.datetime(1708, 1, 1), dt.datetime(2291, 1, 1))


def test_ways_to_make_one() -> None:
    t = Timestamp("2024-01-15T09:30:00.123456789")
    assert t.ns == 1_705_311_000_123_456_789
    assert t.ns2000 == t.ns - 946_684_800_000_000_000
    assert Timestamp(t.ns) == t
    assert Timestamp.from_ns2000(t.ns2000) == t
    assert Timestamp(np.datetime64(t.ns, "ns")) == t
    assert Timestamp(t) == t
    assert Timestamp("2024-01-15T10:30:00.123456789+01:00") == t
    assert Timestamp("2024-01-15T09:30:00Z") == Timestamp(dt.datetime(2024, 1, 15, 9, 30))
    assert Timestamp(dt.date(2024, 1, 15)) == Timestamp("2024-01-15")
    assert abs(Timestamp.now().ns - Timestamp.now().ns) < 10**9


@pytest.mark.parametrize(
    "bad",
    [
        "yesterday",
        "2024-01-15T09:30:00.1234567891",
        "2024-01-15T00:00:00.",
        1.5,
        None,
        True,
        2**70,
        dt.date(1500, 1, 1),
        dt.datetime(2500, 1, 1),
    ],
)
def test_what_is_no_instant(bad: object) -> None:
    with pytest.raises(rf.ConversionError):
        Timestamp(bad)  # type: ignore[arg-type]


def test_text() -> None:
    t = Timestamp(1)
    assert str(t) == t.isoformat() == "1970-01-01T00:00:00.000000001"
    assert repr(t) == "Timestamp('1970-01-01T00:00:00.000000001')"
    assert str(Timestamp(-1)) == "1969-12-31T23:59:59.999999999"
    assert str(Timespan(-1)) == "-0D00:00:00.000000001"


@given(RANGE)
def test_datetimes_come_back(x: dt.datetime) -> None:
    t = Timestamp(x)
    assert t.to_datetime(None) == x
    assert t.to_datetime() == x.replace(tzinfo=dt.UTC)
    assert Timestamp(str(t)) == t
    assert hash(t) == hash(x.replace(tzinfo=dt.UTC))


@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_every_stored_value_prints_and_reads(ns2000: int) -> None:
    t = Timestamp.from_ns2000(ns2000)
    assert Timestamp(str(t)).ns2000 == ns2000
    assert pickle.loads(pickle.dumps(t)) == t


@given(RANGE, RANGE)
def test_order_is_that_of_datetimes(a: dt.datetime, b: dt.datetime) -> None:
    assert (Timestamp(a) < Timestamp(b)) == (a < b)
    assert (Timestamp(a) == Timestamp(b)) == (a == b)
    assert (Timestamp(a) >= b) == (a >= b)


def test_arithmetic() -> None:
    t = Timestamp(1000)
    assert t + 5 == Timestamp(1005)
    assert 5 + t == Timestamp(1005)
    assert t + dt.timedelta(microseconds=1) == Timestamp(2000)
    assert t - np.timedelta64(1, "ns") == Timestamp(999)
    assert t - Timestamp(1) == Timespan(999)
    assert t - dt.datetime(1970, 1, 1) == dt.timedelta(microseconds=1)
    assert Timespan(5) + Timespan(6) == Timespan(11)
    assert dt.timedelta(microseconds=1) - Timespan(1) == Timespan(999)
    assert -Timespan(5) == Timespan(-5)
    assert abs(Timespan(-5)) == Timespan(5)
    assert Timespan(1500).to_timedelta() == dt.timedelta(microseconds=1)
    assert Timespan(10**9).total_seconds() == 1.0
    with pytest.raises(TypeError):
        t + "1"  # type: ignore[operator]


def test_equality_with_other_things() -> None:
    assert Timestamp(0) != 0
    assert Timestamp(0) != "1970-01-01"
    assert Timespan(0) != Timestamp(0)
    assert len({Timestamp(0), dt.datetime(1970, 1, 1, tzinfo=dt.UTC)}) == 1
    assert len({Timespan(1000), dt.timedelta(microseconds=1)}) == 1


def test_numpy() -> None:
    assert Timestamp(5).to_numpy() == np.datetime64(5, "ns")
    assert Timespan(5).to_numpy() == np.timedelta64(5, "ns")
    assert rf.RayObj(np.datetime64("NaT", "ns")).value is None
