"""AsyncConnectionPool: the pool of one event loop."""

from __future__ import annotations

import asyncio
import sys
import time
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from types import EllipsisType, TracebackType
from typing import Any, Self, Unpack

from .. import _options, errors, observe
from .._options import ConnectionOptions
from ..address import Address
from ..poolbook import Book, Entry, PoolStats, check_seconds, check_sizes
from ..session import Timeout
from .connection import AsyncConnection, weak_end

Slot = asyncio.Future[Any]


class AsyncPooledConnection(AsyncConnection):
    """A connection on loan: `close()`, or leaving the `async with` block, gives it back."""

    _pool: AsyncConnectionPool
    _entry: Entry[AsyncConnection]

    def __init__(self, *args: Any, **kw: Any) -> None:
        raise TypeError("an AsyncPooledConnection comes from a pool")

    @classmethod
    def _lend(cls, pool: AsyncConnectionPool, entry: Entry[AsyncConnection]) -> AsyncPooledConnection:
        self = cls.__new__(cls)
        self.__dict__.update(entry.conn.__dict__)
        self._pool, self._entry = pool, entry
        if self._wire is not None:
            self._wire.on_end = weak_end(self)
        return self

    async def close(self, timeout: float | None = 1.0) -> None:
        """Gives the connection back to the pool. Calling it again does nothing."""
        if not self._closed:
            self._pool.put(self)

    def _part(self) -> None:
        self._closed = True
        self._wire = None

    def __del__(self, _is_ending: Callable[[], bool] = sys.is_finalizing) -> None:
        if not _is_ending() and not getattr(self, "_closed", True):
            warnings.warn(f"never given back: {self!r}", ResourceWarning, stacklevel=2, source=self)
            loop = self._loop
            if loop is not None and not loop.is_closed():
                self._pool.put(self)

    def __repr__(self) -> str:
        return f"<AsyncPooledConnection {self.address} {'given back' if self._closed else 'on loan'}>"


