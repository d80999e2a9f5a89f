"""The client for kdb+, beside a server that speaks as much of q's protocol as it takes."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from qserver import QServer

import rayforce as rf
from rayforce.plugins.kdb import KDBConnection, KDBEngine


@pytest.fixture
def server() -> Iterator[QServer]:
    pytest.importorskip("kola")
    with QServer() as s:
        yield s


@pytest.fixture
def conn(server: QServer) -> Iterator[KDBConnection]:
    with KDBEngine("127.0.0.1", server.port).acquire() as c:
        yield c


def test_values(conn: KDBConnection) -> None:
    assert conn.execute("2+2") == 4
    floats = conn.execute("floats")
    assert isinstance(floats, rf.Vector)
    assert floats.dtype == "f64"
    assert floats[0] == 1.5
    longs = conn.execute("longs")
    assert longs.dtype == "i64"
    assert longs.to_list() == [1, None, 3]
    assert conn.execute("trades").equals(rf.Table({"sym": ["AAPL", "MSFT"], "qty": [10, 20]}))
    one, names = conn.execute("mixed")
    assert one == 1
    assert names.to_list() == ["a", "b"]


def test_arguments_are_data(server: QServer, conn: KDBConnection) -> None:
    assert conn.execute("f", 1, rf.Vector([1, 2, 3]), rf.Table({"a": [1.5]})) == 3
    assert b"f" in server.calls[-1]


def test_a_bad_query_leaves_the_connection(conn: KDBConnection) -> None:
    with pytest.raises(rf.QueryError, match="nosuch") as e:
        conn.execute("nosuch")
    assert e.value.query == "nosuch"
    assert conn.execute("2+2") == 4


def test_a_connection_that_breaks(conn: KDBConnection) -> None:
    with pytest.raises(rf.ConnectionLost):
        conn.execute("bye")


def test_closing(server: QServer) -> None:
    engine = KDBEngine("127.0.0.1", server.port)
    a, b = engine.acquire(), engine.acquire()
    a.close()
    a.close()
    with pytest.raises(rf.ConnectionFailed, match="closed"):
        a.execute("2+2")
    engine.dispose_connections()
    assert b.closed


def test_nobody_listens() -> None:
    pytest.importorskip("kola")
    with socket.create_server(("127.0.0.1", 0)) as s:
        port = s.getsockname()[1]
    with pytest.raises(rf.ConnectionFailed) as e:
        KDBEngine("127.0.0.1", port).acquire()
    assert e.value.reason == "refused"


def test_a_wrong_password_is_told_and_not_shown() -> None:
    pytest.importorskip("kola")
    with QServer("right") as s:
        KDBEngine("127.0.0.1", s.port, "me", "right").acquire().close()
        engine = KDBEngine("127.0.0.1", s.port, "me", "secret")
        with pytest.raises(rf.ConnectionFailed) as e:
            engine.acquire()
        assert "secret" not in repr(engine) + str(e.value)


def test_timeouts_are_checked() -> None:
    with pytest.raises(ValueError, match="timeout_ms"):
        KDBEngine("localhost", 5000, timeout_ms=0)
