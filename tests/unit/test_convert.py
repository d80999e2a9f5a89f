"""Conversions by name, and classes of one's own."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

import rayforce as rf
from rayforce import convert


def test_both_ways() -> None:
    assert rf.python_to_ray(5).ray_name == "i64"
    assert rf.python_to_ray([1, 2]).ray_name == "I64"
    assert rf.python_to_ray([1, "a"]).ray_name == "LIST"
    assert rf.python_to_ray({"a": 1}).ray_name == "DICT"
    assert rf.python_to_ray(["a"], strings="string").ray_name == "STR"
    assert rf.ray_to_python(rf.python_to_ray(5)) == 5
    assert rf.ray_to_python(rf.I64(5)) == 5
    assert rf.ray_to_python("x") == "x"


def test_registered_classes(ray: rf.Rayforce) -> None:
    class Point:
        def __init__(self, x: int, y: int) -> None:
            self.x, self.y = x, y

    with pytest.raises(rf.ConversionError):
        rf.python_to_ray(Point(1, 2))
    convert.register(Point, lambda p: [p.x, p.y])
    try:
        assert ray.eval("(fn [p] (sum p))", Point(1, 2)) == 3
        assert ray.eval("(fn [p] (count p))", [Point(1, 2), "a"]) == 2
    finally:
        convert.register(Point, None)
    with pytest.raises(rf.ConversionError):
        rf.python_to_ray(Point(1, 2))


def test_a_conversion_that_fails_or_goes_round(steady: Callable[[Callable[[], object]], None]) -> None:
    convert.register(Decimal, lambda d: d)
    try:

        def job() -> None:
            with pytest.raises(RecursionError):
                rf.python_to_ray(Decimal(1))

        steady(job)
    finally:
        convert.register(Decimal, None)
