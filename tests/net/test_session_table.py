"""One table of cases for both twins, Connection and AsyncConnection, against our server and the real ones."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import peers
import pytest

import rayforce as rf
import rayforce.aio


class Blocking:
    """An asyncio object whose coroutines are run to their end, so that a case can be written once."""

    def __init__(self, inner: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._inner = inner
        self._loop = loop

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._inner, name)
        return self._blocking(value) if callable(value) else value

    def _blocking(self, fn: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **kw: Any) -> Any:
            out = fn(*args, **kw)
            if inspect.isasyncgen(out):
                return self._iterate(out)
            if inspect.isawaitable(out):
                out = self._loop.run_until_complete(out)
            return Blocking(out, self._loop) if isinstance(out, rf.aio.AsyncPrepared) else out

        return run

    def _iterate(self, items: Any) -> Iterator[Any]:
        while True:
            try:
                yield self._loop.run_until_complete(anext(items))
            except StopAsyncIteration:
                return

    def __repr__(self) -> str:
        return repr(self._inner)

    def __call__(self, *args: Any, **kw: Any) -> Any:
        return self._blocking(self._inner)(*args, **kw)


def has(c: Any, name: str) -> bool:
    return bool(c.has(name)) if hasattr(c, "has") else name in c


CASES: list[Callable[[Any], None]] = []


def case(fn: Callable[[Any], None]) -> Callable[[Any], None]:
    CASES.append(fn)
    return fn


@case
def evaluates(c: Any) -> None:
    assert c.execute("(+ 1 2)") == 3
    assert c.execute(b"(+ 1 2)") == 3
    assert c.execute("[1 2 3]").to_list() == [1, 2, 3]
    assert type(c.execute("3i", boxed=True)) is rf.I32


@case
def arguments_are_data(c: Any) -> None:
    assert c.execute("(fn [a b] (+ a b))", 1, [2, 3]).to_list() == [3, 4]
    assert c.execute("(fn [s] s)", rf.String("(exit 1)")) == "(exit 1)"
    c.execute("(set twice (fn [x] (* 2 x)))")
    assert c.call("twice", [1, 2, 3]).to_list() == [2, 4, 6]


@case
def variables(c: Any) -> None:
    c.set("v1", np.arange(1000.0))
    assert c.get("v1").to_numpy().sum() == 499500.0
    assert has(c, "v1")
    assert not has(c, "nosuchname")
    assert c.write([1, 2], name="v2") is None
    assert c.get("v2").to_list() == [1, 2]
    assert c.write(np.array([1.5])).to_list() == [1.5]
    for bad in ("", "a b", "(exit)"):
        with pytest.raises(ValueError):
            c.set(bad, 1)
        with pytest.raises(ValueError):
            c.get(bad)


@case
def fetches(c: Any) -> None:
    table = c.fetch_table("(table [a b] (list [1 2] [3.0 4.0]))")
    assert table.columns() == ["a", "b"]
    assert c.fetch_value("(+ 1 2)", type=int) == 3
    assert c.fetch_numpy("[1 2 3]").tolist() == [1, 2, 3]
    with pytest.raises(rf.ConversionError, match="expected Table"):
        c.fetch_table("1")
    with pytest.raises(rf.ConversionError, match="no array"):
        c.fetch_numpy("1")


@case
def failures(c: Any) -> None:
    with pytest.raises(rf.QueryError) as e:
        c.execute("(+ 1 'a)")
    assert e.value.address == c.address
    assert e.value.query == "(+ 1 'a)"
    with pytest.raises(rf.QueryError) as p:
        c.execute("(+ 1")
    assert isinstance(p.value, rf.RayforceParseError) == (c.dialect != "1.x")  # there it is a domain error
    with pytest.raises(rf.ConversionError):
        c.execute("(fn [x] x)", object())
    assert c.execute("1") == 1


@case
def large_both_ways(c: Any) -> None:
    data = np.arange(3_000_000)
    c.set("large", data)
    back = c.fetch_numpy("large")
    assert np.array_equal(back, data)
    words = c.execute("(take ['a 'bb 'ccc] 300000)")
    assert len(words) == 300000
    assert words[2] == "ccc"


@case
def compressed(c: Any) -> None:
    c.set_compression(True)
    c.set("zeros", np.zeros(200_000))
    assert c.fetch_numpy("zeros").sum() == 0
    with pytest.raises(ValueError, match="compression"):
        c.set_compression(-1)


@case
def without_reply(c: Any) -> None:
    c.send_async("(set seen 1)")
    c.send_async("(nosuch 1)")
    assert c.execute("seen") == 1
    c.flush()


@case
def prepared(c: Any) -> None:
    add = c.prepare("(fn [a b] (+ a b))")
    assert [add(k, 1) for k in range(5)] == [1, 2, 3, 4, 5]
    assert "fn [a b]" in add.source
    assert add.source in repr(add)


@case
def streams(c: Any) -> None:
    pages = list(c.stream("(table [a b] (list (til 10) (til 10)))", rows=4))
    assert [len(p) for p in pages] == [4, 4, 2]
    assert pages[1].columns() == ["a", "b"]
    assert pages[2]["a"].to_list() == [8, 9]
    assert [p["value"].to_list() for p in c.stream("(fn [n] (til n))", 5, rows=3)] == [[0, 1, 2], [3, 4]]
    assert list(c.stream("(take [1 2] 0)")) == []
    with pytest.raises(ValueError):
        list(c.stream("1", rows=0))
    with pytest.raises(rf.QueryError):
        list(c.stream("(nosuch 1)"))


@case
def into_memory_of_the_caller(c: Any) -> None:
    out = np.zeros(8)
    assert c.fetch_into("(* 1.5 (til 5))", out=out) == 5
    assert out.tolist() == [0, 1.5, 3, 4.5, 6, 0, 0, 0]
    for bad in (np.zeros(2), np.zeros(8, np.int32), np.zeros((2, 8))):
        with pytest.raises(rf.ConversionError):
            c.fetch_into("(* 1.5 (til 5))", out=bad)
    with pytest.raises(TypeError):
        c.fetch_into("(til 5)", out=[0] * 8)
    with pytest.raises(rf.ConversionError):
        c.fetch_into("1", out=out)


@case
def names_and_advice(c: Any) -> None:
    c.execute("(do (set trades (table [sym price] (list ['a] [1.5]))) 0)")
    if c.dialect == "1.x":  # its servers do not list their names
        return
    assert "trades" in c.tables()
    with pytest.raises(rf.QueryError) as e:
        c.execute("(count tradse)")
    assert "close to it: trades" in c.diagnose(e.value)
    with pytest.raises(rf.QueryError) as e:
        c.execute("(+ 1 (at trades 'sym))")
    assert "trades has the columns sym, price" in c.diagnose(e.value)


@case
def progress_of_a_large_reply(c: Any) -> None:
    seen: list[tuple[int, int]] = []
    out = c.execute("(til 5000000)", progress=lambda *a: seen.append(a))
    assert len(out) == 5_000_000
    assert all(0 <= r <= t for r, t in seen)
    assert c.execute("1", progress=True) == 1


@case
def files(c: Any) -> None:
    assert c.run_file(str(Path(__file__).with_name("sum.rfl"))) == 6


@case
def state(c: Any) -> None:
    assert c.is_connected()
    assert not c.closed
    assert 0 < c.ping() < 5
    assert c.fileno() > 0
    assert c.dialect in ("1.x", "2.x")
    version = c.server_version
    assert (version() if callable(version) else version) != ""
    before = c.stats
    c.execute("1")
    after = c.stats
    assert (after.sent - before.sent, after.received - before.received) == (1, 1)
    assert after.bytes_in > before.bytes_in
    assert after.bytes_out > before.bytes_out
    assert (after.owed, after.awaited) == (0, 0)
    c.set_timeout(20)
    with pytest.raises(ValueError):
        c.set_timeout(-1)
    assert "open" in repr(c)


@case
def timeouts_leave_it_usable(c: Any) -> None:
    started = time.monotonic()
    with pytest.raises(rf.Timeout) as e:
        c.execute("(sum (til 300000000))", timeout=0.01)
    assert time.monotonic() - started < 5
    assert (e.value.phase, e.value.seconds) == ("reply", 0.01)
    assert c.execute("(+ 40 2)") == 42
    assert c.stats.owed == 0
    with pytest.raises(ValueError):
        c.execute("1", timeout=-1)


@case
def closed_is_closed(c: Any) -> None:
    c.close()
    c.close()
    assert c.closed
    assert not c.is_connected()
    assert c.fileno() == -1
    with pytest.raises(rf.ConnectionFailed) as e:
        c.execute("1")
    assert e.value.reason == "closed"
    assert "closed" in repr(c)


def open_blocking(port: int, loop: asyncio.AbstractEventLoop) -> Any:
    return Blocking(loop.run_until_complete(rf.aio.connect(f"rayforce://localhost:{port}")), loop)


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    yield made
    made.run_until_complete(made.shutdown_default_executor())
    made.close()


@pytest.fixture(params=["ours", "2.x", "1.x"])
def port(request: pytest.FixtureRequest, real_2x: peers.PeerServer, real_1x: peers.PeerServer) -> int:
    real = {"2.x": real_2x, "1.x": real_1x}
    server: rf.Server | peers.PeerServer = real.get(request.param) or request.getfixturevalue("ours")
    return server.port


@pytest.fixture(params=["sync", "async"])
def twin(request: pytest.FixtureRequest, port: int, loop: asyncio.AbstractEventLoop) -> Iterator[Any]:
    c = rf.hopen("localhost", port) if request.param == "sync" else open_blocking(port, loop)
    yield c
    c.close()


@pytest.mark.parametrize("case", CASES, ids=[c.__name__ for c in CASES])
def test_case(case: Callable[[Any], None], twin: Any) -> None:
    case(twin)


def test_same_names() -> None:
    """What one twin has, the other has, but for subscripts, threads, and what only a console needs."""
    sync = {n for n in dir(rf.Connection) if not n.startswith("_")}
    other = {n for n in dir(rf.aio.AsyncConnection) if not n.startswith("_")}
    assert sync - other == {"pipeline", "submit", "execute_verbose", "interrupt"}
    assert other - sync == {"has", "open"}
