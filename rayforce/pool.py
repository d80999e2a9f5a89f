"""ConnectionPool: several connections to one server, lent one at a time."""

from __future__ import annotations

import os
import sys
import threading
import time
import warnings
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import EllipsisType, TracebackType
from typing import TYPE_CHECKING, Any, Self, Unpack

from . import _options, errors, observe
from ._options import ConnectionOptions
from .address import Address
from .ipc import Connection
from .poolbook import Book, Entry, PoolStats, check_seconds, check_sizes

if TYPE_CHECKING:
    from .session import Timeout

__all__ = ["ConnectionPool", "PoolStats", "PooledConnection"]

Slot = Future[Any]


class PooledConnection(Connection):
    """A connection on loan: `close()`, or leaving the `with` block, gives it back."""

    _pool: ConnectionPool
    _entry: Entry[Connection]
    _generation: int

    def __init__(self, *args: Any, **kw: Any) -> None:
        raise TypeError("a PooledConnection comes from a pool")

    @classmethod
    def _lend(cls, pool: ConnectionPool, entry: Entry[Connection]) -> PooledConnection:
        self = cls.__new__(cls)
        self.__dict__.update(entry.conn.__dict__)
        self._share(entry.conn)
        self._pool, self._entry, self._generation = pool, entry, pool._generation
        return self

    def close(self, timeout: float | None = 1.0) -> None:
        """Gives the connection back to the pool. Calling it again does nothing."""
        if not self._closed:
            self._pool.put(self)

    def _part(self) -> None:
        """From now on this object has no connection."""
        self._closed = True
        self._client = None

    def _open(self) -> Any:
        if self._client is None:
            text = "the connection has been given back to its pool"
            raise errors.ConnectionFailed(text, code="closed", address=self.address)
        return self._client

    def __del__(self, _is_ending: Callable[[], bool] = sys.is_finalizing) -> None:
        if not _is_ending() and not getattr(self, "_closed", True):
            warnings.warn(f"never given back: {self!r}", ResourceWarning, stacklevel=2, source=self)
            self._pool.put(self)

    def __repr__(self) -> str:
        return f"<PooledConnection {self.address} {'given back' if self._closed else 'on loan'}>"


