"""Many requests under way at once."""

from __future__ import annotations

import concurrent.futures
import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

import rayforce as rf


def test_answers_in_order(conn: rf.Connection) -> None:
    with conn.pipeline() as p:
        futures = [p.execute("(fn [x] (* x x))", i) for i in range(200)]
        futures.append(p.call("+", 1, 2))
    assert all(f.done() for f in futures)
    assert [f.result() for f in futures] == [i * i for i in range(200)] + [3]
    assert len(p) == 201
    assert p.results()[:3] == [0, 1, 4]


def test_results_inside_of_the_block(conn: rf.Connection) -> None:
    with conn.pipeline() as p:
        a, b = p.execute("1"), p.execute("(+ 1 1)", boxed=True)
        assert type(b.result()) is rf.I64
        assert a.result() == 1
        c = p.execute("3")
    assert c.result() == 3


def test_failures_stand_among_the_values(conn: rf.Connection) -> None:
    with conn.pipeline() as p:
        p.execute("1")
        p.execute("(+ 1 'a)")
        p.execute("3")
    got = p.results(return_exceptions=True)
    assert got[0] == 1
    assert isinstance(got[1], rf.RayforceTypeError)
    assert got[1].query == "(+ 1 'a)"
    assert got[2] == 3
    with pytest.raises(rf.RayforceTypeError):
        p.results()


def test_plain_calls_between(conn: rf.Connection) -> None:
    p = conn.pipeline()
    a = p.execute("1")
    assert conn.execute("2") == 2
    b = p.execute("3")
    p.flush()
    assert (a.result(), b.result()) == (1, 3)


def test_an_exception_in_the_block_gives_replies_up(conn: rf.Connection) -> None:
    futures = []

    def broken() -> None:
        with conn.pipeline() as p:
            futures.append(p.execute("1"))
            raise KeyError("in the block")

    with pytest.raises(KeyError):
        broken()
    assert futures[0].cancelled()
    assert conn.execute("2") == 2
    assert conn.stats.owed == 0


def test_a_missed_deadline_leaves_the_reply_claimable(conn: rf.Connection) -> None:
    p = conn.pipeline()
    f = p.execute("(do (set i 0) (while (< i 2000000) (set i (+ i 1))) i)")
    p.flush()
    with pytest.raises(rf.Timeout):
        f.result(0.01)
    assert not f.done()
    assert f.result() == 2000000


def test_later_changes_of_an_array_do_not_show(conn: rf.Connection) -> None:
    a = np.zeros(1000)
    with conn.pipeline() as p:
        f = p.execute("(fn [a] (sum a))", a)
        a[:] = 1
    assert f.result() == 0


def test_submit(conn: rf.Connection) -> None:
    futures = [conn.submit("(fn [x] (+ x 1))", i) for i in range(100)]
    assert [f.result(10) for f in concurrent.futures.as_completed(futures, 10)] != []
    assert [f.result() for f in futures] == list(range(1, 101))
    seen: list[object] = []
    f = conn.submit("(+ 1 1)")
    f.add_done_callback(lambda done: seen.append(done.result()))
    assert f.result() == 2
    deadline = time.monotonic() + 5
    while not seen and time.monotonic() < deadline:
        time.sleep(0.005)
    assert seen == [2]
    bad = conn.submit("nosuch")
    assert isinstance(bad.exception(10), rf.RayforceNameError)


def test_the_reader_thread_goes_away(conn: rf.Connection) -> None:
    conn.submit("1").result()
    deadline = time.monotonic() + 5
    while any(t.name == "rayforce-replies" for t in threading.enumerate()) and time.monotonic() < deadline:
        time.sleep(0.005)
    assert not any(t.name == "rayforce-replies" for t in threading.enumerate())


def test_closing_fails_what_is_under_way(server: rf.Server, ray: rf.Rayforce) -> None:
    conn = rf.hopen("127.0.0.1", server.port)
    f = conn.submit("(do (set i 0) (while (< i 1000000000) (set i (+ i 1))) i)")
    time.sleep(0.05)
    conn.close()
    assert isinstance(f.exception(10), rf.IPCError)
    ray.interrupt()


def test_from_many_threads(conn: rf.Connection) -> None:
    wrong: list[object] = []

    def work(seed: int) -> None:
        with conn.pipeline() as p:
            for i in range(seed, seed + 100):
                p.execute(f"(+ {i} 1)")
            futures = [conn.submit(f"(* {i} 2)") for i in range(seed, seed + 50)]
        if p.results() != list(range(seed + 1, seed + 101)) or [f.result() for f in futures] != [
            2 * i for i in range(seed, seed + 50)
        ]:
            wrong.append(seed)

    threads = [threading.Thread(target=work, args=(k * 1000,)) for k in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert wrong == []


def test_nothing_is_lost(conn: rf.Connection, steady: Callable[[Callable[[], object]], None]) -> None:
    def job() -> None:
        with conn.pipeline() as p:
            p.execute("(til 10)")
            p.execute("(fn [x] x)", [1.5]).cancel()
            p.call("nosuch", "a")
        p.results(return_exceptions=True)
        conn.submit("(til 5)").result()

    steady(job)


def test_replies_are_futures(conn: rf.Connection) -> None:
    """To everything that concurrent.futures does, before and after they have come."""
    seen: list[object] = []
    with conn.pipeline() as p:
        early, late = p.execute("(+ 1 1)"), p.execute("(+ nosuch 1)")
        assert isinstance(early, concurrent.futures.Future)
        early.add_done_callback(lambda f: seen.append(f.result()))
        assert seen == []
    assert seen == [2]
    late.add_done_callback(lambda f: seen.append(type(f.exception())))
    assert seen == [2, rf.RayforceNameError]
    done, rest = concurrent.futures.wait([early, late], 5)
    assert (len(done), len(rest)) == (2, 0)
    with pytest.raises(AttributeError, match="nosuch"):
        early.nosuch
    p = conn.pipeline()
    given_up = p.execute("1")
    given_up.add_done_callback(lambda f: seen.append(f.cancelled()))
    assert given_up.cancel()
    assert given_up.cancel()
    assert seen[-1] is True
    with pytest.raises(concurrent.futures.CancelledError):
        given_up.result()
    assert isinstance(p.results(return_exceptions=True)[0], concurrent.futures.CancelledError)


def test_many_threads_want_the_same_reply(conn: rf.Connection) -> None:
    p = conn.pipeline()
    f = p.execute("(do (set i 0) (while (< i 300000) (set i (+ i 1))) i)")
    p.flush()
    got: list[int] = []
    threads = [threading.Thread(target=lambda: got.append(f.result(30))) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert got == [300000] * 8
