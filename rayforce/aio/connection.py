"""AsyncConnection: a connection that belongs to one event loop."""

from __future__ import annotations

import asyncio
import os
import time
import warnings
from types import EllipsisType, TracebackType
from typing import Any, Self, TypeVar

from .. import _options, errors
from .._ext import core
from ..address import Address
from ..ipc import ConnectionStats, threshold, unreachable
from ..session import Timeout, as_numpy, as_type
from ..types import Table
from .dial import dial, failed, place, set_up
from .wire import Waiting, Wire

T = TypeVar("T")


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
        **options: Any,
    ) -> None:
        self._closed = False
        self._wire: Wire | None = None
        self.address = Address.of(host, port, user=user, password=password)
        self._options = _options.settle(options, self.address.options)
        self._timeout: float | None = self._options["timeout"]
        self._flags = core.convert_flags(False, self._options["strings"])
        self._version: str | None = None
        self._pid = os.getpid()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.name: str | None = self._options["name"]
        unreachable(self.address)

    async def open(self) -> Self:
        """Connects, greets and logs in; `async with` and `connect` do it."""
        if self._wire is not None:
            return self
        self._loop = asyncio.get_running_loop()
        self._wire = await self._dial()
        return self

    async def _dial(self) -> Wire:
        seconds = self._options["connect_timeout"]
        started = time.perf_counter()
        try:
            codec = self._codec()
            async with asyncio.timeout(seconds):
                return await self._greet(codec, await dial(self.address, seconds))
        except TimeoutError:
            raise self._late(started) from None
        except errors.IPCError as e:
            e.elapsed = time.perf_counter() - started
            raise

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
            transport, _ = await loop.create_connection(lambda: wire, sock=sock)
            set_up(transport.get_extra_info("socket"), self._options)
        try:
            await wire.greeted
        except BaseException:
            transport.abort()
            raise
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

    async def execute(self, query: Any, /, *args: Any, timeout: Timeout = ..., boxed: bool = False) -> Any:
        """As Connection.execute."""
        seconds = self._seconds(timeout)
        wire = self._live()
        message = wire.codec.message(query, args, self._flags)
        if message is None and args:  # servers of the 1.x line call only a function that they are given
            started = time.monotonic()
            query = await self._ask(wire, None, query, True, seconds)
            seconds = None if seconds is None else max(0.0, seconds - (time.monotonic() - started))
            message = wire.codec.message(query, args, self._flags)
        return await self._ask(wire, message, query, boxed, seconds)

    async def call(self, name: Any, /, *args: Any, timeout: Timeout = ...) -> Any:
        """As Connection.call."""
        seconds = self._seconds(timeout)
        wire = self._live()
        return await self._ask(wire, wire.codec.call_message(name, args, self._flags), name, False, seconds)

    async def _ask(
        self, wire: Wire, message: core.Value | None, query: Any, boxed: bool, seconds: float | None
    ) -> Any:
        await wire.room()
        request = wire.request(message, query, boxed)
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

    async def send_async(self, query: Any, /, *args: Any) -> None:
        """Sends without awaiting a reply; waits only until there is room for more."""
        wire = self._live()
        message = wire.codec.message(query, args, self._flags)
        if message is None and args:
            raise errors.QueryError("a server of the 1.x line cannot call source text in one message", code="nyi")
        await wire.room()
        wire.post(core.source_value(query) if message is None else message)
        await wire.room()

    async def write(self, value: Any, /, name: str | None = None) -> Any:
        """Assigns a value on the server; without a name, sends it to be evaluated and returns the result."""
        if name is not None:
            return await self.set(name, value)
        wire = self._live()
        return await self._ask(wire, wire.codec.value_message(value, self._flags), None, False, self._timeout)

    def prepare(self, query: Any, /) -> AsyncPrepared:
        """A query to be run many times with different arguments."""
        return AsyncPrepared(self, query)

    async def run_file(self, path: str, /) -> Any:
        """Evaluates a file of source on the server."""
        return await self.execute(await asyncio.to_thread(_read, path))

    # ---- variables

    async def set(self, name: str, value: Any, /) -> None:
        wire = self._live()
        await self._ask(wire, wire.codec.set_message(name, value, self._flags), None, False, self._timeout)

    async def get(self, name: str, /) -> Any:
        return await self.execute(core.check_name(name))

    async def delete(self, name: str, /) -> None:
        key = core.check_name(name)
        await self.execute(f"(do {key} (del {key}) 0)")

    async def has(self, name: str, /) -> bool:
        """Is there a variable of that name? (`name in connection` of the other twin.)"""
        key = core.check_name(name)
        try:
            await self.execute(f"(do {key} 0)")
        except (errors.RayforceNameError, errors.RayforceValueError):  # 1.x servers: value
            return False
        return True

    # ---- state

    def is_connected(self) -> bool:
        return not self._closed and self._wire is not None and self._wire.is_open and self._pid == os.getpid()

    async def ping(self, timeout: float | None = None) -> float:
        """Seconds of one round trip."""
        start = time.perf_counter()
        await self.execute("0", timeout=self._timeout if timeout is None else timeout)
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
        try:
            async with asyncio.timeout(timeout):
                await wire.room()
        except TimeoutError:
            text = f"{place(self.address)}: the server took no more bytes within {timeout} s"
            raise errors.Timeout(text, code="timeout", seconds=timeout, address=self.address) from None

    async def close(self, timeout: float | None = 1.0) -> None:
        """Sends what is still to be sent, for so long at most, and closes. Calling it again does nothing."""
        wire, closed, self._closed = self._wire, self._closed, True
        if wire is not None and not closed and self._pid == os.getpid():
            await wire.close(timeout)

    def _is_engaged(self) -> bool:
        return self._wire is None or bool(self._wire.waiting)

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
            pushes_dropped=w.pushes_dropped,
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

    def __del__(self) -> None:
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
    **options: Any,
) -> AsyncConnection:
    """An open connection to an address. Keyword arguments win over the address."""
    where = Address.of(address, port, host=host, user=user, password=password)
    return await AsyncConnection(where, **options).open()
