"""Connections over the loopback address, against our own server."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

import rayforce as rf

SLOW = "(do (set i 0) (while (< i 1000000000) (set i (+ i 1))) i)"


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that accepts and never answers."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        yield s.getsockname()[1]


def test_queries(conn: rf.Connection) -> None:
    assert conn.execute("(+ 1 2)") == 3
    assert conn.execute("(fn [a b] (+ a b))", 1, [2, 3]).to_list() == [3, 4]
    assert conn.execute(rf.List([rf.Name("+"), 1, 2])) == 3
    assert conn.execute(rf.Fn("(fn [x] (* x 2))"), 4) == 8
    assert type(conn.execute("3i", boxed=True)) is rf.I32
    assert conn.execute("[1 2 3]").to_list() == [1, 2, 3]
    assert conn.execute("") is None


def test_arguments_are_data(conn: rf.Connection) -> None:
    conn["secret"] = 42
    assert conn.execute("(fn [s] s)", "secret") == "secret"
    assert conn.execute("(fn [s] s)", rf.String("(exit 1)")) == "(exit 1)"
    assert conn.call("list", "secret", "+") == ["secret", "+"]
    assert conn.call("count", [1, 2, 3]) == 3
    assert conn.execute("(fn [l] (count l))", [[1, 2], "a", None]) == 3


def test_variables(conn: rf.Connection, ray: rf.Rayforce) -> None:
    conn["prices"] = [100, 200, 300]
    assert conn["prices"].to_list() == ray["prices"].to_list() == [100, 200, 300]
    assert "prices" in conn
    assert "nosuch" not in conn
    assert conn.write([1, 2], name="w") is None
    assert conn.get("w").to_list() == [1, 2]
    assert conn.write(np.array([1.5])).to_list() == [1.5]
    del conn["w"]
    with pytest.raises(rf.RayforceNameError):
        conn["w"]
    with pytest.raises(rf.RayforceNameError):
        conn.delete("w")
    conn["sym"] = "AAPL"
    assert conn["sym"] == "AAPL"
    for bad in ("", "a b", "(exit)"):
        with pytest.raises(ValueError):
            conn[bad] = 1
        with pytest.raises(ValueError):
            conn[bad]
        with pytest.raises(ValueError):
            conn.__contains__(bad)


def test_errors_name_query_and_server(conn: rf.Connection) -> None:
    with pytest.raises(rf.RayforceTypeError) as e:
        conn.execute("(+ 1 'a)")
    assert (e.value.code, e.value.query, e.value.address) == ("type", "(+ 1 'a)", conn.address)
    assert conn.execute("1") == 1
    with pytest.raises(rf.RayforceParseError) as p:
        conn.execute("(+ 1\n 2")
    assert p.value.lineno == 1
    assert p.value.text == "(+ 1"


def test_async(conn: rf.Connection, ray: rf.Rayforce) -> None:
    conn.send_async("(set sent 5)")
    conn.send_async("(fn [x] (set both (+ sent x)))", 2)
    conn.send_async("(nosuch)")
    conn.flush()
    assert conn.execute("both") == 7
    assert ray["sent"] == 5


def test_prepared(conn: rf.Connection) -> None:
    q = conn.prepare("(fn [x] (+ x 1))")
    assert [q(i) for i in range(3)] == [1, 2, 3]
    q.send_async(1)
    assert q.source == "(fn [x] (+ x 1))"


def test_typed_results(conn: rf.Connection, ray: rf.Rayforce) -> None:
    ray["t"] = rf.Table({"a": [1, 2]})
    assert conn.fetch_table("t").shape == (2, 1)
    assert conn.fetch_value("(+ 1 2)", type=int) == 3
    assert conn.fetch_numpy("(til 3)").tolist() == [0, 1, 2]
    assert isinstance(conn, rf.Session)


def test_state(conn: rf.Connection, server: rf.Server) -> None:
    assert conn.is_connected()
    assert not conn.closed
    assert (conn.host, conn.port, conn.user) == ("127.0.0.1", server.port, None)
    assert conn.fileno() > 2
    assert 0 < conn.ping() < 1
    assert conn.server_version == rf.__version__
    assert conn.dialect == "2.x"
    stats = conn.stats
    conn.execute("1")
    assert conn.stats.sent == stats.sent + 1
    assert conn.stats.bytes_in > stats.bytes_in
    assert server.client_count == 1
    assert "open" in repr(conn)


def test_closing(server: rf.Server) -> None:
    conn = rf.hopen(str(server.address))
    conn.close()
    conn.close()
    assert conn.closed
    assert not conn.is_connected()
    assert conn.fileno() == -1
    assert "closed" in repr(conn)
    with pytest.raises(rf.ConnectionFailed) as e:
        conn.execute("1")
    assert e.value.reason == "closed"


def test_an_open_connection_that_is_forgotten_warns(server: rf.Server) -> None:
    kept = [rf.hopen("127.0.0.1", server.port, name="feed")]
    with pytest.warns(ResourceWarning, match="unclosed <Connection 'feed' rayforce://127.0.0.1"):
        kept.clear()


def test_refused() -> None:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
        with pytest.raises(rf.ConnectionFailed) as e:
            rf.hopen("127.0.0.1", port)
    assert e.value.reason == "refused"
    assert e.value.address == rf.Address("127.0.0.1", port)
    assert e.value.elapsed is not None
    assert isinstance(e.value, rf.IPCError.ConnectionFailed)


def test_unknown_host() -> None:
    with pytest.raises(rf.ConnectionFailed) as e:
        rf.hopen("no-such-host.invalid", 5000)
    assert e.value.reason == "dns"


def test_silent_server(silent: int) -> None:
    for opener in (
        lambda: rf.hopen("127.0.0.1", silent, timeout=0.3),
        lambda: rf.hopen_timeout("127.0.0.1", silent, 300),
    ):
        start = time.monotonic()
        with pytest.raises(rf.ConnectionFailed) as e:
            opener()
        assert e.value.reason == "timeout"
        assert 0.2 < time.monotonic() - start < 0.5
    with pytest.raises(ValueError, match="timeout_ms"):
        rf.hopen_timeout("127.0.0.1", silent, -1)


def test_passwords(ray: rf.Rayforce) -> None:
    with ray.listen(0, password="s3cret") as server:
        with rf.hopen("127.0.0.1", server.port, user="ann", password="s3cret") as conn:
            assert conn.execute("1") == 1
            assert conn.user == "ann"
            assert "s3cret" not in repr(conn)
        with rf.connect(f"rayforce://ann:s3cret@127.0.0.1:{server.port}") as conn:
            assert conn.execute("1") == 1
        with pytest.raises(rf.AuthenticationFailed) as e:
            rf.hopen(f"127.0.0.1:{server.port}:ann:wrong")
        assert e.value.reason == "auth"
        assert "wrong" not in str(e.value)


def test_a_late_reply_does_not_poison(conn: rf.Connection, ray: rf.Rayforce) -> None:
    with pytest.raises(rf.Timeout) as e:
        conn.execute("(do (set i 0) (while (< i 3000000) (set i (+ i 1))) i)", timeout=0.05)
    assert (e.value.phase, e.value.seconds) == ("reply", 0.05)
    assert conn.stats.owed == 1
    assert conn.execute("(+ 1 2)", timeout=60) == 3
    assert conn.stats.owed == 0
    conn.set_timeout(0.05)
    with pytest.raises(rf.Timeout):
        conn.execute(SLOW)
    ray.interrupt()
    conn.set_timeout(None)
    assert conn.execute("(+ 2 2)") == 4
    with pytest.raises(ValueError):
        conn.set_timeout(-1)


def test_timeout_that_closes(server: rf.Server, ray: rf.Rayforce) -> None:
    with rf.hopen("127.0.0.1", server.port, timeout_action="close") as conn:
        with pytest.raises(rf.Timeout):
            conn.execute(SLOW, timeout=0.05)
        assert not conn.is_connected()
    ray.interrupt()


def test_ctrl_c_ends_a_wait(conn: rf.Connection, ray: rf.Rayforce) -> None:
    pressed: list[float] = []

    def press() -> None:
        pressed.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(0.2, press)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        conn.execute(SLOW)
    assert time.monotonic() - pressed[0] < 0.1
    timer.join()
    ray.interrupt()
    assert conn.execute("(+ 1 2)") == 3


def test_ctrl_c_ends_connecting(silent: int) -> None:
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        rf.hopen("127.0.0.1", silent, timeout=20)
    assert time.monotonic() - start < 1
    timer.join()


def test_a_signal_handler_that_raises(conn: rf.Connection, ray: rf.Rayforce) -> None:
    class Enough(Exception):
        pass

    def handler(*_: object) -> None:
        raise Enough

    before = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(Enough):
            conn.execute(SLOW)
    finally:
        signal.signal(signal.SIGALRM, before)
    ray.interrupt()
    assert conn.execute("1") == 1


def test_waiting_leaves_other_threads_running(conn: rf.Connection, ray: rf.Rayforce) -> None:
    ticks = 0
    stop = threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not stop.wait(0.001):
            ticks += 1

    thread = threading.Thread(target=tick)
    thread.start()
    with pytest.raises(rf.Timeout):
        conn.execute(SLOW, timeout=0.5)
    stop.set()
    thread.join()
    ray.interrupt()
    assert ticks > 10  # one or two if it kept the interpreter


def test_eight_threads_share_one_connection(conn: rf.Connection) -> None:
    conn.execute("(set f (fn [x] (* x x)))")
    wrong: list[object] = []

    def work(seed: int) -> None:
        try:
            for i in range(seed, seed + 300):
                got = conn.call("f", i), conn.execute(f"(+ {i} 1)"), conn.execute("(fn [v] v)", [i, i]).to_list()
                if got != (i * i, i + 1, [i, i]):
                    wrong.append(got)
        except Exception as e:
            wrong.append(e)

    threads = [threading.Thread(target=work, args=(k * 1000,)) for k in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert wrong == []


def test_server_gone(ray: rf.Rayforce) -> None:
    server = ray.listen(0)
    with rf.hopen("127.0.0.1", server.port) as conn:
        assert conn.execute("1") == 1
        server.stop()
        with pytest.raises((rf.ConnectionLost, rf.ConnectionFailed)):
            conn.execute("1")
        assert not conn.is_connected()


def test_server_killed_while_it_computes() -> None:
    code = "import rayforce as rf\ns = rf.Server(rf.Rayforce(), port=0); print(s.port, flush=True); s.serve_forever()"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    port = int(process.stdout.readline())
    with rf.hopen("127.0.0.1", port) as conn:
        threading.Timer(0.2, process.kill).start()
        with pytest.raises(rf.ConnectionLost) as e:
            conn.execute(SLOW)
        assert e.value.sent
    process.wait()
    process.stdout.close()


def test_fork(conn: rf.Connection) -> None:
    assert conn.execute("1") == 1
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            conn.execute("1")
            told = b"answered"
        except rf.ConnectionFailed as e:
            told = e.reason.encode()
        except BaseException as e:
            told = repr(e).encode()
        os.write(write, told)
        os._exit(0)
    os.waitpid(pid, 0)
    assert os.read(read, 100) == b"forked"
    os.close(read)
    os.close(write)
    assert conn.execute("(+ 1 2)") == 3


def test_pickling_is_refused(conn: rf.Connection) -> None:
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(conn)
    assert pickle.loads(pickle.dumps(conn.address)) == conn.address


def test_compression(server: rf.Server) -> None:
    with rf.hopen("127.0.0.1", server.port, compression=True) as conn:
        conn["zeros"] = np.zeros(100_000)
        assert conn.stats.bytes_out < 100_000
        conn.set_compression(False)
        conn["zeros"] = np.zeros(100_000)
        assert conn.stats.bytes_out > 800_000
        assert conn.execute("(count zeros)") == 100_000
        conn.set_compression(100)
        with pytest.raises(ValueError):
            conn.set_compression(-1)


def test_reply_too_large(server: rf.Server) -> None:
    with rf.hopen("127.0.0.1", server.port, max_message=10_000) as conn, pytest.raises(rf.MessageTooLarge) as e:
        conn.execute("(til 10000)")
    assert e.value.limit == 10_000
    assert e.value.size > 80_000


def test_options() -> None:
    with pytest.raises(TypeError, match="unknown option 'colour'"):
        rf.hopen("localhost", 1, colour="red")
    with pytest.raises(ValueError, match="keepalive"):
        rf.hopen("localhost", 1, keepalive=-1)


def test_address_options_are_used(server: rf.Server, ray: rf.Rayforce) -> None:
    with rf.connect(f"rayforce://127.0.0.1:{server.port}?timeout=0.05&strings=string") as conn:
        with pytest.raises(rf.Timeout):
            conn.execute(SLOW)
        ray.interrupt()
        conn["x"] = ["a", "b"]
        assert ray["x"].dtype == "str"


def test_environment(server: rf.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAYFORCE_URL", f"rayforce://127.0.0.1:{server.port}")
    with rf.connect() as a, rf.hopen() as b:
        assert a.execute("1") == b.execute("1") == 1


def test_old_client(server: rf.Server) -> None:
    with rf.TCPClient("127.0.0.1", server.port) as client:
        assert client.execute("(+ 1 2)") == 3
        assert isinstance(client, rf.Connection)


def test_unix_socket(ray: rf.Rayforce, tmp_path: object) -> None:
    path = f"{tmp_path}/rf.sock"
    with rf.Server(ray, unix=path) as server, rf.connect(str(server.address)) as conn:
        assert conn.execute("(+ 1 2)") == 3
        assert conn.address.path == path


def test_nothing_is_lost(conn: rf.Connection, steady: Callable[[Callable[[], object]], None]) -> None:
    a = np.arange(100.0)

    def job() -> None:
        conn.execute("(fn [a b] (list a b))", a, "x")
        conn["x"] = a
        conn.write(rf.Table({"a": a}))
        conn.send_async("(fn [a] a)", a)
        with pytest.raises(rf.RayforceTypeError):
            conn.execute("(+ 1 'a)")
        with pytest.raises(rf.ConversionError):
            conn.call("f", a, object())

    steady(job)
    references = sys.getrefcount(a)
    job()
    gc.collect()
    assert sys.getrefcount(a) == references