class ConnectionPool:
    """Up to `size` connections to one server, opened when needed; the last one given back is the next to be lent.

    One connection may be shared by any threads; a pool lets the server work on several requests at once, and keeps a
    slow one from delaying the others. `check=True` looks at the socket before lending, without a round trip; a callable
    may do more. A connection that was closed, is owed a reply, or carries subscriptions does not come back.
    """

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
        check: bool | Callable[[Connection], None] = True,
        configure: Callable[[Connection], None] | None = None,
        user: str | None = None,
        password: str | None = None,
        **options: Unpack[ConnectionOptions],
    ) -> None:
        self._ready = False
        check_sizes(size, min_size, max_waiting)
        check_seconds(max_idle=max_idle, max_lifetime=max_lifetime)
        if acquire_timeout is not None:
            check_seconds(acquire_timeout=acquire_timeout)
        self.address = Address.of(host, port, user=user, password=password)
        self._settled = _options.settle(options, self.address.options)
        self._options = options
        self._acquire_timeout = acquire_timeout
        self._check = check
        self._configure = configure
        self._generation = 0
        self._lock = threading.RLock()  # a loan that is collected inside of these methods gives itself back
        self._book: Book[Connection, Slot] = Book(size, min_size, max_waiting, max_idle, max_lifetime)
        self._ready = True
        _pools.add(self)
        self._fill(min_size)

    def _fill(self, count: int) -> None:
        loans: list[PooledConnection] = []
        try:
            loans += [self.get() for _ in range(count)]
        finally:
            for loan in loans:
                self.put(loan)

    # ---- lending

    def get(self, timeout: Timeout = ...) -> PooledConnection:
        """A connection, to be given back with `put` or its own `close`; PoolTimeout after `timeout` seconds."""
        seconds = self._acquire_timeout if isinstance(timeout, EllipsisType) else timeout
        started = time.monotonic()
        try:
            entry = self._acquire(seconds)
        except errors.PoolTimeout as e:
            observe.happened("acquire", self.address, seconds=time.monotonic() - started, error=e)
            raise
        try:
            while entry is not None and not self._is_good(entry):
                self._discard(entry.conn)
                with self._lock:
                    entry = self._book.next_idle()
            if entry is None:
                entry = self._open(None if seconds is None else seconds - (time.monotonic() - started))
        except BaseException:
            if entry is not None:
                self._discard(entry.conn)
            with self._lock:
                self._book.give(None)
            raise
        with self._lock:
            self._book.acquired += 1
        observe.happened("acquire", self.address, seconds=time.monotonic() - started)
        return PooledConnection._lend(self, entry)

    connection = get

    def _acquire(self, seconds: float | None) -> Entry[Connection] | None:
        with self._lock:
            stale = self._book.reap()
            got, entry = self._book.try_take()
            slot: Slot = Future()
            if not got:
                self._book.enqueue(slot)
        for old in stale:
            old.conn.close(0)
        return entry if got else self._await(slot, seconds)

    def _await(self, slot: Slot, seconds: float | None) -> Entry[Connection] | None:
        started = time.monotonic()
        try:
            entry: Entry[Connection] | None = slot.result(seconds)
            return entry
        except BaseException as e:
            with self._lock:
                handed = slot.done() and slot.exception() is None
                if handed:  # at the last moment
                    if isinstance(e, TimeoutError):
                        late: Entry[Connection] | None = slot.result()
                        return late
                    spare = self._book.give(slot.result())
                else:
                    slot.cancel()
                    spare = None
                if not isinstance(e, TimeoutError):
                    if spare is not None:
                        spare.conn.close(0)
                    raise
                failure = self._book.too_busy(f"waited {seconds} s", time.monotonic() - started)
            failure.address, failure.seconds = self.address, seconds
            raise failure from None
        finally:
            with self._lock:
                self._book.wait_seconds += time.monotonic() - started

    def _is_good(self, entry: Entry[Connection]) -> bool:
        if self._book.is_old(entry, time.monotonic()):
            return False
        if self._check and not entry.conn.is_connected():
            return False
        if callable(self._check):
            try:
                self._check(entry.conn)
            except errors.RayforceError:
                return False
        return True

    def _open(self, seconds: float | None) -> Entry[Connection]:
        options = dict(self._settled)
        if seconds is not None:
            limit = options["connect_timeout"]
            options["connect_timeout"] = max(0.0, seconds if limit is None else min(limit, seconds))
        conn = Connection(self.address, **options)
        try:
            if self._configure is not None:
                self._configure(conn)
        except BaseException:
            conn.close(0)
            raise
        with self._lock:
            self._book.opened += 1
        return Entry(conn)

    def _discard(self, conn: Connection) -> None:
        with self._lock:
            self._book.discarded += 1
        conn.close(0)

    def put(self, conn: PooledConnection, /) -> None:
        """Gives a connection back."""
        if not isinstance(conn, PooledConnection) or conn._pool is not self:
            raise ValueError(f"{conn!r} is not on loan from this pool")
        if conn._closed:
            raise ValueError("the connection has been given back already")
        entry = conn._entry
        keep = self._may_stay(conn)
        entry.conn._client = conn._client  # it may have been opened again
        conn._part()
        observe.happened("release", self.address)
        if conn._generation != self._generation:
            entry.conn.close(0)
            return
        if not keep:
            self._discard(entry.conn)
        with self._lock:
            left = self._book.give(entry if keep else None)
            stale = self._book.reap()
        for old in stale if left is None else [*stale, left]:
            old.conn.close(0)

    def _may_stay(self, conn: PooledConnection) -> bool:
        if not conn.is_connected() or self._book.is_old(conn._entry, time.monotonic()):
            return False
        return not conn._is_engaged()

    # ---- running

    def execute(
        self, query: Any, /, *args: Any, timeout: Timeout = ..., boxed: bool = False, idempotent: bool = False
    ) -> Any:
        """Borrows a connection, runs, gives it back. `idempotent` as in Connection.execute."""
        with self.get() as conn:
            return conn.execute(query, *args, timeout=timeout, boxed=boxed, idempotent=idempotent)

    def call(self, name: Any, /, *args: Any, timeout: Timeout = ...) -> Any:
        """Borrows a connection, calls a function of the server, gives it back."""
        with self.get() as conn:
            return conn.call(name, *args, timeout=timeout)

    def map(self, query: Any, arguments: Iterable[Iterable[Any]], /, *, timeout: Timeout = ...) -> Iterator[Any]:
        """The results for each tuple of arguments, in their order; as many run at once as the pool has connections."""
        executor = ThreadPoolExecutor(self.size, thread_name_prefix="rayforce-pool")
        running: deque[Future[Any]] = deque()
        try:
            for args in arguments:
                running.append(executor.submit(self.execute, query, *args, timeout=timeout))
                if len(running) >= 2 * self.size:
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
        finally:
            executor.shutdown(wait=True, cancel_futures=True)

    # ---- the pool itself

    def close(self, timeout: float | None = 5.0) -> None:
        """Lends nothing any more, closes what is idle and waits for what is lent, for so long at most.

        What comes back later is closed then.
        """
        if not self._ready:
            return
        with self._lock:
            idle = self._book.close()
        for entry in idle:
            entry.conn.close()
        end = None if timeout is None else time.monotonic() + timeout
        while self._book.in_use and (end is None or time.monotonic() < end):
            time.sleep(0.005)

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
        with self._lock:
            return self._book.waiting

    @property
    def stats(self) -> PoolStats:
        with self._lock:
            return self._book.stats()

    def _after_fork_in_child(self) -> None:
        """The connections are the parent's. Here the pool begins anew, with locks that no lost thread holds."""
        self._lock = threading.RLock()
        self._generation += 1
        idle = self._book.idle
        self._book.forget()
        for entry in idle:
            entry.conn.close(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, et: type[BaseException] | None, ev: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def __del__(self, _is_ending: Callable[[], bool] = sys.is_finalizing) -> None:
        if not _is_ending() and getattr(self, "_ready", False) and not self._book.closed:
            warnings.warn(f"unclosed {self!r}", ResourceWarning, stacklevel=2, source=self)
            self.close(0)

    def __reduce__(self) -> tuple[Any, ...]:
        book = self._book
        settings = {
            "size": book.size,
            "min_size": book.min_size,
            "acquire_timeout": self._acquire_timeout,
            "max_waiting": book.max_waiting,
            "max_idle": book.max_idle,
            "max_lifetime": book.max_lifetime,
            "check": self._check,
            "configure": self._configure,
        }
        return _unpickle, (self.address, settings | self._options)

    def __repr__(self) -> str:
        state = "closed" if self.closed else f"{self.in_use} of {self.size} in use, {self.idle} idle"
        return f"<ConnectionPool {self.address} {state}>"


def _unpickle(address: Address, settings: dict[str, Any]) -> ConnectionPool:
    return ConnectionPool(address, **settings)


_pools: weakref.WeakSet[ConnectionPool] = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for pool in _pools:
        pool._after_fork_in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
