"""Everything that can go wrong with a peer raises its own typed error, over real sockets."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import badservers as bad
import peers
import pytest

import rayforce as rf


def closed_port() -> int:
    return peers.free_port()


def test_connection_refused() -> None:
    port = closed_port()
    with pytest.raises(rf.ConnectionFailed) as e:
        rf.hopen("127.0.0.1", port)
    assert e.value.reason == "refused"
    assert e.value.address.port == port
    assert e.value.elapsed < 2
    assert isinstance(e.value, ConnectionError)
    assert isinstance(e.value, rf.IPCError)
    assert f"127.0.0.1:{port}" in str(e.value)


def test_unknown_host() -> None:
    with pytest.raises(rf.ConnectionFailed) as e:
        rf.hopen("no-such-host.invalid", 5000, timeout=3.0)
    assert e.value.reason == "dns"
    assert "no-such-host.invalid" in str(e.value)
    assert e.value.elapsed < 4


def test_silent_host_ends_at_the_connect_timeout() -> None:
    with bad.serve(lambda s: time.sleep(5)) as port:
        start = time.monotonic()
        with pytest.raises(rf.ConnectionFailed) as e:
            rf.hopen("127.0.0.1", port, timeout=0.4)
        took = time.monotonic() - start
    assert e.value.reason == "timeout"
    assert 0.4 <= took < 0.6
    assert 0.4 <= e.value.elapsed < 0.6


def test_hopen_timeout_counts_milliseconds() -> None:
    with bad.serve(lambda s: time.sleep(5)) as port:
        start = time.monotonic()
        with pytest.raises(rf.IPCError):
            rf.hopen_timeout("127.0.0.1", port, 300)
        assert 0.3 <= time.monotonic() - start < 0.5


def test_not_a_rayforce_server() -> None:
    def talk(s: socket.socket) -> None:
        s.recv(2)
        s.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with bad.serve(talk) as port, pytest.raises(rf.ConnectionFailed) as e:
        rf.hopen("127.0.0.1", port)
    assert e.value.reason == "version"


def test_closed_without_a_greeting() -> None:
    with bad.serve(lambda s: s.close()) as port, pytest.raises(rf.ConnectionFailed):
        rf.hopen("127.0.0.1", port)


def ask(port: int, **options: object) -> object:
    with rf.connect(f"127.0.0.1:{port}", **options) as conn:
        return conn.execute("(+ 1 2)")


def test_a_good_reply_for_comparison() -> None:
    with bad.serve(bad.answering(bad.reply(bad.THREE))) as port:
        assert ask(port) == 3


@pytest.mark.parametrize("kill", ["header", "payload"])
def test_connection_lost_in_mid_reply(kill: str) -> None:
    whole = bad.reply(bad.THREE)
    part = whole[:9] if kill == "header" else whole[:20]
    with bad.serve(bad.answering(part, socket.socket.close)) as port, pytest.raises(rf.ConnectionLost) as e:
        ask(port)
    assert e.value.sent is True
    assert e.value.address.port == port
    assert isinstance(e.value, ConnectionError)


def test_server_killed_while_it_computes() -> None:
    with peers.server("2.x") as s, rf.hopen("127.0.0.1", s.port) as conn:
        threading.Timer(0.3, s.process.kill).start()
        start = time.monotonic()
        with pytest.raises(rf.ConnectionLost) as e:
            conn.execute("(do (set i 0) (while (< i 1000000000) (set i (+ i 1))))")
        assert e.value.sent is True
        assert time.monotonic() - start < 2
        assert not conn.is_connected()
        assert e.value.elapsed == pytest.approx(0.3, abs=0.5)


@pytest.mark.parametrize(
    ("name", "frame"),
    [
        ("prefix", b"\0" * 16),
        ("version", bad.FRAME[:4] + b"\x09" + bad.FRAME[5:] + b"\x0a" + b"\0" * 7),
        ("size-zero", bad.reply(b"", 0)),
        ("size-negative", bad.reply(b"", -5)),
    ],
)
def test_a_garbage_header(name: str, frame: bytes) -> None:
    with bad.serve(bad.answering(frame)) as port, pytest.raises(rf.ProtocolError):
        ask(port, timeout=5)


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("unknown type", b"\x5a\0\0"),
        ("cut short", bad.THREE[:5]),
        ("vector longer than the frame", b"\x05\0" + (10**9).to_bytes(8, "little")),
        ("negative count", b"\x05\0" + (-1).to_bytes(8, "little", signed=True)),
        ("nested too deep", (b"\0\0" + (1).to_bytes(8, "little")) * 600 + bad.THREE),
        ("symbol without an end", b"\xf4\0abc"),
    ],
)
def test_a_payload_that_makes_no_sense_leaves_the_connection_usable(name: str, payload: bytes) -> None:
    def then(s: socket.socket) -> None:
        bad.request(s)
        s.sendall(bad.reply(bad.THREE))
        s.recv(1)

    with bad.serve(bad.answering(bad.reply(payload), then)) as port, rf.connect(f"127.0.0.1:{port}", timeout=5) as conn:
        with pytest.raises(rf.ProtocolError):
            conn.execute("(+ 1 2)")
        assert conn.execute("(+ 1 2)") == 3


def test_a_reply_above_max_message() -> None:
    frame = bad.reply(b"", 1 << 20)
    with bad.serve(bad.answering(frame)) as port, pytest.raises(rf.MessageTooLarge) as e:
        ask(port, max_message=1000)
    assert (e.value.size, e.value.limit) == (1 << 20, 1000)


def test_a_huge_announcement_allocates_nothing() -> None:
    frame = bad.reply(b"\x05\0" + (2**36).to_bytes(8, "little"), 2**40)
    with bad.serve(bad.answering(frame)) as port, pytest.raises(rf.IPCError):
        ask(port, timeout=3)


def test_a_timed_out_reply_does_not_poison_the_connection() -> None:
    with peers.server("2.x") as s, rf.hopen("127.0.0.1", s.port) as conn:
        slow = "(do (set i 0) (while (< i 300000) (set i (+ i 1))) 'late)"
        start = time.monotonic()
        with pytest.raises(rf.Timeout) as e:
            conn.execute(slow, timeout=0.02)
        assert time.monotonic() - start < 0.5
        assert e.value.phase == "reply"
        assert e.value.seconds == 0.02
        assert isinstance(e.value, TimeoutError)
        assert conn.stats.owed == 1
        assert conn.execute("(+ 1 2)") == 3
        assert conn.stats.owed == 0


def test_timeout_action_close() -> None:
    with (
        bad.serve(bad.answering(b"")) as port,
        rf.connect(f"127.0.0.1:{port}", timeout=0.1, timeout_action="close") as conn,
    ):
        with pytest.raises(rf.Timeout):
            conn.execute("1")
        assert not conn.is_connected()


_CTRL_C = """
import signal, sys, threading, time, os
import rayforce as rf
conn = rf.hopen("127.0.0.1", int(sys.argv[1]))
print("ready", flush=True)
pressed = []
threading.Timer(0.3, lambda: (pressed.append(time.monotonic()), os.kill(os.getpid(), signal.SIGINT))).start()
try:
    conn.execute(sys.argv[2])
