"""Pools of connections."""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

import rayforce as rf

SLOW = "(do (set i 0) (while (< i 1000000000) (set i (+ i 1))) i)"


@pytest.fixture
def pool(server: rf.Server) -> Iterator[rf.ConnectionPool]:
    with rf.ConnectionPool("127.0.0.1", server.port, 2, acquire_timeout=5) as p:
        yield p


def lent(pool: rf.ConnectionPool, n: int) -> list[rf.PooledConnection]:
    return [pool.get() for _ in range(n)]


def test_borrow_run_return(pool: rf.ConnectionPool) -> None:
    with pool.connection() as conn:
        assert conn.execute("(+ 1 2)") == 3
        assert (pool.in_use, pool.idle) == (1, 0)
    assert (pool.in_use, pool.idle, pool.size) == (0, 1, 2)
    assert pool.execute("(fn [x] (* x 2))", 21) == 42
    assert pool.call("count", [1, 2, 3]) == 3
    assert pool.execute("3i", boxed=True) == rf.I32(3)
    stats = pool.stats
    assert (stats.opened, stats.acquired, stats.discarded, stats.timeouts) == (1, 4, 0, 0)
    assert "0 of 2 in use, 1 idle" in repr(pool)


def test_a_failed_query_costs_no_connection(pool: rf.ConnectionPool) -> None:
    for _ in range(3):
        with pytest.raises(rf.RayforceTypeError):
            pool.execute("(+ 1 'a)")
    assert pool.stats.opened == 1


def test_the_last_one_back_is_lent_first(pool: rf.ConnectionPool) -> None:
    a, b = lent(pool, 2)
    first, second = a.fileno(), b.fileno()
    b.close()
    a.close()
    with pool.get() as c:
        assert c.fileno() == first
        with pool.get() as d:
            assert d.fileno() == second


def test_a_loan_ends_once(pool: rf.ConnectionPool) -> None:
    conn = pool.get()
    conn.close()
    conn.close()
    assert conn.closed
    assert not conn.is_connected()
    with pytest.raises(rf.ConnectionFailed, match="given back"):
        conn.execute("1")
    with pytest.raises(ValueError, match="already"):
        pool.put(conn)
    assert "given back" in repr(conn)
    assert pool.execute("1") == 1


def test_only_loans_of_this_pool_come_back(pool: rf.ConnectionPool, conn: rf.Connection, server: rf.Server) -> None:
    with pytest.raises(ValueError, match="not on loan"):
        pool.put(conn)  # type: ignore[arg-type]
    with (
        rf.ConnectionPool("127.0.0.1", server.port) as other,
        other.get() as foreign,
        pytest.raises(ValueError, match="not on loan"),
    ):
        pool.put(foreign)
    with pytest.raises(TypeError, match="comes from a pool"):
        rf.PooledConnection("127.0.0.1", server.port)


def test_too_long_a_wait_names_the_counts(pool: rf.ConnectionPool) -> None:
    loans = lent(pool, 2)
    started = time.monotonic()
    with pytest.raises(rf.PoolTimeout) as e:
        pool.get(timeout=0.1)
    assert 0.09 < time.monotonic() - started < 1
    assert (e.value.size, e.value.in_use, e.value.waiting, e.value.phase, e.value.seconds) == (2, 2, 0, "acquire", 0.1)
    assert e.value.address == pool.address
    assert isinstance(e.value, TimeoutError)
    assert pool.stats.timeouts == 1
    for loan in loans:
        loan.close()
    assert pool.execute("1") == 1


def test_a_queue_that_is_full_refuses_at_once(server: rf.Server) -> None:
    with rf.ConnectionPool("127.0.0.1", server.port, 1, max_waiting=1) as pool, ThreadPoolExecutor(1) as threads:
        conn = pool.get()
        waiting = threads.submit(pool.get)
        while pool.waiting == 0:
            time.sleep(0.001)
        with pytest.raises(rf.PoolTimeout, match="1 wait already"):
            pool.get()
        conn.close()
        waiting.result(5).close()
        assert pool.stats.waits == 1


