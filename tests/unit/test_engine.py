"""The embedded engine: evaluation, variables, limits, threads."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import rayforce as rf

SLOW = "(do (set i 0) (while (< i 1000000000) (set i (+ i 1))) i)"


def test_evaluation_and_parameters(ray: rf.Rayforce) -> None:
    assert ray.eval("(+ 1 2)") == 3
    assert ray.execute("(+ 1 2)") == 3
    assert ray.eval(b"(+ 1 2)") == 3
    assert ray.eval("(fn [a b] (+ a b))", 1, [2, 3]).to_list() == [3, 4]
    assert ray.eval("(fn [s] (type s))", "(+ 1 2)") == "sym"
    assert ray.eval("(fn [a] (sum a))", np.arange(5)) == 10
    assert ray.eval(rf.String("(+ 1 2)")) == 3
    assert ray.eval(rf.Symbol("x")) == "x"
    with pytest.raises(rf.RayforceTypeError):
        ray.eval("5", 1)


def test_variables(ray: rf.Rayforce) -> None:
    ray["a"] = 1
    ray.set("b", [1, 2])
    assert ray["a"] == ray.get("a") == 1
    assert "a" in ray
    assert "z" not in ray
    assert ray.names() == ["a", "b"]
    del ray["a"]
    ray.delete("b")
    assert ray.names() == []
    with pytest.raises(rf.RayforceNameError):
        ray["a"]
    with pytest.raises(rf.RayforceNameError):
        ray.delete("a")


@pytest.mark.parametrize("name", ["", "a b", "(+ 1 2)", "1a", "-1", 'a"', "a'", "a;b", "a\n", "é", "a\0"])
def test_names_are_single_tokens(ray: rf.Rayforce, name: str) -> None:
    with pytest.raises(ValueError):
        ray[name] = 1
    with pytest.raises(ValueError):
        ray.get(name)
    with pytest.raises(ValueError):
        ray.call(name)
    with pytest.raises(TypeError):
        ray.get(5)  # type: ignore[arg-type]


def test_calls(ray: rf.Rayforce) -> None:
    ray.eval("(set f (fn [x y] (- x y)))")
    assert ray.call("f", 5, 3) == 2
    assert ray.call("+", 5, 3) == 8
    assert ray.call("count", ["a", "b"]) == 2
    with pytest.raises(rf.RayforceNameError):
        ray.call("nosuch")


def test_engines_do_not_share_variables() -> None:
    with rf.Rayforce() as a, rf.Rayforce() as b:
        a["x"] = 1
        assert "x" not in b


def test_typed_results(ray: rf.Rayforce) -> None:
    assert ray.fetch_value("(+ 1 2)", type=int) == 3
    assert ray.fetch_numpy("[1 2 3]").tolist() == [1, 2, 3]
    ray["t"] = rf.Table({"a": [1, 2]})
    assert ray.fetch_table("t").shape == (2, 1)
    assert ray.fetch_numpy("t")["a"].tolist() == [1, 2]
    with pytest.raises(rf.ConversionError, match="expected float"):
        ray.fetch_value("5", type=float)
    with pytest.raises(rf.ConversionError):
        ray.fetch_value("true", type=int)
    with pytest.raises(rf.ConversionError):
        ray.fetch_numpy("5")
    assert isinstance(ray, rf.Session)


def test_parse_and_format(ray: rf.Rayforce) -> None:
    tree = ray.parse("(+ x 1)")
    assert isinstance(tree, rf.List)
    assert ray.format([1, 2]) == "[1 2]"
    assert ray.format("x") == ray.format(rf.RayObj("x"))
    with pytest.raises(rf.RayforceParseError):
        ray.parse("(")


def test_files(ray: rf.Rayforce, tmp_path: Path) -> None:
    path = tmp_path / "x.rfl"
    path.write_text("(set a 1)\n(+ a 1)\n")
    assert ray.run_file(str(path)) == 2


def test_printing_goes_to_pythons_stdout(ray: rf.Rayforce, capsys: pytest.CaptureFixture[str]) -> None:
    ray.eval('(println "hello")')
    assert capsys.readouterr().out == "hello\n"


def test_stored_arrays_are_copies(ray: rf.Rayforce) -> None:
    a = np.array([1.0, 2.0])
    borrowed = rf.Vector.from_numpy(a)
    ray["x"] = a
    ray["y"] = borrowed
    ray["t"] = rf.Table({"a": borrowed})
    ray["l"] = rf.List([borrowed])
    ray["d"] = rf.Dict({"k": borrowed})
    ray["s"] = borrowed[1:]
    a[:] = 9
    assert borrowed.to_list() == [9.0, 9.0]
    assert ray["x"].to_list() == ray["y"].to_list() == ray["t"]["a"].to_list() == [1.0, 2.0]
    assert ray["l"][0].to_list() == [1.0, 2.0]
    assert list(ray["d"]["k"]) == [1.0, 2.0]
    assert ray["s"].to_list() == [2.0]


def test_timeout(ray: rf.Rayforce) -> None:
    start = time.monotonic()
    with pytest.raises(rf.Timeout) as e:
        ray.eval(SLOW, timeout=0.1)
    assert e.value.phase == "evaluate"
    assert e.value.seconds == 0.1
    assert time.monotonic() - start < 2
    assert ray.eval("(+ 1 2)") == 3
    for bad in (-1, float("nan"), "1", True):
        with pytest.raises(ValueError, match="timeout"):
            ray.eval("1", timeout=bad)  # type: ignore[arg-type]


def test_interrupt_from_another_thread(ray: rf.Rayforce) -> None:
    timer = threading.Timer(0.1, ray.interrupt)
    timer.start()
    with pytest.raises(rf.Interrupted):
        ray.eval(SLOW, timeout=20)
    timer.join()
    assert ray.eval("1") == 1


def test_ctrl_c_stops_an_evaluation(ray: rf.Rayforce) -> None:
    def press() -> None:
        pressed.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    pressed: list[float] = []
    timer = threading.Timer(0.2, press)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        ray.eval(SLOW, timeout=20)
    assert time.monotonic() - pressed[0] < 0.1
    timer.join()
    assert ray.eval("1") == 1


def test_evaluation_leaves_other_threads_running(ray: rf.Rayforce) -> None:
    ticks = 0
    stop = threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not stop.wait(0.001):
            ticks += 1

    thread = threading.Thread(target=tick)
    thread.start()
    with pytest.raises(rf.Timeout):
        ray.eval(SLOW, timeout=0.5)
    stop.set()
    thread.join()
    assert ticks > 10  # one or two if it kept the interpreter


def test_many_threads_on_one_engine(ray: rf.Rayforce) -> None:
    ray.eval("(set f (fn [x] (* x x)))")
    wrong: list[int] = []

    def work(seed: int) -> None:
        for i in range(seed, seed + 200):
            if ray.call("f", i) != i * i or ray.eval("(fn [v] (sum v))", [i, i]) != 2 * i:
                wrong.append(i)

    threads = [threading.Thread(target=work, args=(k * 1000,)) for k in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert wrong == []


def test_closing() -> None:
    ray = rf.Rayforce()
    v = ray.eval("[1 2 3]")
    ray.close()
    ray.close()
    assert ray.closed
    assert v.to_list() == [1, 2, 3]
    with pytest.raises(rf.RayforceError, match="closed"):
        ray.eval("1")
    with pytest.raises(rf.RayforceError, match="closed"):
        ray.interrupt()


def test_closing_stops_what_runs() -> None:
    ray = rf.Rayforce()
    threading.Timer(0.1, ray.close).start()
    with pytest.raises(rf.Interrupted):
        ray.eval(SLOW, timeout=20)


def test_default_engine() -> None:
    assert rf.eval_str("(+ 1 2)") == 3
    assert type(rf.eval_str("(+ 1 2)", raw=True)) is rf.I64
    assert rf.eval_obj(rf.List([rf.Name("+"), 1, 2])) == 3
    rf.engine()["from-python"] = 5
    assert rf.eval_str("from-python") == 5
    assert rf.engine() is rf.engine()


def test_options() -> None:
    with rf.Rayforce(threads=1, strings="string") as ray:
        ray["x"] = ["a", "b"]
        assert ray["x"].dtype == "str"
    for bad in (0, -1, 1.5, True):
        with pytest.raises(ValueError, match="threads"):
            rf.Rayforce(threads=bad)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="strings"):
        rf.Rayforce(strings="bytes")
    assert rf.Rayforce(restricted=True).eval("(+ 1 2)") == 3


def test_memory_stats(ray: rf.Rayforce) -> None:
    stats = ray.memory_stats()
    assert {"blocks", "bytes", "peak_bytes", "symbols", "symbol_bytes"} == set(stats)
    assert stats["bytes"] > 0


def test_fork() -> None:
    code = (
        "import os, rayforce as rf\n"
        "ray = rf.Rayforce(); ray['x'] = 5; rf.eval_str('1')\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    os._exit(0 if ray.eval('(+ x 1)') == 6 and ray.eval('(sum (til 1000000))') == 499999500000 else 1)\n"
        "print(os.waitpid(pid, 0)[1], ray.eval('(+ x 1)'))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True).stdout
    assert out.split() == ["0", "6"]


def test_nothing_is_lost(ray: rf.Rayforce, steady: Callable[[Callable[[], object]], None]) -> None:
    f = rf.Fn("(fn [x] x)")

    def job() -> None:
        ray.eval("(fn [a b] (list a b))", [1.5], "x")
        ray["x"] = [1, 2]
        ray.call("count", "abc")
        ray.eval(f, 5)
        for source in ("(+ 1 'a)", "(", "nosuch"):
            with pytest.raises(rf.QueryError):
                ray.eval(source)
        with pytest.raises(rf.ConversionError):
            ray.eval("(fn [a b] a)", [1.5], object())

    steady(job)
    assert rf.engine().memory_stats()["blocks"] > 0


def test_engines_give_everything_back(steady: Callable[[Callable[[], object], int], None]) -> None:
    def job() -> None:
        with rf.Rayforce(threads=2) as ray:
            ray.eval("(set x (til 1000))")

    steady(job, 20)


def test_arguments_for_code() -> None:
    with rf.Rayforce(args=["--name", "value", "-flag"]) as ray:
        assert ray.eval("(at (.sys.args) 'user)").to_dict() == {"name": "value", "flag": ""}
        assert ray.eval("(at (.sys.args) 'port)") == 0
    with rf.Rayforce() as ray:
        assert len(ray.eval("(at (.sys.args) 'user)")) == 0
    for wrong in ("--name", [5]):
        with pytest.raises(TypeError, match="expected words"):
            rf.Rayforce(args=wrong)  # type: ignore[arg-type]
