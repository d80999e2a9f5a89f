"""Clients of every bad manner against one server over real sockets: nobody else notices, nothing stays behind."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rawclients import GREETING, Pinger, RawClient, integer, soon, text

import rayforce as rf

# A minute or more, in small steps.
SLOW = "(fold (fn [a x] (+ a (sum (til 100000)))) 0 (til 1000000))"
BIG = "(til 2000000)"  # 16 MB
BIG_SIZE = 10 + 16_000_000


@contextmanager
def nobody_waits(server: rf.Server) -> Iterator[None]:
    """Another client is served all the while: within 50 ms, but for what a busy machine adds now and then."""
    pinger = Pinger(server.port)
    yield
    time.sleep(0.2)
    waits = pinger.stop()
    assert len(waits) > 20
    assert waits[len(waits) * 9 // 10] < 0.05
    assert waits[-1] < 1


# ---- who does not read, does not go on, asks too much, leaves


def test_who_never_reads(server: rf.Server) -> None:
    with nobody_waits(server):
        deaf = RawClient(server.port)
        deaf.s.sendall(text(BIG) * 20)
        time.sleep(1)
        rows = server.clients().to_dict()
        assert 1 in rows["messages_in"]  # the others are computed when the first is read
    for _ in range(20):
        assert len(deaf.reply()) == BIG_SIZE
    assert deaf.ask("(+ 1 2)") == integer(3)
    deaf.close()


def test_half_of_everything(server: rf.Server) -> None:
    whole = text("(+ 1 2)")
    with nobody_waits(server):
        halves = [RawClient(server.port) for _ in whole]
        for n, client in enumerate(halves):
            client.s.sendall(whole[:n])
        time.sleep(0.3)
        for n, client in enumerate(halves):
            client.s.sendall(whole[n:])
            assert client.reply() == integer(3)
            client.close()


def test_a_flood(server: rf.Server) -> None:
    with nobody_waits(server):
        enough = threading.Event()

        def flood(kind: int) -> None:
            client = RawClient(server.port)
            reader = threading.Thread(target=client.is_ended, args=(60,))
            reader.start()
            while not enough.is_set():
                client.s.sendall(text("(sum (til 1000))", kind) * 1000)
            client.s.shutdown(socket.SHUT_WR)
            reader.join()
            client.close()

        threads = [threading.Thread(target=flood, args=(kind,)) for kind in (0, 1)]
        for t in threads:
            t.start()
        time.sleep(1)
        enough.set()
        for t in threads:
            t.join()


def test_leaving_in_mid_reply(server: rf.Server) -> None:
    with nobody_waits(server):
        for i in range(60):
            client = RawClient(server.port)
            client.s.sendall(text(BIG) * 2)
            client.read(1 + i)
            client.reset() if i % 2 else client.close()
    soon(lambda: server.client_count == 0)


def test_requests_in_pieces_are_answered_in_order(server: rf.Server) -> None:
    seed = 5
    r = random.Random(seed)
    stream = b"".join(text(f"(+ {i} 1)") for i in range(300))
    client = RawClient(server.port)
    at = 0
    while at < len(stream):
        n = r.choice((1, 2, 7, 33, 500))
        client.s.sendall(stream[at : at + n])
        at += n
    assert [client.reply() for _ in range(300)] == [integer(i + 1) for i in range(300)]
    client.close()


# ---- long requests


@pytest.mark.parametrize("who", ["a client", "the program"])
def test_a_long_request_keeps_nobody_out(ray: rf.Rayforce, who: str) -> None:
    with ray.listen(0, query_timeout=4) as server:
        reading = RawClient(server.port)
        reading.s.sendall(text(BIG))
        reading.read(26)
        busy = RawClient(server.port)
        if who == "a client":
            busy.s.sendall(text(SLOW))
        thread = threading.Thread(target=busy.reply if who == "a client" else lambda: ray.eval('(.sys.exec "sleep 4")'))
        thread.start()
        time.sleep(0.2)
        fresh = [RawClient(server.port) for _ in range(20)]
        reading.read(BIG_SIZE - 10)
        fresh[0].s.sendall(text("(+ 1 2)"))
        assert thread.is_alive()  # all that during the request
        assert fresh[0].reply() == integer(3)
        thread.join(1)
        assert not thread.is_alive()


def test_a_request_has_its_time(ray: rf.Rayforce) -> None:
    with ray.listen(0, query_timeout=0.2) as server:
        client = RawClient(server.port)
        start = time.perf_counter()
        assert client.ask(SLOW)[:8] == b"\x7ftimeout"
        assert 0.2 <= time.perf_counter() - start < 2
        assert client.ask("(+ 1 2)") == integer(3)
        client.close()


@pytest.mark.parametrize("leave", [RawClient.reset, RawClient.close])
def test_nobody_waits_for_the_result(server: rf.Server, leave: Callable[[RawClient], None]) -> None:
    with rf.hopen("127.0.0.1", server.port) as conn:
        gone = rf.hopen("127.0.0.1", server.port)
        with pytest.raises(rf.Timeout):
            gone.execute(SLOW, timeout=0.2)
        gone.close()
        assert conn.execute("(+ 1 2)", timeout=5) == 3
    with rf.hopen("127.0.0.1", server.port) as conn:
        client = RawClient(server.port)
        client.s.sendall(text(SLOW))
        time.sleep(0.2)
        client.reset()  # other programs may still read when they have ended their own side
        assert conn.execute("(+ 1 2)", timeout=5) == 3


def test_an_urgent_byte_cancels(server: rf.Server) -> None:
    client = RawClient(server.port)
    client.s.sendall(text(SLOW))
    time.sleep(0.2)
    client.s.send(b"!", socket.MSG_OOB)
    assert client.reply()[:7] == b"\x7fcancel"
    assert client.ask("(+ 1 2)") == integer(3)
    client.close()


# ---- limits


def test_how_many_clients(ray: rf.Rayforce) -> None:
    with ray.listen(0, max_clients=3) as server:
        clients = [RawClient(server.port) for _ in range(3)]
        with pytest.raises((EOFError, ConnectionError)):
            RawClient(server.port)
        clients.pop().close()
        soon(lambda: server.client_count == 2)
        clients.append(RawClient(server.port))
        for c in clients:
            assert c.ask("(+ 1 2)") == integer(3)
            c.close()


def test_how_long_a_greeting_takes(ray: rf.Rayforce) -> None:
    with ray.listen(0, greeting_timeout=0.2, password="pw") as server:
        for start in (b"", GREETING[:1], GREETING, GREETING + b"\x09", GREETING + b"\x09:p"):
            with socket.create_connection(("127.0.0.1", server.port), 10) as s:
                s.sendall(start)
                began = time.perf_counter()
                while s.recv(100):
                    pass
                assert time.perf_counter() - began < 5
        with rf.hopen("127.0.0.1", server.port, password="pw") as conn:
            time.sleep(0.4)
            assert conn.execute("(+ 1 2)") == 3


def test_how_long_a_client_is_idle(ray: rf.Rayforce) -> None:
    with ray.listen(0, idle_timeout=0.5) as server:
        deaf, quiet = RawClient(server.port), RawClient(server.port)
        deaf.s.sendall(text(BIG) * 3)
        busy = RawClient(server.port)
        for _ in range(20):
            assert busy.ask("(+ 1 2)") == integer(3)
            time.sleep(0.05)
        assert server.client_count == 1  # who reads nothing of what it asked for is idle, too
        assert quiet.is_ended()
        assert deaf.is_ended()
        busy.close()


def test_a_subscriber_that_reads_too_little_is_cut_off(ray: rf.Rayforce) -> None:
    with ray.listen(0, backlog_bytes=4 << 20) as server, rf.hopen("127.0.0.1", server.port) as good:
        deaf = RawClient(server.port)
        deaf.ask("(.mc.sub 'prices)")
        with good.subscribe("prices", maxsize=100_000) as feed:
            payload = rf.Table({"x": list(range(10_000))})
            sent = 0
            while server.client_count == 2:
                server.publish("prices", payload)
                sent += 1
                assert sent < 10_000
                assert feed.get(10).payload["x"][9_999] == 9_999
            assert sent > 40  # 4 MiB of 80 KB each, at least
            assert server.publish("prices", payload) == 1
        assert deaf.is_ended()


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="the kernel does not tell of its timers")
def test_vanished_clients_are_probed(server: rf.Server) -> None:
    client = RawClient(server.port)
    here = client.s.getsockname()[1]
    client.ask("(+ 1 2)")

    def has_keepalive_timer() -> bool:
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        mine = [r for r in rows if r[1].endswith(f":{server.port:04X}") and r[2].endswith(f":{here:04X}")]
        return len(mine) == 1 and mine[0][5].startswith("02:")

    soon(has_keepalive_timer)
    client.close()


# ---- the end


def is_listening(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def test_stopping_finishes_replies(ray: rf.Rayforce) -> None:
    server = ray.listen(0)
    port = server.port
    slow = RawClient(port)
    slow.s.sendall(text(BIG))
    slow.read(26)
    stopping = threading.Thread(target=server.stop)
    stopping.start()
    soon(lambda: not is_listening(port))
    left = BIG_SIZE - 10
    while left:
        left -= len(slow.read(min(left, 500_000)))
        time.sleep(0.01)
    assert slow.is_ended()
    stopping.join(5)
    assert not stopping.is_alive()


def test_stopping_waits_for_nobody_who_does_not_read(ray: rf.Rayforce) -> None:
    server = ray.listen(0)
    deaf = RawClient(server.port)
    deaf.s.sendall(text(BIG))
    deaf.read(26)
    start = time.perf_counter()
    server.stop(0.5)
    assert time.perf_counter() - start < 3
    deaf.close()


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_the_command_in_good_order(sent: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "rayforce", "-p", "0"], stderr=subprocess.PIPE, text=True, cwd=os.getcwd()
    )
    try:
        assert process.stderr is not None
        port = int(process.stderr.readline().rsplit(":", 1)[1])
        client = RawClient(port)
        client.s.sendall(text(BIG))
        client.read(26)
        process.send_signal(sent)
        time.sleep(0.3)
        assert len(client.read(BIG_SIZE - 10)) == BIG_SIZE - 10
        assert client.is_ended()
        assert process.wait(10) == 0
        assert process.stderr.read() == ""
    finally:
        process.kill()
        process.wait()
        process.stderr.close()
