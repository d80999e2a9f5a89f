"""Stopping what a server evaluates, and hearing what it printed: on servers of this package and of the original."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import peers
import pytest

import rayforce as rf

FOR_EVER = "(do (set i 0) (while true (set i (+ i 1))))"


@pytest.fixture(params=["ours", "unix", "2.x"])
def conn(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[rf.Connection]:
    if request.param == "2.x":
        with peers.server("2.x") as peer, rf.hopen("localhost", peer.port) as c:
            yield c
        return
    place = os.fspath(tmp_path / "s") if request.param == "unix" else None
    with rf.Rayforce() as ray, ray.listen(0, unix=place) as server, rf.connect(server.address) as c:
        yield c


def interrupt_soon(conn: rf.Connection) -> threading.Timer:
    timer = threading.Timer(0.3, conn.interrupt)
    timer.start()
    return timer


def test_a_request_is_stopped_from_another_thread(conn: rf.Connection) -> None:
    for _ in range(2):
        timer = interrupt_soon(conn)
        start = time.monotonic()
        with pytest.raises(rf.Interrupted):
            conn.execute(FOR_EVER, timeout=60)
        assert time.monotonic() - start < 10
        timer.join()
        assert conn.execute("(+ 1 2)") == 3


def test_what_was_abandoned_is_stopped_too(conn: rf.Connection) -> None:
    with pytest.raises(rf.Timeout):
        conn.execute(FOR_EVER, timeout=0.3)
    assert conn.stats.owed == 1
    conn.interrupt()
    assert conn.execute("(+ 1 2)", timeout=60) == 3
    assert conn.stats.owed == 0


def test_without_a_request_nothing_happens(conn: rf.Connection) -> None:
    for _ in range(3):
        conn.interrupt()
        assert conn.execute("(+ 1 2)") == 3
    conn.close()
    conn.interrupt()


def test_printed_output_comes_with_the_result(conn: rf.Connection) -> None:
    printed, result = conn.execute_verbose('(do (println "one") (println 2) (+ 1 2))')
    assert (printed, result) == ("one\n2\n", 3)
    assert isinstance(result, rf.I64)
    assert conn.execute_verbose("(list 1 2)") == ("", [1, 2])
    assert conn.execute_verbose('(list "a" 2)') == ("", ["a", 2])
    printed, result = conn.execute_verbose("(table [a] (list [1 2]))")
    assert result.to_dict() == {"a": [1, 2]}
    with pytest.raises(rf.RayforceNameError):
        conn.execute_verbose('(do (println "lost") (nosuch))')
    with pytest.raises(rf.Timeout):
        conn.execute_verbose(FOR_EVER, timeout=0.2)
    conn.interrupt()
    assert conn.execute("(+ 1 2)") == 3


def test_the_old_line_has_no_form_for_it() -> None:
    with peers.server("1.x") as peer, rf.hopen("localhost", peer.port) as conn:
        with pytest.raises(rf.RayforceError, match="no form for printed output"):
            conn.execute_verbose("(+ 1 2)")
        assert conn.execute("(+ 1 2)") == 3
        conn.interrupt()
        assert conn.execute("(+ 1 2)") == 3