except KeyboardInterrupt:
    print("interrupted after", time.monotonic() - pressed[0])
print(conn.execute("(+ 1 2)"))
"""


def test_ctrl_c_in_a_wait_is_noticed_within_100_ms() -> None:
    slow = "(do (set i 0) (while (< i 3000000) (set i (+ i 1))) 'late)"
    with peers.server("2.x") as s:
        done = subprocess.run(
            [sys.executable, "-c", _CTRL_C, str(s.port), slow], capture_output=True, text=True, timeout=60, check=False
        )
    assert "interrupted after" in done.stdout, done.stderr
    assert float(done.stdout.split("interrupted after ")[1].split()[0]) < 0.1
    assert done.stdout.split()[-1] == "3"


def test_a_wait_is_not_disturbed_by_other_signals() -> None:
    signal.signal(signal.SIGUSR1, lambda *_: None)
    with peers.server("2.x") as s, rf.hopen("127.0.0.1", s.port) as conn:
        timers = [threading.Timer(0.02 * k, os.kill, (os.getpid(), signal.SIGUSR1)) for k in range(1, 5)]
        for t in timers:
            t.start()
        assert conn.execute("(do (set i 0) (while (< i 200000) (set i (+ i 1))) 'done)") == "done"
        for t in timers:
            t.join()


@pytest.mark.parametrize("close", ["before", "during"])
def test_close_from_another_thread(close: str) -> None:
    with bad.serve(bad.answering(b"")) as port:
        conn = rf.connect(f"127.0.0.1:{port}")
        if close == "before":
            conn.close()
        else:
            threading.Timer(0.1, conn.close).start()
        start = time.monotonic()
        with pytest.raises(rf.IPCError):
            conn.execute("1")
        assert time.monotonic() - start < 2


def test_fork() -> None:
    with peers.server("2.x") as s, rf.hopen("127.0.0.1", s.port) as conn:
        pid = os.fork()
        if pid == 0:
            try:
                conn.execute("1")
            except rf.ConnectionFailed as e:
                os._exit(0 if e.reason == "forked" else 2)
            os._exit(3)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        assert conn.execute("(+ 1 2)") == 3


def test_what_a_server_pushes_is_never_evaluated() -> None:
    evil = b"\xf3\0" + (17).to_bytes(8, "little") + b"(set hacked true)"
    push = bad.FRAME[:7] + b"\0" + len(evil).to_bytes(8, "little") + evil
    with bad.serve(bad.answering(push + bad.reply(bad.THREE))) as port, rf.Rayforce() as ray:
        assert ask(port) == 3
        assert "hacked" not in ray
        assert "hacked" not in rf.engine()


ADDRESSES: list[tuple[str, type[Exception]]] = [
    ("rayforce://localhost:99999", ValueError),
    ("rayforce://localhost:5000?nosuch=1", ValueError),
    ("ftp://localhost", ValueError),
]


@pytest.mark.parametrize(("text", "error"), ADDRESSES)
def test_a_bad_address_is_refused(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        rf.connect(text)


BAD_ARGUMENTS: list[Callable[[rf.Connection], object]] = [
    lambda c: c.execute("(fn [x] x)", object()),
    lambda c: c.execute("(fn [x] x)", 2**63),
    lambda c: c.execute("(fn [x] x)", float),
    lambda c: c.set("x", {1, 2}),
]


@pytest.mark.parametrize("use", BAD_ARGUMENTS)
def test_what_cannot_be_converted_is_refused_before_anything_is_sent(
    ours: rf.Server, use: Callable[[rf.Connection], object]
) -> None:
    with rf.hopen("localhost", ours.port) as conn:
        sent = conn.stats.sent
        with pytest.raises((rf.ConversionError, OverflowError, TypeError)):
            use(conn)
        assert conn.stats.sent == sent
        assert conn.execute("(+ 1 2)") == 3
