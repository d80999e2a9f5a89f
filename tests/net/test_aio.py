"""What only asyncio has: tasks that share a connection, cancellation, a loop that keeps its beat."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import badservers
import numpy as np
import peers
import pytest

import rayforce as rf
from rayforce import aio

SLOW = "(do (set i 0) (while (< i 1000000000) (set i (+ i 1))) i)"


def loops() -> list[Any]:
    found = [pytest.param(asyncio.new_event_loop, id="asyncio")]
    with contextlib.suppress(ImportError):
        import uvloop

        found.append(pytest.param(uvloop.new_event_loop, id="uvloop"))
    return found


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    """uvloop opens a pipe for signals with its first loop and keeps it."""
    for loop in loops():
        loop.values[0]().close()


@pytest.fixture(params=loops())
def run(request: pytest.FixtureRequest) -> Callable[[Coroutine[Any, Any, Any]], Any]:
    def runner(job: Coroutine[Any, Any, Any]) -> Any:
        with asyncio.Runner(loop_factory=request.param) as r:
            return r.run(job)

    return runner


Run = Callable[[Coroutine[Any, Any, Any]], Any]


async def until(done: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        await asyncio.sleep(0.001)


def test_many_tasks_share_a_connection(run: Run, ours: rf.Server) -> None:
    async def job() -> None:
        async with await aio.connect(f"localhost:{ours.port}") as c:
            out = await asyncio.gather(*(c.execute("(fn [x] (* x x))", k) for k in range(2000)))
            assert out == [k * k for k in range(2000)]
            asked = [f"(+ {k} {'1' if k % 3 else chr(39) + 'a'})" for k in range(300)]
            mixed = await asyncio.gather(*map(c.execute, asked), return_exceptions=True)
            for k, value in enumerate(mixed):
                assert value == k + 1 if k % 3 else isinstance(value, rf.RayforceTypeError)

    run(job())


def test_requests_of_one_turn_travel_together(run: Run) -> None:
    """The second reply is sent only when both requests are there: waiting for the first before sending would hang."""

    def talk(s: socket.socket) -> None:
        badservers.greet(s)
        badservers.request(s)
        badservers.request(s)
        s.sendall(badservers.reply(badservers.THREE) * 2)
        s.recv(1)

    async def job(port: int) -> None:
        async with await aio.connect(f"localhost:{port}") as c:
            assert await asyncio.gather(c.execute("a"), c.execute("b")) == [3, 3]

    with badservers.serve(talk) as port:
        run(job(port))


def test_cancelling_gives_one_reply_up(run: Run, ours: rf.Server) -> None:
    async def job() -> None:
        async with await aio.connect(f"localhost:{ours.port}") as c:
            slow = asyncio.create_task(c.execute(SLOW))
            await until(lambda: c.stats.awaited == 1)
            after = asyncio.create_task(c.execute("(+ 1 2)"))
            await asyncio.sleep(0.05)
            slow.cancel()
            with pytest.raises(asyncio.CancelledError):
                await slow
            assert (c.stats.owed, c.stats.awaited) == (1, 1)
            ours.engine.interrupt()
            assert await after == 3
            assert c.stats.owed == 0

    run(job())


def test_timeouts(run: Run, ours: rf.Server) -> None:
    async def job() -> None:
        async with await aio.connect(f"localhost:{ours.port}", timeout=0.1) as c:
            started = time.monotonic()
            with pytest.raises(rf.Timeout) as e:
                await c.execute(SLOW)
            assert 0.09 < time.monotonic() - started < 2
            assert (e.value.seconds, e.value.phase) == (0.1, "reply")
            ours.engine.interrupt()
            assert await c.execute("1", timeout=5) == 1
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await c.execute(SLOW, timeout=None)
            ours.engine.interrupt()
            assert await c.execute("1", timeout=5) == 1
        async with await aio.connect(f"localhost:{ours.port}", timeout_action="close") as c:
            with pytest.raises(rf.Timeout):
                await c.execute(SLOW, timeout=0.05)
            ours.engine.interrupt()
            assert not c.is_connected()

    run(job())


def test_a_large_reply_leaves_the_loop_its_beat(run: Run, ours: rf.Server) -> None:
    n = 12_500_000  # 100 MB
    ours.engine["big"] = np.arange(n)

    async def job() -> None:
        gaps: list[float] = []
        seen: list[tuple[int, int]] = []
        async with await aio.connect(f"localhost:{ours.port}") as c:

            async def beat() -> None:
                while True:
                    before = time.perf_counter()
                    await asyncio.sleep(0.001)
                    gaps.append(time.perf_counter() - before)

            ticking = asyncio.create_task(beat())
            out = await c.execute("big")
            ticking.cancel()
            assert len(out) == n
            assert out[n - 1] == n - 1
            assert seen == []
        gaps.sort()
        assert gaps[len(gaps) // 2] < 0.2
        assert gaps[-1] < 1.0

    run(job())


def test_writes_wait_for_room(run: Run) -> None:
    """A server that does not read: what is sent piles up to the transport's mark and no further."""
    release = threading.Event()

    def talk(s: socket.socket) -> None:
        badservers.greet(s)
        release.wait(30)
        while s.recv(1 << 20):
            pass

    async def job(port: int) -> None:
        async with await aio.connect(f"localhost:{port}") as c:
            chunk = np.zeros(1 << 17)
            sent = 0

            async def pour() -> None:
                nonlocal sent
                for _ in range(100):
                    await c.send_async(chunk)
                    sent += 1

            pouring = asyncio.create_task(pour())
            await asyncio.sleep(0.3)
            assert sent < 50
            with pytest.raises(rf.Timeout, match="took no more bytes"):
                await c.flush(0.05)
            release.set()
            await pouring
            assert sent == 100

    with badservers.serve(talk) as port:
        run(job(port))


