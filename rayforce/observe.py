"""What happens on connections, for people who watch: logging, hooks, OpenTelemetry.

Loggers: `rayforce.ipc` (DEBUG: each message; INFO: reconnects; WARNING: slow queries) and `rayforce.server`. Nothing of
this costs more than a look at two flags while nobody watches.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, NamedTuple

IPC = logging.getLogger("rayforce.ipc")
SERVER = logging.getLogger("rayforce.server")

SHOWN = 200  # characters of a query in logs and events


class Event(NamedTuple):
    """Something that happened. `kind`: connect, close, send, reply, error, push, gap, reconnect, acquire, release.

    `query` is cut at 200 characters, or the topic of a push; bytes are those that the connection moved meanwhile;
    `missed` is how many messages a gap lacks.
    """

    kind: str
    address: str
    query: str | None = None
    seconds: float = 0.0
    bytes_out: int = 0
    bytes_in: int = 0
    error: BaseException | None = None
    missed: int = 0


Hook = Callable[[Event], None]
hooks: tuple[Hook, ...] = ()


def add_hook(fn: Hook, /) -> Callable[[], None]:
    """Calls `fn` with each event, in the thread where it happens. Returns what removes it."""
    global hooks
    hooks = (*hooks, fn)

    def remove() -> None:
        global hooks
        hooks = tuple(h for h in hooks if h is not fn)

    return remove


def emit(event: Event) -> None:
    for hook in hooks:
        try:
            hook(event)
        except Exception:
            IPC.exception("a hook failed with %s", event)


def happened(kind: str, address: Any, **fields: Any) -> None:
    """Makes and emits an event, if anybody listens."""
    if hooks:
        emit(Event(kind, str(address), **fields))


def watched() -> bool:
    return bool(hooks) or IPC.isEnabledFor(logging.DEBUG)


def shown(query: Any) -> str:
    text = query if isinstance(query, str) else repr(query)
    return text if len(text) <= SHOWN else text[:SHOWN] + "..."


def described(args: tuple[Any, ...]) -> str:
    """Arguments by type and length: what is in them may be nobody's business."""

    def one(x: Any) -> str:
        return f"{type(x).__name__}[{len(x)}]" if hasattr(x, "__len__") else type(x).__name__

    return ", ".join(one(x) for x in args)


class Watch:
    """One request under way. `moved` gives the bytes that the connection has sent and received so far."""

    __slots__ = ("address", "before", "moved", "query", "slow", "started")

    def __init__(
        self, address: Any, query: Any, args: tuple[Any, ...], moved: Callable[[], tuple[int, int]], slow: float | None
    ) -> None:
        self.address = str(address)
        self.query = shown(query)
        self.moved = moved
        self.slow = slow
        self.before = moved()
        self.started = time.perf_counter()
        IPC.debug("%s: %s (%s)", self.address, self.query, described(args))
        if hooks:
            emit(Event("send", self.address, self.query))

    def ended(self, error: BaseException | None = None) -> None:
        seconds = time.perf_counter() - self.started
        after = self.moved()
        if self.slow is not None and seconds > self.slow:
            IPC.warning("%s: slow query, %.3f s: %s", self.address, seconds, self.query)
        if error is None:
            IPC.debug("%s: answered in %.6f s", self.address, seconds)
        else:
            IPC.debug("%s: failed after %.6f s: %s", self.address, seconds, type(error).__name__)
        if hooks:
            out, back = after[0] - self.before[0], after[1] - self.before[1]
            kind = "reply" if error is None else "error"
            emit(Event(kind, self.address, self.query, seconds, out, back, error))


def instrument(*, spans: bool = True, metrics: bool = True, query_text: bool = False) -> Callable[[], None]:
    """Reports to OpenTelemetry (extra `otel`): a span for each request, and the client's metrics.

    Queries are in spans only with `query_text=True`. Returns what ends it.
    """
    from ._otel import Reporter

    return add_hook(Reporter(spans, metrics, query_text))
