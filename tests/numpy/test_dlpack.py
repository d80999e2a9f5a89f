"""DLPack both ways."""

from __future__ import annotations

import gc
from collections.abc import Callable

import numpy as np
import pytest

from rayforce import Vector


def address(v: Vector) -> int:
    return int(v.raw.__array_interface__["data"][0])


@pytest.mark.parametrize("dtype", ["b8", "u8", "i16", "i32", "i64", "f32", "f64"])
def test_one_memory(dtype: str) -> None:
    v = Vector([1, 0, 1], dtype=dtype)
    a = np.from_dlpack(v)
    assert a.__array_interface__["data"][0] == address(v)
    assert not a.flags.writeable
    assert a.tolist() == v.to_list()
    b = np.array([1, 0], dtype=a.dtype)
    assert address(Vector.from_dlpack(b)) == b.__array_interface__["data"][0]


def test_slices_keep_their_owner() -> None:
    a = np.from_dlpack(Vector(np.arange(1000))[500:])
    gc.collect()
    assert a[0] == 500


def test_the_older_form_is_a_copy() -> None:
    v = Vector([1, 2])

    class Older:
        def __dlpack__(self, **kw: object) -> object:
            return v.__dlpack__()

        def __dlpack_device__(self) -> tuple[int, int]:
            return v.__dlpack_device__()

    a = np.from_dlpack(Older())
    assert a.tolist() == [1, 2]
    assert a.__array_interface__["data"][0] != address(v)
    with pytest.raises(BufferError, match=r"1\.0"):
        v.__dlpack__(copy=False)
    b = np.from_dlpack(v, copy=True)
    b[0] = 100
    assert v[0] == 1


@pytest.mark.parametrize("v", [Vector([1, None]), Vector(["a"]), Vector([b"a"])])
def test_what_has_no_form(v: Vector) -> None:
    with pytest.raises(BufferError):
        np.from_dlpack(v)


def test_devices() -> None:
    assert Vector([1]).__dlpack_device__() == (1, 0)
    with pytest.raises(BufferError, match="CPU"):
        Vector([1]).__dlpack__(dl_device=(2, 0))


def test_what_is_not_taken_leaks_nothing(steady: Callable[[Callable[[], object]], None]) -> None:
    v = Vector([1.5] * 100)
    steady(lambda: v.__dlpack__())
    steady(lambda: v.__dlpack__(max_version=(1, 0)))
    steady(lambda: np.from_dlpack(v))
