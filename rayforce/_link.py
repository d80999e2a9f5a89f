"""What keeps a connection going: its client, opening it again when it is lost, reading it for subscriptions."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

from . import errors, observe
from ._ext import core
from ._reconnect import Reconnect
from .address import Address
from .live import MAXSIZE, PUB, SUB, UNSUB, Feed, Hub, Overflow, PushStream, Subscription
from .types import Name

SLICE = 0.25  # seconds after which the reader looks whether it is still needed
RETRIES = 3  # of one request that was not sent


class Link:
    """The part of a connection that knows its client."""

    _client: core.Client | None
    _closed: bool
    _hub: Hub
    _policy: Reconnect | None
    _slow: float | None
    _timeout: float | None
    _flags: int
    address: Address

    def _start(self, policy: Reconnect | None, slow: float | None) -> None:
        self._hub = Hub(self.address)
        self._policy = policy
        self._slow = slow
        self._plain = policy is None and slow is None
        self._ending = threading.Event()
        self._reopening = threading.Lock()
        self._reader_lock = threading.Lock()
        self._reopened = 0
        self._pid = os.getpid()

    def _make_client(self) -> core.Client:
        raise NotImplementedError

    def _open(self) -> core.Client:
        raise NotImplementedError

    # ---- requests

    def _do(
        self,
        method: Callable[..., Any],
        params: tuple[Any, ...],
        query: Any,
        args: tuple[Any, ...] = (),
        idempotent: bool = False,
    ) -> Any:
        """Runs a method of the client. What was certainly not executed is tried again, if the connection comes back."""
        if self._plain and not observe.watched():
            return method(self._open(), *params)
        for attempt in range(RETRIES + 1):
            client = self._live()
            watch = observe.Watch(self.address, query, args, lambda c=client: c.stats()[2:4], self._slow)  # type: ignore[misc]
            try:
                value = method(client, *params)
            except BaseException as e:
                watch.ended(e)
                lost = isinstance(e, errors.ConnectionLost) and (idempotent or not e.sent)
                if not lost or self._policy is None or self._closed or attempt == RETRIES:
                    raise
                continue
            watch.ended()
            return value
        raise AssertionError("the last attempt returns or raises")

    def _live(self) -> core.Client:
        """The client, opened again if it was lost and the policy says so."""
        client = self._open()
        if self._policy is None or self._closed or self._pid != os.getpid() or client.is_connected():
            return client
        return self._reopen(client, self._policy)

    def _reopen(self, lost: core.Client, policy: Reconnect) -> core.Client:
        with self._reopening:
            if self._client is not lost and self._client is not None:
                return self._client
            failure: errors.ConnectionFailed | None = None
            for wait in policy.waits():
                if self._ending.wait(wait):
                    break
                try:
                    client = self._make_client()
                    self._subscribe_again(client)
                except (errors.ConnectionFailed, errors.ConnectionLost) as e:
                    observe.IPC.info("%s: not back yet: %s", self.address, e)
                    if isinstance(e, errors.ConnectionFailed):
                        failure = e
                        if e.reason == "auth":
                            break
                    continue
                lost.close(0)
                self._client = client
                self._reopened += 1
                break
            else:
                observe.IPC.info("%s: given up", self.address)
        if self._client is lost:
            text = f"{self.address}: the connection was lost and could not be opened again"
            raise failure or errors.ConnectionFailed(text, code="closed", address=self.address)
        return self._came_back(policy)

    def _came_back(self, policy: Reconnect | None) -> core.Client:
        observe.IPC.info("%s: connected again", self.address)
        observe.happened("reconnect", self.address)
        if policy is not None and policy.on_reconnect is not None:
            policy.on_reconnect(self)
        return self._open()

    def _subscribe_again(self, client: core.Client) -> None:
        topics, feeds = self._hub.begin_again()
        for topic in topics:
            client.call(SUB, (topic,), self._timeout, self._flags)
        for feed in feeds:
            if feed._snapshot is not None:
                feed._put_snapshot(client.execute(feed._snapshot, (), self._timeout, False, self._flags), False)

    # ---- live data

    def subscribe(
        self,
        *topics: str,
        maxsize: int = MAXSIZE,
        overflow: Overflow = "error",
        snapshot: Any = None,
        resubscribe: bool = True,
    ) -> Subscription:
        """Messages that are published under these topics from now on; the result of the query `snapshot` comes first.

        More than `maxsize` waiting messages end the subscription with SubscriptionOverflow, or are dropped, or
        (`block`) stop the reading, so that the server's own limit decides; requests on this connection then wait too.
        """
        feed = Subscription(self._hub, topics, maxsize, overflow, snapshot, resubscribe, owner=self)
        client = self._live()
        for topic in self._hub.add(feed):
            try:
                client.call(SUB, (topic,), self._timeout, self._flags)
            except BaseException:
                feed.close()
                raise
        if snapshot is not None:
            feed._put_snapshot(client.execute(snapshot, (), self._timeout, False, self._flags), True)
        self._read_on()
        return feed

    def publish(self, topic: str, payload: Any, /, *, wait: bool = False) -> int | None:
        """Publishes under a topic. With `wait` it returns the message's number, or 0 if nobody listens."""
        params: tuple[Any, ...] = (topic, payload)
        if wait:
            seq = self._do(core.Client.call, (PUB, params, self._timeout, self._flags), PUB, params)
            return int(seq)
        self._do(core.Client.send, (Name(PUB), params, self._timeout, self._flags), PUB, params)
        return None

    def pushes(self, *, maxsize: int = MAXSIZE, overflow: Overflow = "error") -> PushStream:
        """Every message that the server sends unasked and that is no update of a topic."""
        stream = PushStream(self._hub, maxsize, overflow, owner=self)
        self._live()
        with self._hub.lock:
            self._hub.streams.append(stream)
        self._read_on()
        return stream

    def _drop_feed(self, feed: Feed[Any], /) -> None:
        gone = self._hub.remove(feed)
        client = self._client
        if client is None or self._closed or not client.is_connected():
            return
        for topic in gone:
            try:
                client.send(Name(UNSUB), (topic,), self._timeout, self._flags)
            except errors.IPCError as e:
                observe.IPC.debug("%s: %s was not unsubscribed: %s", self.address, topic, e)
                return

    def _read_on(self) -> None:
        """Starts the thread that reads while there are feeds."""
        with self._reader_lock:
            if self._hub.reader is None:
                self._hub.reader = threading.Thread(target=self._read, name="rayforce-reader", daemon=True)
                self._hub.reader.start()

    def _is_read(self) -> bool:
        """For the reader: go on? Saying no ends it."""
        with self._reader_lock:
            if self._hub.is_used and not self._closed:
                return True
            self._hub.reader = None
            return False

    def _read(self) -> None:
        while self._is_read():
            client = self._client
            if client is None:
                continue
            try:
                client.wait(SLICE)
            except errors.RayforceError as e:
                self._read_again(client, e)

    def _read_again(self, client: core.Client, why: errors.RayforceError) -> None:
        if self._policy is not None and not self._closed:
            try:
                self._reopen(client, self._policy)
            except errors.RayforceError as e:
                self._hub.finish(e)
        else:
            self._hub.finish(why)
