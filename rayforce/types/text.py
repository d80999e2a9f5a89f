"""Text: symbols, names and strings. A plain `str` is a symbol; `String` and `bytes` are strings."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from .._ext import core


class _Text(str):
    __slots__ = ()
    type_code: ClassVar[int] = 0
    ray_name: ClassVar[str] = ""

    @classmethod
    def from_value(cls, value: str, /) -> Self:
        return cls(value)

    @property
    def value(self) -> str:
        return str(self)

    def to_python(self) -> str:
        return str(self)

    def __str__(self) -> str:
        return "".join(self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({super().__repr__()})"


class Symbol(_Text):
    """Interned text that stands for itself."""

    __slots__ = ()
    type_code: ClassVar[int] = -12
    ray_name: ClassVar[str] = "sym"
    quoted: ClassVar[bool] = True


class Name(_Text):
    """A name to look up, where a `Symbol` stands for itself."""

    __slots__ = ()
    type_code: ClassVar[int] = -12
    ray_name: ClassVar[str] = "sym"
    quoted: ClassVar[bool] = False


class String(_Text):
    """Text that is not interned."""

    __slots__ = ()
    type_code: ClassVar[int] = -13
    ray_name: ClassVar[str] = "str"


class C8:
    """`C8(x)` is a `String` of one character: the language has no type of its own for that."""

    type_code: ClassVar[int] = -13
    ray_name: ClassVar[str] = "str"

    def __new__(cls, value: Any, /) -> String:  # type: ignore[misc]
        return cls.from_value(value)

    @classmethod
    def from_value(cls, value: Any, /) -> String:
        if not isinstance(value, str) or len(value) != 1:
            raise core.conversion_error(f"{value!r} is not one character", value, "c8")
        return String(value)


QuotedSymbol = Symbol

core.register_atom(Symbol, 12)
core.register_atom(Name, 12, unquoted=True)
core.register_atom(String, 13)