def test_who_waits_longest_is_served_first(server: rf.Server) -> None:
    order: list[int] = []
    with rf.ConnectionPool("127.0.0.1", server.port, 1) as pool:
        conn = pool.get()

        def wait(k: int) -> None:
            with pool.get():
                order.append(k)

        threads = []
        for k in range(5):
            threads.append(threading.Thread(target=wait, args=(k,)))
            threads[-1].start()
            while pool.waiting <= k:
                time.sleep(0.001)
        conn.close()
        for t in threads:
            t.join()
    assert order == [0, 1, 2, 3, 4]


def test_many_threads(server: rf.Server) -> None:
    with rf.ConnectionPool("127.0.0.1", server.port, 4) as pool, ThreadPoolExecutor(16) as threads:
        out = list(threads.map(lambda k: pool.execute("(fn [x] (+ x 1))", k), range(500)))
        assert out == list(range(1, 501))
        stats = pool.stats
        assert stats.opened <= 4
        assert stats.acquired == 500
        assert (stats.in_use, stats.waiting) == (0, 0)


def test_a_dead_connection_is_not_lent(ray: rf.Rayforce) -> None:
    server = ray.listen(0)
    with rf.ConnectionPool("127.0.0.1", server.port, 3) as pool:
        for loan in lent(pool, 3):
            loan.close()
        port = server.port
        server.stop()
        with ray.listen(port):
            assert pool.execute("1") == 1
            assert pool.stats.discarded == 3
            assert pool.stats.opened == 4


def test_a_failed_opening_gives_its_place_back(ray: rf.Rayforce) -> None:
    server = ray.listen(0)
    port = server.port
    server.stop()
    with rf.ConnectionPool("127.0.0.1", port, 1) as pool:
        for _ in range(3):
            with pytest.raises(rf.ConnectionFailed, match="refused"):
                pool.get()
        assert pool.in_use == 0


def test_opening_counts_against_the_deadline() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with rf.ConnectionPool("127.0.0.1", silent.getsockname()[1], 1) as pool:
            started = time.monotonic()
            with pytest.raises(rf.ConnectionFailed, match="in time"):
                pool.get(timeout=0.2)
            assert time.monotonic() - started < 1.5


def test_a_connection_that_is_owed_a_reply_does_not_come_back(pool: rf.ConnectionPool, ray: rf.Rayforce) -> None:
    with pytest.raises(rf.Timeout):
        pool.execute(SLOW, timeout=0.05)
    ray.interrupt()
    assert pool.idle == 0
    assert pool.stats.discarded == 1
    with pool.get() as conn:
        future = conn.submit(SLOW)
    ray.interrupt()
    assert pool.idle == 0
    with pytest.raises((rf.Interrupted, rf.ConnectionFailed, rf.ConnectionLost)):
        future.result(5)


def test_check_and_configure(server: rf.Server) -> None:
    seen: list[rf.Connection] = []

    def configure(conn: rf.Connection) -> None:
        conn.execute("(set configured 1)")
        seen.append(conn)

    def check(conn: rf.Connection) -> None:
        if conn.ping() < 0 or len(seen) == 1:
            raise rf.ProtocolError("not good enough")

    with rf.ConnectionPool("127.0.0.1", server.port, 2, check=check, configure=configure) as pool:
        pool.execute("1")
        assert pool.execute("configured") == 1
        assert len(seen) == 2
        assert pool.execute("1") == 1
        assert len(seen) == 2

    def refuse(conn: rf.Connection) -> None:
        raise ZeroDivisionError

    with rf.ConnectionPool("127.0.0.1", server.port, 1, configure=refuse) as pool:
        with pytest.raises(ZeroDivisionError):
            pool.get()
        assert pool.in_use == 0


