"""AsyncConnection: a connection that belongs to one event loop."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
import warnings
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable
from types import EllipsisType, TracebackType
from typing import Any, Self, TypeVar, Unpack

from .. import _options, errors, observe
from .._ext import core
from .._options import ConnectionOptions
from .._reach import Ssh, context_of, explain, failed, place
from .._reconnect import Reconnect, policy
from ..address import Address
from ..ipc import ConnectionStats, threshold, unreachable
from ..live import MAXSIZE, PUB, SUB, UNSUB, Feed, Hub, Overflow, TopicFeed
from ..paging import NAMES, TABLES, Paging, advice, copy_into, names_of, row_count, words_of
from ..progress import ProgressBar
from ..session import Timeout, as_numpy, as_type
from ..types import Name, Table
from .dial import dial, set_up
from .live import AsyncPushStream, AsyncSubscription
from .table import AsyncTable
from .wire import Waiting, Wire

T = TypeVar("T")
RETRIES = 3  # of one request that was not sent


class AsyncConnection:
    """One connection to a server. Any tasks of its loop may share it: their requests travel together, and each gets the
    reply to its own. Cancelling a task gives its reply up, as a timeout does; the connection stays usable.
    """

    def __init__(
        self,
        host: str | Address | None = None,
        port: int | None = None,
        *,
        user: str | None = None,
        password: str | None = None,
        **options: Unpack[ConnectionOptions],
    ) -> None:
        self._closed = False
        self._wire: Wire | None = None
        self._way: Ssh | None = None
        self.address = Address.of(host, port, user=user, password=password)
        self._options = _options.settle(options, self.address.options)
        self._timeout: float | None = self._options["timeout"]
        self._flags = core.convert_flags(False, self._options["strings"])
        self._version: str | None = None
        self._pid = os.getpid()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.name: str | None = self._options["name"]
        self._policy: Reconnect | None = policy(self._options["reconnect"])
        self._slow: float | None = self._options["slow_query"]
        self._plain = self._policy is None and self._slow is None
        self._hub = Hub(self.address)
        self._reopening: asyncio.Task[Wire] | None = None
        self._reopened = 0
        unreachable(self.address)

    async def open(self) -> Self:
        """Connects, greets and logs in; `async with` and `connect` do it."""
        if self._wire is not None:
            return self
        if self._closed:
            raise errors.ConnectionFailed("the connection has been closed", code="closed", address=self.address)
        self._loop = asyncio.get_running_loop()
        self._wire = await self._dial()
        return self

    async def _dial(self) -> Wire:
        seconds = self._options["connect_timeout"]
        started = time.perf_counter()
        try:
            codec = self._codec()
            async with asyncio.timeout(seconds):
                if self.address.scheme == "rayforce+ssh":
                    return await self._by_ssh(codec, seconds)
                return await self._greet(codec, await dial(self.address, seconds))
        except TimeoutError:
            raise self._late(started) from None
        except errors.IPCError as e:
            e.elapsed = time.perf_counter() - started
            raise

    async def _by_ssh(self, codec: core.Codec, seconds: float | None) -> Wire:
        old, self._way = self._way, Ssh(self.address, seconds)
        if old is not None:
            await asyncio.to_thread(old.close)
        way = self._way
        way.stream.setblocking(False)
        try:
            return await self._greet(codec, way.stream)
        except errors.ConnectionFailed as e:
            failure = await asyncio.to_thread(way.failure, e)
            await asyncio.to_thread(way.close)
            raise failure from None

    def _late(self, started: float) -> errors.ConnectionFailed:
        failure = failed(self.address, "timeout", "no answer in time (greeting)")
        failure.elapsed = time.perf_counter() - started
        return failure

    def _codec(self) -> core.Codec:
        return core.Codec(
            self.address,
            peer=place(self.address),
            user=self.address.user,
            password=self.address.password,
            message_max=self._options["max_message"],
            compress_over=threshold(self._options["compression"]),
        )

    async def _greet(self, codec: core.Codec, sock: Any) -> Wire:
        loop = asyncio.get_running_loop()
        wire = Wire(loop, codec)
        if self.address.scheme == "rayforce+unix":
            transport, _ = await loop.create_unix_connection(lambda: wire, sock=sock)
        else:
            context = None if self._way is not None else context_of(self.address, self._options["tls"])
            named = self.address.host if context is not None else None
            try:
                set_up(sock, self._options)
                made = await loop.create_connection(lambda: wire, sock=sock, ssl=context, server_hostname=named)
            except OSError as e:
                sock.close()
                raise explain(self.address, e) from e
            transport = made[0]
        try:
            await wire.greeted
        except BaseException:
            transport.abort()
            raise
        wire.on_push, wire.on_end = self._hub.deliver, weak_end(self)
        observe.happened("connect", self.address)
        return wire

    def _opened(self) -> Wire:
        wire = self._wire
        if wire is None:
            text = "the connection has been closed" if self._closed else "the connection was never opened"
            raise errors.ConnectionFailed(text, code="closed", reason="closed", address=self.address)
        if self._pid != os.getpid():
            text = f"{place(self.address)}: the connection belongs to the parent process; open one here"
            raise errors.ConnectionFailed(text, code="forked", reason="forked", address=self.address)
        return wire

    def _live(self) -> Wire:
        wire = self._opened()
        if wire.loop is not asyncio.get_running_loop():
            raise errors.RayforceThreadError("the connection belongs to another event loop", code="state")
        return wire

    def _seconds(self, timeout: Timeout) -> float | None:
        seconds = self._timeout if isinstance(timeout, EllipsisType) else timeout
        if seconds is not None and not (_options.duration(seconds)):
            raise ValueError(f"timeout {seconds!r}: expected seconds from 0 up, or None to wait")
        return seconds

    # ---- queries

    async def execute(
        self,
        query: Any,
        /,
        *args: Any,
        timeout: Timeout = ...,
        boxed: bool = False,
        idempotent: bool = False,
        progress: bool | Callable[[int, int], object] = False,
    ) -> Any:
        """As Connection.execute."""
        seconds = self._seconds(timeout)
        wire = self._wire
        is_usual = self._plain and seconds is None and not args and not progress and isinstance(query, str)
        if is_usual and wire is not None and wire.is_ready(asyncio._get_running_loop()) and not observe.watched():
            message = None if type(query) is str else wire.codec.message(query, args, self._flags)
            return await wire.request(message, query, boxed).future
        return await self._do(self._job(query, args, seconds, boxed, progress), query, args, idempotent)

    def _job(
        self,
        query: Any,
        args: tuple[Any, ...],
        seconds: float | None,
        boxed: bool,
        progress: bool | Callable[[int, int], object],
    ) -> Callable[[Wire], Awaitable[Any]]:
        async def job(wire: Wire) -> Any:
            message, asked, left = wire.codec.message(query, args, self._flags), query, seconds
            if message is None and args:  # servers of the 1.x line call only a function that they are given
                started = time.monotonic()
                asked = await self._ask(wire, None, query, True, seconds)
                left = None if seconds is None else max(0.0, seconds - (time.monotonic() - started))
                message = wire.codec.message(asked, args, self._flags)
            return await self._ask(wire, message, asked, boxed, left, progress)

        return job

    async def call(self, name: Any, /, *args: Any, timeout: Timeout = ...) -> Any:
        """As Connection.call."""
        seconds = self._seconds(timeout)

        async def job(wire: Wire) -> Any:
            return await self._ask(wire, wire.codec.call_message(name, args, self._flags), name, False, seconds)

        return await self._do(job, name, args)

    async def _do(
        self,
        job: Callable[[Wire], Awaitable[Any]],
        query: Any,
        args: tuple[Any, ...] = (),
        idempotent: bool = False,
    ) -> Any:
        """Runs a job. What was certainly not executed is tried again, if the connection comes back."""
        if self._plain and not observe.watched():
            return await job(self._live())
        for attempt in range(RETRIES + 1):
            wire = await self._back()
            watch = observe.Watch(self.address, query, args, wire.moved, self._slow)
            try:
                value = await job(wire)
            except BaseException as e:
                watch.ended(e)
                lost = isinstance(e, errors.ConnectionLost) and (idempotent or not e.sent)
                if not lost or self._policy is None or self._closed or attempt == RETRIES:
                    raise
                continue
            watch.ended()
            return value
        raise AssertionError("the last attempt returns or raises")

    async def _back(self) -> Wire:
        """The wire, opened again if it was lost and the policy says so."""
        wire = self._live()
        if self._policy is None or self._closed or wire.is_open:
            return wire
        return await asyncio.shield(self._reopen(self._policy))

    def _reopen(self, policy: Reconnect) -> asyncio.Task[Wire]:
        if self._reopening is None or self._reopening.done():
            self._reopening = asyncio.ensure_future(self._open_again(policy))
        return self._reopening

    async def _open_again(self, policy: Reconnect) -> Wire:
        failure: errors.ConnectionFailed | None = None
        for wait in policy.waits():
            await asyncio.sleep(wait)
            if self._closed:
                break
            try:
                wire = await self._dial()
                await self._subscribe_again(wire)
            except (errors.ConnectionFailed, errors.ConnectionLost) as e:
                observe.IPC.info("%s: not back yet: %s", self.address, e)
                if isinstance(e, errors.ConnectionFailed):
                    failure = e
                    if e.reason == "auth":
                        break
                continue
            return await self._came_back(wire, policy)
        text = f"{self.address}: the connection was lost and could not be opened again"
        raise failure or errors.ConnectionFailed(text, code="closed", address=self.address)

    async def _came_back(self, wire: Wire, policy: Reconnect | None) -> Wire:
        self._wire = wire
        self._reopened += 1
        observe.IPC.info("%s: connected again", self.address)
        observe.happened("reconnect", self.address)
        if policy is not None and policy.on_reconnect is not None:
            done = policy.on_reconnect(self)
            if asyncio.iscoroutine(done):
                await done
        return wire

    async def reconnect(self) -> None:
        """Closes the connection and opens a new one; subscriptions go over to it."""
        old = self._live()
        old.on_end = None
        wire = await self._dial()
        await self._subscribe_again(wire)
        await self._came_back(wire, self._policy)
        await old.close(0)

    async def _subscribe_again(self, wire: Wire) -> None:
        topics, feeds = self._hub.begin_again()
        for topic in topics:
            await self._ask(wire, wire.codec.call_message(SUB, (topic,), self._flags), SUB, False, self._timeout)
        for feed in feeds:
            if feed._snapshot is not None:
                message = wire.codec.message(feed._snapshot, (), self._flags)
                feed._put_snapshot(await self._ask(wire, message, feed._snapshot, False, self._timeout), False)

    def _lost(self, why: errors.RayforceError) -> None:
        """The wire has ended."""
        if self._closed or self._policy is None or not self._hub.is_used:
            self._hub.finish(why)
            return
        self._reopen(self._policy).add_done_callback(self._gave_up)

    def _gave_up(self, task: asyncio.Task[Wire]) -> None:
        if not task.cancelled() and isinstance(e := task.exception(), errors.RayforceError):
            self._hub.finish(e)

    async def _ask(
        self,
        wire: Wire,
        message: core.Value | None,
        query: Any,
        boxed: bool,
        seconds: float | None,
        progress: bool | Callable[[int, int], object] = False,
    ) -> Any:
        seconds = await self._room(wire, seconds)
        request = wire.request(message, query, boxed)
        if progress:
            request.on_progress = ProgressBar() if progress is True else progress
        try:
            return await self._reply(wire, request, seconds)
        finally:
            if isinstance(request.on_progress, ProgressBar):
                request.on_progress.close()

    async def _room(self, wire: Wire, seconds: float | None) -> float | None:
        """Returns when the transport takes more: how many of the seconds are left."""
        if wire.has_room:
            return seconds
        started = time.monotonic()
        try:
            async with asyncio.timeout(seconds):
                await wire.room()
        except TimeoutError:
            text = f"{place(self.address)}: the server took no more bytes within {seconds:g} s"
            raise errors.Timeout(text, code="timeout", seconds=seconds, address=self.address) from None
        return None if seconds is None else max(0.0, seconds - (time.monotonic() - started))

    async def _reply(self, wire: Wire, request: Waiting, seconds: float | None) -> Any:
        if seconds is None:
            return await request.future
        timer = wire.loop.call_later(seconds, self._expire, wire, request, seconds)
        try:
            return await request.future
        finally:
            timer.cancel()

    def _expire(self, wire: Wire, request: Waiting, seconds: float) -> None:
        if request.future.done():
            return
        text = f"{place(self.address)}: no reply within {seconds:g} s"
        request.future.set_exception(
            errors.Timeout(text, code="timeout", phase="reply", seconds=seconds, elapsed=seconds, address=self.address)
        )
        if self._options["timeout_action"] == "close":
            closed = f"{place(self.address)}: the connection has been closed"
            wire.fail(errors.ConnectionFailed(closed, code="closed", reason="closed", address=self.address))

    async def fetch_table(self, query: Any, /, *args: Any, timeout: Timeout = ...) -> Table:
        """The result, which is a table."""
        return as_type(await self.execute(query, *args, timeout=timeout), Table)

    async def fetch_value(self, query: Any, /, *args: Any, type: type[T], timeout: Timeout = ...) -> T:
        """The result, which is an instance of `type`."""
        return as_type(await self.execute(query, *args, timeout=timeout), type)

    async def fetch_numpy(self, query: Any, /, *args: Any, timeout: Timeout = ...) -> Any:
        """The result as an array; a table as a dict of arrays."""
        return as_numpy(await self.execute(query, *args, timeout=timeout))

    async def fetch_into(self, query: Any, /, *args: Any, out: Any, timeout: Timeout = ...) -> int:
        """Puts the result's elements into an array of numpy; how many. ConversionError if they do not fit."""
        return copy_into(await self.execute(query, *args, timeout=timeout), out)

    async def stream(self, query: Any, /, *args: Any, rows: int = 1_000_000) -> AsyncIterator[Table]:
        """As Connection.stream."""
        paging = Paging(query, args, rows)
        source, given = paging.first()
        try:
            count = row_count(await self.execute(source, *given))
            for start in range(0, count, rows):
                yield paging.table(await self.execute(paging.page(start)))
        finally:
            with contextlib.suppress(errors.IPCError):
                await self.send_async(paging.last())

    def table(self, name: str, /) -> AsyncTable:
        """A name as a table: its queries are awaited and run on the server. Nothing is fetched yet."""
        return AsyncTable(self, name)

    async def tables(self) -> list[str]:
        """The names of the tables among the variables."""
        return names_of(await self.execute(TABLES))

    async def diagnose(self, error: errors.QueryError, /) -> str:
        """As Connection.diagnose."""
        names = [str(name) for name in await self.execute(NAMES)]
        named = [t for t in await self.tables() if t in words_of(error)]
        return advice(error, names, {t: [str(c) for c in await self.execute(f"(key {t})")] for t in named})

    async def send_async(self, query: Any, /, *args: Any) -> None:
        """Sends without awaiting a reply; waits only until there is room for more."""

        async def job(wire: Wire) -> None:
            message = wire.codec.message(query, args, self._flags)
            if message is None and args:
                raise errors.QueryError("a server of the 1.x line cannot call source text in one message", code="nyi")
            left = await self._room(wire, self._timeout)
            wire.post(core.source_value(query) if message is None else message)
            await self._room(wire, left)

        await self._do(job, query, args)

    async def write(self, value: Any, /, name: str | None = None) -> Any:
        """Assigns a value on the server; without a name, sends it to be evaluated and returns the result."""
        if name is not None:
            return await self.set(name, value)

        async def job(wire: Wire) -> Any:
            return await self._ask(wire, wire.codec.value_message(value, self._flags), None, False, self._timeout)

        return await self._do(job, None, (value,))

    def prepare(self, query: Any, /) -> AsyncPrepared:
        """A query to be run many times with different arguments."""
        return AsyncPrepared(self, query)

    async def run_file(self, path: str, /) -> Any:
        """Evaluates a file of source on the server."""
        return await self.execute(await asyncio.to_thread(_read, path))

    # ---- live data

    def subscribe(
        self,
        *topics: str,
        maxsize: int = MAXSIZE,
        overflow: Overflow = "error",
        snapshot: Any = None,
        resubscribe: bool = True,
    ) -> AsyncSubscription:
        """As Connection.subscribe; it begins with `async with`, or when it is first asked for a message."""
        return AsyncSubscription(
            self._hub,
            topics,
            maxsize,
            overflow,
            snapshot,
            resubscribe,
            begin=self._begin_topics,
            end=self._end_feed,
            hold=self._hold,
        )

    async def _begin_topics(self, feed: TopicFeed) -> None:
        wire = await self._back()
        fresh = self._hub.add(feed)
        try:
            for topic in fresh:
                await self._ask(wire, wire.codec.call_message(SUB, (topic,), self._flags), SUB, False, self._timeout)
            if feed._snapshot is not None:
                feed._put_snapshot(await self.execute(feed._snapshot), True)
        except BaseException:
            await self._end_feed(feed)
            raise

    async def publish(self, topic: str, payload: Any, /, *, wait: bool = False) -> int | None:
        """As Connection.publish."""
        if wait:
            return int(await self.call(PUB, topic, payload))
        await self.send_async(Name(PUB), topic, payload)
        return None

    def pushes(self, *, maxsize: int = MAXSIZE, overflow: Overflow = "error") -> AsyncPushStream:
        """Every message that the server sends unasked and that is no update of a topic, from when it begins."""
        return AsyncPushStream(
            self._hub, maxsize, overflow, begin=self._begin_stream, end=self._end_feed, hold=self._hold
        )

    async def _begin_stream(self, stream: Feed[Any]) -> None:
        await self._back()
        self._hub.streams.append(stream)

    async def _end_feed(self, feed: Feed[Any]) -> None:
        gone = self._hub.remove(feed)
        wire = self._wire
        self._hold()
        if wire is None or self._closed or not wire.is_open:
            return
        for topic in gone:
            wire.post(wire.codec.call_message(Name(UNSUB), (topic,), self._flags))

    def _hold(self) -> None:
        if self._wire is not None:
            self._wire.hold(any(f._is_full for f in (*self._hub.feeds, *self._hub.streams)))

    # ---- variables

    async def set(self, name: str, value: Any, /) -> None:
        async def job(wire: Wire) -> None:
            await self._ask(wire, wire.codec.set_message(name, value, self._flags), None, False, self._timeout)

        await self._do(job, name, (value,))

    async def get(self, name: str, /) -> Any:
        return await self.execute(core.check_name(name), idempotent=True)

    async def delete(self, name: str, /) -> None:
        key = core.check_name(name)
        await self.execute(f"(do {key} (del {key}) 0)")

    async def has(self, name: str, /) -> bool:
        """Is there a variable of that name? (`name in connection` of the other twin.)"""
        key = core.check_name(name)
        try:
            await self.execute(f"(do {key} 0)", idempotent=True)
        except (errors.RayforceNameError, errors.RayforceValueError):  # 1.x servers: value
            return False
        return True

    # ---- state

    def is_connected(self) -> bool:
        return not self._closed and self._wire is not None and self._wire.is_open and self._pid == os.getpid()

    async def ping(self, timeout: float | None = None) -> float:
        """Seconds of one round trip."""
        start = time.perf_counter()
        await self.execute("0", timeout=self._timeout if timeout is None else timeout, idempotent=True)
        return time.perf_counter() - start

    def set_compression(self, value: bool | int, /) -> None:
        """True: payloads above 2000 bytes; a number: above that many; False: none."""
        self._opened().codec.compress_over(threshold(_options.check("compression", value)))

    def set_timeout(self, seconds: float | None, /) -> None:
        """The default for every reply; None waits."""
        self._timeout = _options.check("timeout", seconds)

    async def flush(self, timeout: float | None = None) -> None:
        """Returns when the transport takes more."""
        wire = self._live()
        wire.flush()
        await self._room(wire, timeout)

    async def close(self, timeout: float | None = 1.0) -> None:
        """Sends what is still to be sent, for so long at most, and closes. Calling it again does nothing."""
        wire, closed, self._closed = self._wire, self._closed, True
        if wire is None or closed or self._pid != os.getpid():
            return
        if self._reopening is not None and not self._reopening.done():
            self._reopening.cancel()
        await wire.close(timeout)
        if self._way is not None:
            await asyncio.to_thread(self._way.close)
        text = "the connection has been closed"
        self._hub.finish(errors.SubscriptionClosed(text, code="closed", address=self.address))
        observe.happened("close", self.address)

    def _is_engaged(self) -> bool:
        return self._wire is None or bool(self._wire.waiting) or self._hub.is_used

    @property
    def closed(self) -> bool:
        return self._closed

    @property
    def host(self) -> str:
        return self.address.host

    @property
    def port(self) -> int:
        return self.address.port

    @property
    def user(self) -> str | None:
        return self.address.user

    @property
    def stats(self) -> ConnectionStats:
        w = self._opened()
        return ConnectionStats(
            sent=w.sent,
            received=w.received,
            bytes_out=w.bytes_out,
            bytes_in=w.bytes_in,
            owed=w.owed,
            awaited=len(w.waiting) - w.owed,
            pushes=w.pushes,
            pushes_dropped=w.pushes_dropped + self._hub.dropped,
            reconnects=self._reopened,
        )

    @property
    def dialect(self) -> str:
        """The line of the protocol that the server speaks: `1.x` or `2.x`."""
        return self._opened().codec.dialect()

    async def server_version(self) -> str:
        """What the server says of itself; asked once."""
        if self._version is None:
            try:
                version = await self.execute("(at (.sys.build) 'version)")
            except errors.QueryError:  # 1.x servers do not tell
                version = self.dialect
            self._version = str(version)
        return self._version

    def fileno(self) -> int:
        """The socket, -1 when closed."""
        if self._wire is None or self._wire.transport is None or not self.is_connected():
            return -1
        sock = self._wire.transport.get_extra_info("socket")
        return -1 if sock is None else int(sock.fileno())

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(
        self, et: type[BaseException] | None, ev: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a connection cannot be pickled; pickle its address")

    def __del__(self, _is_ending: Callable[[], bool] = sys.is_finalizing) -> None:
        if _is_ending():
            return
        wire = getattr(self, "_wire", None)
        if not getattr(self, "_closed", True) and wire is not None and wire.end is None:
            warnings.warn(f"unclosed {self!r}", ResourceWarning, stacklevel=2, source=self)
            if not wire.loop.is_closed() and wire.transport is not None:
                wire.loop.call_soon_threadsafe(wire.transport.abort)

    def __repr__(self) -> str:
        label = f" {self.name!r}" if self.name else ""
        state = "closed" if self._closed else "open" if self.is_connected() else "not connected"
        return f"<{type(self).__name__}{label} {self.address} {state}>"


class AsyncPrepared:
    """A query whose source is fixed."""

    def __init__(self, conn: AsyncConnection, query: Any) -> None:
        self._conn = conn
        self._query = query
        self.source: str = query if isinstance(query, str) else core.format(core.box_value(query), True)

    async def __call__(self, *args: Any, timeout: Timeout = ...) -> Any:
        return await self._conn.execute(self._query, *args, timeout=timeout)

    async def send_async(self, *args: Any) -> None:
        await self._conn.send_async(self._query, *args)

    def __repr__(self) -> str:
        return f"AsyncPrepared({self.source!r})"


def weak_end(conn: AsyncConnection) -> Callable[[errors.RayforceError], None]:
    """Tells a connection that its wire has ended, without keeping it alive."""
    ref = weakref.ref(conn)

    def ended(why: errors.RayforceError) -> None:
        conn = ref()
        if conn is not None:
            conn._lost(why)

    return ended


def _read(path: str) -> bytes:
    with open(path, "rb") as f:
        return f.read()


async def connect(
    address: str | Address | None = None,
    /,
    *,
    host: str | None = None,
    port: int | None = None,
    user: str | None = None,
    password: str | None = None,
    **options: Unpack[ConnectionOptions],
) -> AsyncConnection:
    """An open connection to an address. Keyword arguments win over the address."""
    where = Address.of(address, port, host=host, user=user, password=password)
    return await AsyncConnection(where, **options).open()
