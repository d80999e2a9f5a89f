"""Messages that a server sends unasked: topics that are subscribed to, and everything else. They are data: nothing of
them is evaluated here.

A `Hub` belongs to a connection and knows who wants what; a feed is one consumer's bounded queue. The feeds here are for
threads, those of `aio.live` for tasks.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, ClassVar, Generic, Literal, NamedTuple, Protocol, Self, TypeVar

from . import errors, observe
from ._ext import core
from .types import Dict, List, Table

Overflow = Literal["error", "drop_oldest", "drop_newest", "block"]
OVERFLOWS = ("error", "drop_oldest", "drop_newest", "block")
MAXSIZE = 65536

SUB, UNSUB, PUB = ".mc.sub", ".mc.unsub", ".mc.pub"


class Message(NamedTuple):
    """One update of a topic. The snapshot has `seq` 0; `missed`: how many updates are lacking just before this one."""

    topic: str
    seq: int
    payload: Any
    received_ns: int
    missed: int = 0


M = TypeVar("M")


class Nothing:
    """No message is here; one may be None."""


NOTHING = Nothing()


class Feed(Generic[M]):
    """A bounded queue with one end in the connection. What is full does what it was told to do."""

    what: ClassVar[str] = "feed"

    def __init__(self, hub: Hub, maxsize: int, overflow: Overflow) -> None:
        if isinstance(maxsize, bool) or not isinstance(maxsize, int) or maxsize < 1:
            raise ValueError(f"maxsize={maxsize!r}: expected a number from 1 up")
        if overflow not in OVERFLOWS:
            raise ValueError(f"overflow={overflow!r}: expected one of {', '.join(OVERFLOWS)}")
        self._hub = hub
        self._maxsize = maxsize
        self._overflow = overflow
        self._queue: deque[M] = deque()
        self._end: errors.RayforceError | None = None
        self._closed = False
        self._callback: Callable[[M], object] | None = None
        self.dropped = 0

    # ---- the connection's end

    def _put(self, item: M) -> None:
        if self._end is not None:
            self.dropped += 1
        elif self._callback is not None:
            self._callback(item)
        elif len(self._queue) < self._maxsize or self._overflow == "block":
            self._queue.append(item)
        elif self._overflow == "drop_oldest":
            self._queue.popleft()
            self._queue.append(item)
            self.dropped += 1
        else:
            self.dropped += 1
            if self._overflow == "error":
                text = f"more than {self._maxsize} messages wait to be taken; the {self.what} has ended"
                self._finish(errors.SubscriptionOverflow(text, code="limit", address=self._hub.address))

    def _finish(self, why: errors.RayforceError) -> None:
        """No more messages will come; what is queued can still be taken."""
        if self._end is None:
            self._end = why

    @property
    def _is_full(self) -> bool:
        return self._overflow == "block" and self._end is None and len(self._queue) >= self._maxsize

    # ---- the consumer's end

    def _take(self) -> M | Nothing:
        """The next message if there is one; raises when none will come any more."""
        if self._queue:
            return self._queue.popleft()
        if self._end is not None:
            raise self._end
        return NOTHING

    @property
    def queued(self) -> int:
        return len(self._queue)

    @property
    def closed(self) -> bool:
        return self._closed

    def _shut(self) -> bool:
        """False: it was shut before."""
        if self._closed:
            return False
        self._closed = True
        self._queue.clear()
        text = f"the {self.what} has been closed"
        self._finish(errors.SubscriptionClosed(text, code="closed", address=self._hub.address))
        return True


class TopicFeed(Feed[Message]):
    """What subscriptions of both kinds are."""

    what = "subscription"

    def __init__(
        self, hub: Hub, topics: tuple[str, ...], maxsize: int, overflow: Overflow, snapshot: Any, resubscribe: bool
    ) -> None:
        if not topics or not all(isinstance(t, str) and t for t in topics):
            raise ValueError(f"topics {topics!r}: expected names")
        super().__init__(hub, maxsize, overflow)
        self.topics = topics
        self.missed = 0
        self._snapshot = snapshot
        self._resubscribe = resubscribe
        self._gap: Callable[[str, int, int], object] | None = None

    def on_message(self, fn: Callable[[Message], object], /) -> Self:
        """Calls `fn` with each message instead of queueing it: at once, where the message is read."""
        self._callback = fn
        waiting = list(self._queue)
        self._queue.clear()
        for message in waiting:
            fn(message)
        return self

    def on_gap(self, fn: Callable[[str, int, int], object], /) -> Self:
        """Calls `fn(topic, expected, got)` when sequence numbers were skipped."""
        self._gap = fn
        return self

    def _note_gap(self, topic: str, expected: int, got: int) -> None:
        self.missed += got - expected
        if self._gap is not None:
            self._gap(topic, expected, got)

    def _put_snapshot(self, payload: Any, first: bool) -> None:
        message = Message(self.topics[0], 0, payload, time.time_ns())
        if first and self._callback is None:
            self._queue.appendleft(message)
        else:
            self._put(message)


def newest(messages: list[Message]) -> dict[str, Message]:
    return {m.topic: m for m in messages}


def as_table(payload: Any) -> Table:
    """A payload as rows: a table, or a dict for one row or for columns."""
    if isinstance(payload, Table):
        return payload
    if isinstance(payload, Dict):
        row = {str(k): v for k, v in zip(payload.key_vector, payload.value_vector, strict=True)}
        is_column = {k: hasattr(v, "__len__") and not isinstance(v, str | bytes) for k, v in row.items()}
        return Table({k: v if is_column[k] else [v] for k, v in row.items()})
    raise core.conversion_error(f"a payload of type {type(payload).__name__} has no rows", payload, "table")


def joined(payloads: list[Any]) -> Table:
    """All rows in one table."""
    tables = [as_table(p) for p in payloads]
    out: Any = tables[0] if len(tables) == 1 else core.operate("raze", List(tables))
    if not isinstance(out, Table):
        raise core.conversion_error("the payloads differ in their columns", None, "table")
    return out


def update_of(value: Any) -> tuple[str, int, Any] | None:
    """Topic, number and payload of `(upd "topic" n (quote payload))`; None for any other message."""
    if not isinstance(value, List) or len(value) != 4:
        return None
    head, topic, seq, payload = value
    if head != "upd" or not isinstance(topic, str) or isinstance(seq, bool) or not isinstance(seq, int):
        return None
    if isinstance(payload, List) and len(payload) == 2 and payload[0] == "quote":
        payload = payload[1]
    return str(topic), seq, payload


class Hub:
    """Who wants which messages of a connection, and which numbers were seen last."""

    def __init__(self, address: Any) -> None:
        self.address = address
        self.lock = threading.RLock()
        self.feeds: list[TopicFeed] = []
        self.streams: list[Feed[Any]] = []
        self.seen: dict[str, int] = {}
        self.dropped = 0
        self.reader: threading.Thread | None = None  # the thread that reads while there are feeds

    @property
    def is_used(self) -> bool:
        return bool(self.feeds or self.streams)

    def add(self, feed: TopicFeed) -> list[str]:
        """The topics that nobody had subscribed to."""
        with self.lock:
            known = {t for f in self.feeds for t in f.topics}
            self.feeds.append(feed)
            return [t for t in dict.fromkeys(feed.topics) if t not in known]

    def remove(self, feed: Feed[Any]) -> list[str]:
        """The topics that nobody is subscribed to any more."""
        with self.lock:
            if feed in self.streams:
                self.streams.remove(feed)
            if not isinstance(feed, TopicFeed) or feed not in self.feeds:
                return []
            self.feeds.remove(feed)
            left = {t for f in self.feeds for t in f.topics}
            gone = [t for t in dict.fromkeys(feed.topics) if t not in left]
            for topic in gone:
                self.seen.pop(topic, None)
            return gone

    def deliver(self, value: Any) -> None:
        """A message has come; called by whoever reads the connection."""
        update = update_of(value)
        if update is None:
            self._deliver_other(value)
            return
        topic, seq, payload = update
        with self.lock:
            wanted = [f for f in self.feeds if topic in f.topics]
            missed = self._missed(topic, seq)
            self.dropped += not wanted
        observe.happened("push", self.address, query=topic)
        if missed and wanted:
            observe.happened("gap", self.address, query=topic, missed=missed)
        message = Message(topic, seq, payload, time.time_ns(), missed)
        for feed in wanted:
            if missed:
                feed._note_gap(topic, seq - missed, seq)
            feed._put(message)

    def _missed(self, topic: str, seq: int) -> int:
        """How many numbers were skipped; a number that goes back is a server that began anew."""
        last = self.seen.get(topic)
        self.seen[topic] = seq
        return max(0, seq - last - 1) if last is not None else 0

    def _deliver_other(self, value: Any) -> None:
        observe.happened("push", self.address)
        with self.lock:
            wanted = list(self.streams)
            self.dropped += not wanted
        for stream in wanted:
            stream._put(value)

    def finish(self, why: errors.RayforceError) -> None:
        """The connection has ended for good."""
        with self.lock:
            everyone: list[Feed[Any]] = [*self.feeds, *self.streams]
            self.feeds, self.streams = [], []
            self.seen.clear()
        for feed in everyone:
            feed._finish(why)

    def begin_again(self) -> tuple[list[str], list[TopicFeed]]:
        """The connection is a new one: topics to be subscribed to, and the feeds that go on. The others end."""
        with self.lock:
            stay = [f for f in self.feeds if f._resubscribe]
            gone = [f for f in self.feeds if not f._resubscribe]
            self.feeds = stay
            topics = list(dict.fromkeys(t for f in stay for t in f.topics))
        for feed in gone:
            text = "the connection was lost, and the subscription was not to be renewed"
            feed._finish(errors.ConnectionLost(text, code="io", sent=False, address=self.address))
        return topics, stay


class Owner(Protocol):
    """What a feed of threads needs of its connection."""

    def _drop_feed(self, feed: Feed[Any], /) -> None: ...


class Blocking(Feed[M]):
    """A feed whose consumer is a thread."""

    def __init__(self, *args: Any, owner: Owner, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self._owner = owner
        self._changed = threading.Condition(threading.RLock())

    def _put(self, item: M) -> None:
        with self._changed:
            while self._is_full and self._callback is None and self._hub.reader is threading.current_thread():
                self._changed.wait()
            super()._put(item)
            self._changed.notify_all()

    def _finish(self, why: errors.RayforceError) -> None:
        with self._changed:
            super()._finish(why)
            self._changed.notify_all()

    def get(self, timeout: float | None = None) -> M:
        """The next message; Timeout after so many seconds, or why no more will come."""
        end = None if timeout is None else time.monotonic() + timeout
        with self._changed:
            while isinstance(item := self._take(), Nothing):
                left = None if end is None else end - time.monotonic()
                if left is not None and left <= 0:
                    text = f"no message within {timeout} s"
                    raise errors.Timeout(text, code="timeout", seconds=timeout, address=self._hub.address)
                self._changed.wait(left)
            self._changed.notify_all()
            return item

    def get_nowait(self) -> M | None:
        """The next message, or None if none is here."""
        with self._changed:
            item = self._take()
            self._changed.notify_all()
            return None if isinstance(item, Nothing) else item

    def drain(self) -> list[M]:
        """All messages that are here."""
        with self._changed:
            first = self._take()
            out = [] if isinstance(first, Nothing) else [first, *self._queue]
            self._queue.clear()
            self._changed.notify_all()
            return out

    def close(self) -> None:
        """Ends it. Calling it again does nothing."""
        with self._changed:
            if not self._shut():
                return
        self._owner._drop_feed(self)

    def __iter__(self) -> Iterator[M]:
        """Messages until it is closed; raises if the connection is lost."""
        while True:
            try:
                item = self.get()
            except errors.SubscriptionClosed:
                return
            yield item

    def __enter__(self) -> Self:
        return self

    def __exit__(self, et: type[BaseException] | None, ev: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.queued} queued{', closed' if self._closed else ''}>"


class Subscription(Blocking[Message], TopicFeed):
    """Messages of topics, in the order of their coming: an iterator, and a context manager that unsubscribes."""

    def on_message(self, fn: Callable[[Message], object], /) -> Self:
        """Calls `fn` with each message instead of queueing it: at once, in the thread that reads."""
        with self._changed:
            return super().on_message(fn)

    def latest(self) -> dict[str, Message]:
        """The newest message of each topic; those before it are dropped."""
        return newest(self.drain())

    def tables(self, *, rows: int = 10_000, wait: float = 0.1) -> Iterator[Table]:
        """Payloads joined into tables of `rows` rows or more, or of what came within `wait` seconds of the first."""
        while True:
            try:
                batch = [self.get().payload]
            except errors.SubscriptionClosed:
                return
            count, end = len(as_table(batch[0])), time.monotonic() + wait
            while count < rows and (left := end - time.monotonic()) > 0:
                try:
                    batch.append(self.get(left).payload)
                except (errors.Timeout, errors.SubscriptionClosed):
                    break
                count += len(as_table(batch[-1]))
            yield joined(batch)


class PushStream(Blocking[Any]):
    """Every message that the server sent unasked and that is no update of a topic."""

    what = "stream of pushes"
