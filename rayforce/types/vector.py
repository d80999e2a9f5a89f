"""Vector: a typed, immutable column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, Self, TypeVar

from .._ext import core
from .._extras import needs
from ._verbs import Verbs
from .base import RayObj, dtype_code

Nulls = Literal["nan", "mask", "raw", "error"]


class Vector(Verbs, core.Elements, RayObj):
    """Elements of one type. Comparisons and arithmetic are elementwise; numpy sees the same memory."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def __init__(
        self,
        items: Any = None,
        *,
        dtype: Any = None,
        ray_type: Any = None,
        length: int | None = None,
        copy: bool | None = None,
        strings: str = "symbol",
    ) -> None:
        """The items, of this type or the one that they share; or `length` zeros, empty texts or nulls of a type."""
        code = dtype_code(dtype if dtype is not None else ray_type)
        if length is not None:
            if items is not None or not code:
                raise TypeError("length= goes with a type and without items")
            items = [False if code == 1 else 0 if code <= 7 else None] * length
        if items is None:
            items = ()
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
        round: bool = False,
    ) -> Self:
        """From an array. Contiguous native arrays are looked into, not copied, unless `copy=True`.

        Times that are finer than the type are refused unless `round=True`.
        """
        code = dtype_code(dtype if dtype is not None else ray_type)
        return _as(cls, core.from_array(arr, code, mask=mask, copy=copy, strings=strings, round=round))

    @classmethod
    def from_arrow(cls, obj: Any, /, *, strings: str = "symbol", round: bool = False) -> Self:
        """From anything with `__arrow_c_array__` or `__arrow_c_stream__`; no copy where the storage is the same."""
        return _as(cls, core.vector_from_arrow(obj, strings=strings, round=round))

    @classmethod
    def from_dlpack(cls, obj: Any, /) -> Self:
        """From anything with `__dlpack__` on the CPU; no copy where the storage is the same."""
        import numpy as np

        return _as(cls, core.from_array(np.from_dlpack(obj), 0))

    @classmethod
    def from_buffer(cls, obj: Any, /, *, dtype: Any) -> Self:
        """The memory of anything with the buffer protocol, read as elements of a type; no copy."""
        return _as(cls, core.from_buffer(obj, dtype_code(dtype)))

    @classmethod
    def concat(cls, parts: Iterable[Vector], /) -> Self:
        """Vectors of one type, one behind the other."""
        return _as(cls, core.join_vectors(parts))

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

    @property
    def codes(self) -> Any:
        """Of symbols: for each element its place in `categories`, a read-only array of uint8, uint16 or uint32.

        A glance at those of a column of a table from a server of ours, one pass otherwise; what is found is kept.
        `np.bincount(t["sym"].codes)` counts without a look at a text.
        """
        return core.codes_and_names(self)[0]

    @property
    def categories(self) -> list[str | None]:
        """Of symbols: the texts that `codes` stand for, None for the null; `categories[codes[i]]` is element i."""
        return core.codes_and_names(self)[1]

    def to_numpy(self, *, nulls: Nulls = "nan", copy: bool | None = None, dtype: Any = None) -> Any:
        """An array, of numpy's dtype for the type or of another; no copy where they agree, and then read-only.

        ConversionError for nulls that the dtype has no place for. For text as numpy stores it:
        `v.to_numpy(dtype=np.dtypes.StringDType(na_object=None))`.
        """
        return core.to_numpy(self, nulls=nulls, copy=copy, dtype=dtype)

    def to_list(self) -> list[Any]:
        return core.as_list(self)

    def to_pandas(self, *, types: Literal["numpy", "arrow"] = "numpy", categories: bool = True) -> Any:
        """A Series: numpy's types, nullable integers for integers with nulls; or Arrow's types throughout."""
        from ._frames import to_series

        return to_series(self, types, categories)

    def to_polars(self) -> Any:
        with needs("polars"):
            import polars

        return polars.Series(self)

    def to_arrow(self, *, nan_as_null: bool = False) -> Any:
        """A pyarrow.Array. NaN stays NaN unless `nan_as_null=True`."""
        with needs("arrow"):
            import pyarrow

        return pyarrow.array(_Arrow(self, nan_as_null) if nan_as_null else self)

    def __arrow_c_schema__(self) -> object:
        return core.arrow_schema(self)

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]:
        return core.arrow_array(self)

    def __dlpack_device__(self) -> tuple[int, int]:
        return (1, 0)

    def __dlpack__(
        self,
        *,
        stream: Any = None,
        max_version: tuple[int, int] | None = None,
        dl_device: tuple[int, int] | None = None,
        copy: bool | None = None,
    ) -> Any:
        if dl_device is not None and tuple(dl_device) != (1, 0):
            raise BufferError(f"the vector is in the memory of the CPU, not on device {dl_device}")
        versioned = max_version is not None and max_version[0] >= 1
        # Only the newer form can say that memory is not to be written to.
        if not versioned and copy is False:
            raise BufferError("read-only memory takes DLPack 1.0; ask with max_version=(1, 0) or let it be copied")
        return core.dlpack(self, versioned, bool(copy) or not versioned)

    def cast(self, dtype: Any, /, *, lossy: bool = False) -> Vector:
        """As another type. What would change is an error unless `lossy=True`, which does what `(as 'type v)` does."""
        return _as(Vector, core.cast(self, dtype_code(dtype), lossy))

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
        return core.to_numpy(self, copy=copy, dtype=dtype)

    def __repr__(self) -> str:
        from ..display import vector_line

        return vector_line(self)


class _Arrow:
    """A vector for consumers of Arrow, with NaN as null."""

    def __init__(self, vector: Vector, nan_as_null: bool) -> None:
        self.vector, self.nan_as_null = vector, nan_as_null

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]:
        return core.arrow_array(self.vector, self.nan_as_null)


V = TypeVar("V", bound=Vector)


def _as(cls: type[V], made: core.Value) -> V:
    if type(made) is cls:
        return made
    out = cls.__new__(cls)
    out._adopt(made)
    return out


core.register_class(Vector, *range(1, 14), 16)
