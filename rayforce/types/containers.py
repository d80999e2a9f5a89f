"""List and Dict."""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, MutableSequence, ValuesView
from typing import Any

from .._ext import core
from .base import RayObj


class List(core.Items, RayObj, MutableSequence[Any]):
    """Values of any types, one after the other. The only container that can be changed."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, items: Iterable[Any] = (), /) -> None:
        self._adopt(core.make_list(items))

    def to_list(self) -> list[Any]:
        return core.as_list(self)

    def to_numpy(self) -> Any:
        """An array of objects."""
        return core.to_numpy(self)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        out = core.to_numpy(self, copy=copy)
        return out if dtype is None else out.astype(dtype)

    def __len__(self) -> int:
        return core.length(self)

    def __iter__(self) -> Iterator[Any]:
        return core.iterate(self)

    def __getitem__(self, key: Any, /) -> Any:
        return core.item(self, key)

    def __setitem__(self, key: Any, value: Any, /) -> None:
        self._change(key, value) if isinstance(key, slice) else self._change(self._one(key), [value])

    def __delitem__(self, key: Any, /) -> None:
        self._change(key if isinstance(key, slice) else self._one(key), None)

    def insert(self, index: int, value: Any, /) -> None:
        self._change(slice(index, index), [value])

    def append(self, value: Any, /) -> None:
        n = len(self)
        self._change(slice(n, n), [value])

    def _one(self, key: Any) -> slice:
        i = range(len(self))[key]
        return slice(i, i + 1)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, core.Value):
            return self.equals(other)
        return self.to_list() == list(other) if isinstance(other, list | tuple) else NotImplemented

    # Unlike all other values a list can be changed, so a copy is another one.
    def __copy__(self) -> List:
        return List(self)

    def __deepcopy__(self, memo: Any) -> List:
        return List(self)

    def __arrow_c_schema__(self) -> object:
        return core.arrow_schema(self)

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]:
        return core.arrow_array(self)

    def __repr__(self) -> str:
        return f"List({core.format(self)})"


class Dict(RayObj, Mapping[Any, Any]):
    """Keys and their values, in order."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, items: Any = (), /) -> None:
        if isinstance(items, Dict):
            self._adopt(items)
            return
        pairs = items.items() if isinstance(items, Mapping) else list(items)
        self._adopt(core.make_dict([k for k, _ in pairs], core.make_list([v for _, v in pairs])))

    @classmethod
    def from_pairs(cls, pairs: Iterable[tuple[Any, Any]], /) -> Dict:
        return cls(pairs)

    @classmethod
    def from_items(cls, keys: Any, values: Any) -> Dict:
        """From keys and values of equal length, both as columns of one type where they have one."""
        out = core.make_dict(keys, values)
        assert isinstance(out, Dict)
        return out

    @property
    def key_vector(self) -> Any:
        return core.dict_keys(self)

    @property
    def value_vector(self) -> Any:
        return core.dict_values(self)

    def to_python(self) -> Dict:
        return self

    def to_dict(self) -> dict[Any, Any]:
        return dict(zip(self, core.dict_values(self), strict=True))

    def __len__(self) -> int:
        return core.length(self)

    def __iter__(self) -> Iterator[Any]:
        return iter(core.dict_keys(self))

    def __getitem__(self, key: Any, /) -> Any:
        i = core.dict_find(self, key)
        if i < 0:
            raise KeyError(key)
        return core.item(core.dict_values(self), i)

    def __contains__(self, key: object, /) -> bool:
        return core.dict_find(self, key) >= 0

    # Mapping's own would look every key up again.
    def keys(self) -> KeysView[Any]:
        return self.to_dict().keys()

    def values(self) -> ValuesView[Any]:
        return self.to_dict().values()

    def items(self) -> ItemsView[Any, Any]:
        return self.to_dict().items()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, core.Value):
            return self.equals(other)
        return self.to_dict() == dict(other) if isinstance(other, Mapping) else NotImplemented


core.register_class(List, 0)
core.register_class(Dict, 99)
