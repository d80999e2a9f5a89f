"""Many requests under way at once: futures for replies, and pipelines that write them together."""

from __future__ import annotations

import threading
import time
from collections import deque
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self

from . import errors
from ._ext import core


class Reply(Future[Any]):
    """A future that fetches its reply itself when somebody waits for it."""

    def __init__(self, client: core.Client, ticket: int, query: Any, boxed: bool) -> None:
        super().__init__()
        self._client = client
        self._ticket = ticket
        self._query = query
        self._boxed = boxed
        self._fetching = threading.Lock()

    def fetch(self, timeout: float | None = None) -> None:
        """Waits for the reply, unless it is here. A missed deadline leaves it to be fetched later."""
        if self.done():
            return
        if not self._fetching.acquire(timeout=-1 if timeout is None else timeout):
            raise errors.Timeout(
                f"no reply in {timeout} s", phase="reply", seconds=timeout, address=self._client.address
            )
        try:
            if self.done():
                return
            try:
                value = self._client.claim(self._ticket, self._query, timeout, self._boxed)
            except errors.Timeout as e:
                if e.phase == "reply":
                    raise
                self.set_exception(e)
            except Exception as e:
                self.set_exception(e)
            else:
                self.set_result(value)
        finally:
            self._fetching.release()

    def result(self, timeout: float | None = None) -> Any:
        self.fetch(timeout)
        return super().result(0)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        self.fetch(timeout)
        return super().exception(0)

    def cancel(self) -> bool:
        """Gives the reply up; the server computes it all the same."""
        if not self._fetching.acquire(blocking=False):
            return False
        try:
            if self.done():
                return self.cancelled()
            super().cancel()
            self.set_running_or_notify_cancel()
            self._client.abandon(self._ticket)
            return True
        finally:
            self._fetching.release()


class Reader:
    """Fetches replies in a thread of its own, which lives only while some are awaited."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[Reply] = deque()
        self._thread: threading.Thread | None = None

    def add(self, reply: Reply) -> None:
        with self._lock:
            self._waiting.append(reply)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="rayforce-replies", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._thread = None
                    return
                reply = self._waiting.popleft()
            reply.fetch()


class Pipeline:
    """Requests that are written together and answered in order: `with conn.pipeline() as p: ...`.

    Leaving the block waits for all replies. Inside of it, a future's `result()` fetches what it needs.
    """

    def __init__(self, client: core.Client, flags: int, timeout: float | None) -> None:
        self._client = client
        self._flags = flags
        self._timeout = timeout
        self._replies: list[Reply] = []

    def execute(self, query: Any, /, *args: Any, boxed: bool = False) -> Future[Any]:
        ticket = self._client.submit(query, args, True, self._timeout, self._flags)
        return self._add(Reply(self._client, ticket, query, boxed))

    def call(self, name: Any, /, *args: Any) -> Future[Any]:
        ticket = self._client.submit_call(name, args, True, self._timeout, self._flags)
        return self._add(Reply(self._client, ticket, name, False))

    def _add(self, reply: Reply) -> Reply:
        self._replies.append(reply)
        return reply

    def flush(self) -> None:
        """Hands everything to the system."""
        self._client.flush(self._timeout)

    def results(self, *, timeout: float | None = None, return_exceptions: bool = False) -> list[Any]:
        """All replies in order. The first failure is raised, or failures stand among the values.

        `timeout` is for all of them together; None is the connection's own.
        """
        seconds = self._timeout if timeout is None else timeout
        end = None if seconds is None else time.monotonic() + seconds
        self._client.flush(seconds)
        out: list[Any] = []
        for reply in self._replies:
            try:
                out.append(reply.result(None if end is None else max(0.0, end - time.monotonic())))
            except Exception as e:
                if not return_exceptions:
                    raise
                out.append(e)
        return out

    def __len__(self) -> int:
        return len(self._replies)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, et: type[BaseException] | None, ev: BaseException | None, tb: TracebackType | None) -> None:
        if et is not None:
            for reply in self._replies:
                reply.cancel()
            return
        end = None if self._timeout is None else time.monotonic() + self._timeout
        self.flush()
        for reply in self._replies:
            reply.fetch(None if end is None else max(0.0, end - time.monotonic()))
