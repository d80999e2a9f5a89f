"""Servers: started, stopped, refused."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable

import pytest

import rayforce as rf


def test_start_and_stop(ray: rf.Rayforce) -> None:
    server = ray.listen(0)
    assert server.running
    assert server.port > 0
    assert str(server.address) == f"rayforce://127.0.0.1:{server.port}"
    with rf.connect(str(server.address)) as conn:
        assert conn.execute("(+ 1 2)") == 3
    server.stop()
    server.stop()
    assert not server.running
    with pytest.raises(rf.ConnectionFailed):
        rf.connect(str(server.address))


def test_it_may_wait_busily(ray: rf.Rayforce) -> None:
    with ray.listen(0, spin=2000) as server, rf.connect(server.address, spin=2000) as conn:
        assert [conn.execute(f"(+ 1 {n})") for n in range(50)] == list(range(1, 51))
        time.sleep(0.01)
        assert conn.execute("(+ 1 2)") == 3
    for wrong in (-1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="spin"):
            rf.Server(ray, port=0, spin=wrong)


def test_the_engine_is_shared_with_its_clients(ray: rf.Rayforce) -> None:
    with ray.listen(0) as server, rf.hopen("127.0.0.1", server.port) as conn:
        ray["x"] = 1
        conn["y"] = 2
        assert conn["x"] == 1
        assert ray["y"] == 2


def test_several_servers_over_one_engine(ray: rf.Rayforce) -> None:
    with ray.listen(0) as a, ray.listen(0) as b, rf.hopen("127.0.0.1", a.port) as c, rf.hopen("127.0.0.1", b.port) as d:
        c["x"] = 5
        assert d["x"] == 5


def test_a_port_that_is_taken(server: rf.Server) -> None:
    with pytest.raises(rf.RayforceError):
        rf.Server(server.engine, port=server.port)
    for bad in (-1, 70000, "5000", True):
        with pytest.raises(ValueError, match="port"):
            rf.Server(server.engine, port=bad)  # type: ignore[arg-type]


def test_other_hosts_need_a_password(ray: rf.Rayforce) -> None:
    with pytest.raises(rf.RayforceError):
        rf.Server(ray, host="0.0.0.0", port=0)
    with (
        rf.Server(ray, host="0.0.0.0", port=0, password="x") as server,
        rf.hopen("127.0.0.1", server.port, password="x") as conn,
    ):
        assert conn.execute("1") == 1


def test_closing_the_engine_closes_its_servers() -> None:
    ray = rf.Rayforce()
    server = ray.listen(0)
    conn = rf.hopen("127.0.0.1", server.port)
    ray.close()
    assert not server.running
    with pytest.raises(rf.IPCError):
        conn.execute("1")
    conn.close()


def test_a_server_is_started_once(server: rf.Server) -> None:
    with pytest.raises(rf.RayforceThreadError):
        server.start()
    with pytest.raises(rf.RayforceThreadError):
        server.serve_forever()


def test_serving_in_the_foreground(ray: rf.Rayforce) -> None:
    server = rf.Server(ray, port=0)
    threading.Timer(0.1, server._handle.stop).start()
    server.serve_forever()
    server.stop()
    server = rf.Server(ray, port=0)
    threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        server.serve_forever()
    assert time.monotonic() - start < 1
    server.stop()


def test_old_server() -> None:
    server = rf.TCPServer(0)
    thread = threading.Thread(target=server.listen)
    thread.start()
    with rf.TCPClient("127.0.0.1", server.port) as client:
        assert client.execute("(+ 1 2)") == 3
    server.stop()
    thread.join(5)
    assert not thread.is_alive()
    server.close()
    with pytest.raises(ValueError, match="poll_interval"):
        server.listen(poll_interval_ms=0)


def test_listening_from_code(ray: rf.Rayforce) -> None:
    with ray.listen(0) as probe:
        port = probe.port
    ray.eval(f"(set h (listen {port}))", timeout=5)
    thread = threading.Thread(target=ray._runtime.run, args=(1.0,))
    thread.start()
    with rf.hopen("127.0.0.1", port) as conn:
        assert conn.execute("(+ 1 2)") == 3
    thread.join()


def test_restricted(steady: Callable[[Callable[[], object]], None]) -> None:
    with rf.Rayforce(restricted=True) as ray, ray.listen(0) as server, rf.hopen("127.0.0.1", server.port) as conn:
        with pytest.raises(rf.QueryError) as e:
            conn["x"] = 1
        assert e.value.code == "access"


def test_servers_give_everything_back(ray: rf.Rayforce, steady: Callable[[Callable[[], object], int], None]) -> None:
    def job() -> None:
        with ray.listen(0) as server, rf.hopen("127.0.0.1", server.port) as conn:
            conn.execute("(til 10)")

    steady(job, 20)