def test_old_connections_go(server: rf.Server) -> None:
    with rf.ConnectionPool("127.0.0.1", server.port, 3, max_idle=0.05, min_size=1) as pool:
        assert pool.idle == 1
        for loan in lent(pool, 3):
            loan.close()
        assert pool.idle == 3
        time.sleep(0.1)
        pool.execute("1")
        assert pool.idle == 1
    with rf.ConnectionPool("127.0.0.1", server.port, 1, max_lifetime=0.05) as pool:
        pool.execute("1")
        time.sleep(0.1)
        pool.execute("1")
        assert pool.stats.opened == 2


def test_map_keeps_the_order(pool: rf.ConnectionPool) -> None:
    assert list(pool.map("(fn [x y] (+ x y))", ([k, 1] for k in range(50)))) == list(range(1, 51))
    with pytest.raises(rf.RayforceTypeError):
        list(pool.map("(fn [x] (+ 1 x))", [[1], ["a"], [2]]))
    results = pool.map("(fn [x] x)", [[k] for k in range(100)])
    assert next(results) == 0
    results.close()  # type: ignore[attr-defined]
    assert pool.in_use == 0


def test_closing(server: rf.Server) -> None:
    pool = rf.ConnectionPool("127.0.0.1", server.port, 1)
    conn = pool.get()
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(pool.get)
        while pool.waiting == 0:
            time.sleep(0.001)
        pool.close(timeout=0)
        with pytest.raises(rf.PoolClosed):
            waiting.result(5)
    assert conn.execute("1") == 1
    conn.close()
    assert pool.closed
    assert (pool.in_use, pool.idle) == (0, 0)
    with pytest.raises(rf.PoolClosed):
        pool.get()
    pool.close()


def test_a_lost_loan_is_reported_and_comes_back(pool: rf.ConnectionPool) -> None:
    def lose() -> None:
        pool.get()
        gc.collect()

    with pytest.warns(ResourceWarning, match="never given back"):
        lose()
    assert (pool.in_use, pool.idle) == (0, 1)


def test_an_unclosed_pool_is_reported(server: rf.Server) -> None:
    def leave() -> None:
        rf.ConnectionPool("127.0.0.1", server.port, 1).execute("1")
        gc.collect()

    with pytest.warns(ResourceWarning, match="unclosed <ConnectionPool"):
        leave()


def test_pickle_is_configuration(server: rf.Server) -> None:
    with rf.ConnectionPool("127.0.0.1", server.port, 3, max_waiting=7, timeout=2.5) as pool:
        with pickle.loads(pickle.dumps(pool)) as copy:
            assert (copy.size, copy.in_use, copy.address) == (3, 0, pool.address)
            assert copy.execute("(+ 1 2)") == 3
        with pool.get() as conn, pytest.raises(TypeError, match="pickled"):
            pickle.dumps(conn)


def test_a_child_process_opens_its_own(pool: rf.ConnectionPool) -> None:
    pool.execute("(set parent 1)")
    loan = pool.get()
    child = os.fork()
    if child == 0:
        code = 1
        with contextlib.suppress(BaseException):
            assert (pool.idle, pool.in_use) == (0, 0)
            assert pool.execute("parent") == 1
            loan.close()
            assert (pool.idle, pool.in_use) == (1, 0)
            code = 0
        os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    assert loan.execute("parent") == 1
    loan.close()
    assert pool.stats.opened == 1


@pytest.mark.parametrize(
    "bad",
    [{"size": 0}, {"size": True}, {"min_size": 11}, {"max_waiting": -1}, {"max_idle": -1}, {"acquire_timeout": "1"}],
)
def test_settings_are_checked(bad: dict[str, object], server: rf.Server) -> None:
    with pytest.raises(ValueError):
        rf.ConnectionPool("127.0.0.1", server.port, **bad)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="unknown option"):
        rf.ConnectionPool("127.0.0.1", server.port, colour="red")