class AsyncConnectionPool:
    """As ConnectionPool, for the tasks of one loop. `configure` and a callable `check` are coroutine functions."""

    def __init__(
        self,
        host: str | Address | None = None,
        port: int | None = None,
        size: int = 10,
        *,
        min_size: int = 0,
        acquire_timeout: float | None = 10.0,
        max_waiting: int = 0,
        max_idle: float = 600.0,
        max_lifetime: float = 3600.0,
        check: bool | Callable[[AsyncConnection], Awaitable[None]] = True,
        configure: Callable[[AsyncConnection], Awaitable[None]] | None = None,
        user: str | None = None,
        password: str | None = None,
        **options: Unpack[ConnectionOptions],
    ) -> None:
        check_sizes(size, min_size, max_waiting)
        check_seconds(max_idle=max_idle, max_lifetime=max_lifetime)
        if acquire_timeout is not None:
            check_seconds(acquire_timeout=acquire_timeout)
        self.address = Address.of(host, port, user=user, password=password)
        self._settled = _options.settle(options, self.address.options)
        self._acquire_timeout = acquire_timeout
        self._check = check
        self._configure = configure
        self._book: Book[AsyncConnection, Slot] = Book(size, min_size, max_waiting, max_idle, max_lifetime)
        self._closing: set[asyncio.Task[None]] = set()
        self._filled = False

    async def open(self) -> Self:
        """Opens the first `min_size` connections; `async with` does it."""
        if not self._filled:
            self._filled = True
            loans: list[AsyncPooledConnection] = []
            try:
                for _ in range(self._book.min_size):
                    loans.append(await self.get())
            finally:
                for loan in loans:
                    self.put(loan)
        return self

    # ---- lending

    async def get(self, timeout: Timeout = ...) -> AsyncPooledConnection:
        """A connection, to be given back with `put` or its own `close`; PoolTimeout after `timeout` seconds."""
        seconds = self._acquire_timeout if isinstance(timeout, EllipsisType) else timeout
        started = time.monotonic()
        try:
            entry = await self._acquire(seconds)
        except errors.PoolTimeout as e:
            observe.happened("acquire", self.address, seconds=time.monotonic() - started, error=e)
            raise
        try:
            while entry is not None and not await self._is_good(entry):
                self._discard(entry.conn)
                entry = self._book.next_idle()
            if entry is None:
                entry = await self._open(None if seconds is None else seconds - (time.monotonic() - started))
        except BaseException:
            if entry is not None:
                self._discard(entry.conn)
            self._book.give(None)
            raise
        self._book.acquired += 1
        observe.happened("acquire", self.address, seconds=time.monotonic() - started)
        return AsyncPooledConnection._lend(self, entry)

    @asynccontextmanager
    async def connection(self, timeout: Timeout = ...) -> AsyncIterator[AsyncPooledConnection]:
        conn = await self.get(timeout)
        try:
            yield conn
        finally:
            await conn.close()

    async def _acquire(self, seconds: float | None) -> Entry[AsyncConnection] | None:
        for old in self._book.reap():
            self._end(old.conn)
        got, entry = self._book.try_take()
        if got:
            return entry
        slot: Slot = asyncio.get_running_loop().create_future()
        self._book.enqueue(slot)
        started = time.monotonic()
        try:
            async with asyncio.timeout(seconds):
                handed: Entry[AsyncConnection] | None = await slot
                return handed
        except TimeoutError:
            if slot.done() and not slot.cancelled():  # at the last moment
                return slot.result()  # type: ignore[no-any-return]
            failure = self._book.too_busy(f"waited {seconds} s", time.monotonic() - started)
            failure.address, failure.seconds = self.address, seconds
            raise failure from None
        except BaseException:
            if slot.done() and not slot.cancelled() and slot.exception() is None:
                self._give(slot.result())
            raise
        finally:
            self._book.wait_seconds += time.monotonic() - started

    async def _is_good(self, entry: Entry[AsyncConnection]) -> bool:
        if self._book.is_old(entry, time.monotonic()):
            return False
        if self._check and not entry.conn.is_connected():
            return False
        if callable(self._check):
            try:
                await self._check(entry.conn)
            except errors.RayforceError:
                return False
        return True

    async def _open(self, seconds: float | None) -> Entry[AsyncConnection]:
        options = dict(self._settled)
        if seconds is not None:
            limit = options["connect_timeout"]
            options["connect_timeout"] = max(0.0, seconds if limit is None else min(limit, seconds))
        conn = await AsyncConnection(self.address, **options).open()
        try:
            if self._configure is not None:
                await self._configure(conn)
        except BaseException:
            await conn.close(0)
            raise
        self._book.opened += 1
        return Entry(conn)

    def _discard(self, conn: AsyncConnection) -> None:
        self._book.discarded += 1
        self._end(conn)

    def _end(self, conn: AsyncConnection) -> None:
        """Closes a connection without waiting for it."""
        task = asyncio.ensure_future(conn.close(0))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def _give(self, entry: Entry[AsyncConnection] | None) -> None:
        left = self._book.give(entry)
        if left is not None:
            self._end(left.conn)

    def put(self, conn: AsyncPooledConnection, /) -> None:
        """Gives a connection back."""
        if not isinstance(conn, AsyncPooledConnection) or conn._pool is not self:
            raise ValueError(f"{conn!r} is not on loan from this pool")
        if conn._closed:
            raise ValueError("the connection has been given back already")
        entry = conn._entry
        old = self._book.is_old(entry, time.monotonic())
        keep = conn.is_connected() and not old and not conn._is_engaged()
        entry.conn._wire = conn._wire  # it may have been opened again
        if conn._wire is not None:
            conn._wire.on_end = weak_end(entry.conn)
        conn._part()
        observe.happened("release", self.address)
        if not keep:
            self._discard(entry.conn)
        self._give(entry if keep else None)

    # ---- running

    async def execute(
        self, query: Any, /, *args: Any, timeout: Timeout = ..., boxed: bool = False, idempotent: bool = False
    ) -> Any:
        """Borrows a connection, runs, gives it back. `idempotent` as in Connection.execute."""
        async with self.connection() as conn:
            return await conn.execute(query, *args, timeout=timeout, boxed=boxed, idempotent=idempotent)

    async def call(self, name: Any, /, *args: Any, timeout: Timeout = ...) -> Any:
        """Borrows a connection, calls a function of the server, gives it back."""
        async with self.connection() as conn:
            return await conn.call(name, *args, timeout=timeout)

    async def map(
        self, query: Any, arguments: Iterable[Iterable[Any]], /, *, timeout: Timeout = ...
    ) -> AsyncIterator[Any]:
        """The results for each tuple of arguments, in their order; as many run at once as the pool has connections."""
        running: list[asyncio.Task[Any]] = []
        try:
            for args in arguments:
                running.append(asyncio.ensure_future(self._run_later(query, args, timeout)))
                if len(running) >= 2 * self.size:
                    yield await running.pop(0)
            while running:
                yield await running.pop(0)
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _run_later(self, query: Any, args: Iterable[Any], timeout: Timeout) -> Any:
        conn = await self.get(None)
        try:
            return await conn.execute(query, *args, timeout=timeout)
        finally:
            await conn.close()

    # ---- the pool itself

    async def close(self, timeout: float | None = 5.0) -> None:
        """Lends nothing any more, closes what is idle and waits for what is lent, for so long at most."""
        for entry in self._book.close():
            await entry.conn.close()
        end = None if timeout is None else time.monotonic() + timeout
        while self._book.in_use and (end is None or time.monotonic() < end):
            await asyncio.sleep(0.005)
        if self._closing:
            await asyncio.wait(set(self._closing), timeout=timeout)

    @property
    def closed(self) -> bool:
        return self._book.closed

    @property
    def size(self) -> int:
        return self._book.size

    @property
    def idle(self) -> int:
        return len(self._book.idle)

    @property
    def in_use(self) -> int:
        return self._book.in_use

    @property
    def waiting(self) -> int:
        return self._book.waiting

    @property
    def stats(self) -> PoolStats:
        return self._book.stats()

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(
        self, et: type[BaseException] | None, ev: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        state = "closed" if self.closed else f"{self.in_use} of {self.size} in use, {self.idle} idle"
        return f"<AsyncConnectionPool {self.address} {state}>"
