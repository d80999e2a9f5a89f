"""Every public call that goes over a connection, one row each, and its right answer.

A row's function gets a connection or pool of threads or of tasks: what it returns may have to be awaited.
"""

from __future__ import annotations

import inspect
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

import rayforce as rf
from rayforce import aio

SETUP = """
(set add (fn [x y] (+ x y)))
(set t (table ['a 'b] (list [1 2 3] [1.5 2.5 3.5])))
(set u (table ['a 'b] (list [1 2 3] [1.5 2.5 3.5])))
(set big (til 300000))
(set x 7)
"""
BIG = np.arange(300_000)
FILE = Path(tempfile.gettempdir()) / "rayforce-chaos.rfl"
QUICK = rf.Reconnect(attempts=2, delay=0.01, jitter=0)

Kind = Literal["sync", "async"]
Run = Callable[[Any, float], Any]  # what is open, and the timeout


@dataclass(frozen=True)
class Row:
    name: str
    calls: tuple[str, ...]  # the public names that are under test
    run: Run
    want: Any
    kinds: tuple[Kind, ...] = ("sync", "async")

    def __str__(self) -> str:
        return self.name


def is_same(got: Any, want: Any) -> bool:
    if callable(want):
        return bool(want(got))
    if isinstance(want, np.ndarray):
        return bool(np.array_equal(np.asarray(got), want))
    return type(got) is type(want) and bool(got == want)


def row(calls: str, run: Callable[..., Any], want: Any, *kinds: Kind, name: str = "") -> Row:
    takes_timeout = len(inspect.signature(run).parameters) == 2
    whole: Run = run if takes_timeout else lambda c, timeout: run(c)
    return Row(name or calls, tuple(calls.split()), whole, want, kinds or ("sync", "async"))


def three_rows(got: Any) -> bool:
    return isinstance(got, rf.Table) and len(got) == 3 and list(got["a"]) == [1, 2, 3]


def own(c: Any, name: str) -> str:
    """Calls that run at once do not meet."""
    return f"{name}{id(c)}"


def listed(found: Any) -> Any:
    """All of an iterator of either kind."""
    if not hasattr(found, "__aiter__"):
        return list(found)

    async def collect() -> list[Any]:
        return [x async for x in found]

    return collect()


# ---- calls of connections that take more than one step


def fetch_into(c: Any) -> Any:
    out = np.zeros(300_000, "i8")
    got = c.fetch_into("big", out=out)
    if not inspect.isawaitable(got):
        return out[:got]

    async def finish() -> Any:
        return out[: await got]

    return finish()


def set_and_get(c: Any, name: str, value: Any) -> Any:
    if isinstance(c, rf.Connection):
        c[name] = value
        got = c[name]
        del c[name]
        return got

    async def job() -> Any:
        await c.set(name, value)
        got = await c.get(name)
        await c.delete(name)
        return got

    return job()


def closed_in_time(c: Any, timeout: float) -> Any:
    if isinstance(c, rf.Connection):
        c.send_async("1")
        c.close(timeout)
        return c.closed

    async def job() -> bool:
        await c.send_async("1")
        await c.close(timeout)
        return bool(c.closed)

    return job()


def begun_again(c: Any) -> Any:
    if isinstance(c, rf.Connection):
        c.reconnect()
        return c.execute("(+ 1 2)")

    async def job() -> Any:
        await c.reconnect()
        return await c.execute("(+ 1 2)")

    return job()


def diagnosed(c: Any) -> Any:
    error = rf.RayforceNameError("undefined", code="name", query="(sum tt)")
    return c.diagnose(error)


def streamed(c: Any) -> Any:
    pages = listed(c.stream("(til 10)", rows=4))
    if isinstance(pages, list):
        return sum(len(p) for p in pages)

    async def count() -> int:
        return sum(len(p) for p in await pages)

    return count()


def pipelined(c: rf.Connection, timeout: float) -> Any:
    with c.pipeline() as p:
        p.execute("(+ 1 2)")
        p.call("add", 3, 4)
        p.flush()
    return p.results()


def pipelined_by_hand(c: rf.Connection, timeout: float) -> Any:
    p = c.pipeline()
    for k in range(20):
        p.execute(f"(+ {k} 1)")
    return p.results(timeout=timeout, return_exceptions=False)


def submitted(c: rf.Connection, timeout: float) -> Any:
    futures = [c.submit("add", k, k) if k % 2 else c.submit(f"(+ {k} {k})") for k in range(10)]
    return [f.result(timeout) for f in futures]


def interrupted(c: rf.Connection, timeout: float) -> Any:
    future = c.submit("(+ 1 2)")
    c.interrupt()
    try:
        return future.result(timeout)
    except rf.Interrupted:
        return 3


