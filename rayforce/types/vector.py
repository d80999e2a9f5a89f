"""Vector: a typed, immutable column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, Self, TypeVar

from .._ext import core
from .base import RayObj, dtype_code

Nulls = Literal["nan", "mask", "raw", "error"]
SHOWN = 10


class Vector(core.Elements, RayObj):
    """Elements of one type. Comparisons and arithmetic are elementwise; numpy sees the same memory."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def __init__(
        self,
        items: Any = (),
        /,
        *,
        dtype: Any = None,
        ray_type: Any = None,
        copy: bool | None = None,
        strings: str = "symbol",
    ) -> None:
        code = dtype_code(dtype if dtype is not None else ray_type)
        if copy is not None or (hasattr(items, "__array__") and not isinstance(items, core.Value)):
            made = core.from_array(items, code, copy=copy, strings=strings)
        else:
            made = core.make_vector(items, code, strings=strings)
        self._adopt(made)

    @classmethod
    def from_iter(cls, items: Iterable[Any], /, *, dtype: Any = None) -> Self:
        """From any iterable; without dtype, of the type that all items share."""
        return cls(items, dtype=dtype)

    @classmethod
    def from_numpy(
        cls,
        arr: Any,
        /,
        *,
        dtype: Any = None,
        ray_type: Any = None,
        copy: bool | None = None,
        mask: Any = None,
        strings: str = "symbol",
    ) -> Self:
        """From an array. Contiguous native arrays are looked into, not copied, unless `copy=True`."""
        code = dtype_code(dtype if dtype is not None else ray_type)
        return _as(cls, core.from_array(arr, code, mask=mask, copy=copy, strings=strings))

    @classmethod
    def from_buffer(cls, obj: Any, /, *, dtype: Any) -> Self:
        """The memory of anything with the buffer protocol, read as elements of a type; no copy."""
        return _as(cls, core.from_buffer(obj, dtype_code(dtype)))

    @property
    def dtype(self) -> str:
        return self.ray_name.lower()

    @property
    def null_count(self) -> int:
        return core.nulls_of(self)

    @property
    def has_nulls(self) -> bool:
        return core.nulls_of(self) > 0

    @property
    def raw(self) -> Any:
        """A read-only array of the storage, nulls as stored; no copy."""
        return core.raw_array(self)

    def to_numpy(self, *, nulls: Nulls = "nan", copy: bool | None = None) -> Any:
        """An array; no copy where the types agree, and then read-only."""
        return core.to_numpy(self, nulls=nulls, copy=copy)

    def to_list(self) -> list[Any]:
        return core.as_list(self)

    def is_null(self) -> Vector:
        """True where the element is null."""
        out = core.null_mask(self)
        assert isinstance(out, Vector)
        return out

    def __len__(self) -> int:
        return core.length(self)

    def __iter__(self) -> Iterator[Any]:
        return core.iterate(self)

    def __getitem__(self, key: Any, /) -> Any:
        return core.item(self, key)

    def __setitem__(self, key: Any, value: Any, /) -> None:
        raise TypeError("vectors are immutable; to_numpy(copy=True) gives an array to write to")

    def __contains__(self, value: Any, /) -> bool:
        return self.has_nulls if value is None else value in core.as_list(self)

    def __bool__(self) -> bool:
        if len(self) > 1:
            raise ValueError("a vector of several elements is neither true nor false; use .equals() or numpy's any()")
        return len(self) == 1 and bool(self[0])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        out = core.to_numpy(self, copy=copy if dtype is None else None)
        if dtype is None or out.dtype == dtype:
            return out
        if copy is False:
            raise ValueError(f"{self.ray_name} cannot become {dtype} without a copy")
        return out.astype(dtype)

    def __eq__(self, other: object, /) -> Vector:  # type: ignore[override]
        return self._binary("==", other)

    def __ne__(self, other: object, /) -> Vector:  # type: ignore[override]
        return self._binary("!=", other)

    def __lt__(self, other: Any, /) -> Vector:
        return self._binary("<", other)

    def __le__(self, other: Any, /) -> Vector:
        return self._binary("<=", other)

    def __gt__(self, other: Any, /) -> Vector:
        return self._binary(">", other)

    def __ge__(self, other: Any, /) -> Vector:
        return self._binary(">=", other)

    def __add__(self, other: Any, /) -> Vector:
        return self._binary("+", other)

    def __radd__(self, other: Any, /) -> Vector:
        return self._reflected("+", other)

    def __sub__(self, other: Any, /) -> Vector:
        return self._binary("-", other)

    def __rsub__(self, other: Any, /) -> Vector:
        return self._reflected("-", other)

    def __mul__(self, other: Any, /) -> Vector:
        return self._binary("*", other)

    def __rmul__(self, other: Any, /) -> Vector:
        return self._reflected("*", other)

    def __truediv__(self, other: Any, /) -> Vector:
        return self._binary("/", other)

    def __rtruediv__(self, other: Any, /) -> Vector:
        return self._reflected("/", other)

    def __neg__(self) -> Vector:
        out: Vector = core.operate("neg", self)
        return out

    def __abs__(self) -> Vector:
        out: Vector = core.operate("abs", self)
        return out

    # numpy leaves `array + vector` to the vector.
    __array_ufunc__ = None

    def _binary(self, verb: str, other: Any) -> Vector:
        out: Vector = core.operate(verb, self, other)
        return out

    def _reflected(self, verb: str, other: Any) -> Vector:
        out: Vector = core.operate(verb, other, self)
        return out

    def __repr__(self) -> str:
        n = len(self)
        shown = core.as_list(self[:SHOWN] if n > SHOWN + 1 else self)
        words = [_word(x) for x in shown]
        if n > SHOWN + 1:
            words += ["...", _word(self[-1])]
        return f"Vector[{self.dtype}] {n}: {' '.join(words)}".rstrip(" :") if n else f"Vector[{self.dtype}] 0"


def _word(x: Any) -> str:
    if x is None:
        return "null"
    text = repr(x) if isinstance(x, str) and (" " in x or not x) else str(x)
    return text if len(text) <= 40 else text[:37] + "..."


V = TypeVar("V", bound=Vector)


def _as(cls: type[V], made: core.Value) -> V:
    if type(made) is cls:
        return made
    out = cls.__new__(cls)
    out._adopt(made)
    return out


core.register_class(Vector, *range(1, 14), 16)
