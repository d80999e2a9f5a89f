"""Many threads at once on everything that they may share. tools/tsan_suite.sh runs these under ThreadSanitizer too."""

from __future__ import annotations

import asyncio
import contextlib
import pickle
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rayforce as rf
from rayforce import aio

THREADS = 8
N = 20_000


def together(*works: Callable[[int], Any], threads: int = THREADS) -> list[Any]:
    """Each work in its turn in so many threads that begin at one moment; what they gave, or the first error."""
    begin = threading.Barrier(threads)

    def run(k: int) -> Any:
        begin.wait()
        return works[k % len(works)](k)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads)))


@pytest.fixture(params=["tcp", "unix"])
def conn(request: pytest.FixtureRequest, ray: rf.Rayforce, tmp_path: Path) -> Any:
    server = ray.listen(0) if request.param == "tcp" else ray.listen(unix=str(tmp_path / "s"))
    with server, rf.connect(str(server.address)) as c:
        yield c


def test_one_connection(conn: rf.Connection) -> None:
    big = np.arange(N)

    def small(k: int) -> None:
        for i in range(100):
            assert conn.execute("(fn [x] (+ x 1))", 1000 * k + i) == 1000 * k + i + 1

    def large(k: int) -> None:
        for i in range(10):
            assert (np.asarray(conn.execute("(fn [x] x)", big + k + i)) == big + k + i).all()

    def later(k: int) -> None:
        futures = [conn.submit(f"(+ {k} {i})") for i in range(50)]
        assert [f.result(60) for f in futures] == [k + i for i in range(50)]

    def as_a_pipeline(k: int) -> None:
        with conn.pipeline() as p:
            futures = [p.execute(f"(* {k} {i})") for i in range(50)]
        assert [f.result() for f in futures] == [k * i for i in range(50)]

    def others(k: int) -> None:
        for i in range(20):
            conn.send_async(f"(set v{k} {i})")
            conn[f"w{k}"] = [f"race{k}_{i}", "a"]
            assert conn[f"w{k}"].to_list() == [f"race{k}_{i}", "a"]
            assert conn.is_connected()
            assert conn.stats.sent > 0

    def refused(k: int) -> None:
        for _ in range(20):
            with pytest.raises(rf.RayforceNameError):
                conn.execute(f"(+ nothing{k} 1)")

    together(small, large, later, as_a_pipeline, others, refused)


def test_a_connection_that_is_closed_meanwhile(ray: rf.Rayforce) -> None:
    with ray.listen(0) as server:
        for _ in range(5):
            conn = rf.connect(str(server.address))

            def ask(k: int, conn: rf.Connection = conn) -> None:
                with contextlib.suppress(rf.IPCError):
                    while True:
                        assert conn.execute(f"(+ {k} 1)") == k + 1

            def close(k: int, conn: rf.Connection = conn) -> None:
                time.sleep(0.02)
                conn.close()

            together(ask, close, threads=4)
            assert conn.closed


def test_timeouts_and_late_replies(conn: rf.Connection) -> None:
    def give_up(k: int) -> None:
        for _ in range(3):
            with pytest.raises(rf.Timeout):
                conn.execute('(.sys.exec "sleep 0.05")', timeout=0.001)

    def go_on(k: int) -> None:
        for i in range(20):
            assert conn.execute(f"(+ {k} {i})") == k + i

    together(give_up, go_on, threads=4)


def test_a_pool(ray: rf.Rayforce) -> None:
    with ray.listen(0) as server, rf.ConnectionPool(str(server.address), size=3) as pool:

        def run(k: int) -> None:
            for i in range(30):
                assert pool.execute(f"(+ {k} {i})") == k + i

        def borrow(k: int) -> None:
            for i in range(30):
                with pool.connection() as c:
                    assert c.execute(f"(* {k} {i})") == k * i

        def look(k: int) -> None:
            for _ in range(30):
                assert 0 <= pool.in_use <= pool.size
            assert list(pool.map("(fn [x] (+ x 1))", [[i] for i in range(10)])) == list(range(1, 11))

        together(run, borrow, look)


def test_engines() -> None:
    with rf.Rayforce() as shared:
        shared["t"] = rf.Table({"s": ["a", "b"] * N, "n": np.arange(2 * N)})

        def one_for_all(k: int) -> None:
            for i in range(10):
                shared[f"x{k}"] = np.arange(N) + i
                assert shared.eval(f"(sum x{k})") == N * (N - 1) // 2 + N * i
                assert shared.eval("(select {n: (sum n) from: t by: s})").to_dict()["s"] == ["a", "b"]
                assert shared.eval(f'(count (as \'SYM (list "e{k}_{i}" "common{i}")))') == 2

        def one_each(k: int) -> None:
            for _ in range(3):
                with rf.Rayforce(threads=2) as own:
                    own["x"] = shared["t"]
                    assert own.eval("(sum (at x 'n))") == N * (2 * N - 1)

        together(one_for_all, one_each)


def test_interrupts() -> None:
    with rf.Rayforce() as ray:
        done = threading.Event()

        def evaluate(k: int) -> None:
            for _ in range(5):
                with pytest.raises(rf.Interrupted):
                    ray.eval("(while true 1)")
            done.set()

        def interrupt(k: int) -> None:
            while not done.wait(0.005):
                ray.interrupt()

        together(evaluate, interrupt, threads=2)


