"""Many requests under way at once: futures for replies, and pipelines that write them together."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self

from ._ext import core

MAKING = threading.Lock()


class Reply(core.Awaited, Future[Any]):
    """A future that fetches its reply itself when somebody waits for it.

    What a Future keeps is made only when somebody asks for it: by a callback, `wait`, `as_completed`.
    """

    _is_told = False

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or self.is_watched:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        with MAKING:
            if not self.is_watched:
                Future.__init__(self)
                self.is_watched = True
        if core.Awaited.done(self):
            self.settled()
        return getattr(self, name)

    def settled(self) -> None:
        with MAKING:
            if self._is_told:
                return
            self._is_told = True
        if self.cancelled():
            Future.cancel(self)
            self.set_running_or_notify_cancel()
        elif (failure := core.Awaited.exception(self)) is not None:
            self.set_exception(failure)
        else:
            self.set_result(core.Awaited.result(self))


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


class Pipeline(core.Requests):
    """Requests that are written together and answered in order: `with conn.pipeline() as p: ...`.

    Leaving the block waits for all replies. Inside of it, a future's `result()` fetches what it needs.
    """

    def __init__(self, client: core.Client, flags: int, timeout: float | None) -> None:
        super().__init__(client, flags, timeout, Reply)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, et: type[BaseException] | None, ev: BaseException | None, tb: TracebackType | None) -> None:
        if et is not None:
            self._cancel_all()
        else:
            self._fetch_all()
