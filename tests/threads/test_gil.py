"""Waiting, encoding and decoding leave the interpreter to other threads."""

from __future__ import annotations

import functools
import hashlib
import itertools
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


BLOCK = bytes(1 << 20)


def compute(seconds: float) -> None:
    """As busy as a conversion, but without the interpreter: hashlib lets it go."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        hashlib.sha256(BLOCK)


def share(
    work: Callable[[], object],
    enough: float,
    patience: float = 40.0,
    beside: Callable[[float], None] = compute,
) -> float:
    """Beats a second beside work over those beside a computation of the same length that leaves the interpreter alone;
    gives up trying when that is enough.

    On a machine with nothing else to do these are as many as beside a sleep. On a busy one both are fewer, and the best
    of each among several tries are compared.
    """
    until = time.monotonic() + patience
    busy = idle = 0.0
    for tries in itertools.count(1):
        beats, took = ticks_while(work)
        busy = max(busy, beats / took)
        beats, passed = ticks_while(functools.partial(beside, took))
        idle = max(idle, beats / passed)
        if (tries > 1 and busy >= enough * idle) or time.monotonic() > until:
            break
    return busy / idle


def seconds_of(work: Callable[[], object]) -> float:
    def once() -> float:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    return min(once() for _ in range(5))


def is_free(work: Callable[[], object]) -> bool:
    """Does a call of more than a millisecond leave others what is promised?"""
    return seconds_of(work) < 0.001 or share(for_a_while(work), SHARE) >= SHARE


def for_a_while(work: Callable[[], object], seconds: float = 0.15) -> Callable[[], None]:
    """Work again and again: a single call may end within a few beats."""

    def more() -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            work()

    return more


two_cores = pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="both threads need a core")
SHARE = 0.9


def test_a_call_that_keeps_the_interpreter_is_noticed() -> None:
    """The measure itself: sorting asks nobody in between, and leaves next to no beats."""
    items = list(range(500_000, 0, -1))
    assert share(for_a_while(lambda: sorted(items)), SHARE, patience=1.0) < 0.6


def test_another_thread_keeps_its_ticks_while_a_query_waits() -> None:
    slow = "(do (set i 0) (set t (.time.now)) (while (< i 400000) (set i (+ i 1))))"
    with peers.server("2.x") as s, rf.hopen("localhost", s.port) as conn:
        assert share(lambda: conn.execute(slow), SHARE, beside=time.sleep) >= SHARE


@two_cores
def test_another_thread_keeps_its_ticks_while_the_engine_computes() -> None:
    with rf.Rayforce(threads=1) as ray:
        assert share(lambda: ray.eval("(do (set i 0) (while (< i 3000000) (set i (+ i 1))))"), SHARE) >= SHARE


NUMBERS = np.arange(6_000_000)
MILLION = NUMBERS[:1_000_000]
WORDS = np.array(["a", "bc"])
# One type each that is stored in a way of its own.
COLUMNS: dict[str, Callable[[], rf.Vector]] = {
    "b8": lambda: rf.Vector(NUMBERS % 2 == 0),
    "i32": lambda: rf.Vector(NUMBERS.astype("i4")),
    "i64": lambda: rf.Vector(NUMBERS),
    "nulls": lambda: rf.Vector(np.ma.masked_array(NUMBERS, NUMBERS % 7 == 0)),
    "f64": lambda: rf.Vector(NUMBERS * 0.5),
    "date": lambda: rf.Vector((NUMBERS % 9999).astype("M8[D]")),
    "time": lambda: rf.Vector((NUMBERS % 86_400_000).astype("m8[ms]"), dtype="time"),
    "timestamp": lambda: rf.Vector(NUMBERS.astype("M8[ns]")),
    "sym": lambda: rf.Vector(WORDS[NUMBERS % 2]),
    "str": lambda: rf.Vector(WORDS[NUMBERS % 2], dtype="str"),
}
# name -> how a column goes into another library, and how it comes back from there; no object is made for an element
LIBRARIES: dict[str, tuple[Callable[[rf.Vector], Any], Callable[[Any], rf.Vector]]] = {
    "numpy": (lambda v: v.to_numpy(copy=True), lambda a: rf.Vector(a, copy=True)),
    "masked arrays": (lambda v: v.to_numpy(nulls="mask", copy=True), lambda a: rf.Vector(a, copy=True)),
    "pandas": (lambda v: v.to_pandas(), lambda s: rf.Vector(s, copy=True)),
    "arrow": (lambda v: v.to_arrow(), rf.Vector.from_arrow),
    "polars": (lambda v: v.to_polars(), rf.Vector.from_arrow),
    "pickles with buffers": (
        lambda v: pickle.dumps(v, 5, buffer_callback=lambda b: None),
        lambda v: v,
    ),
    "bytes": (lambda v: v.serialize(), lambda data: rf.RayObj.deserialize(data)),
}
MAKES_OBJECTS = {(c, lib) for c in ("sym", "str") for lib in ("numpy", "masked arrays")} | {("str", "pandas")}
WAYS = [(c, lib) for c in COLUMNS for lib in LIBRARIES if (c, lib) not in MAKES_OBJECTS]


@two_cores
@pytest.mark.parametrize(("column", "library"), WAYS)
def test_another_thread_keeps_its_ticks_on_the_way_to_a_library_and_back(column: str, library: str) -> None:
    out, back = LIBRARIES[library]
    v = COLUMNS[column]()
    theirs = out(v)
    assert is_free(lambda: out(v))
    assert is_free(lambda: back(theirs))


# One call each that takes long. name -> what is made first, the one call on it: (arguments, call)
CONVERSIONS: dict[str, tuple[Callable[[], tuple[Any, ...]], Callable[..., object]]] = {
    "timestamps from numpy": (lambda: (NUMBERS.astype("M8[us]"),), rf.Vector),
    "text from numpy": (lambda: (WORDS[NUMBERS % 2],), rf.Vector),
    "wider from numpy": (lambda: (NUMBERS.astype("i1"),), rf.Vector),
    "another type from numpy": (lambda: (NUMBERS.astype("f8"),), lambda a: rf.Vector(a, dtype="i64")),
    "text from Arrow": (
        lambda: (pa.array(WORDS).take(pa.array(NUMBERS % 2)),),
        lambda a: rf.Vector(a, dtype="str"),
    ),
    "decimals from Arrow": (lambda: (pa.array(NUMBERS).cast(pa.decimal128(24, 2)),), rf.Vector),
    "lists from Arrow": (lambda: (pa.table({"a": pa.array([[1, 2]] * 300_000)}),), rf.Table),
    "lists to Arrow": (lambda: (rf.Table(pa.table({"a": [[1, 2]] * 300_000})),), lambda t: t.__arrow_c_stream__()),
    "bools with nulls from Arrow": (lambda: (pa.table({"a": pa.array([True, None] * 500_000)}),), rf.Table),
    "symbols as strings": (lambda: (COLUMNS["sym"](),), lambda v: v.cast("str")),
    "codes of symbols": (lambda: (COLUMNS["sym"](),), lambda v: rf.Vector.concat([v, v]).codes),
    "one behind the other": (lambda: ([rf.Vector(NUMBERS)] * 4,), rf.Vector.concat),
    "by a mask": (lambda: (rf.Vector(NUMBERS), NUMBERS % 3 == 0), lambda v, mask: v[mask]),
    "by positions": (lambda: (rf.Vector(NUMBERS), NUMBERS[::-1].copy()), lambda v, where: v[where]),
    "by a step": (lambda: (rf.Vector(NUMBERS),), lambda v: v[::2]),
    "equal": (lambda: (rf.Vector(NUMBERS), rf.Vector(NUMBERS)), lambda v, w: v.equals(w)),
    "hash": (lambda: (rf.Table({"a": NUMBERS}),), hash),
    "to records": (lambda: (rf.Table({"a": NUMBERS, "b": NUMBERS.astype("M8[ns]")}),), lambda t: t.to_records()),
    "to a matrix": (lambda: (rf.Table({"a": NUMBERS, "b": NUMBERS}),), lambda t: t.to_numpy()),
    "arrays": (lambda: (rf.Table({"a": NUMBERS, "b": NUMBERS.astype("M8[ns]")}),), lambda t: t.arrays()),
    "from a pickle with buffers": (
        lambda: pickled_apart(COLUMNS["sym"]()),
        lambda data, buffers: pickle.loads(data, buffers=buffers),
    ),
}


def pickled_apart(v: rf.Vector) -> tuple[bytes, list[pickle.PickleBuffer]]:
    buffers: list[pickle.PickleBuffer] = []
    return pickle.dumps(v, 5, buffer_callback=buffers.append), buffers


@two_cores
@pytest.mark.parametrize("name", CONVERSIONS)
def test_another_thread_keeps_its_ticks_during_a_conversion(name: str) -> None:
    make, call = CONVERSIONS[name]
    args = make()
    assert is_free(lambda: call(*args))


def longest_pause(work: Callable[[], object]) -> float:
    """Seconds without a beat of another thread while work runs, at most."""
    beats = [time.monotonic()]
    stop = threading.Event()

    def beat() -> None:
        while not stop.is_set():
            time.sleep(0.001)
            beats.append(time.monotonic())

    thread = threading.Thread(target=beat)
    thread.start()
    try:
        work()
    finally:
        stop.set()
        thread.join()
    return max(after - before for before, after in itertools.pairwise(beats))


@two_cores
@pytest.mark.parametrize(
    ("make", "call"),
    [
        (lambda: rf.Vector(NUMBERS), lambda v: v.to_list()),
        (COLUMNS["sym"], lambda v: v.to_list()),
        (COLUMNS["sym"], lambda v: v.to_numpy()),
        (COLUMNS["str"], lambda v: v.to_numpy()),
        (lambda: rf.Vector(MILLION.astype("M8[D]")).cast("str"), lambda v: v.cast("date")),
    ],
)
def test_where_objects_are_made_others_get_their_turn(
    make: Callable[[], rf.Vector], call: Callable[[rf.Vector], object]
) -> None:
    """As between two lines of Python, every five milliseconds and a little; such a call takes many times that."""
    v = make()
    start = time.monotonic()
    call(v)
    took = time.monotonic() - start
    assert min(longest_pause(lambda: call(v)) for _ in range(5)) < max(took / 3, 0.03)


def test_eight_threads_on_one_connection(tmp_path: Path) -> None:
    with rf.Rayforce() as ray, ray.listen(0) as server, rf.hopen("localhost", server.port) as conn:

        def work(k: int) -> int:
            for i in range(1250):
                assert conn.execute("(fn [x] (+ x 1))", k + i) == k + i + 1
            return 1250

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(work, range(0, 80_000, 10_000))) == 10_000


def test_eight_threads_on_each_of_two_engines() -> None:
    with rf.Rayforce() as ray, rf.Rayforce() as other:

        def work(k: int) -> int:
            ray[f"v{k}"], other[f"v{k}"] = k, -k
            for i in range(1250):
                assert ray.eval(f"(+ v{k} {i})") == k + i
                assert other.eval(f"(+ v{k} {i})") == i - k
            return 1250

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(work, range(8))) == 10_000
        assert [ray[f"v{k}"] for k in range(8)] == list(range(8))
        assert [other[f"v{k}"] for k in range(8)] == [-k for k in range(8)]


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
