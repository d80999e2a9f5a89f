"""Atoms that keep their type: numbers and GUIDs. They check their range and otherwise are the number they are."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self

from .._ext import core


class Atom:
    """What typed atoms have in common."""

    __slots__ = ()
    type_code: ClassVar[int] = 0
    ray_name: ClassVar[str] = ""

    def __init_subclass__(cls, *, ray: str = "", **kw: Any) -> None:
        super().__init_subclass__(**kw)
        if ray:
            code = core.type_code_of(ray)
            if code is None:
                raise TypeError(f"no type is called {ray!r}")
            cls.type_code = code
            cls.ray_name = ray
            core.register_atom(cls, -code)

    @classmethod
    def from_value(cls, value: Any, /) -> Self:
        return cls(value)  # type: ignore[call-arg]

    @classmethod
    def _checked(cls, value: Any) -> Any:
        """The plain value as this type stores it, or an error."""
        if value is None:
            raise core.conversion_error(f"a null is None, not {cls.__name__}(None)", None, cls.ray_name)
        return core.check_atom(value, -cls.type_code)


class _Int(Atom, int):
    __slots__ = ()

    def __new__(cls, value: Any = 0, /) -> Self:
        return int.__new__(cls, cls._checked(value))

    @property
    def value(self) -> int:
        return int(self)

    def to_python(self) -> int:
        return int(self)

    def __getnewargs__(self) -> tuple[int]:
        return (int(self),)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({int(self)})"

    __str__ = int.__repr__


class U8(_Int, ray="u8"):
    """0 to 255."""

    __slots__ = ()


class I16(_Int, ray="i16"):
    """16 bits; the smallest one is the null."""

    __slots__ = ()


class I32(_Int, ray="i32"):
    """32 bits; the smallest one is the null."""

    __slots__ = ()


class I64(_Int, ray="i64"):
    """64 bits; the smallest one is the null."""

    __slots__ = ()


class _Float(Atom, float):
    __slots__ = ()

    def __new__(cls, value: Any = 0.0, /) -> Self:
        return float.__new__(cls, cls._checked(value))

    @property
    def value(self) -> float:
        return float(self)

    def to_python(self) -> float:
        return float(self)

    def __getnewargs__(self) -> tuple[float]:
        return (float(self),)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({float(self)!r})"

    __str__ = float.__repr__


class F32(_Float, ray="f32"):
    """Single precision."""

    __slots__ = ()


class F64(_Float, ray="f64"):
    """Double precision; the only way in for a Decimal."""

    __slots__ = ()


class GUID(Atom, uuid.UUID, ray="guid"):
    """A UUID; the all-zero one is the null."""

    __slots__ = ()

    def __init__(self, value: uuid.UUID | str | bytes, /) -> None:
        if isinstance(value, uuid.UUID):
            super().__init__(int=value.int)
        elif isinstance(value, bytes):
            super().__init__(bytes=value)
        else:
            super().__init__(value)

    @property
    def value(self) -> uuid.UUID:
        return uuid.UUID(int=self.int)

    def to_python(self) -> uuid.UUID:
        return self.value

    def __reduce__(self) -> tuple[Any, ...]:
        return GUID, (self.bytes,)


class B8:
    """`B8(x)` is a bool: the language's truth values are Python's."""

    type_code: ClassVar[int] = -1
    ray_name: ClassVar[str] = "b8"

    def __new__(cls, value: Any = False, /) -> bool:  # type: ignore[misc]
        return bool(core.check_atom(value, 1))

    @classmethod
    def from_value(cls, value: Any, /) -> bool:
        return bool(core.check_atom(value, 1))
