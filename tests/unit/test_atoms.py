"""Atoms: what comes out, what goes in, and the classes that keep a type."""

from __future__ import annotations

import datetime as dt
import math
import pickle
import uuid
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rayforce as rf

GUID = uuid.UUID("01234567-89ab-cdef-0123-456789abcdef")


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("true", True),
        ("0x1f", 31),
        ("5h", 5),
        ("5i", 5),
        ("5", 5),
        ("1.5", 1.5),
        ("'abc", "abc"),
        ('"abc"', "abc"),
        ('""', ""),
        ("2024.01.15", dt.date(2024, 1, 15)),
        ("09:30:00.250", dt.time(9, 30, 0, 250_000)),
        ("24:00:00.000", dt.timedelta(days=1)),
        ("-00:00:01.000", dt.timedelta(seconds=-1)),
        ("2024.01.15D09:30:00.123456789", rf.Timestamp("2024-01-15T09:30:00.123456789")),
        ("1D00:00:00", dt.timedelta(days=1)),
        ('(as \'guid "01234567-89ab-cdef-0123-456789abcdef")', GUID),
        ("null", None),
        *[(f"0N{x}", None) for x in "hildtpng"],
    ],
)
def test_atoms_come_out_plain(ray: rf.Rayforce, source: str, value: Any) -> None:
    got = ray.eval(source)
    assert got == value
    assert type(got) is type(value) or isinstance(got, rf.Timespan)


def test_float_nulls_are_nan(ray: rf.Rayforce) -> None:
    assert math.isnan(ray.eval("0Nf"))
    assert math.isnan(ray.eval("0Ne"))


def test_a_symbol_is_one_object(ray: rf.Rayforce) -> None:
    assert ray.eval("'some-symbol") is ray.eval("(at ['some-symbol] 0)")


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (True, "b8"),
        (5, "i64"),
        (1.5, "f64"),
        ("x", "sym"),
        (b"x", "str"),
        (dt.date(2024, 1, 15), "date"),
        (dt.time(9, 30), "time"),
        (dt.timedelta(seconds=1), "timespan"),
        (dt.datetime(2024, 1, 15, 9, 30), "timestamp"),
        (GUID, "guid"),
        (rf.U8(1), "u8"),
        (rf.I16(1), "i16"),
        (rf.I32(1), "i32"),
        (rf.I64(1), "i64"),
        (rf.F32(1), "f32"),
        (rf.F64(1), "f64"),
        (rf.B8(1), "b8"),
        (rf.C8("x"), "str"),
        (rf.String("x"), "str"),
        (rf.Symbol("x"), "sym"),
        (rf.Date(2024, 1, 15), "date"),
        (rf.Time(9, 30), "time"),
        (rf.Timestamp(0), "timestamp"),
        (rf.Timespan(0), "timespan"),
        (rf.GUID(GUID), "guid"),
        (None, "null"),
    ],
)
def test_atoms_go_in_and_come_back(ray: rf.Rayforce, value: Any, name: str) -> None:
    ray["x"] = value
    assert ray.eval("(type x)") == name
    want = "x" if value == b"x" else value
    got = ray["x"]
    assert got == want or got == rf.Timestamp(want)


def test_boxed_atoms_keep_their_class(ray: rf.Rayforce) -> None:
    for source, cls in [
        ("5", rf.I64),
        ("5i", rf.I32),
        ("5h", rf.I16),
        ("0x05", rf.U8),
        ("1.5", rf.F64),
        ("'a", rf.Symbol),
        ('"a"', rf.String),
        ("2024.01.15", rf.Date),
        ("09:30:00.000", rf.Time),
        ("(type 1)", rf.Name),
    ]:
        got = ray.eval(source, boxed=True)
        assert type(got) is cls, source
        assert got == ray.eval(source)
        assert got.value == ray.eval(source)
        assert type(got.to_python()) is type(ray.eval(source))
    null = ray.eval("0Ni", boxed=True)
    assert isinstance(null, rf.RayObj)
    assert (null.ray_name, null.value) == ("i32", None)
    assert ray.eval("true", boxed=True) is True


@pytest.mark.parametrize(
    ("cls", "low", "high"),
    [(rf.U8, 0, 255), (rf.I16, -32767, 32767), (rf.I32, -(2**31) + 1, 2**31 - 1), (rf.I64, -(2**63) + 1, 2**63 - 1)],
)
def test_ranges(cls: type[int], low: int, high: int) -> None:
    assert cls(low) == low
    assert cls(high) == high
    for x in (low - 1, high + 1):
        with pytest.raises(OverflowError):
            cls(x)
    with pytest.raises(rf.ConversionError):
        cls(1.5)
    with pytest.raises(rf.ConversionError):
        cls(None)  # type: ignore[arg-type]
    with pytest.raises(rf.ConversionError):
        cls("5")


