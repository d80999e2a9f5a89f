"""The common base of all values, and how a type is named."""

from __future__ import annotations

from typing import Any

from .._ext import core


class RayObj(core.Value):
    """Any value of the engine; `RayObj(x)` boxes a Python value. Values are immutable and shared freely."""

    __slots__ = ()

    def __init__(self, value: Any, /) -> None:
        self._adopt(core.box_value(value))

    @property
    def value(self) -> Any:
        """The plain Python value."""
        return core.plain(self)

    def to_python(self) -> Any:
        """The plain Python value: atoms unboxed, containers as they are."""
        return core.plain(self)

    def serialize(self, *, compress: bool = False) -> bytes:
        """The value's bytes, as they travel; with `compress` as one message, compressed where that makes it smaller.

        >>> len(RayObj([0] * 1000).serialize(compress=True)) < 1000
        True
        """
        return core.encoded(self, compress)

    @staticmethod
    def deserialize(data: Any, /) -> Any:
        """The value that bytes of `serialize`, or of `ser` in the language, stand for."""
        return core.decode(data, boxed=False)

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return core.pickle_parts(self) if protocol >= 5 else core.pickle_bytes(self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({core.format(self)})"


def dtype_code(dtype: Any) -> int:
    """The code of a vector type by name, class, numpy dtype or number; 0 for None: to be found from the data."""
    if dtype is None:
        return 0
    if isinstance(dtype, str):
        code = core.type_code_of(dtype.lower()) or core.code_of_dtype(dtype)
    elif isinstance(dtype, int) and not isinstance(dtype, bool):
        code = dtype
    else:
        own = getattr(dtype, "type_code", None)
        code = own if isinstance(own, int) else core.code_of_dtype(dtype)
    if code is None or core.type_name(code) == "":
        raise TypeError(f"{dtype!r} names no type; expected one like 'i64', I64 or a numpy dtype")
    return abs(code)


core.register_class(RayObj)
