"""Values of every type, as source text and as what the package makes of the same in Python."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import rayforce as rf


@dataclass(frozen=True)
class Case:
    name: str
    source: str  # what a 2.x server is asked for
    make: Callable[[], Any]  # the same value, made here
    type: str  # what the server calls its type
    old: bool = True  # can a 1.x peer hold it?
    old_source: str | None = None  # where the 1.x line writes it differently; "" if it has no literal


def _v(items: list[Any], dtype: str) -> Callable[[], Any]:
    return lambda: rf.Vector(items, dtype=dtype)


_G = uuid.UUID("01234567-89ab-cdef-0123-456789abcdef")
_TS = "2024-01-02T03:04:05.123456789"
I16, I32, I64 = 2**15 - 1, 2**31 - 1, 2**63 - 1

ATOMS = [
    Case("true", "true", lambda: True, "b8"),
    Case("u8", "0xff", lambda: rf.U8(255), "u8"),
    Case("i16", "5h", lambda: rf.I16(5), "i16", old_source=""),
    Case("i16-min", "-32767h", lambda: rf.I16(-I16), "i16", old_source=""),
    Case("i32", "7i", lambda: rf.I32(7), "i32", old_source=""),
    Case("i32-max", "2147483647i", lambda: rf.I32(I32), "i32", old_source=""),
    Case("i64", "42", lambda: rf.I64(42), "i64"),
    Case("i64-max", "9223372036854775807", lambda: rf.I64(I64), "i64"),
    Case("f64", "1.5", lambda: rf.F64(1.5), "f64"),
    Case("f64-tiny", "-1e-300", lambda: rf.F64(-1e-300), "f64", old_source=""),
    Case("f32", "2.5e", lambda: rf.F32(2.5), "f32", old=False),
    Case("date", "2024.01.02", lambda: dt.date(2024, 1, 2), "date"),
    Case("time", "09:30:00.123", lambda: dt.time(9, 30, 0, 123000), "time"),
    Case("timestamp", "2024.01.02D03:04:05.123456789", lambda: rf.Timestamp(_TS), "timestamp"),
    Case("guid", '(as \'guid "01234567-89ab-cdef-0123-456789abcdef")', lambda: _G, "guid", old_source=""),
    Case("sym", "'abc", lambda: rf.Symbol("abc"), "sym", old_source="'abc"),
    Case("str", '"abc"', lambda: rf.String("abc"), "str", old_source=""),
    Case("str-empty", '""', lambda: rf.String(""), "str", old_source=""),
]

VECTORS = [
    Case("B8", "[true false true]", _v([True, False, True], "b8"), "B8"),
    Case("U8", "[0x00 0x7f 0xff]", _v([0, 127, 255], "u8"), "U8"),
    Case("I16", "[1h 0Nh 32767h -32767h]", _v([1, None, I16, -I16], "i16"), "I16", old=False),
    Case("I32", "[1i 0Ni 2147483647i]", _v([1, None, I32], "i32"), "I32", old_source=""),
    Case(
        "I64", "[1 0N 9223372036854775807 -9223372036854775807]", _v([1, None, I64, -I64], "i64"), "I64", old_source=""
    ),
    Case("F32", "[1.5e 0Ne -2.25e]", _v([1.5, None, -2.25], "f32"), "F32", old=False),
    Case("F64", "[1.5 0Nf 1e300]", _v([1.5, None, 1e300], "f64"), "F64", old_source=""),
    Case(
        "DATE",
        "[2024.01.02 0Nd 1999.12.31]",
        _v([dt.date(2024, 1, 2), None, dt.date(1999, 12, 31)], "date"),
        "DATE",
        old_source="",
    ),
    Case("TIME", "[00:00:01.500 0Nt]", _v([dt.time(0, 0, 1, 500000), None], "time"), "TIME", old_source=""),
    Case(
        "TIMESTAMP",
        "[2024.01.02D03:04:05.123456789 0Np]",
        _v([rf.Timestamp(_TS), None], "timestamp"),
        "TIMESTAMP",
        old_source="",
    ),
    Case(
        "TIMESPAN",
        "[1D02:03:04.5 0Nn]",
        _v([dt.timedelta(days=1, hours=2, minutes=3, seconds=4.5), None], "timespan"),
        "TIMESPAN",
        old=False,
    ),
    Case("SYM", "[a b a]", _v(["a", "b", "a"], "sym"), "SYM"),
    Case(
        "STR",
        '["a" "" "longer than a view can hold inline"]',
        _v(["a", "", "longer than a view can hold inline"], "str"),
        "STR",
        old_source="",
    ),
    Case("GUID", f'(take (as \'guid "{_G}") 2)', _v([_G, _G], "guid"), "GUID", old_source=""),
]

EMPTY = [
    Case(f"empty-{d}", "", _v([], d), d.upper(), old=d not in ("i16", "f32", "timespan"))
    for d in (
        "b8",
        "u8",
        "i16",
        "i32",
        "i64",
        "f32",
        "f64",
        "date",
        "time",
        "timestamp",
        "timespan",
        "guid",
        "sym",
        "str",
    )
]

COMPOUND = [
    Case(
        "list", '(list 1 2.5 \'a "x")', lambda: rf.List([1, 2.5, rf.Symbol("a"), rf.String("x")]), "LIST", old_source=""
    ),
    Case(
        "nested",
        "(list [1 2] (list 3 [4.0]))",
        lambda: rf.List([rf.Vector([1, 2], dtype="i64"), rf.List([3, rf.Vector([4.0], dtype="f64")])]),
        "LIST",
    ),
    Case("dict", "{a: 1 b: 2.5}", lambda: rf.Dict({"a": 1, "b": 2.5}), "DICT", old_source=""),
    Case(
        "table",
        "(table [a b] (list [1 2] [1.0 2.0]))",
        lambda: rf.Table({"a": rf.Vector([1, 2], dtype="i64"), "b": rf.Vector([1.0, 2.0], dtype="f64")}),
        "TABLE",
    ),
    Case(
        "table-of-none",
        "",
        lambda: rf.Table({"a": rf.Vector([], dtype="i64"), "s": rf.Vector([], dtype="sym")}),
        "TABLE",
    ),
]

ALL = ATOMS + VECTORS + EMPTY + COMPOUND


def same(a: Any, b: Any) -> bool:
    """Equal in type and contents, however either is boxed."""
    if hasattr(a, "equals") or hasattr(b, "equals"):
        return bool(rf.RayObj(a).equals(rf.RayObj(b)))
    return type(a) is type(b) and bool(a == b)


def ids(cases: list[Case]) -> list[str]:
    return [c.name for c in cases]
