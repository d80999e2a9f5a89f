"""Python functions that the language calls."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import rayforce as rf
from rayforce._options import bytes_of


def test_arrays_in_and_out(ray: rf.Rayforce) -> None:
    @ray.function("mid")
    def mid(bid: Any, ask: Any) -> Any:
        assert isinstance(bid, np.ndarray)
        return (bid + ask) / 2

    assert ray.eval("(mid [1.0 2.0] [3.0 4.0])").to_list() == [2.0, 3.0]
    assert ray.call("mid", np.array([0.0]), np.array([1.0])).to_list() == [0.5]
    assert mid(np.array([1.0]), np.array([2.0])).tolist() == [1.5]


def test_arguments_are_not_copied(ray: rf.Rayforce) -> None:
    seen: list[int] = []

    def look(x: Any) -> int:
        seen.append(x.__array_interface__["data"][0])
        assert not x.flags.writeable
        return len(x)

    ray.define("look", look)
    ray["v"] = np.arange(1000)
    assert ray.eval("(look v)") == 1000
    assert seen == [ray["v"].to_numpy().__array_interface__["data"][0]]


def test_kinds_of_values(ray: rf.Rayforce) -> None:
    kinds: list[type] = []

    def note(*args: Any) -> Any:
        kinds.extend(type(a) for a in args)
        return args[0] if args else None

    ray.define("note", note)
    assert ray.eval("(note 1 2.5 'a \"text\" null [1 2] (list 1 'a) (table [a] (list [1])))") == 1
    assert kinds == [int, float, str, str, type(None), np.ndarray, rf.List, rf.Table]
    assert ray.eval("(note)") is None
    ray.define("note", note, vectors="rayforce")
    kinds.clear()
    assert ray.eval("(note [1 2])").to_list() == [1, 2]
    assert kinds == [rf.Vector]


def test_where_it_may_stand(ray: rf.Rayforce) -> None:
    ray.define("twice", lambda x: x * 2)
    ray.define("plus", lambda x, y: x + y)
    assert ray.eval("(map twice [1 2 3])").to_list() == [2, 4, 6]
    assert ray.eval("(fold plus [1 2 3])") == 6
    assert ray.eval("((fn [f] (f 4)) twice)") == 8
    assert ray.eval("(set also twice)") is not None
    assert ray.eval("(also 3)") == 6
    ray["t"] = rf.Table({"g": ["a", "b", "a"], "v": [1, 2, 3]})
    assert ray.eval("(at (select {w: (twice v) from: t}) 'w)").to_list() == [2, 4, 6]
    assert ray.eval("(twice 2)") == 4
    assert "twice" in ray.names()
    ray.delete("twice")
    with pytest.raises(rf.RayforceNameError):
        ray.eval("(twice 2)")


def test_arity(ray: rf.Rayforce) -> None:
    ray.define("f", lambda a, b=10: a + b)
    assert ray.eval("(list (f 1) (f 1 2))").to_list() == [11, 3]
    for bad in ("(f)", "(f 1 2 3)"):
        with pytest.raises(rf.RayforceArityError):
            ray.eval(bad)

    def needs(*, key: int) -> int:
        return key

    with pytest.raises(TypeError, match="keyword"):
        ray.define("g", needs)
    with pytest.raises(TypeError, match="cannot be called"):
        ray.define("g", 1)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="vectors"):
        ray.define("g", len, vectors="lists")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no name"):
        ray.define("a b", len)
    with pytest.raises(rf.RayforceNameError):
        ray.define(".sys.mine", len)


def test_failures_become_errors_of_the_query(ray: rf.Rayforce) -> None:
    def bad(x: Any) -> Any:
        raise ZeroDivisionError("nothing to divide")

    def shape(x: Any) -> Any:
        raise rf.RayforceLengthError("too short", code="length")

    ray.define("bad", bad)
    ray.define("shape", shape)
    ray.define("odd", lambda x: object())
    with pytest.raises(rf.RayforceUserError, match="ZeroDivisionError: nothing to divide"):
        ray.eval("(bad 1)")
    with pytest.raises(rf.RayforceLengthError, match="too short"):
        ray.eval("(shape 1)")
    with pytest.raises(rf.RayforceTypeError):
        ray.eval("(odd 1)")
    assert ray.eval("(try (bad 1) (fn [e] 42))") == 42

    def stop(x: Any) -> Any:
        raise KeyboardInterrupt

    ray.define("stop", stop)
    with pytest.raises(KeyboardInterrupt):
        ray.eval("(stop 1)")
    assert ray.eval("1") == 1


def test_calls_back_into_the_engine(ray: rf.Rayforce) -> None:
    ray.define("fib", lambda n: n if n < 2 else ray.call("fib", n - 1) + ray.call("fib", n - 2))
    assert ray.eval("(fib 12)") == 144

    def again(x: Any) -> Any:
        ray["again"] = 5  # what runs is not freed by being replaced
        gc.collect()
        return x

    ray.define("again", again)
    assert ray.eval("(again 7)") == 7
    assert ray["again"] == 5


def test_from_other_threads_and_clients(ray: rf.Rayforce, conn: rf.Connection) -> None:
    threads: list[int] = []

    @ray.function()
    def where(x: Any) -> Any:
        threads.append(threading.get_ident())
        return x + 1

    assert conn.execute("(where 1)") == 2
    assert conn.call("where", np.array([1, 2])).to_list() == [2, 3]
    assert threading.get_ident() not in threads


def test_is_let_go(steady: Callable[[Callable[[], object]], None]) -> None:
    def job() -> None:
        with rf.Rayforce(threads=1) as ray:
            ray.define("f", lambda x: x)
            ray.eval("(set g (list f f))")
            ray.eval("(f 1)")

    steady(job)

    class Probe:
        def __call__(self, x: Any) -> Any:
            return x

    with rf.Rayforce(threads=1) as ray:
        probe = Probe()
        alive = weakref.ref(probe)
        ray.define("p", probe)
        del probe
        assert ray.eval("(p 3)") == 3
        assert alive() is not None
        ray.delete("p")
        gc.collect()
        assert alive() is None


def test_a_limit_of_memory() -> None:
    before = rf.Rayforce.memory_limit()
    held = rf.Rayforce().memory_stats()["bytes"]
    try:
        with rf.Rayforce(memory=held + (64 << 20)) as ray, ray.listen(0) as server:
            assert rf.Rayforce.memory_limit() == held + (64 << 20)
            ray.eval("(set v (til 1000000))")
            with pytest.raises(rf.RayforceLimitError):
                ray.eval("(til 100000000)")
            with rf.hopen("localhost", server.port) as conn:
                with pytest.raises(rf.RayforceLimitError):
                    conn.execute("(concat (concat (concat v v) (concat v v)) (concat (concat v v) (concat v v)))")
                assert conn.execute("(sum v)") == 499999500000
            with pytest.raises(rf.RayforceLimitError):  # many small pieces
                ray.eval("(map (fn [x] (list x x)) (til 10000000))")
            assert ray.eval("(count v)") == 1000000
    finally:
        rf.Rayforce.memory_limit(before)


@pytest.mark.parametrize(
    ("size", "n"), [(5, 5), ("5", 5), ("2k", 2048), ("3M", 3 << 20), ("4G", 4 << 30), ("1TiB", 1 << 40), ("0", 0)]
)
def test_sizes(size: int | str, n: int) -> None:
    assert bytes_of(size) == n


@pytest.mark.parametrize("size", ["", "G", "4 G", "-1", "1.5G", "4X", -1])
def test_no_sizes(size: int | str) -> None:
    with pytest.raises(ValueError, match="expected bytes"):
        rf.Rayforce(memory=size)


def test_a_database(ray: rf.Rayforce, tmp_path: Any) -> None:
    table = rf.Table({"sym": ["a", "b"], "v": [1, 2]})
    ray.call(".db.splayed.set", rf.String(str(tmp_path / "trades")), table)
    parted = tmp_path / "parted"
    symbols = rf.String(str(parted / ".sym"))
    for day in ("2024.01.01", "2024.01.02"):
        ray.call(".db.splayed.set", rf.String(str(parted / day / "quotes")), table, symbols)
    with rf.Rayforce(database=tmp_path) as other:
        assert other["trades"].equals(table)
        assert other.tables() == ["trades"]
    with rf.connect(f"rayforce+file://{parted}") as other:
        assert other.eval("(count quotes)") == 4
    with pytest.raises(FileNotFoundError):
        rf.Rayforce(database=str(tmp_path / "nosuch"))