@pytest.mark.parametrize("line", ["2.x", "1.x"])
def test_real_servers(run: Run, line: str, real_2x: peers.PeerServer, real_1x: peers.PeerServer) -> None:
    port = (real_2x if line == "2.x" else real_1x).port

    async def job() -> None:
        async with await aio.connect(f"localhost:{port}") as c:
            assert c.dialect == line
            out = await asyncio.gather(*(c.execute("(fn [x] (+ x 1))", k) for k in range(100)))
            assert out == list(range(1, 101))

    run(job())


def test_passwords(run: Run, ray: rf.Rayforce) -> None:
    async def job(port: int) -> None:
        async with await aio.connect(f"rayforce://me:secret@localhost:{port}") as c:
            assert await c.execute("1") == 1
        for wrong in ("rayforce://me:wrong@localhost", "rayforce://localhost"):
            with pytest.raises(rf.AuthenticationFailed) as e:
                await aio.connect(f"{wrong}:{port}")
            assert e.value.elapsed is not None
            assert "wrong" not in str(e.value)
        with pytest.raises(rf.AuthenticationFailed):
            await aio.connect(f"localhost:{port}", user="x" * 300)

    with ray.listen(0, password="secret") as server:
        run(job(server.port))


def test_unix_sockets(run: Run, ray: rf.Rayforce, tmp_path: Path) -> None:
    path = str(tmp_path / "s")

    async def job() -> None:
        async with await aio.connect(f"rayforce+unix://{path}") as c:
            assert await c.execute("(+ 1 2)") == 3
        with pytest.raises(rf.ConnectionFailed, match="nothing listens"):
            await aio.connect(f"rayforce+unix://{path}.no")

    with ray.listen(unix=path):
        run(job())


def test_what_cannot_be_reached(run: Run) -> None:
    async def job() -> None:
        with pytest.raises(rf.ConnectionFailed) as e:
            await aio.connect(f"localhost:{peers.free_port()}")
        assert e.value.reason == "refused"
        with pytest.raises(rf.ConnectionFailed) as e:
            await aio.connect("no.such.host.invalid:5000")
        assert e.value.reason == "dns"
        with pytest.raises(rf.UnsupportedAddress):
            await aio.connect(":memory:")
        with pytest.raises(TypeError, match="unknown option"):
            await aio.connect("localhost", colour="red")

    run(job())


def test_silent_hosts(run: Run) -> None:
    async def job(port: int) -> None:
        started = time.monotonic()
        with pytest.raises(rf.ConnectionFailed) as e:
            await aio.connect(f"localhost:{port}", connect_timeout=0.2)
        assert 0.1 < time.monotonic() - started < 2
        assert e.value.reason == "timeout"

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        run(job(silent.getsockname()[1]))


def test_a_server_that_dies(run: Run) -> None:
    async def job(port: int, kill: Callable[[], object]) -> None:
        c = await aio.connect(f"localhost:{port}")
        slow = [asyncio.create_task(c.execute(SLOW)) for _ in range(3)]
        await until(lambda: c.stats.awaited == 3)
        await asyncio.sleep(0.05)
        started = time.monotonic()
        kill()
        for task in slow:
            with pytest.raises(rf.ConnectionLost) as e:
                await task
            assert e.value.sent
        assert time.monotonic() - started < 2
        assert not c.is_connected()
        with pytest.raises(rf.ConnectionLost) as e:
            await c.execute("1")
        assert not e.value.sent
        await c.close()

    with peers.server("2.x") as peer:
        run(job(peer.port, peer.process.kill))


