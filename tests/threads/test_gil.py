"""Waiting, encoding and decoding leave the interpreter to other threads."""

from __future__ import annotations

import os
import pickle
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import rayforce as rf

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "net"))
import peers


def ticks_while(work: Callable[[], object], pause: float = 0.001) -> tuple[int, float]:
    """How often a thread that sleeps `pause` between beats got its turn while `work` ran; seconds it took."""
    count, stop = 0, threading.Event()

    def beat() -> None:
        nonlocal count
        while not stop.is_set():
            time.sleep(pause)
            count += 1

    thread = threading.Thread(target=beat)
    thread.start()
    start = time.monotonic()
    try:
        work()
    finally:
        took = time.monotonic() - start
        stop.set()
        thread.join()
    return count, took


def share(work: Callable[[], object]) -> float:
    """Beats a second during work over beats a second during a plain sleep of the same length."""
    busy, took = ticks_while(work)
    idle, slept = ticks_while(lambda: time.sleep(took))
    return (busy / took) / (idle / slept)


def reaches(limit: float, work: Callable[[], object]) -> bool:
    """Whether the share gets there once: whatever else the machine does can only make it smaller."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if share(work) > limit:
            return True
    return False


def test_another_thread_keeps_its_ticks_while_a_query_waits() -> None:
    slow = "(do (set i 0) (set t (.time.now)) (while (< i 400000) (set i (+ i 1))))"
    with peers.server("2.x") as s, rf.hopen("localhost", s.port) as conn:
        assert reaches(0.9, lambda: conn.execute(slow))


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="both threads need a core")
def test_another_thread_keeps_its_ticks_while_the_engine_computes() -> None:
    with rf.Rayforce(threads=1) as ray:
        assert reaches(0.8, lambda: ray.eval("(do (set i 0) (while (< i 3000000) (set i (+ i 1))))"))


NUMBERS = np.arange(6_000_000)
# One call each that takes long: a thread that held the interpreter meanwhile would leave next to no beats.
# name -> what is made first, the one call on it: (arguments, call)
CONVERSIONS: dict[str, tuple[Callable[[], tuple[Any, ...]], Callable[..., object]]] = {
    "numpy with nulls": (
        lambda: (rf.Vector(np.ma.masked_array(NUMBERS, NUMBERS % 7 == 0)),),
        lambda v: v.to_numpy(),
    ),
    "timestamps to numpy": (lambda: (rf.Vector(NUMBERS.astype("M8[ns]")),), lambda v: v.to_numpy()),
    "timestamps from numpy": (lambda: (NUMBERS.astype("M8[us]"),), rf.Vector),
    "text from numpy": (lambda: (np.array(["a", "bc"])[NUMBERS % 2],), rf.Vector),
    "text from Arrow": (
        lambda: (pa.array(["a", "bc"]).take(pa.array(NUMBERS % 2)),),
        lambda a: rf.Vector(a, dtype="str"),
    ),
    "symbols as strings": (lambda: (rf.Vector(np.array(["a", "bc"])[NUMBERS % 2]),), lambda v: v.cast("str")),
    "one behind the other": (lambda: ([rf.Vector(NUMBERS)] * 4,), rf.Vector.concat),
    "by a mask": (lambda: (rf.Vector(NUMBERS), NUMBERS % 3 == 0), lambda v, mask: v[mask]),
    "by positions": (lambda: (rf.Vector(NUMBERS), NUMBERS[::-1].copy()), lambda v, where: v[where]),
    "to bytes": (lambda: (rf.Vector(NUMBERS),), lambda v: v.serialize()),
    "from bytes": (lambda: (rf.Vector(NUMBERS).serialize(),), rf.RayObj.deserialize),
    "to records": (lambda: (rf.Table({"a": NUMBERS, "b": NUMBERS.astype("M8[ns]")}),), lambda t: t.to_records()),
    "to a pickle": (lambda: (rf.Vector(NUMBERS),), lambda v: pickle.dumps(v, 4)),
    "from a pickle": (lambda: (pickle.dumps(rf.Vector(NUMBERS), 4),), pickle.loads),
    "from a pickle of symbols": (
        lambda: (pickle.dumps(rf.Vector(np.array(["a", "bc"])[NUMBERS % 2]), 5),),
        pickle.loads,
    ),
}


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="both threads need a core")
@pytest.mark.parametrize("name", CONVERSIONS)
def test_another_thread_keeps_its_ticks_during_a_conversion(name: str) -> None:
    make, call = CONVERSIONS[name]
    args = make()
    assert reaches(0.5, lambda: call(*args))


def test_eight_threads_on_one_connection(tmp_path: Path) -> None:
    with rf.Rayforce() as ray, ray.listen(0) as server, rf.hopen("localhost", server.port) as conn:

        def work(k: int) -> int:
            for i in range(1250):
                assert conn.execute("(fn [x] (+ x 1))", k + i) == k + i + 1
            return 1250

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(work, range(0, 80_000, 10_000))) == 10_000


def test_eight_threads_on_one_engine_and_engines_side_by_side() -> None:
    with rf.Rayforce() as ray, rf.Rayforce() as other:
        other["x"] = -1

        def work(k: int) -> bool:
            ray[f"v{k}"] = k
            return all(ray.eval(f"(+ v{k} {i})") == k + i for i in range(500)) and other["x"] == -1

        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(work, range(8)))
        assert [ray[f"v{k}"] for k in range(8)] == list(range(8))
        assert "v1" not in other


def test_interrupt_from_another_thread() -> None:
    with rf.Rayforce() as ray:
        threading.Timer(0.2, ray.interrupt).start()
        start = time.monotonic()
        with pytest.raises(rf.Interrupted):
            ray.eval("(while true 1)")
        assert time.monotonic() - start < 2
        assert ray.eval("(+ 1 2)") == 3


def test_timeout_of_an_embedded_query() -> None:
    with rf.Rayforce() as ray:
        start = time.monotonic()
        with pytest.raises(rf.Timeout):
            ray.eval("(while true 1)", timeout=0.1)
        assert 0.1 <= time.monotonic() - start < 2