def subscribed(c: Any, timeout: float) -> Any:
    if isinstance(c, rf.Connection):
        with c.subscribe(own(c, "ticks"), snapshot="x") as feed:
            c.publish(own(c, "ticks"), 8, wait=True)
            return [feed.get(timeout).payload, feed.get(timeout).payload]

    async def job() -> Any:
        async with c.subscribe(own(c, "ticks"), snapshot="x") as feed:
            await c.publish(own(c, "ticks"), 8, wait=True)
            return [(await feed.get(timeout)).payload, (await feed.get(timeout)).payload]

    return job()


def subscribed_and_drained(c: Any, timeout: float) -> Any:
    """Of the feed, what does not wait."""
    if isinstance(c, rf.Connection):
        feed = c.subscribe(own(c, "drained"))
        try:
            c.publish(own(c, "drained"), 1, wait=True)
            feed.get(timeout)
            return [feed.get_nowait(), feed.drain(), feed.latest()]
        finally:
            feed.close()

    async def job() -> Any:
        feed = c.subscribe(own(c, "drained"))
        try:
            await feed.begin()
            await c.publish(own(c, "drained"), 1, wait=True)
            await feed.get(timeout)
            return [feed.get_nowait(), feed.drain(), feed.latest()]
        finally:
            await feed.close()

    return job()


def must_be_here(feed: Any) -> None:
    """A message comes before the reply to its publishing. Iterators over it have no deadline."""
    if not feed.queued:
        raise rf.Timeout("the message was lost", code="timeout")


def rows_of_feed(c: Any, timeout: float) -> Any:
    """Tables are joined out of what comes, and callbacks are called."""
    table = rf.Table({"a": [1]})
    if isinstance(c, rf.Connection):
        seen: list[Any] = []
        with c.subscribe(own(c, "rows")) as feed, c.subscribe(own(c, "rows")) as other:
            other.on_message(seen.append).on_gap(lambda *gap: None)
            c.publish(own(c, "rows"), table, wait=True)
            feed.get(timeout)
            c.publish(own(c, "rows"), table, wait=True)
            must_be_here(feed)
            return len(next(feed.tables(rows=1))), len(seen) >= 1

    async def job() -> Any:
        heard: list[Any] = []
        async with c.subscribe(own(c, "rows")) as feed, c.subscribe(own(c, "rows")) as other:
            other.on_message(heard.append).on_gap(lambda *gap: None)
            await c.publish(own(c, "rows"), table, wait=True)
            await feed.get(timeout)
            await c.publish(own(c, "rows"), table, wait=True)
            must_be_here(feed)
            return len(await anext(feed.tables(rows=1))), len(heard) >= 1

    return job()


def pushed(c: Any, timeout: float) -> Any:
    source = "(do (.ipc.post (.ipc.handle) 42) 0)"
    if isinstance(c, rf.Connection):
        with c.pushes() as feed:
            c.execute(source)
            return [feed.get(timeout), feed.get_nowait(), feed.drain()]

    async def job() -> Any:
        async with c.pushes() as feed:
            await c.execute(source)
            return [await feed.get(timeout), feed.get_nowait(), feed.drain()]

    return job()


def prepared(c: Any) -> Any:
    p = c.prepare("(fn [x] (+ x 1))")
    if isinstance(c, rf.Connection):
        p.send_async(1)
        return p(2)

    async def job() -> Any:
        await p.send_async(1)
        return await p(2)

    return job()