BAD = {
    "nonsense": (b"x" * 64, rf.ProtocolError),
    "torn": (badservers.reply(badservers.THREE)[:20], rf.ConnectionLost),
    "unreadable": (badservers.reply(b"\x55\x55"), rf.ProtocolError),
    "too large": (badservers.reply(b"", size=1 << 40), rf.MessageTooLarge),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_bytes(run: Run, kind: str) -> None:
    data, wanted = BAD[kind]

    async def job(port: int) -> None:
        async with await aio.connect(f"localhost:{port}", max_message=1 << 30) as c:
            with pytest.raises(wanted):
                await c.execute("1", timeout=20)

    with badservers.serve(badservers.answering(data, lambda s: s.shutdown(socket.SHUT_WR))) as port:
        run(job(port))


def test_a_server_that_asks_is_refused(run: Run) -> None:
    answers: list[bytes] = []

    def talk(s: socket.socket) -> None:
        badservers.greet(s)
        badservers.request(s)
        ask = bytearray(badservers.reply(badservers.THREE))
        ask[7] = 1
        s.sendall(ask)
        answers.append(badservers.request(s))
        s.sendall(badservers.reply(badservers.THREE))
        s.recv(1)

    async def job(port: int) -> None:
        async with await aio.connect(f"localhost:{port}") as c:
            assert await c.execute("1") == 3
            assert (c.stats.pushes, c.stats.pushes_dropped) == (1, 1)

    with badservers.serve(talk) as port:
        run(job(port))
    assert b"access" in answers[0]


def test_one_loop_only(ours: rf.Server) -> None:
    async def make() -> aio.AsyncConnection:
        return await aio.connect(f"localhost:{ours.port}")

    async def use(c: aio.AsyncConnection) -> None:
        with pytest.raises(rf.RayforceThreadError, match="another event loop"):
            await c.execute("1")

    with asyncio.Runner() as first:
        c = first.run(make())
        asyncio.run(use(c))
        first.run(c.close())


def test_an_unclosed_connection_is_reported(run: Run, ours: rf.Server) -> None:
    async def job() -> None:
        c = await aio.connect(f"localhost:{ours.port}")
        held = [c]
        del c
        with pytest.warns(ResourceWarning, match="unclosed <AsyncConnection"):
            held.clear()
        await asyncio.sleep(0.01)

    run(job())


def test_nothing_stays_behind(run: Run, ours: rf.Server, steady: Callable[[Callable[[], object]], None]) -> None:
    async def job() -> None:
        async with await aio.connect(f"localhost:{ours.port}") as c:
            await c.set("kept", np.arange(10000))
            await asyncio.gather(*(c.execute("kept") for _ in range(5)))
            task = asyncio.create_task(c.execute("kept"))
            await asyncio.sleep(0)
            task.cancel()
            await c.execute("1")

    steady(lambda: run(job()))


# ---- pools


@contextlib.asynccontextmanager
async def two(port: int, size: int = 2, **options: Any) -> AsyncIterator[aio.AsyncConnectionPool]:
    async with aio.AsyncConnectionPool("localhost", port, size, **options) as pool:
        yield pool


def test_pool(run: Run, ours: rf.Server) -> None:
    async def job() -> None:
        async with two(ours.port) as pool:
            async with pool.connection() as c:
                assert await c.execute("(+ 1 2)") == 3
                assert (pool.in_use, pool.idle) == (1, 0)
            assert await c_is_closed(c)
            assert await pool.execute("(fn [x] (* x 2))", 21) == 42
            assert await pool.call("count", [1, 2]) == 2
            out = await asyncio.gather(*(pool.execute("(fn [x] x)", k) for k in range(100)))
            assert out == list(range(100))
            assert pool.stats.opened == 2
            assert [x async for x in pool.map("(fn [x y] (+ x y))", ([k, 1] for k in range(20)))] == list(range(1, 21))
            assert (pool.in_use, pool.waiting) == (0, 0)
        assert pool.closed
        with pytest.raises(rf.PoolClosed):
            await pool.get()

    async def c_is_closed(c: aio.AsyncConnection) -> bool:
        with pytest.raises(rf.ConnectionFailed):
            await c.execute("1")
        return c.closed

    run(job())


def test_pool_deadlines(run: Run, ours: rf.Server) -> None:
    async def job() -> None:
        async with two(ours.port, 1, max_waiting=1) as pool:
            c = await pool.get()
            with pytest.raises(rf.PoolTimeout) as e:
                await pool.get(timeout=0.05)
            assert (e.value.size, e.value.in_use, e.value.waiting) == (1, 1, 0)
            waiting = asyncio.create_task(pool.get())
            await asyncio.sleep(0)
            with pytest.raises(rf.PoolTimeout, match="wait already"):
                await pool.get()
            cancelled = waiting
            cancelled.cancel()
            with pytest.raises(asyncio.CancelledError):
                await cancelled
            waiting = asyncio.create_task(pool.get())
            await asyncio.sleep(0)
            await c.close()
            await (await waiting).close()
            assert (pool.in_use, pool.idle) == (0, 1)

    run(job())


def test_pool_discards(run: Run, ours: rf.Server) -> None:
    seen: list[int] = []

    async def configure(c: aio.AsyncConnection) -> None:
        seen.append(await c.execute("7"))

    async def check(c: aio.AsyncConnection) -> None:
        if len(seen) == 1:
            raise rf.ProtocolError("no good")

    async def job() -> None:
        async with two(ours.port, configure=configure, check=check, min_size=1) as pool:
            assert seen == [7]
            assert await pool.execute("1") == 1
            assert seen == [7, 7]
            with pytest.raises(rf.Timeout):
                await pool.execute(SLOW, timeout=0.05)
            ours.engine.interrupt()
            assert pool.idle == 0
            async with pool.connection() as c:
                task = asyncio.create_task(c.execute(SLOW))
                await asyncio.sleep(0.02)
                task.cancel()
            ours.engine.interrupt()
            assert pool.idle == 0
            assert pool.stats.discarded == 3

    run(job())


def test_a_lost_loan_comes_back(run: Run, ours: rf.Server) -> None:
    async def job() -> None:
        async with two(ours.port) as pool:
            with pytest.warns(ResourceWarning, match="never given back"):
                await _lose(pool.get())
            assert (pool.in_use, pool.idle) == (0, 1)

    async def _lose(loan: Awaitable[object]) -> None:
        await loan
        gc.collect()

    run(job())


@pytest.mark.parametrize("line", ["ours", "2.x"])
def test_tables_of_a_server(run: Run, line: str, request: pytest.FixtureRequest) -> None:
    port = request.getfixturevalue("ours" if line == "ours" else "real_2x").port
    column = rf.Column

    async def job() -> None:
        async with await aio.connect(f"localhost:{port}") as c:
            await c.set("fills", rf.Table({"sym": ["a", "b", "a"], "qty": [1, 2, 3], "px": [1.0, 2.0, 3.0]}))
            t = c.table("fills")
            assert (await t).to_dict() == {"sym": ["a", "b", "a"], "qty": [1, 2, 3], "px": [1.0, 2.0, 3.0]}
            assert await t.count() == 3
            assert await t.schema() == {"sym": "sym", "qty": "i64", "px": "f64"}
            assert (await t.column("qty")).to_list() == [1, 2, 3]
            assert len(await t.fetch(limit=2)) == 2
            asked = t.where(column("qty") > 1).select(n=column("qty").sum()).by("sym").order_by("sym")
            assert asked.source in repr(asked)
            assert (await asked).to_dict() == {"sym": ["a", "b"], "n": [3, 2]}
            assert await t.insert(("c", 4, 4.0)) == 1
            assert await t.append(rf.Table({"sym": ["d", "e"], "qty": [5, 6], "px": [5.0, 6.0]})) == 2
            assert await t.upsert(("e", 7, 7.0), key_columns=1) == 1
            assert await t.update(px=column("px") * 2).where(column("sym") == "e") is None
            assert (await t.where(column("sym") == "e")).to_dict() == {"sym": ["e"], "qty": [7], "px": [14.0]}
            await c.set("names", rf.Table({"sym": ["a"], "name": ["first"]}))
            joined = await t.inner_join(c.table("names"), on="sym").select("name", "qty")
            assert joined.to_dict() == {"name": ["first", "first"], "qty": [1, 3]}
            with pytest.raises(rf.RayforceKeyError):
                await t.insert(nosuch=[1])
            with pytest.raises(AttributeError, match="await it"):
                t.to_pandas()
            with pytest.raises(rf.QueryError):
                await c.table("nosuch")

    run(job())