def test_plain_ints_are_checked_too(ray: rf.Rayforce) -> None:
    for x in (2**63, -(2**63), 2**200):
        with pytest.raises(OverflowError):
            ray["x"] = x


def test_floats() -> None:
    assert rf.F64(Decimal("1.5")) == 1.5
    assert rf.F32(0.5) == 0.5
    assert rf.F32(0.1) != 0.1
    assert rf.F32(math.inf) == math.inf
    with pytest.raises(OverflowError):
        rf.F32(1e300)
    with pytest.raises(rf.ConversionError):
        rf.F64(2**53 + 1)


@pytest.mark.parametrize("value", [Decimal("1.5"), Fraction(1, 2), 1j, {1, 2}, object(), print])
def test_what_has_no_type_is_refused(ray: rf.Rayforce, value: Any) -> None:
    with pytest.raises(rf.ConversionError):
        ray["x"] = value


def test_subclasses_of_builtins() -> None:
    class Level(IntEnum):
        LOW = 1

    assert rf.RayObj(Level.LOW).ray_name == "i64"
    assert rf.RayObj(type("Text", (str,), {})("x")).ray_name == "sym"


def test_typed_atoms_pickle_and_show_themselves() -> None:
    for x in (
        rf.I32(5),
        rf.F32(0.5),
        rf.U8(1),
        rf.Symbol("a b"),
        rf.Name("n"),
        rf.String("s"),
        rf.Date(2024, 1, 15),
        rf.Time(9, 30, 1),
        rf.GUID(GUID),
        rf.Timestamp(5),
        rf.Timespan(-5),
    ):
        again = pickle.loads(pickle.dumps(x))
        assert again == x
        assert type(again) is type(x)
        assert type(x).__name__ in repr(x)


def test_constructors_of_the_old_names() -> None:
    for made in (
        rf.I64.from_value(5),
        rf.F64.from_value(0.5),
        rf.Symbol.from_value("a"),
        rf.String.from_value("a"),
        rf.Date.from_value("2024-01-15"),
        rf.Time.from_value("09:30"),
        rf.Timestamp.from_value("2024-01-15T09:30"),
        rf.Timespan.from_value(dt.timedelta(hours=1)),
        rf.GUID.from_value(str(GUID)),
    ):
        assert made == type(made)(made.value)
        assert made.to_python() == made
        assert made.type_code == -rf.Vector([made]).type_code
    assert rf.B8(True) is True
    assert rf.B8(0) is False
    with pytest.raises(OverflowError):
        rf.B8(2)
    assert rf.C8("x") == "x"
    with pytest.raises(rf.ConversionError):
        rf.C8("xy")
    assert rf.GUID(str(GUID)) == rf.GUID(GUID.bytes) == GUID
    assert rf.Date("2024-01-15") == dt.date(2024, 1, 15)
    assert rf.Time("09:30:00.250") == dt.time(9, 30, 0, 250_000)


def test_times_finer_than_a_millisecond_are_refused() -> None:
    with pytest.raises(rf.ConversionError, match="milliseconds"):
        rf.RayObj(dt.time(0, 0, 0, 1))
    with pytest.raises(rf.ConversionError, match="milliseconds"):
        rf.Time(0, 0, 0, 1)
    with pytest.raises(rf.ConversionError, match="time zone"):
        rf.RayObj(dt.time(0, tzinfo=dt.UTC))


def test_text_that_is_not_utf8_survives(ray: rf.Rayforce) -> None:
    odd = ray.eval(r'"a\377b"')
    assert odd == "a\udcffb"
    ray["x"] = rf.String(odd)
    assert ray.eval(r'(== x "a\377b")') is True
    with pytest.raises(rf.ConversionError, match="NUL"):
        ray["x"] = "a\0b"
    ray["x"] = rf.String("a\0b")
    assert ray["x"] == "a\0b"


@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_integers_round_trip(x: int) -> None:
    assert rf.RayObj(x).value == x


@given(st.floats())
def test_floats_round_trip(x: float) -> None:
    got = rf.RayObj(x).value
    assert got == x or (math.isnan(got) and math.isnan(x))


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_text_round_trips(x: str) -> None:
    assert rf.RayObj(x).value == x
    assert rf.RayObj(rf.String(x)).value == x


@given(st.dates())
def test_dates_round_trip(x: dt.date) -> None:
    assert rf.RayObj(x).value == x