CONNECTION = [
    row("execute", lambda c: c.execute("(+ 1 2)"), 3),
    row("execute", lambda c: c.execute("(fn [x y] (+ x y))", 1, 2), 3, name="execute with arguments"),
    row("execute", lambda c: c.execute("(fn [v] (count v))", BIG), 300_000, name="execute with 2 MB"),
    row("execute", lambda c: c.execute("big"), BIG, name="execute, answered with 2 MB"),
    row("execute", lambda c: c.execute("big", progress=lambda got, all_of_it: None), BIG, name="execute with progress"),
    row("execute", lambda c, t: c.execute("(+ 1 2)", timeout=t), 3, name="execute with a timeout"),
    row("execute_verbose", lambda c: c.execute_verbose("(+ 1 2)"), lambda got: got[1] == 3, "sync"),
    row("call", lambda c: c.call("add", 3, 4), 7),
    row("send_async", lambda c: c.send_async("(+ 1 2)"), None),
    row("send_async", lambda c: c.send_async("(fn [v] 0)", BIG), None, name="send_async with 2 MB"),
    row("write", lambda c: c.write(rf.List([rf.Name("add"), 1, 2])), 3),
    row("write", lambda c: c.write(9, "w"), None, name="write to a name"),
    row("prepare Prepared.__call__ Prepared.send_async", prepared, 3),
    row("run_file", lambda c: c.run_file(str(FILE)), 3),
    row("submit", submitted, [0, 2, 4, 6, 8, 10, 12, 14, 16, 18], "sync"),
    row(
        "pipeline Pipeline.execute Pipeline.call Pipeline.flush Pipeline.results Pipeline.__enter__ Pipeline.__exit__",
        pipelined,
        [3, 7],
        "sync",
    ),
    row("pipeline Pipeline.results", pipelined_by_hand, list(range(1, 21)), "sync", name="pipeline by hand"),
    row("interrupt", interrupted, 3, "sync"),
    row("flush", lambda c, t: c.flush(t), None),
    row("set", lambda c: c.set("s", BIG), None),
    row("get", lambda c: c.get("x"), 7),
    row(
        "delete set get __setitem__ __getitem__ __delitem__",
        lambda c: set_and_get(c, own(c, "v"), 5),
        5,
        name="set, get and delete",
    ),
    row("__contains__", lambda c: "x" in c, True, "sync"),
    row("has", lambda c: c.has("x"), True, "async"),
    row("ping", lambda c, t: c.ping(t), lambda got: got > 0),
    row("server_version", lambda c: c.server_version, lambda got: bool(got), "sync"),
    row("server_version", lambda c: c.server_version(), lambda got: bool(got), "async", name="server_version()"),
    row("close", closed_in_time, True),
    row("reconnect", begun_again, 3),
    row("fetch_table", lambda c: c.fetch_table("t"), three_rows),
    row("fetch_value", lambda c: c.fetch_value("x", type=int), 7),
    row("fetch_numpy", lambda c: c.fetch_numpy("big"), BIG),
    row("fetch_into", fetch_into, BIG),
    row("stream", streamed, 10),
    row("tables", lambda c: c.tables(), lambda got: {"t", "u"} <= set(got)),
    row("diagnose", diagnosed, lambda got: got.startswith("name:")),
    row(
        "subscribe publish Subscription.get Subscription.close Subscription.__enter__ Subscription.__exit__",
        subscribed,
        [7, 8],
    ),
    row(
        "subscribe publish Subscription.begin Subscription.get_nowait Subscription.drain Subscription.latest",
        subscribed_and_drained,
        [None, [], {}],
        name="subscribe and drain",
    ),
    row(
        "subscribe Subscription.tables Subscription.on_message Subscription.on_gap",
        rows_of_feed,
        (1, True),
        name="subscribe for tables",
    ),
    row("pushes PushStream.get PushStream.get_nowait PushStream.drain PushStream.close", pushed, [42, None, []]),
    row("publish", lambda c: c.publish("nobody", 1), None),
    row("table TableRef.fetch", lambda c: c.table("t").fetch(), three_rows),
    row("TableRef.count", lambda c: c.table("t").count(), 3),
    row("TableRef.schema", lambda c: c.table("t").schema(), {"a": "i64", "b": "f64"}),
    row("TableRef.append", lambda c: c.table("u").append(rf.Table({"a": [4], "b": [4.5]})), 1),
    row("TableRef.execute", lambda c: c.table("t").execute(), three_rows),
    row("TableRef.column", lambda c: c.table("t").column("a"), np.array([1, 2, 3]), "async"),
    row("TableRef.__getitem__", lambda c: c.table("t")["a"], np.array([1, 2, 3]), "sync"),
    row("TableRef.columns", lambda c: tuple(c.table("t").columns), ("a", "b"), "sync"),
    row("TableRef.dtypes", lambda c: c.table("t").dtypes, {"a": "i64", "b": "f64"}, "sync"),
    row("TableRef.shape TableRef.__len__", lambda c: tuple(c.table("t").shape), (3, 2), "sync"),
    row("TableRef.head", lambda c: c.table("t").head(3), three_rows, "sync"),
    row("TableRef.take", lambda c: c.table("t").take(3), three_rows, "sync"),
    row("TableRef.insert", lambda c: c.table("u").insert((5, 5.5)), 1, "async"),
    row("TableRef.insert", lambda c: c.table("u").insert((5, 5.5)).execute(), lambda got: True, "sync", name="insert"),
    row("TableRef.upsert", lambda c: c.table("u").upsert((5, 5.5), key_columns=1), 1, "async"),
    row("table", lambda c: c.table("t").where(rf.Column("a") > 0).select("a").execute(), three_rows, name="query"),
]


# ---- connections that come back

COMES_BACK = [
    row("execute", lambda c: c.execute("(+ 1 2)", idempotent=True), 3, name="execute again"),
    row("get", lambda c: c.get("x"), 7, name="get again"),
    row("ping", lambda c, t: c.ping(t), lambda got: got > 0, name="ping again"),
]


# ---- opening


