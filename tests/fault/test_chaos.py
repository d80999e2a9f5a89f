"""Every public call of a client through every fault of the network: it gives the right answer or raises an error that
is documented for the fault, in time, and leaves nothing behind.

`FAULTS=whole` runs all faults at all places; without it each call meets a few of them, chosen by a fixed seed.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import os
import random
import stat
import threading
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import calls
import pytest
from calls import COMES_BACK, CONNECTION, OPENING, Kind, Row
from chaos import Fault, Proxy, Where

import rayforce as rf
from rayforce import aio

WHOLE = os.environ.get("FAULTS") == "whole"
SAMPLE = 3  # faults that each call meets in a sample
AT_ONCE = 4  # most of the time is waiting
TRIES = 8
TIMEOUT = 0.25  # where it is waited for
PATIENCE = 5.0  # where it is not
LATE = 0.2  # on a machine that has more to do
SETTLES = 2.0

# ---- what may come of a fault

LOST = (rf.ConnectionLost, rf.ConnectionFailed)
LATE_OR_LOST = (*LOST, rf.Timeout)
NONSENSE = (*LATE_OR_LOST, rf.ProtocolError, rf.MessageTooLarge)
UNREADABLE = (*NONSENSE, rf.QueryError)  # the server says so of a request
MAY_RAISE: dict[str, tuple[type[BaseException], ...]] = {
    "latency": (),
    "slicer": (),
    "once": (),
    "stall": LATE_OR_LOST,
    "reset": LOST,
    "half-close": LOST,
    "refuses": (rf.ConnectionFailed,),
    "size down": NONSENSE,
    "size up": UNREADABLE,
}

# The greeting is 2 bytes either way, a header 16.
PLACES = {"opening": [0, 1, 2, 11, 20], "open": [2, 11, 18, 30, 70_000]}
SIZES = {
    "a byte less": lambda n: n - 1,
    "more": lambda n: n + 1000,
    "huge": lambda n: 1 << 60,
    "negative": lambda n: -n,
}


def faults(places: list[int]) -> Iterator[Fault]:
    yield Fault("latency", latency=0.002)
    yield Fault("slicer", slices=7)
    for end in ("stall", "reset", "half-close"):
        for way in ("down", "up"):
            for at in places:
                yield Fault(end, way=way, end=end, at=at)  # type: ignore[arg-type]
    for way in ("down", "up"):
        for change in SIZES.values():
            for frame in (0, 1):
                yield Fault(f"size {way}", way=way, size=change, frame=frame)  # type: ignore[arg-type]


def met_by(row: Row, kind: Kind, transport: str, places: list[int]) -> list[Fault]:
    everything = list(faults(places))
    if row in OPENING:
        everything.append(Fault("refuses", refuses=True))
    if WHOLE:
        return everything
    chosen = random.Random(zlib.crc32(f"{row.name} {kind} {transport}".encode()))
    return [Fault("latency", latency=0.002), *chosen.sample(everything, SAMPLE)]


# ---- running


@pytest.fixture(scope="module")
def targets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Where]]:
    path = str(tmp_path_factory.mktemp("chaos") / "s")
    calls.FILE.write_text("(+ 1 2)\n")
    with rf.Rayforce() as ray, ray.listen(0) as tcp, rf.Server(ray, port=0, unix=path):
        for line in calls.SETUP.strip().splitlines():
            ray.eval(line)
        for address in (str(tcp.address), f"rayforce+unix://{path}"):
            warm(address)
        yield {"tcp": ("127.0.0.1", tcp.port), "unix": path}
    calls.FILE.unlink()


def warm(address: str) -> None:
    """Variables that calls make, and texts that come again, the server keeps: no fault leaves them behind."""
    for row in CONNECTION:
        for _ in range(2 if "sync" in row.kinds else 0):
            with rf.connect(address) as conn:
                row.run(conn, PATIENCE)


def descriptors() -> int:
    """Sockets and pipes. Files of memory belong to values, which the server keeps."""
    count = 0
    for name in os.listdir("/dev/fd"):
        with contextlib.suppress(OSError):  # the one of the listing itself is closed by now
            mode = os.fstat(int(name)).st_mode
            count += stat.S_ISSOCK(mode) or stat.S_ISFIFO(mode)
    return count


@pytest.fixture(autouse=True)
def nothing_is_kept(targets: dict[str, Where]) -> Iterator[None]:
    """No descriptor and no thread stays; that no value does is looked at for all tests."""
    before = descriptors(), threading.active_count()
    yield
    end = time.monotonic() + SETTLES
    while (now := (descriptors(), threading.active_count())) != before and time.monotonic() < end:
        time.sleep(0.01)
    assert now == before, "descriptors, threads"


@contextlib.contextmanager
def in_time(seconds: float) -> Iterator[None]:
    """For failures: an answer that takes several requests may take each of them its time."""
    started = time.monotonic()
    try:
        yield
    except Exception as e:
        taken = time.monotonic() - started
        if taken > seconds * 1.2 + LATE:
            raise AssertionError(f"it took {taken:.2f} s until {e!r}") from e
        raise


def run_sync(row: Row, address: str, policy: rf.Reconnect | bool, timeout: float) -> Any:
    if row in OPENING:
        with in_time(timeout * 2):
            return row.run(address, timeout)
    conn = rf.hopen(address, timeout=PATIENCE, reconnect=policy)
    conn.set_timeout(timeout)
    try:
        with in_time(timeout):
            return row.run(conn, timeout)
    finally:
        conn.close(0)


def run_async(row: Row, address: str, policy: rf.Reconnect | bool, timeout: float) -> Any:
    async def job() -> Any:
        if row in OPENING:
            with in_time(timeout * 2):
                return await row.run(address, timeout)
        conn = await aio.connect(address, connect_timeout=PATIENCE, reconnect=policy, timeout=timeout)
        try:
            with in_time(timeout):
                got = row.run(conn, timeout)
                return await got if inspect.isawaitable(got) else got
        finally:
            await conn.close(0)

    return asyncio.run(job())


class Starvation(threading.Thread):
    """Notes when this process was not run for a while: what was late then says nothing about the package."""

    def __init__(self) -> None:
        super().__init__(name="starvation", daemon=True)
        self._over = threading.Event()
        self._last = 0.0

    def run(self) -> None:
        before = time.monotonic()
        while not self._over.wait(0.01):
            now = time.monotonic()
            if now - before > 0.01 + LATE / 4:
                self._last = now
            before = now

    def since(self, started: float) -> bool:
        time.sleep(0.02)  # it may not have been run since
        return self._last > started

    def stop(self) -> None:
        self._over.set()
        self.join()


@pytest.fixture(scope="module", autouse=True)
def starvation() -> Iterator[Starvation]:
    watch = Starvation()
    watch.start()
    yield watch
    watch.stop()


def meet(row: Row, kind: Kind, target: Where, fault: Fault, policy: rf.Reconnect | bool = False) -> None:
    with Proxy(target, fault, seed=zlib.crc32(row.name.encode())) as proxy:
        try:
            timeout = TIMEOUT if rf.Timeout in MAY_RAISE[fault.name] else PATIENCE
            got = (run_sync if kind == "sync" else run_async)(row, proxy.address, policy, timeout)
        except MAY_RAISE[fault.name]:
            return
        assert calls.is_same(got, row.want), got


# ---- the tests


def tables(*rows: Row) -> list[Any]:
    return [
        pytest.param(row, kind, transport, id=f"{row}, {kind}, {transport}")
        for row in rows
        for kind in row.kinds
        for transport in ("tcp", "unix")
        if transport == "tcp" or not {"TCPClient", "hopen_timeout"} & set(row.calls)
    ]


def failure(row: Row, kind: Kind, target: Where, fault: Fault, policy: rf.Reconnect | bool, watch: Starvation) -> str:
    """Empty: there was none."""
    told = ""
    for _ in range(TRIES):
        started = time.monotonic()
        try:
            meet(row, kind, target, fault, policy)
            return ""
        except Exception as e:
            told = f"{fault}: {type(e).__name__}: {e}"
        if not watch.since(started):
            break
    return told


def meet_all(
    row: Row, kind: Kind, target: Where, met: list[Fault], watch: Starvation, policy: rf.Reconnect | bool = False
) -> None:
    with ThreadPoolExecutor(AT_ONCE) as several:
        told = list(several.map(lambda fault: failure(row, kind, target, fault, policy, watch), met))
    assert not any(told), "\n".join(filter(None, told))


@pytest.mark.parametrize(("row", "kind", "transport"), tables(*CONNECTION))
def test_calls_of_a_connection(
    row: Row, kind: Kind, transport: str, targets: dict[str, Where], starvation: Starvation
) -> None:
    meet_all(row, kind, targets[transport], met_by(row, kind, transport, PLACES["open"]), starvation)


@pytest.mark.parametrize(("row", "kind", "transport"), tables(*OPENING))
def test_opening(row: Row, kind: Kind, transport: str, targets: dict[str, Where], starvation: Starvation) -> None:
    meet_all(row, kind, targets[transport], met_by(row, kind, transport, PLACES["opening"]), starvation)


@pytest.mark.parametrize(("row", "kind", "transport"), tables(*COMES_BACK))
def test_a_policy_brings_it_back(
    row: Row, kind: Kind, transport: str, targets: dict[str, Where], starvation: Starvation
) -> None:
    """After a loss there is a right answer, if the loss is one of the first connection alone; else an error in time."""
    once = [
        Fault("once", way=way, end=end, at=11, links=1)  # type: ignore[arg-type]
        for end in ("reset", "half-close")
        for way in ("down", "up")
    ]
    met = once + met_by(row, kind, transport, PLACES["open"])
    meet_all(row, kind, targets[transport], met, starvation, calls.QUICK)


# ---- is every call there?

# They ask nobody.
QUIET = {
    *("address", "name", "closed", "host", "port", "user", "stats", "dialect", "fileno", "is_connected"),
    *("set_timeout", "set_compression", "dropped", "queued", "topics", "missed", "source", "what"),
    *("size", "idle", "in_use", "waiting", "session", "tree"),
}
# Of names: what stands for a whole table gives every method of tables; those that ask by themselves have rows.
CLASSES: dict[str, list[type]] = {
    "": [rf.Connection, aio.AsyncConnection],
    "ConnectionPool.": [rf.ConnectionPool, aio.AsyncConnectionPool],
    "Subscription.": [rf.Subscription, aio.AsyncSubscription],
    "PushStream.": [rf.PushStream, aio.AsyncPushStream],
    "Prepared.": [rf.Prepared, aio.AsyncPrepared],
    "Pipeline.": [rf.Pipeline],
    "TableRef.": [rf.TableRef, aio.AsyncTable],
}
SENDING = {"__call__", "__getitem__", "__setitem__", "__delitem__"}
OF_FEEDS = {"get", "get_nowait", "drain", "close", "begin"}  # one class has them for feeds of both kinds


def names_of(cls: type) -> set[str]:
    """Of a table that is somewhere else, what it does not leave to tables."""
    own = vars(cls) if cls in (rf.TableRef, aio.AsyncTable) else dir(cls)
    return {n for n in own if not n.startswith("_") or n in SENDING} - QUIET


@pytest.mark.parametrize("prefix", list(CLASSES))
def test_every_method_is_in_the_table(prefix: str) -> None:
    named = {n for row in CONNECTION + OPENING for n in row.calls}
    named |= {n.removeprefix("Connection.") for n in named}
    if prefix in ("Subscription.", "PushStream."):
        named |= {prefix + n for n in OF_FEEDS if {f"Subscription.{n}", f"PushStream.{n}"} & named}
    for cls in CLASSES[prefix]:
        assert not {n for n in names_of(cls) if prefix + n not in named}, cls


def test_every_way_to_open_is_in_the_table() -> None:
    homes = ("rayforce.ipc", "rayforce.pool", "rayforce.network.client", "rayforce.aio.connection", "rayforce.aio.pool")
    named = {n for row in OPENING for n in row.calls}
    for module in (rf, aio):
        for name in module.__all__:
            thing = getattr(module, name)
            if getattr(thing, "__module__", "") in homes and callable(thing) and not is_plain(thing):
                assert name in named, name


def is_plain(thing: Any) -> bool:
    """A tuple with names, or an object that a connection makes."""
    return isinstance(thing, type) and (issubclass(thing, tuple) or "Prepared" in thing.__name__)
