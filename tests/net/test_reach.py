"""Servers behind TLS and behind `ssh -W`, for threads and for tasks."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import ssl
import stat
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import peers
import pytest

import rayforce as rf
from rayforce import _reach, aio

HERE = Path(__file__).parent / "tls"
# What `ssh -W host:port -o ... -p port -- gateway` does, without the gateway: `nowhere` is one that cannot be reached.
SSH = f"""#!{sys.executable}
import os, socket, sys, threading
host, port = sys.argv[2].rsplit(":", 1)
assert sys.argv[1] == "-W" and sys.argv[-2] == "--"
if sys.argv[-1].endswith("nowhere"):
    sys.exit("ssh: Could not resolve hostname nowhere: Name or service not known")
far = socket.create_connection((host, int(port)))
def out():
    while data := far.recv(1 << 16):
        while data:
            data = data[os.write(1, data):]
    os._exit(0)
threading.Thread(target=out, daemon=True).start()
while data := os.read(0, 1 << 16):
    far.sendall(data)
far.shutdown(socket.SHUT_WR)
"""


class Proxy:
    """TLS in front of a port, as stunnel would be."""

    def __init__(self, port: int) -> None:
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(HERE / "cert.pem", HERE / "key.pem")
        self._to = port
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        assert self._started.wait(10)

    def _run(self) -> None:
        async def serve() -> None:
            server = await asyncio.start_server(self._meet, "127.0.0.1", 0, ssl=self._context)
            self.port = server.sockets[0].getsockname()[1]
            self._end = asyncio.Event()
            self._started.set()
            await self._end.wait()
            server.close()
            for writer in self._open:
                writer.transport.abort()
            await asyncio.sleep(0.05)

        self._open: list[asyncio.StreamWriter] = []
        self._loop.run_until_complete(serve())
        self._loop.close()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far = await asyncio.open_connection("127.0.0.1", self._to)
        self._open += [writer, far[1]]

        async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            try:
                while data := await source.read(1 << 16):
                    sink.write(data)
                    await sink.drain()
            except OSError:
                pass
            sink.close()

        await asyncio.gather(pump(reader, far[1]), pump(far[0], writer))

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()


@pytest.fixture(scope="module", autouse=True)
def relay() -> None:
    """There for all tests: the process has one, and keeps it."""
    _reach._the_relay()


@pytest.fixture(params=["ours", "2.x"])
def proxy(request: pytest.FixtureRequest, real_2x: peers.PeerServer) -> Iterator[Proxy]:
    p = Proxy((real_2x if request.param == "2.x" else request.getfixturevalue("ours")).port)
    yield p
    p.close()


@pytest.fixture
def trusting() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=HERE / "cert.pem")


@pytest.fixture
def fake_ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "ssh"
    program.write_text(SSH)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")


def use(conn: rf.Connection) -> None:
    assert conn.execute("(+ 1 2)") == 3
    big = np.arange(1_000_000)
    assert np.array_equal(np.asarray(conn.execute("(fn [x] x)", big)), big)
    with conn.pipeline() as p:
        futures = [p.execute(f"(+ {k} 1)") for k in range(500)]
    assert [f.result() for f in futures] == list(range(1, 501))
    assert conn.is_connected()


async def use_async(conn: aio.AsyncConnection) -> None:
    assert await asyncio.gather(*(conn.execute(f"(+ {k} 1)") for k in range(500))) == list(range(1, 501))
    big = np.arange(1_000_000)
    assert np.array_equal(np.asarray(await conn.execute("(fn [x] x)", big)), big)


def test_tls(proxy: Proxy, trusting: ssl.SSLContext) -> None:
    with rf.connect(f"rayforces://localhost:{proxy.port}", tls=trusting) as conn:
        use(conn)
    assert not conn.is_connected()
    with rf.hopen("localhost", proxy.port, tls=trusting) as one, rf.hopen("localhost", proxy.port, tls=trusting) as two:
        use(one)
        use(two)
    del one, two
    gc.collect()


def test_tls_with_asyncio(proxy: Proxy, trusting: ssl.SSLContext) -> None:
    async def job() -> None:
        async with await aio.connect(f"rayforces://localhost:{proxy.port}", tls=trusting) as conn:
            await use_async(conn)

    asyncio.run(job())


def attempt(address: str, **options: Any) -> list[rf.ConnectionFailed]:
    """The failures of both kinds of connections."""
    out = []
    with pytest.raises(rf.ConnectionFailed) as e:
        rf.connect(address, **options)
    out.append(e.value)

    async def job() -> None:
        await aio.connect(address, **options)

    with pytest.raises(rf.ConnectionFailed) as e:
        asyncio.run(job())
    return [*out, e.value]


def test_a_server_that_is_not_trusted_is_refused(proxy: Proxy, trusting: ssl.SSLContext, ours: rf.Server) -> None:
    for e in attempt(f"rayforces://localhost:{proxy.port}"):
        assert e.reason == "tls"
        assert "certificate" in str(e)
    for e in attempt(f"rayforces://127.0.0.1:{proxy.port}", tls=trusting):  # another name than the certificate's
        assert e.reason == "tls"
    for e in attempt(f"rayforces://localhost:{ours.port}", tls=trusting, connect_timeout=2):  # no TLS there
        assert e.reason in {"tls", "timeout", "os"}


def test_ways_of_tls_that_lead_nowhere(trusting: ssl.SSLContext) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        for e in attempt(f"rayforces://localhost:{silent.getsockname()[1]}", tls=trusting, connect_timeout=0.3):
            assert e.reason == "timeout"
    for e in attempt(f"rayforces://localhost:{peers.free_port()}", tls=trusting):
        assert e.reason == "refused"
    for e in attempt("rayforces://no-such-host.invalid:1", tls=trusting):
        assert e.reason == "dns"
    with pytest.raises(ValueError, match="tls"):
        rf.hopen("localhost", 1, tls="yes")


@pytest.mark.usefixtures("fake_ssh")
def test_ssh(ours: rf.Server) -> None:
    where = f"rayforce+ssh://me@gate/localhost:{ours.port}"
    with rf.connect(where) as conn:
        use(conn)
        conn.reconnect()
        use(conn)

    async def job() -> None:
        async with await aio.connect(where) as a:
            await use_async(a)

    asyncio.run(job())
    for e in attempt(f"rayforce+ssh://nowhere/localhost:{ours.port}"):
        assert "Could not resolve hostname" in str(e)


def test_without_ssh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    for e in attempt("rayforce+ssh://gate/localhost:1"):
        assert "ssh cannot be run" in str(e)