def test_a_server_with_callbacks() -> None:
    opened, closed, pushed = [], [], []
    with rf.Rayforce() as ray:
        ray.define("twice", lambda x: x * 2)
        with ray.listen(0) as server:
            server.on_open(opened.append)
            server.on_close(closed.append)
            server.on_async(pushed.append)

            def ask(k: int) -> None:
                for i in range(3):
                    with rf.connect(str(server.address)) as c:
                        assert c.execute(f"(twice {k + i})") == 2 * (k + i)
                        assert c.execute(f"(sum (twice (til {N})))") == N * (N - 1)
                        c.send_async(f"(+ {k} 1)")
                        assert c.execute("1") == 1

            def listen(k: int) -> None:
                for _ in range(3):
                    with rf.connect(str(server.address)) as c, c.subscribe("topic") as ticks:
                        assert ticks.get(timeout=60).topic == "topic"

            def speak(k: int) -> None:
                end = time.monotonic() + 1
                while time.monotonic() < end or len(opened) < 18:
                    server.publish("topic", {"n": k})
                    server.clients()
                    time.sleep(0.002)

            together(ask, listen, speak, ask)
            end = time.monotonic() + 10
            while len(closed) < len(opened) and time.monotonic() < end:
                time.sleep(0.01)
            assert len(opened) == len(closed)
            assert len([x for x in pushed if isinstance(x, str)]) == 3 * 4  # the others end subscriptions


def test_loops_beside_threads(ray: rf.Rayforce) -> None:
    with ray.listen(0) as server, rf.connect(str(server.address)) as conn:

        async def tasks(k: int) -> list[Any]:
            async with await aio.connect(str(server.address)) as c:
                return await asyncio.gather(*(c.execute(f"(sum (til {N + i}))") for i in range(20)))

        def loop(k: int) -> None:
            assert asyncio.run(tasks(k)) == [(N + i) * (N + i - 1) // 2 for i in range(20)]

        def thread(k: int) -> None:
            for i in range(20):
                assert conn.execute(f"(sum (til {N + i}))") == (N + i) * (N + i - 1) // 2

        together(loop, thread, threads=4)


def coded_column(conn: rf.Connection) -> rf.Vector:
    """As it came, its ids not made yet."""
    column = conn.execute("coded")["s"]
    assert isinstance(column, rf.Vector)
    return column


def test_one_column_of_symbols(ray: rf.Rayforce, conn: rf.Connection) -> None:
    names = [*(f"coded{i}" for i in range(300)), None]
    ray["coded"] = rf.Table({"s": names * 200})
    here = rf.Vector(names * 200)
    want = np.array(names * 200, dtype=object)
    for column in (*(coded_column(conn) for _ in range(5)), here, here[5:-5][:]):
        right = want if len(column) == len(want) else want[5:-5]

        def codes(k: int, column: rf.Vector = column, right: Any = right) -> None:
            assert (np.array(column.categories, dtype=object)[column.codes] == right).all()

        def ids(k: int, column: rf.Vector = column, right: Any = right) -> None:
            assert column.equals(rf.Vector(right))
            assert column.null_count == (right == None).sum()  # noqa: E711

        def out(k: int, column: rf.Vector = column, right: Any = right) -> None:
            assert (column.to_numpy() == right).all()
            assert (pickle.loads(pickle.dumps(column, 5)).to_numpy() == right).all()

        def arrow(k: int, column: rf.Vector = column, right: Any = right) -> None:
            schema, array = column.__arrow_c_array__()
            assert rf.Vector.from_arrow(Capsules(schema, array)).equals(column)

        together(codes, ids, out, arrow)


class Capsules:
    def __init__(self, *capsules: object) -> None:
        self.capsules = capsules

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, ...]:
        return self.capsules


def test_values_that_go_from_hand_to_hand() -> None:
    table = rf.Table({"n": np.arange(N), "s": ["x", "y"] * (N // 2), "t": rf.Vector(["p"] * N, dtype="str")})
    numbers, floats = table["n"], rf.Vector(np.arange(N) * 0.5)

    def arithmetic(k: int) -> None:
        for i in range(10):
            assert (numbers + i)[5] == 5 + i
            assert numbers[i:].sum() == sum(range(i, N))
            assert floats.max() == (N - 1) / 2

    def tables(k: int) -> None:
        for i in range(10):
            assert len(table[i:]) == N - i
            assert table.equals(table[:])
            assert hash(table) == hash(rf.Table({c: table[c] for c in table.columns}))

    def copies(k: int) -> None:
        for _ in range(5):
            assert pickle.loads(pickle.dumps(table, 5)).equals(table)
            assert rf.RayObj.deserialize(table.serialize()).equals(table)
            assert np.asarray(numbers)[-1] == N - 1
            assert str(table)

    def names(k: int) -> None:
        for i in range(20):
            assert rf.Vector([f"hand{i}_{j}" for j in range(50)])[7] == f"hand{i}_7"

    together(arithmetic, tables, copies, names)
