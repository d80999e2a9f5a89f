"""Who has which connection of a pool: the book that the pools of threads and of asyncio keep alike.

It does no waiting, no locking and no input or output. Whoever holds one of `size` permits owns a connection or is about
to open one. A waiter is a future of either kind and is given what a borrower gets: a connection, or None for a permit
to open one.
"""

from __future__ import annotations

import time
from collections import deque
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from . import errors


class Waiter(Protocol):
    def done(self) -> bool: ...
    def set_result(self, result: Any, /) -> None: ...
    def set_exception(self, exception: BaseException, /) -> None: ...


C = TypeVar("C")
W = TypeVar("W", bound=Waiter)


class Entry(Generic[C]):
    """A connection of the pool, since when it lives and since when nobody uses it."""

    __slots__ = ("born", "conn", "since")

    def __init__(self, conn: C) -> None:
        self.conn = conn
        self.born = self.since = time.monotonic()


class PoolStats(NamedTuple):
    """What a pool has and has done. `waits`: borrowers that found nothing free; `wait_seconds`: their time together."""

    size: int
    idle: int
    in_use: int
    waiting: int
    opened: int
    discarded: int
    acquired: int
    waits: int
    wait_seconds: float
    timeouts: int


class Book(Generic[C, W]):
    """Permits, idle connections (the last returned is the first to be lent) and the queue of those who wait."""

    def __init__(self, size: int, min_size: int, max_waiting: int, max_idle: float, max_lifetime: float) -> None:
        self.size = size
        self.min_size = min_size
        self.max_waiting = max_waiting
        self.max_idle = max_idle
        self.max_lifetime = max_lifetime
        self.opened = self.discarded = self.acquired = self.waits = self.timeouts = 0
        self.wait_seconds = 0.0
        self.closed = False
        self.forget()

    def forget(self) -> None:
        """Nothing is lent, idle or awaited any more."""
        self.idle: list[Entry[C]] = []
        self.in_use = 0
        self.queue: deque[W] = deque()

    @property
    def waiting(self) -> int:
        return sum(not w.done() for w in self.queue)

    def check_open(self) -> None:
        if self.closed:
            raise errors.PoolClosed("the pool has been closed", code="closed")

    def try_take(self) -> tuple[bool, Entry[C] | None]:
        """(True, a connection or None for a permit to open one), or (False, None) when all are in use."""
        self.check_open()
        if self.in_use >= self.size:
            return False, None
        self.in_use += 1
        return True, self.idle.pop() if self.idle else None

    def enqueue(self, waiter: W) -> None:
        """Waits for a turn; at once PoolTimeout where too many wait."""
        if self.max_waiting and self.waiting >= self.max_waiting:
            raise self.too_busy(f"{self.waiting} wait already", 0.0)
        self.waits += 1
        self.queue.append(waiter)

    def too_busy(self, why: str, seconds: float) -> errors.PoolTimeout:
        self.timeouts += 1
        size, in_use, waiting = self.size, self.in_use, self.waiting
        text = f"no connection became free: {why} (size {size}, in use {in_use}, waiting {waiting})"
        return errors.PoolTimeout(
            text, code="timeout", phase="acquire", seconds=seconds, size=size, in_use=in_use, waiting=waiting
        )

    def next_idle(self) -> Entry[C] | None:
        """Another connection for a permit whose own was no good."""
        return self.idle.pop() if self.idle else None

    def give(self, entry: Entry[C] | None) -> Entry[C] | None:
        """A permit comes back, with its connection or without. Returns the connection if it is to be closed."""
        if self.closed:
            self.in_use -= 1
            return entry
        if entry is not None:
            entry.since = time.monotonic()
        while self.queue:
            waiter = self.queue.popleft()
            if not waiter.done():
                waiter.set_result(entry)
                return None
        self.in_use -= 1
        if entry is not None:
            self.idle.append(entry)
        return None

    def is_old(self, entry: Entry[C], now: float) -> bool:
        return now - entry.born > self.max_lifetime

    def reap(self) -> list[Entry[C]]:
        """Idle connections that have been idle, or have lived, for too long; to be closed."""
        now = time.monotonic()
        spare = max(0, len(self.idle) + self.in_use - self.min_size)
        gone: list[Entry[C]] = []
        for entry in self.idle:
            if self.is_old(entry, now) or (now - entry.since > self.max_idle and len(gone) < spare):
                gone.append(entry)
        if gone:
            self.idle = [e for e in self.idle if e not in gone]
            self.discarded += len(gone)
        return gone

    def close(self) -> list[Entry[C]]:
        """Nothing is lent any more; who waits hears of it. Returns the idle connections, to be closed."""
        self.closed = True
        idle, self.idle = self.idle, []
        queue, self.queue = self.queue, deque()
        for waiter in queue:
            if not waiter.done():
                waiter.set_exception(errors.PoolClosed("the pool has been closed", code="closed"))
        return idle

    def stats(self) -> PoolStats:
        return PoolStats(
            self.size,
            len(self.idle),
            self.in_use,
            self.waiting,
            self.opened,
            self.discarded,
            self.acquired,
            self.waits,
            self.wait_seconds,
            self.timeouts,
        )


def check_sizes(size: Any, min_size: Any, max_waiting: Any) -> None:
    for name, value, least in (("size", size, 1), ("min_size", min_size, 0), ("max_waiting", max_waiting, 0)):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ValueError(f"{name}={value!r}: expected a number from {least} up")
    if min_size > size:
        raise ValueError(f"min_size={min_size} is above size={size}")


def check_seconds(**named: Any) -> None:
    for name, value in named.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
            raise ValueError(f"{name}={value!r}: expected seconds from 0 up")
