"""What behaves as in the official binding where this package otherwise does not: boxed atoms, `==` as one bool, vectors
that can be written to, object arrays of mixed tables, strings for Arrow's text.

    from rayforce.compat import Table, Vector, TCPClient, eval_str
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import rayforce.types as base

from . import runtime
from ._ext import core
from .network.client import TCPClient as _TCPClient
from .types import B8, C8, F32, F64, GUID, I16, I32, I64, U8, Date, Dict, Fn, List, String, Symbol, Time, Timestamp
from .types import QuotedSymbol as QuotedSymbol


class Null:
    """The null as a value of its own: `Null.value` is None, and all nulls are equal."""

    value = None
    ray_name = "null"

    def to_python(self) -> None:
        """None."""

    def __eq__(self, other: object) -> bool:
        return other is None or isinstance(other, Null)

    def __hash__(self) -> int:
        return hash(None)

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "Null"


class Bool(int):
    """A truth value with `.value`."""

    __slots__ = ()

    @property
    def value(self) -> bool:
        return bool(self)

    def to_python(self) -> bool:
        return bool(self)

    def __repr__(self) -> str:
        return f"B8({bool(self)})"


ATOMS: dict[int, Any] = {
    1: Bool,
    2: U8,
    3: I16,
    4: I32,
    5: I64,
    6: F32,
    7: F64,
    8: Date,
    9: Time,
    11: GUID,
    12: Symbol,
    13: String,
}


def boxed(x: Any, code: int | None = None) -> Any:
    """A plain value as the official binding gives it: with `.value`."""
    if x is None:
        return Null()
    if isinstance(x, base.Table):
        return Table(x)
    if isinstance(x, base.Vector):
        return Vector(x)
    if isinstance(x, core.Value) or hasattr(x, "ray_name"):
        return x
    if code is None:
        code = {bool: 1, int: 5, float: 7, str: 12}.get(type(x), 0)
    return ATOMS[code](x) if code in ATOMS else x


class Vector:
    """A vector that can be written to, whose elements are boxed, and whose `==` is one bool."""

    def __init__(self, items: Any = (), *, ray_type: Any = None, dtype: Any = None, length: int | None = None) -> None:
        kind = dtype if dtype is not None else ray_type
        if length is not None and not len(items):
            made = base.Vector([_zero(kind)] * length, dtype=kind)
        else:
            items = items._plain if isinstance(items, Vector) else items
            made = items if isinstance(items, base.Vector) and kind is None else base.Vector(items, dtype=kind)
        self._plain: base.Vector = made

    @property
    def plain(self) -> base.Vector:
        """The immutable vector."""
        return self._plain

    def __len__(self) -> int:
        return len(self._plain)

    def __iter__(self) -> Iterator[Any]:
        code = self._plain.type_code
        return (boxed(x, code) for x in self._plain)

    def __getitem__(self, key: Any, /) -> Any:
        out = self._plain[key]
        return Vector(out) if isinstance(out, base.Vector) else boxed(out, self._plain.type_code)

    def __setitem__(self, key: int, value: Any, /) -> None:
        i = range(len(self))[key]
        value = value.value if hasattr(value, "value") else value
        one = base.Vector([value], dtype=self._plain.type_code)
        self._plain = base.Vector.concat([self._plain[:i], one, self._plain[i + 1 :]])

    def __eq__(self, other: object) -> bool:
        return self._plain.equals(other._plain if isinstance(other, Vector) else other)

    __hash__ = None  # type: ignore[assignment]

    @property
    def value(self) -> list[Any]:
        return self._plain.to_list()

    def to_python(self) -> list[Any]:
        """Plain values."""
        return self._plain.to_list()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = getattr(self._plain, name)
        if not callable(found):
            return found

        def call(*args: Any, **named: Any) -> Any:
            out = found(*(a._plain if isinstance(a, Vector) else a for a in args), **named)
            return boxed(out) if not name.startswith("to_") else out

        return call

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return self._plain.__array__(dtype, copy)

    def __repr__(self) -> str:
        return repr(self._plain)


def _zero(kind: Any) -> Any:
    code = base.dtype_code(kind)
    return {1: False, 12: "", 13: b""}.get(code, 0 if 2 <= code <= 7 else None)


class Table(base.Table):
    """A table whose columns are `compat.Vector`, and whose `to_numpy` puts text and numbers side by side as objects."""

    __slots__ = ()

    def at_column(self, name: str) -> Any:
        return boxed(super().at_column(name))

    def to_numpy(self, *, dtype: Any = None) -> Any:
        kinds = {t in ("sym", "str", "guid", "list") for t in self.dtypes.values()}
        return super().to_numpy(dtype=object if dtype is None and len(kinds) > 1 else dtype)

    @classmethod
    def from_arrow(cls, obj: Any, /, *, strings: str = "string", round: bool = False) -> Any:
        """Text becomes strings."""
        return super().from_arrow(obj, strings=strings, round=round)


class TCPClient(_TCPClient):
    """A client whose answers have `.value`."""

    def execute(self, query: Any, /, *args: Any, **named: Any) -> Any:
        return boxed(super().execute(query, *args, **{**named, "boxed": True}))


def eval_str(expr: str, *, raw: bool = True) -> Any:
    """Evaluates source; atoms come with `.value`."""
    return boxed(runtime.eval_str(expr, raw=raw))


def eval_obj(obj: Any) -> Any:
    """Evaluates a value; atoms come with `.value`."""
    return boxed(core.default_runtime().evaluate(obj, (), None, True, runtime.FLAGS))


__all__ = [
    "B8",
    "C8",
    "Date",
    "Dict",
    "F32",
    "F64",
    "Fn",
    "GUID",
    "I16",
    "I32",
    "I64",
    "List",
    "Null",
    "QuotedSymbol",
    "String",
    "Symbol",
    "TCPClient",
    "Table",
    "Time",
    "Timestamp",
    "U8",
    "Vector",
    "eval_obj",
    "eval_str",
]
