"""Subscriptions and pushes for tasks."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from types import TracebackType
from typing import Any, Self, TypeVar

from .. import errors
from ..live import Feed, Message, Nothing, TopicFeed, as_table, joined, newest
from ..types import Table

M = TypeVar("M")


class Awaited(Feed[M]):
    """A feed whose consumer is a task. It begins when it is entered, iterated over or first asked for a message."""

    def __init__(
        self,
        *args: Any,
        begin: Callable[[Any], Awaitable[None]],
        end: Callable[[Any], Awaitable[None]],
        hold: Callable[[], None],
        **kw: Any,
    ) -> None:
        super().__init__(*args, **kw)
        self._begin, self._stop, self._hold = begin, end, hold
        self._begun: asyncio.Task[None] | None = None
        self._waiters: set[asyncio.Future[None]] = set()

    # ---- the connection's end

    def _put(self, item: M) -> None:
        super()._put(item)
        self._wake()
        self._hold()

    def _finish(self, why: errors.RayforceError) -> None:
        super()._finish(why)
        self._wake()
        self._hold()

    def _wake(self) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    # ---- the consumer's end

    async def begin(self) -> Self:
        """Subscribes; `async with` does it."""
        if self._closed:
            raise errors.SubscriptionClosed(f"the {self.what} has been closed", code="closed")
        if self._begun is None:
            self._begun = asyncio.ensure_future(self._begin(self))
        await asyncio.shield(self._begun)
        return self

    async def get(self, timeout: float | None = None) -> M:
        """The next message; Timeout after so many seconds, or why no more will come."""
        try:
            async with asyncio.timeout(timeout):
                if self._begun is None:
                    await self.begin()
                while isinstance(item := self._take(), Nothing):
                    waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                    self._waiters.add(waiter)
                    try:
                        await waiter
                    finally:
                        self._waiters.discard(waiter)
        except TimeoutError as e:
            if isinstance(e, errors.Timeout):
                raise
            text = f"no message within {timeout} s"
            raise errors.Timeout(text, code="timeout", seconds=timeout, address=self._hub.address) from None
        self._hold()
        return item

    def get_nowait(self) -> M | None:
        """The next message, or None if none is here."""
        item = self._take()
        self._hold()
        return None if isinstance(item, Nothing) else item

    def drain(self) -> list[M]:
        """All messages that are here."""
        first = self._take()
        out = [] if isinstance(first, Nothing) else [first, *self._queue]
        self._queue.clear()
        self._hold()
        return out

    async def close(self) -> None:
        """Ends it. Calling it again does nothing."""
        if not self._shut():
            return
        if self._begun is not None:
            with contextlib.suppress(errors.RayforceError):
                await self._begun
            await self._stop(self)

    async def __aiter__(self) -> AsyncIterator[M]:
        """Messages until it is closed; raises if the connection is lost."""
        while True:
            try:
                item = await self.get()
            except errors.SubscriptionClosed:
                return
            yield item

    async def __aenter__(self) -> Self:
        return await self.begin()

    async def __aexit__(
        self, et: type[BaseException] | None, ev: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.queued} queued{', closed' if self._closed else ''}>"


class AsyncSubscription(Awaited[Message], TopicFeed):
    """Messages of topics, in the order of their coming."""

    def latest(self) -> dict[str, Message]:
        """The newest message of each topic that is here; those before it are dropped."""
        return newest(self.drain())

    async def tables(self, *, rows: int = 10_000, wait: float = 0.1) -> AsyncIterator[Table]:
        """Payloads joined into tables of `rows` rows or more, or of what came within `wait` seconds of the first."""
        while True:
            try:
                batch = [(await self.get()).payload]
            except errors.SubscriptionClosed:
                return
            count, end = len(as_table(batch[0])), time.monotonic() + wait
            while count < rows and (left := end - time.monotonic()) > 0:
                try:
                    batch.append((await self.get(left)).payload)
                except (errors.Timeout, errors.SubscriptionClosed):
                    break
                count += len(as_table(batch[-1]))
            yield joined(batch)


class AsyncPushStream(Awaited[Any]):
    """Every message that the server sent unasked and that is no update of a topic."""

    what = "stream of pushes"
