"""What a program sees of its server: clients, topics, hooks, who is welcome, limits."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

import rayforce as rf


def soon(done: Callable[[], object], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        time.sleep(0.002)


def test_clients(server: rf.Server, conn: rf.Connection) -> None:
    conn.execute("1")
    table = server.clients()
    assert len(table) == server.client_count == 1
    assert {"handle", "address", "bytes_in", "bytes_out"} <= set(table.columns())
    assert table["bytes_in"].to_list()[0] > 0
    conn.close()
    soon(lambda: len(server.clients()) == 0)


def test_publish(server: rf.Server, conn: rf.Connection) -> None:
    assert server.publish("t", 1) == 0
    with conn.subscribe("t") as feed:
        assert server.publish("t", rf.Table({"a": [1, 2]})) == 1
        assert feed.get(5).payload["a"].to_list() == [1, 2]
    with pytest.raises(rf.ConversionError):
        server.publish("t", object())


def test_hooks(server: rf.Server) -> None:
    opened: list[int] = []
    closed: list[int] = []
    posted: list[Any] = []
    server.on_open(opened.append)
    server.on_close(closed.append)
    server.on_async(posted.append)

    @server.on_sync
    def reply(message: Any) -> Any:
        if message == "fail":
            raise rf.RayforceDomainError("as you wish", code="domain")
        return ["echo", message]

    with rf.hopen("127.0.0.1", server.port) as c:
        assert list(c.execute("(+ 1 2)")) == ["echo", "(+ 1 2)"]
        with pytest.raises(rf.RayforceDomainError):
            c.execute("fail")
        c.send_async("hello")
        soon(lambda: posted == ["hello"])
    soon(lambda: opened == closed != [])


def test_who_is_welcome(ray: rf.Rayforce) -> None:
    asked: list[tuple[str, str]] = []

    def auth(user: str, password: str) -> bool:
        asked.append((user, password))
        return user == "ann" and password == "secret"

    with ray.listen(0, auth=auth) as server:
        with rf.hopen("127.0.0.1", server.port, user="ann", password="secret") as c:
            assert c.execute("1") == 1
        for user, password in (("ann", "wrong"), ("bob", "secret")):
            with pytest.raises(rf.AuthenticationFailed):
                rf.hopen("127.0.0.1", server.port, user=user, password=password)
    assert asked == [("ann", "secret"), ("ann", "wrong"), ("bob", "secret")]


def test_a_request_may_take_so_long(ray: rf.Rayforce) -> None:
    with ray.listen(0, query_timeout=0.1) as server, rf.hopen("127.0.0.1", server.port) as c:
        with pytest.raises((rf.QueryError, rf.Timeout)):
            c.execute("(do (set i 0) (while (< i 1000000000) (set i (+ i 1))) i)")
        assert c.execute("1") == 1


def test_restricted(ray: rf.Rayforce) -> None:
    ray["x"] = 1
    with ray.listen(0, restricted=True) as server, rf.hopen("127.0.0.1", server.port) as c:
        assert c.execute("(+ x 1)") == 2
        with pytest.raises(rf.QueryError) as e:
            c.execute("(set y 1)")
        assert e.value.code == "access"
    ray["y"] = 1
