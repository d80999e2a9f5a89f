"""List, Dict and Fn."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, MutableSequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rayforce as rf
from rayforce import Dict, Fn, List, Vector


def test_a_list_is_a_mutable_sequence() -> None:
    x = List([1, "a", None, [1, 2]])
    assert isinstance(x, MutableSequence)
    assert (len(x), x[0], x[1], x[2], x[3].to_list()) == (4, 1, "a", None, [1, 2])
    x.append(5)
    x[0] = rf.I32(7)
    x.insert(1, 2.5)
    assert x[-1] == 5
    assert list(x)[:3] == [7, 2.5, "a"]
    del x[1:4]
    assert x[0] == 7
    x.extend([1, 2])
    x.reverse()
    assert x[0] == 2
    assert x.pop() == 7
    with pytest.raises(IndexError):
        x[100] = 1
    with pytest.raises(rf.ConversionError):
        x.append(object())


def test_types_of_items_survive_a_change(ray: rf.Rayforce) -> None:
    x = ray.eval("(list 1h 2i 0x03)")
    x.append(4)
    ray["x"] = x
    assert [ray.eval(f"(type (at x {i}))") for i in range(4)] == ["i16", "i32", "u8", "i64"]


def test_others_do_not_see_a_change() -> None:
    x = List([1, 2])
    boxed = rf.RayObj(x)
    x.append(3)
    assert len(rf.List(boxed.value)) == 2
    assert len(x) == 3


def test_comparing_lists() -> None:
    assert List([1, "a"]) == [1, "a"]
    assert List([1, "a"]) == List([1, "a"])
    assert List([1]) != [2]
    assert List([1]) != "a"
    assert pickle.loads(pickle.dumps(List([1, "a"]))) == List([1, "a"])
    assert List(["a", 1]).to_numpy().tolist() == ["a", 1]
    assert np.asarray(List(["a", 1])).dtype == object


def test_lists_that_hold_themselves_end() -> None:
    x: list[Any] = []
    x.append(x)
    with pytest.raises(RecursionError):
        rf.RayObj(x)


@given(
    st.lists(st.integers(-5, 5) | st.text("ab", min_size=1), max_size=8),
    st.slices(8),
    st.lists(st.integers(0, 3), max_size=3),
)
def test_slices_of_lists(items: list[Any], s: slice, new: list[int]) -> None:
    x, y = List(items), list(items)
    assert list(x[s]) == y[s]
    if s.step in (None, 1) or len(y[s]) == len(new):
        x[s], y[s] = new, new
        assert list(x) == y
    del x[s], y[s]
    assert list(x) == y


def test_a_dict_is_a_mapping() -> None:
    d = Dict({"a": 1, "b": 2.5, "c": "x"})
    assert isinstance(d, Mapping)
    assert (len(d), d["a"], d["b"], d["c"]) == (3, 1, 2.5, "x")
    assert list(d) == ["a", "b", "c"]
    assert dict(d) == d.to_dict() == {"a": 1, "b": 2.5, "c": "x"}
    assert d == {"a": 1, "b": 2.5, "c": "x"}
    assert next(iter(d.items())) == ("a", 1)
    assert "a" in d
    assert "z" not in d
    assert object() not in d
    assert d.get("z", 5) == 5
    with pytest.raises(KeyError):
        d["z"]
    assert pickle.loads(pickle.dumps(d)) == d


def test_ways_to_make_a_dict(ray: rf.Rayforce) -> None:
    assert Dict.from_pairs([("a", 1)]) == Dict({"a": 1})
    d = Dict.from_items(Vector([1, 2], dtype="i32"), ["x", "y"])
    assert (d[1], d.key_vector.dtype, d.value_vector.to_list()) == ("x", "i32", ["x", "y"])
    assert 2**40 not in d
    assert ray.eval("{a: 1 b: (+ 1 2)}")["a"] == 1
    with pytest.raises(rf.RayforceLengthError):
        Dict.from_items([1, 2], [1])
    assert Dict({}) == {}


def test_functions(ray: rf.Rayforce) -> None:
    f = Fn("(fn [x y] (+ x y))")
    assert f(1, 2) == 3
    assert f([1, 2], 1).to_list() == [2, 3]
    ray["f"] = f
    assert ray.call("f", 2, 3) == 5
    assert ray.eval(f, 1, 1) == 2
    with pytest.raises(rf.RayforceArityError):
        f(1)
    with pytest.raises(TypeError, match="no function"):
        Fn("5")


def test_symbols_in_arguments_are_data(ray: rf.Rayforce) -> None:
    ray["secret"] = 42
    assert ray.eval("(fn [x] x)", "secret") == "secret"
    assert ray.eval(List([rf.Name("list"), "secret", rf.Name("secret")])) == ["secret", 42]
    assert ray.eval_obj(rf.Name("secret")) == 42


def test_nothing_is_lost(steady: Callable[[Callable[[], object]], None]) -> None:
    def job() -> None:
        x = List([1, "a", [1, 2]])
        x.append(1)
        x[0:1] = [5, 6]
        rf.RayObj(x)
        Dict({"a": [1], "b": x})["b"]
        with pytest.raises(rf.ConversionError):
            Dict({"a": 1, "b": object()})
        with pytest.raises(rf.RayforceLengthError):
            Dict.from_items([1, 2], [1])

    steady(job)


def test_keyed_tables() -> None:
    keys, values = rf.Table({"k": ["a", "b"]}), rf.Table({"v": [1, 2]})
    d = Dict.from_items(keys, values)
    assert len(d) == 2
    assert list(d) == [{"k": "a"}, {"k": "b"}]
    assert d.key_vector.equals(keys)
    assert d.value_vector[1] == {"v": 2}
    assert "a" not in d


def test_values_of_a_dict_keep_their_types(ray: rf.Rayforce) -> None:
    for d in (Dict({"a": 1, "b": 2.5}), {"a": 1, "b": 2.5}):
        ray["d"] = d
        assert type(ray["d"]["a"]) is int
        assert ray.eval("(type (at d 'b))") == "f64"
        assert ray["d"].equals(ray.eval("{a: 1 b: 2.5}"))