def opened(how: str) -> Run:
    def run(address: str, timeout: float) -> Any:
        where = rf.Address.parse(address)
        if how == "TCPClient":
            c: Any = rf.TCPClient(where.host, where.port, timeout)
        elif how == "hopen_timeout":
            c = rf.hopen_timeout(where.host, where.port, int(timeout * 1000))
        elif how == "hopen":
            c = rf.hopen(address, timeout=timeout)
        else:
            make = rf.connect if how == "connect" else rf.Connection
            c = make(address, connect_timeout=timeout)
        with c:
            c.set_timeout(timeout)
            return c.execute("(+ 1 2)")

    return run


def opened_by_tasks(how: str) -> Run:
    async def run(address: str, timeout: float) -> Any:
        if how == "connect":
            c = await aio.connect(address, connect_timeout=timeout, timeout=timeout)
        else:
            c = await aio.AsyncConnection(address, connect_timeout=timeout, timeout=timeout).open()
        async with c:
            return await c.execute("(+ 1 2)")

    return run


def pooled(job: Callable[..., Any]) -> Run:
    """The job with a pool of threads."""

    def run(address: str, timeout: float) -> Any:
        limits = {"acquire_timeout": timeout, "connect_timeout": timeout, "timeout": timeout}
        pool = rf.ConnectionPool(address, size=2, **limits)
        try:
            return job(pool, timeout)
        finally:
            pool.close(timeout)

    return run


def pooled_by_tasks(job: Callable[..., Any]) -> Run:
    async def run(address: str, timeout: float) -> Any:
        limits = {"acquire_timeout": timeout, "connect_timeout": timeout, "timeout": timeout}
        pool = aio.AsyncConnectionPool(address, size=2, **limits)
        try:
            return await job(pool, timeout)
        finally:
            await pool.close(timeout)

    return run


def lent(pool: rf.ConnectionPool, timeout: float) -> Any:
    conn = pool.get(timeout)
    try:
        return conn.execute("(+ 1 2)")
    finally:
        pool.put(conn)


async def lent_to_task(pool: aio.AsyncConnectionPool, timeout: float) -> Any:
    async with pool.connection(timeout) as conn:
        await conn.execute("1")
    conn = await pool.get(timeout)
    try:
        return await conn.execute("(+ 1 2)")
    finally:
        pool.put(conn)


async def mapped(pool: aio.AsyncConnectionPool, timeout: float) -> list[Any]:
    return [x async for x in pool.map("(fn [x] (* x x))", [(k,) for k in range(4)])]


async def filled(pool: aio.AsyncConnectionPool, timeout: float) -> bool:
    await pool.open()
    return pool.closed


SQUARES = [0, 1, 4, 9]
POOL = "ConnectionPool"
OPENING = [
    row("hopen", opened("hopen"), 3, "sync"),
    row("hopen_timeout", opened("hopen_timeout"), 3, "sync"),
    row("connect", opened("connect"), 3, "sync"),
    row("Connection Connection.__enter__ Connection.__exit__", opened("Connection"), 3, "sync", name="Connection"),
    row("TCPClient", opened("TCPClient"), 3, "sync"),
    row("connect", opened_by_tasks("connect"), 3, "async", name="aio.connect"),
    row("AsyncConnection Connection.open", opened_by_tasks("AsyncConnection"), 3, "async", name="AsyncConnection"),
    row(f"{POOL} {POOL}.get {POOL}.put {POOL}.close PooledConnection", pooled(lent), 3, "sync", name="pool.get"),
    row(f"{POOL}.execute", pooled(lambda p, t: p.execute("(+ 1 2)")), 3, "sync", name="pool.execute"),
    row(f"{POOL}.call", pooled(lambda p, t: p.call("add", 1, 2)), 3, "sync", name="pool.call"),
    row(
        f"{POOL}.map",
        pooled(lambda p, t: list(p.map("(fn [x] (* x x))", [(k,) for k in range(4)]))),
        SQUARES,
        "sync",
        name="pool.map",
    ),
    row(
        f"AsyncConnectionPool AsyncPooledConnection {POOL}.get {POOL}.put {POOL}.close {POOL}.connection",
        pooled_by_tasks(lent_to_task),
        3,
        "async",
        name="AsyncConnectionPool.get",
    ),
    row(f"{POOL}.open", pooled_by_tasks(filled), False, "async", name="AsyncConnectionPool.open"),
    row(
        f"{POOL}.execute",
        pooled_by_tasks(lambda p, t: p.execute("(+ 1 2)")),
        3,
        "async",
        name="AsyncConnectionPool.execute",
    ),
    row(f"{POOL}.call", pooled_by_tasks(lambda p, t: p.call("add", 1, 2)), 3, "async", name="AsyncConnectionPool.call"),
    row(f"{POOL}.map", pooled_by_tasks(mapped), SQUARES, "async", name="AsyncConnectionPool.map"),
]
