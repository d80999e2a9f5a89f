"""Requests that come together: their replies leave together, but none waits for a request that takes long."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest
from rawclients import RawClient, integer, text

import rayforce as rf

SPIN = "(do (set i 0) (while (< i {n}) (set i (+ i 1))) i)"
LONG = 1_000_000  # turns of a loop: some tenths of a second


def test_replies_leave_together(server: rf.Server) -> None:
    client = RawClient(server.port)
    client.s.sendall(b"".join(text(f"(+ {i} 1)") for i in range(100)))
    whole = 100 * (16 + len(integer(0)))
    time.sleep(0.3)
    assert len(client.s.recv(1 << 20, socket.MSG_PEEK)) == whole
    assert [client.reply() for _ in range(100)] == [integer(i + 1) for i in range(100)]


@pytest.mark.parametrize(
    "slow", [SPIN.format(n=LONG), '(.sys.exec "sleep 1")', "(sum (map (fn [x] (sum (til x))) (take [20000] 60000)))"]
)
def test_a_reply_does_not_wait_for_a_slow_request(server: rf.Server, slow: str) -> None:
    client = RawClient(server.port)
    client.s.sendall(text("(+ 1 2)") + text(slow) + text("(+ 3 4)"))
    started = time.perf_counter()
    assert client.reply() == integer(3)
    first = time.perf_counter() - started
    client.reply()
    assert client.reply() == integer(7)
    whole = time.perf_counter() - started
    assert whole > 0.1
    assert first < whole / 4


def test_what_was_answered_is_sent_before_nonsense_ends_the_connection(server: rf.Server) -> None:
    client = RawClient(server.port)
    client.s.sendall(text("(+ 1 2)") + text("(+ 3 4)") + b"nonsense" * 4)
    assert (client.reply(), client.reply()) == (integer(3), integer(7))
    assert client.is_ended()


def test_a_client_that_ends_its_side_gets_all_replies(server: rf.Server) -> None:
    client = RawClient(server.port)
    client.s.sendall(b"".join(text(f"(* {i} 2)") for i in range(500)))
    client.s.shutdown(socket.SHUT_WR)
    assert [client.reply() for _ in range(500)] == [integer(2 * i) for i in range(500)]
    assert client.is_ended()


def test_pushes_and_replies_keep_their_order(server: rf.Server) -> None:
    with rf.hopen("127.0.0.1", server.port) as conn, conn.subscribe("t") as feed:
        with conn.pipeline() as p:
            for i in range(50):
                p.execute(f"(.mc.pub 't {i})")
        assert len(p.results()) == 50
        assert [feed.get(5).payload for _ in range(50)] == list(range(50))


def test_over_a_unix_socket(ray: rf.Rayforce, tmp_path: Path) -> None:
    with ray.listen(unix=str(tmp_path / "s")) as server, rf.connect(str(server.address)) as conn:
        with conn.pipeline() as p:
            futures = [p.execute("(til 300000)"), p.execute("(+ 1 2)"), p.execute("nosuch"), p.execute("(+ 2 2)")]
        assert len(futures[0].result()) == 300_000
        assert (futures[1].result(), futures[3].result()) == (3, 4)
        assert isinstance(futures[2].exception(), rf.RayforceNameError)
