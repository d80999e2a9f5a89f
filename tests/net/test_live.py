"""Topics and pushes, for threads and for tasks, from our server and the real one."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import badservers
import peers
import pytest

import rayforce as rf
from rayforce import aio, live, observe


@pytest.fixture(params=["ours", "2.x"])
def port(request: pytest.FixtureRequest) -> int:
    server: rf.Server | peers.PeerServer = request.getfixturevalue("ours" if request.param == "ours" else "real_2x")
    return server.port


@pytest.fixture
def conn(port: int) -> Iterator[rf.Connection]:
    with rf.hopen("localhost", port) as c:
        yield c


@pytest.fixture
def publisher(port: int) -> Iterator[rf.Connection]:
    with rf.hopen("localhost", port) as c:
        yield c


def soon(done: Callable[[], object], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        time.sleep(0.002)


# ---- threads


def test_messages_in_order(conn: rf.Connection, publisher: rf.Connection) -> None:
    with conn.subscribe("ticks", "trades") as feed:
        assert feed.topics == ("ticks", "trades")
        for k in range(100):
            publisher.publish("ticks", k)
        publisher.publish("trades", rf.Table({"a": [1, 2]}))
        before = time.time_ns()
        got = [feed.get(5) for _ in range(101)]
        assert [m.payload for m in got[:100]] == list(range(100))
        assert [m.seq for m in got[:100]] == list(range(got[0].seq, got[0].seq + 100))
        assert got[100].topic == "trades"
        assert got[100].payload["a"].to_list() == [1, 2]
        assert all(m.missed == 0 and abs(m.received_ns - before) < 60e9 for m in got)
        with pytest.raises(rf.Timeout):
            feed.get(0.01)
        assert feed.get_nowait() is None
        assert conn.execute("(+ 1 2)") == 3
    assert feed.closed
    with pytest.raises(rf.SubscriptionClosed):
        feed.get(1)
    assert list(feed) == []
    soon(lambda: conn._hub.reader is None)
    assert publisher.publish("ticks", 1, wait=True) == 0


def test_every_kind_of_payload(conn: rf.Connection, publisher: rf.Connection) -> None:
    payloads = [1, 2.5, "sym", rf.String("text"), [1, 2, 3], ["a", "b"], {"sym": "A", "price": 1.5}, [1, "a", None]]
    with conn.subscribe("kinds") as feed:
        for p in payloads:
            assert publisher.publish("kinds", p, wait=True) > 0
        got = [feed.get(5).payload for _ in payloads]
    assert got[:3] == [1, 2.5, "sym"]
    assert got[3] == "text"
    assert got[4].to_list() == [1, 2, 3]
    assert got[6]["price"] == 1.5
    assert list(got[7]) == [1, "a", None]


def test_code_is_data(conn: rf.Connection, publisher: rf.Connection) -> None:
    """A payload that would be a program if anybody ran it."""
    code = rf.List([rf.Name("set"), rf.Name("broken"), 1])
    with conn.subscribe("code") as feed, conn.pushes() as pushes:
        publisher.publish("code", code)
        assert feed.get(5).payload.equals(code)
        conn.execute("(do (.ipc.post (.ipc.handle) (list 'set 'broken 1)) 0)")
        assert list(pushes.get(5)) == ["set", "broken", 1]
        assert "broken" not in conn


def test_snapshot_comes_first(conn: rf.Connection, publisher: rf.Connection) -> None:
    conn.execute("(set book 77)")
    with conn.subscribe("snap", snapshot="book") as feed:
        publisher.publish("snap", 1)
        first, second = feed.get(5), feed.get(5)
        assert (first.seq, first.payload, first.topic) == (0, 77, "snap")
        assert second.payload == 1
    with pytest.raises(rf.QueryError):
        conn.subscribe("snap", snapshot="(nosuch 1)")


def test_two_feeds_of_one_topic(conn: rf.Connection, publisher: rf.Connection) -> None:
    a, b = conn.subscribe("both"), conn.subscribe("both")
    publisher.publish("both", 1)
    assert a.get(5).payload == b.get(5).payload == 1
    a.close()
    publisher.publish("both", 2)
    assert b.get(5).payload == 2
    b.close()
    b.close()
    soon(lambda: publisher.publish("both", 1, wait=True) == 0)


def test_drain_latest_tables(conn: rf.Connection, publisher: rf.Connection) -> None:
    with conn.subscribe("t") as feed:
        for k in range(5):
            publisher.publish("t", rf.Table({"k": [k, k]}), wait=True)
        soon(lambda: feed.queued == 5)
        assert [m.payload["k"].to_list() for m in feed.drain()] == [[k, k] for k in range(5)]
        for k in range(5):
            publisher.publish("t", k, wait=True)
        soon(lambda: feed.queued == 5)
        assert feed.latest()["t"].payload == 4
        for k in range(6):
            publisher.publish("t", {"k": k, "s": "x"}, wait=True)
        tables = feed.tables(rows=4, wait=0.5)
        one = next(tables)
        assert one["k"].to_list() == [0, 1, 2, 3]
        assert next(tables)["k"].to_list() == [4, 5]


def test_callbacks(conn: rf.Connection, publisher: rf.Connection) -> None:
    seen: list[Any] = []
    failures: list[BaseException] = []

    def note(message: live.Message) -> None:
        seen.append(message.payload)
        try:
            conn.execute("1")
        except rf.RayforceError as e:
            failures.append(e)

    with conn.subscribe("cb") as feed:
        publisher.publish("cb", 1, wait=True)
        soon(lambda: feed.queued == 1)
        feed.on_message(seen.append)
        feed.on_message(note)
        publisher.publish("cb", 2)
        soon(lambda: len(failures) == 1)
    assert [getattr(x, "payload", x) for x in seen] == [1, 2]
    assert "cannot wait for a reply" in str(failures[0])


@pytest.mark.parametrize("overflow", ["error", "drop_oldest", "drop_newest"])
def test_overflow(conn: rf.Connection, publisher: rf.Connection, overflow: Any) -> None:
    with conn.subscribe("flood", maxsize=10, overflow=overflow) as feed:
        for k in range(25):
            publisher.publish("flood", k)
        publisher.execute("1")
        soon(lambda: feed.queued + feed.dropped == 25)
        out = [feed.get(1).payload for _ in range(10)]
        assert out == (list(range(15, 25)) if overflow == "drop_oldest" else list(range(10)))
        if overflow == "error":
            with pytest.raises(rf.SubscriptionOverflow, match="more than 10"):
                feed.get(1)
        else:
            assert feed.get_nowait() is None
        assert feed.dropped == 15


def test_block_loses_nothing(conn: rf.Connection, publisher: rf.Connection) -> None:
    with conn.subscribe("slow", maxsize=5, overflow="block") as feed:
        for k in range(200):
            publisher.publish("slow", k)
        time.sleep(0.2)
        assert feed.queued == 5
        assert [feed.get(5).payload for _ in range(200)] == list(range(200))
        assert feed.dropped == 0


def test_arguments(conn: rf.Connection) -> None:
    for bad in ({"maxsize": 0}, {"overflow": "explode"}):
        with pytest.raises(ValueError):
            conn.subscribe("x", **bad)
    with pytest.raises(ValueError):
        conn.subscribe()


def test_a_subscribed_loan_does_not_come_back(port: int) -> None:
    with rf.ConnectionPool("localhost", port, 2) as pool:
        with pool.get() as c:
            feed = c.subscribe("x")
        assert pool.idle == 0
        with pytest.raises((rf.SubscriptionClosed, rf.ConnectionFailed)):
            feed.get(5)


def test_events_and_counts(conn: rf.Connection, publisher: rf.Connection) -> None:
    events: list[observe.Event] = []
    remove = observe.add_hook(events.append)
    try:
        with conn.subscribe("counted") as feed:
            publisher.publish("counted", 1)
            feed.get(5)
    finally:
        remove()
    assert [e.query for e in events if e.kind == "push"] == ["counted"]
    assert conn.stats.pushes == 1
    assert conn.stats.pushes_dropped == 0


# ---- gaps and losses


def update(seq: int, payload: int = 7) -> bytes:
    """`(upd "t" seq (quote payload))` as a push."""
    i64 = lambda x: b"\xfb\x00" + x.to_bytes(8, "little", signed=True)  # noqa: E731
    sym = lambda s: b"\xf4\x00" + s + b"\0"  # noqa: E731
    quoted = b"\x00\x00" + (2).to_bytes(8, "little") + sym(b"quote") + i64(payload)
    body = b"\x00\x00" + (4).to_bytes(8, "little") + sym(b"upd") + rf_text(b"t") + i64(seq) + quoted
    frame = bytearray(badservers.reply(body))
    frame[7] = 0
    return bytes(frame)


def rf_text(s: bytes) -> bytes:
    return b"\xf3\x00" + len(s).to_bytes(8, "little") + s


def topic_server(seqs: list[int]) -> Callable[[socket.socket], None]:
    """Takes one subscription, then sends updates with these numbers and ends."""

    def talk(s: socket.socket) -> None:
        badservers.greet(s)
        badservers.request(s)
        s.sendall(badservers.reply(badservers.THREE))
        for seq in seqs:
            s.sendall(update(seq))
        time.sleep(0.2)
        s.shutdown(socket.SHUT_WR)

    return talk


def test_gaps_are_reported() -> None:
    gaps: list[tuple[str, int, int]] = []
    with badservers.serve(topic_server([1, 2, 5, 6, 1])) as port, rf.hopen("localhost", port) as c:
        feed = c.subscribe("t").on_gap(lambda *a: gaps.append(a))
        got = [feed.get(5) for _ in range(5)]
        assert [(m.seq, m.missed) for m in got] == [(1, 0), (2, 0), (5, 2), (6, 0), (1, 0)]
        assert gaps == [("t", 3, 5)]
        assert feed.missed == 2
        with pytest.raises(rf.ConnectionLost):
            feed.get(5)
        with pytest.raises(rf.ConnectionLost):
            list(feed)


def test_a_lost_connection_comes_back_with_its_subscriptions(ray: rf.Rayforce) -> None:
    if not has_topics(ray):
        pytest.skip("this core has no topics")
    ray.eval("(set state 5)")
    back: list[object] = []
    policy = rf.Reconnect(delay=0.02, max_delay=0.1, attempts=200, on_reconnect=back.append)
    server = ray.listen(0)
    port = server.port
    with rf.hopen("localhost", port, reconnect=policy) as c:
        feed = c.subscribe("t", snapshot="state")
        once = c.subscribe("t", resubscribe=False)
        assert feed.get(5).payload == 5
        server.publish("t", 1)
        assert feed.get(5).payload == 1
        assert once.get(5).payload == 1
        server.stop()
        ray.eval("(set state 6)")
        with ray.listen(port) as again:
            assert feed.get(10).payload == 6
            with pytest.raises(rf.ConnectionLost):
                once.get(5)
            soon(lambda: again.publish("t", 2) == 1)
            assert feed.get(5).payload == 2
            assert back == [c]
            assert c.stats.reconnects == 1


def has_topics(ray: rf.Rayforce) -> bool:
    try:
        ray.eval(".mc.sub")
    except rf.RayforceNameError:
        return False
    return True


# ---- tasks


def test_tasks(port: int) -> None:
    async def job() -> None:
        async with await aio.connect(f"localhost:{port}") as c, await aio.connect(f"localhost:{port}") as p:
            await c.execute("(set abook 9)")
            async with c.subscribe("aticks", snapshot="abook") as feed:
                for k in range(50):
                    await p.publish("aticks", k)
                assert (await feed.get(5)).payload == 9
                got = [await feed.get(5) for _ in range(50)]
                assert [m.payload for m in got] == list(range(50))
                assert feed.get_nowait() is None
                with pytest.raises(rf.Timeout):
                    await feed.get(0.02)
                assert await c.execute("(+ 1 2)") == 3
                await p.publish("aticks", rf.Table({"k": [1, 2]}), wait=True)
                await p.publish("aticks", rf.Table({"k": [3]}), wait=True)
                async for table in feed.tables(rows=3, wait=5):
                    assert table["k"].to_list() == [1, 2, 3]
                    break
            assert feed.closed
            assert [m async for m in feed] == []
            with pytest.raises(rf.SubscriptionClosed):
                await feed.get()
            assert await p.publish("aticks", 1, wait=True) == 0
            async with c.pushes() as pushes:
                await c.execute("(do (.ipc.post (.ipc.handle) 42) 0)")
                assert await pushes.get(5) == 42

    asyncio.run(job())


def test_tasks_overflow_and_block(port: int) -> None:
    async def job() -> None:
        async with await aio.connect(f"localhost:{port}") as c, await aio.connect(f"localhost:{port}") as p:
            async with c.subscribe("af", maxsize=10) as feed:
                for k in range(25):
                    await p.publish("af", k)
                await p.execute("1")
                await asyncio.sleep(0.1)
                assert [(await feed.get(5)).payload for _ in range(10)] == list(range(10))
                with pytest.raises(rf.SubscriptionOverflow):
                    await feed.get(5)
            async with c.subscribe("ab", maxsize=5, overflow="block") as feed:
                for k in range(3000):
                    await p.publish("ab", k)
                await p.execute("1")
                await asyncio.sleep(0.05)
                assert feed.queued < 3000
                assert [(await feed.get(5)).payload for _ in range(3000)] == list(range(3000))

    asyncio.run(job())


def test_tasks_hear_of_the_end() -> None:
    async def job(port: int) -> None:
        async with await aio.connect(f"localhost:{port}") as c, c.subscribe("t") as feed:
            got = [await feed.get(5) for _ in range(3)]
            assert [m.missed for m in got] == [0, 0, 2]
            with pytest.raises(rf.ConnectionLost):
                await feed.get(5)

    with badservers.serve(topic_server([1, 2, 5])) as port:
        asyncio.run(job(port))


def test_a_reader_exists_only_while_it_is_needed(conn: rf.Connection) -> None:
    def readers() -> int:
        return sum(t.name == "rayforce-reader" for t in threading.enumerate())

    before = readers()
    feed = conn.subscribe("r")
    assert readers() == before + 1
    feed.close()
    soon(lambda: readers() == before)
