"""Servers that meet their clients by TLS: what holds without it holds with it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rayforce as rf
from rayforce import _relay, aio
from rayforce._ext import core

HERE = Path(__file__).parent / "tls"
FILES = (HERE / "cert.pem", HERE / "key.pem")
GREETING = b"\x03\x00"


@pytest.fixture
def trusting() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=FILES[0])


@contextlib.contextmanager
def serving(**options: Any) -> Iterator[rf.Server]:
    with rf.Rayforce() as ray, ray.listen(0, tls=options.pop("tls", FILES), **options) as server:
        yield server


def connect(server: rf.Server, context: ssl.SSLContext, **options: Any) -> rf.Connection:
    return rf.connect(f"rayforces://localhost:{server.port}", tls=context, **options)


def secured(server: rf.Server, context: ssl.SSLContext) -> ssl.SSLSocket:
    plain = socket.create_connection(("127.0.0.1", server.port), 10)
    return context.wrap_socket(plain, server_hostname="localhost")


def soon(condition: Any, seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, condition
        time.sleep(0.01)


def is_ended(sock: socket.socket) -> bool:
    sock.settimeout(10)
    try:
        return sock.recv(1) == b""
    except ssl.SSLError as e:
        return "timed out" not in str(e)
    except ConnectionError:
        return True


def test_both_kinds_of_clients(trusting: ssl.SSLContext) -> None:
    big = np.arange(1_000_000)
    with serving() as server:
        assert server.address.scheme == "rayforces"
        with connect(server, trusting) as conn, conn.subscribe("ticks") as ticks:
            assert conn.execute("(+ 1 2)") == 3
            assert np.array_equal(np.asarray(conn.execute("(fn [x] x)", big)), big)
            assert server.publish("ticks", [1, 2]) == 1
            assert list(ticks.get(timeout=10).payload) == [1, 2]
            (address,) = server.clients()["address"]
            assert address.startswith("127.0.0.1:")

        async def job() -> None:
            async with await aio.connect(f"rayforces://localhost:{server.port}", tls=trusting) as conn:
                wanted = await asyncio.gather(*(conn.execute(f"(+ {k} 1)") for k in range(100)))
                assert wanted == list(range(1, 101))

        asyncio.run(job())
        soon(lambda: server.client_count == 0)


def test_eight_threads_on_one_connection(trusting: ssl.SSLContext) -> None:
    wrong = []
    with serving() as server, connect(server, trusting) as conn:

        def ask(k: int) -> None:
            wrong.extend(i for i in range(100) if conn.execute(f"(+ {i} {k})") != i + k)

        threads = [threading.Thread(target=ask, args=(k,)) for k in range(8)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
    assert wrong == []


def test_passwords(trusting: ssl.SSLContext) -> None:
    with serving(password="secret") as server:
        with connect(server, trusting, user="me", password="secret") as conn:
            assert conn.execute("(+ 1 2)") == 3
        with pytest.raises(rf.AuthenticationFailed):
            connect(server, trusting, user="me", password="wrong")


def test_who_does_not_speak_tls_disturbs_nobody(trusting: ssl.SSLContext) -> None:
    with serving(greeting_timeout=0.5) as server, connect(server, trusting) as conn:
        plain, silent, half = (socket.create_connection(("127.0.0.1", server.port), 10) for _ in range(3))
        plain.sendall(GREETING + bytes(100))
        half.sendall(b"\x16\x03\x01\x02\x00\x01")
        mute = secured(server, trusting)  # TLS, and then no greeting
        for sock in (plain, silent, half, mute):
            assert is_ended(sock)
            sock.close()
        assert conn.execute("(+ 1 2)") == 3
        soon(lambda: server.client_count == 1)
        with pytest.raises(rf.ConnectionFailed):
            rf.hopen("localhost", server.port, connect_timeout=2)


def test_so_many_clients(trusting: ssl.SSLContext) -> None:
    with serving(max_clients=2) as server, connect(server, trusting), connect(server, trusting):
        with pytest.raises(rf.ConnectionFailed) as caught:
            connect(server, trusting, connect_timeout=5)
        assert caught.value.reason in {"tls", "closed", "os"}


def test_a_deaf_client_is_let_go(trusting: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_relay, "LINGER", 0.1)
    with serving(idle_timeout=0.5) as server:
        door = server._door
        assert door is not None
        with connect(server, trusting) as conn:
            conn["big"] = np.arange(4_000_000)
        codec = core.Codec(server.address, peer="server")
        raw = secured(server, trusting)
        raw.sendall(b"".join(bytes(memoryview(piece)) for piece in codec.out()))
        while codec.next() != core.GREETED:
            codec.filled(raw.recv_into(codec.room()))
        codec.put_source("big")
        raw.sendall(b"".join(bytes(memoryview(piece)) for piece in codec.out()))
        soon(lambda: server.client_count == 0)
        soon(lambda: not door._meetings)
        raw.close()


def test_what_is_under_way_at_the_end_arrives(trusting: ssl.SSLContext) -> None:
    big = np.arange(3_000_000)
    with serving() as server:
        conn = connect(server, trusting)
        conn["big"] = big
        future = conn.submit("big")
        soon(lambda: server.clients()["messages_in"][0] >= 2)
        server.stop(timeout=20)
        assert np.array_equal(np.asarray(future.result(20)), big)
        soon(lambda: not conn.is_connected())
        conn.close()


def test_clients_with_certificates(trusting: ssl.SSLContext) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=FILES[0])
    context.load_cert_chain(*FILES)
    context.verify_mode = ssl.CERT_REQUIRED
    with serving(tls=context, host="0.0.0.0") as server:  # no password: whoever has no certificate comes nowhere
        with pytest.raises(rf.ConnectionFailed):
            connect(server, trusting, connect_timeout=5)
        trusting.load_cert_chain(*FILES)
        with connect(server, trusting) as conn:
            assert conn.execute("(+ 1 2)") == 3


def test_nothing_is_left_behind(trusting: ssl.SSLContext) -> None:
    def threads() -> set[str]:
        return {t.name for t in threading.enumerate() if "server-tls" in t.name}

    with serving() as server:
        assert len(threads()) == 1
        conn = connect(server, trusting)
        assert conn.execute("(+ 1 2)") == 3
    assert threads() == set()
    with pytest.raises(rf.ConnectionLost):
        conn.execute("(+ 1 2)")
    conn.close()
    before = len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0
    for _ in range(5):
        with serving() as server, connect(server, trusting) as conn:
            assert conn.execute("(+ 1 2)") == 3
    if before:
        soon(lambda: len(os.listdir("/proc/self/fd")) <= before)


def test_what_cannot_be(tmp_path: Path, ours: rf.Server) -> None:
    ray = ours.engine
    junk = tmp_path / "junk.pem"
    junk.write_text("no certificate")
    with pytest.raises(ValueError, match=r"junk\.pem"):
        ray.listen(0, tls=(junk, junk))
    with pytest.raises(FileNotFoundError):
        ray.listen(0, tls=(tmp_path / "none", junk))
    with pytest.raises(ValueError, match="context for servers"):
        ray.listen(0, tls=ssl.create_default_context())
    with pytest.raises(TypeError, match="SSLContext"):
        ray.listen(0, tls=True)
    with pytest.raises(ValueError, match="Unix"):
        ray.listen(0, tls=FILES, unix=str(tmp_path / "sock"))
    with pytest.raises(rf.RayforceError, match="password"):
        ray.listen(0, host="0.0.0.0", tls=FILES)
    assert not [t for t in threading.enumerate() if "server-tls" in t.name]


def test_the_command(trusting: ssl.SSLContext, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rayforce"]
    files = [str(f) for f in FILES]
    with subprocess.Popen(
        [*command, "serve", "-p", "0", "--tls", *files], stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stderr is not None
        line = server.stderr.readline().split()
        assert line[-2:] == ["by", "TLS"]
        place = f"rayforces://localhost:{line[-3].rpartition(':')[2]}"
        asked = subprocess.run(
            [*command, "query", place, "(+ 1 2)"],
            env={**os.environ, "SSL_CERT_FILE": files[0]},
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert asked.stdout == "3\n", asked.stderr
        untrusting = subprocess.run([*command, "query", place, "(+ 1 2)"], capture_output=True, text=True, timeout=30)
        assert untrusting.returncode == 3
        assert "certificate" in untrusting.stderr
        server.send_signal(signal.SIGTERM)
        assert server.wait(10) == 0
    for wrong in (["--tls", *files], ["-p", "0", "--tls", files[0], str(tmp_path / "none")]):
        done = subprocess.run([*command, *wrong], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)
        assert done.returncode == 2, done.stderr
