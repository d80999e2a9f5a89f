"""Lost connections that come back: what is sent again and what is not."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator

import badservers
import pytest

import rayforce as rf
from rayforce import aio

QUICK = rf.Reconnect(delay=0.01, max_delay=0.05, attempts=100, jitter=0)


def dying(deaths: int) -> tuple[Callable[[socket.socket], None], list[int]]:
    """Ends the first connections after their first request, without an answer; then answers everything with 3."""
    requests: list[int] = []
    lock = threading.Lock()
    count = [0]

    def talk(s: socket.socket) -> None:
        with lock:
            count[0] += 1
            k = count[0]
        badservers.greet(s)
        while badservers.request(s):
            requests.append(k)
            if k <= deaths:
                s.shutdown(socket.SHUT_RDWR)
                return
            s.sendall(badservers.reply(badservers.THREE))

    return talk, requests


@pytest.fixture(params=["sync", "async"])
def ask(request: pytest.FixtureRequest) -> Iterator[Callable[..., object]]:
    """Opens a connection of either kind and runs queries on it, one result or failure each."""

    def sync(port: int, *queries: str, idempotent: bool = False, policy: object = QUICK) -> list[object]:
        out: list[object] = []
        with rf.hopen("localhost", port, reconnect=policy) as c:
            for q in queries:
                try:
                    out.append(c.execute(q, idempotent=idempotent))
                except rf.IPCError as e:
                    out.append(e)
            out.append(c.stats.reconnects)
        return out

    async def tasks(port: int, queries: tuple[str, ...], idempotent: bool, policy: object) -> list[object]:
        out: list[object] = []
        async with await aio.connect(f"localhost:{port}", reconnect=policy) as c:
            for q in queries:
                try:
                    out.append(await c.execute(q, idempotent=idempotent))
                except rf.IPCError as e:
                    out.append(e)
            out.append(c.stats.reconnects)
        return out

    def run(port: int, *queries: str, idempotent: bool = False, policy: object = QUICK) -> list[object]:
        return asyncio.run(tasks(port, queries, idempotent, policy))

    return sync if request.param == "sync" else run


def test_what_may_have_run_is_not_sent_again(ask: Callable[..., list[object]]) -> None:
    talk, requests = dying(1)
    with badservers.serve(talk) as port:
        first, second, reconnects = ask(port, "(insert)", "(next)")
    assert isinstance(first, rf.ConnectionLost)
    assert first.sent
    assert second == 3
    assert reconnects == 1
    assert requests == [1, 2]


def test_idempotent_requests_are_sent_again(ask: Callable[..., list[object]]) -> None:
    talk, requests = dying(2)
    with badservers.serve(talk) as port:
        assert ask(port, "(read)", idempotent=True) == [3, 2]
    assert requests == [1, 2, 3]


def test_without_a_policy_it_stays_lost(ask: Callable[..., list[object]]) -> None:
    talk, _ = dying(1)
    with badservers.serve(talk) as port:
        first, second, reconnects = ask(port, "(a)", "(b)", policy=False)
    assert isinstance(first, rf.ConnectionLost)
    assert isinstance(second, rf.ConnectionLost)
    assert not second.sent
    assert reconnects == 0


def test_a_server_that_restarts(ray: rf.Rayforce) -> None:
    server = ray.listen(0)
    port = server.port

    def restart() -> None:
        nonlocal server
        server.stop()
        time.sleep(0.1)
        server = ray.listen(port)

    with rf.hopen("localhost", port, reconnect=QUICK) as c:
        assert c.execute("1") == 1
        restart()
        assert c.execute("2") == 2
        assert c.stats.reconnects == 1
        c.reconnect()
        assert c.execute("3") == 3
        assert c.stats.reconnects == 2
    server.stop()


def test_giving_up(ray: rf.Rayforce) -> None:
    server = ray.listen(0)
    c = rf.hopen("localhost", server.port, reconnect=rf.Reconnect(attempts=2, delay=0.01))
    server.stop()
    started = time.monotonic()
    with pytest.raises(rf.ConnectionFailed):
        c.execute("1")
    assert time.monotonic() - started < 5
    c.close()


def test_on_reconnect_and_threads(ray: rf.Rayforce) -> None:
    back: list[rf.Connection] = []
    policy = rf.Reconnect(delay=0.01, on_reconnect=back.append)
    server = ray.listen(0)
    port = server.port
    with rf.hopen("localhost", port, reconnect=policy) as c:
        server.stop()
        with ray.listen(port):
            results: list[int] = []

            def ask(k: int) -> None:
                results.append(c.execute("(fn [x] x)", k))

            threads = [threading.Thread(target=ask, args=(k,)) for k in range(8)]
            for t in threads:
                t.start()
            for t in threads:
                t.join(20)
            assert sorted(results) == list(range(8))
            assert back == [c]


@pytest.mark.parametrize("bad", [{"attempts": -1}, {"attempts": True}, {"delay": -1}, {"jitter": "x"}])
def test_policies_are_checked(bad: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        rf.Reconnect(**bad)  # type: ignore[arg-type]


def test_in_an_address() -> None:
    assert rf.Address.parse("rayforce://h?reconnect=true").options == {"reconnect": True}
    waits = list(rf.Reconnect(attempts=5, delay=1, max_delay=3, jitter=0).waits())
    assert waits == [0, 1, 2, 3, 3]
