"""Connections to servers."""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable
from types import EllipsisType, TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self, Unpack, cast, overload

from . import _options, errors, observe, types  # noqa: F401  values come out as the classes of types
from ._ext import core
from ._link import Link
from ._options import ConnectionOptions, HopenOptions
from ._reach import Ssh, Tls, reach
from ._reconnect import Reconnect, policy
from .address import Address
from .errors import (
    AuthenticationFailed,
    ConnectionFailed,
    ConnectionLost,
    IPCError,
    MessageTooLarge,
    ProtocolError,
    UnsupportedAddress,
)
from .progress import ProgressBar
from .session import SessionMethods, Timeout

if TYPE_CHECKING:
    from concurrent.futures import Future
    from typing import Literal

    from .engine import Rayforce
    from .pipeline import Pipeline, Reader

__all__ = [
    "AuthenticationFailed",
    "Connection",
    "ConnectionFailed",
    "ConnectionLost",
    "ConnectionStats",
    "IPCError",
    "MessageTooLarge",
    "Prepared",
    "ProtocolError",
    "Reconnect",
    "UnsupportedAddress",
    "connect",
    "hopen",
    "hopen_timeout",
]

COMPRESS_OVER = 2000  # bytes: where the official server begins to compress


class ConnectionStats(NamedTuple):
    """Messages and bytes so far; `owed`: replies that will come and be dropped, `awaited`: and be wanted."""

    sent: int
    received: int
    bytes_out: int
    bytes_in: int
    owed: int
    awaited: int
    pushes: int
    pushes_dropped: int
    reconnects: int


class Connection(core.Asker, Link, SessionMethods):
    """One connection to a server. Any threads may share it: each caller gets the reply to its own request."""

    def __init__(
        self,
        host: str | Address | None = None,
        port: int | None = None,
        *,
        user: str | None = None,
        password: str | None = None,
        **options: Unpack[ConnectionOptions],
    ) -> None:
        self._client = None
        self._way: Tls | Ssh | None = None
        self._closed = False
        self.address = Address.of(host, port, user=user, password=password)
        o = _options.settle(options, self.address.options)
        self._timeout = o["timeout"]
        self._flags = core.convert_flags(True, o["strings"])
        self._later = core.convert_flags(False, o["strings"])
        self._reader: Reader | None = None
        self._version: str | None = None
        self._settled = o
        self.name: str | None = o["name"]
        unreachable(self.address)
        self._start(policy(o["reconnect"]), o["slow_query"])
        self._client = self._make_client()

    def _make_client(self) -> core.Client:
        way = reach(self.address, self._settled["tls"], self._settled["connect_timeout"])
        if way is None:
            client = self._client_over(-1)
        else:
            try:
                client = self._client_over(way.stream.fileno())
            except ConnectionFailed as e:
                failure = way.failure(e)
                way.close()
                raise failure from None
            except BaseException:
                way.close()
                raise
            way.stream.close()  # the client has a copy
        old, self._way = self._way, way
        if old is not None:
            old.close()
        observe.happened("connect", self.address)
        return client

    def _client_over(self, fd: int) -> core.Client:
        o = self._settled
        return core.Client(
            self.address,
            fd=fd,
            host=self.address.host,
            port=self.address.port,
            path=self.address.path if self.address.scheme == "rayforce+unix" else None,
            user=self.address.user,
            password=self.address.password,
            connect_timeout=o["connect_timeout"],
            keepalive=o["keepalive"],
            spin=o["spin"] * 1e-6,
            nodelay=o["nodelay"],
            close_on_timeout=o["timeout_action"] == "close",
            message_max=o["max_message"],
            compress_over=threshold(o["compression"]),
            push=self._hub.deliver,
        )

    def _open(self) -> core.Client:
        if self._client is None:
            raise ConnectionFailed("the connection was never opened", code="closed", address=self.address)
        return self._client

    def _seconds(self, timeout: Timeout) -> float | None:
        return self._timeout if isinstance(timeout, EllipsisType) else timeout

    # ---- queries

    def _execute(
        self,
        query: Any,
        args: tuple[Any, ...],
        timeout: Timeout,
        boxed: bool,
        idempotent: bool,
        progress: bool | Callable[[int, int], object],
    ) -> Any:
        """`execute`, when there is more to it than asking."""
        seconds = self._seconds(timeout)
        if progress:
            method, params = fetch_with_progress, (query, args, seconds, boxed, self._flags, progress)
            return self._do(method, params, query, args, idempotent)
        return self._do(core.Client.execute, (query, args, seconds, boxed, self._flags), query, args, idempotent)

    def execute_verbose(self, source: str, /, *, timeout: Timeout = ...) -> tuple[str, Any]:
        """What a source printed on the server, and its result with the types of atoms; what a console wants to know.

        Servers of the 1.x line do not tell what was printed.
        """
        return cast(tuple[str, Any], self._do(core.Client.execute_verbose, (source, self._seconds(timeout)), source))

    def interrupt(self) -> None:
        """Asks the server to stop what it evaluates for this connection; who waits for it gets Interrupted.

        From any thread. Not every server and not every evaluation can be stopped; if no reply is due, or the connection
        is gone, nothing happens.
        """
        self._open().interrupt()

    def call(self, name: Any, /, *args: Any, timeout: Timeout = ...) -> Any:
        """Calls a function that the server has; the arguments are data."""
        return self._do(core.Client.call, (name, args, self._seconds(timeout), self._flags), name, args)

    def send_async(self, query: Any, /, *args: Any) -> None:
        """Sends without awaiting a reply; there will be none, not even for an error."""
        self._do(core.Client.send, (query, args, self._timeout, self._flags), query, args)

    def _tell(self, source: str, /) -> None:
        self.send_async(source)

    def write(self, value: Any, /, name: str | None = None) -> Any:
        """Assigns a value on the server; without a name, sends it to be evaluated and returns the result."""
        if name is None:
            return self._do(core.Client.request, (value, self._timeout, self._flags), None, (value,))
        return self.set(name, value)

    def prepare(self, query: Any, /) -> Prepared:
        """A query to be run many times with different arguments."""
        return Prepared(self, query)

    def run_file(self, path: str, /) -> Any:
        """Evaluates a file of source on the server."""
        with open(path, "rb") as f:
            return self.execute(f.read())

    # ---- many at once

    def submit(self, query: Any, /, *args: Any) -> Future[Any]:
        """A future for the result; several may be under way at once."""
        from .pipeline import Reader, Reply

        client = self._live()
        ticket = client.submit(query, args, False, self._timeout, self._flags)
        reply = Reply(client, ticket, query, False)
        if self._reader is None:
            self._reader = Reader()
        self._reader.add(reply)
        return reply

    def pipeline(self) -> Pipeline:
        """Requests that are written together."""
        from .pipeline import Pipeline

        return Pipeline(self._live(), self._later, self._timeout)

    def flush(self, timeout: float | None = None) -> None:
        """Returns when the system has taken everything that was sent."""
        self._open().flush(timeout)

    # ---- variables

    def set(self, name: str, value: Any, /) -> None:
        self._do(core.Client.set, (name, value, self._timeout, self._flags), name, (value,))

    def get(self, name: str, /) -> Any:
        return self.execute(core.check_name(name), idempotent=True)

    def delete(self, name: str, /) -> None:
        key = core.check_name(name)
        self.execute(f"(do {key} (del {key}) 0)")

    def __contains__(self, name: str, /) -> bool:
        key = core.check_name(name)
        try:
            self.execute(f"(do {key} 0)", idempotent=True)
        except (errors.RayforceNameError, errors.RayforceValueError):  # 1.x servers: value
            return False
        return True

    # ---- state

    def is_connected(self) -> bool:
        """Looks at the socket; no round trip."""
        return not self._closed and self._client is not None and self._client.is_connected()

    def ping(self, timeout: float | None = None) -> float:
        """Seconds of one round trip."""
        start = time.perf_counter()
        self.execute("0", timeout=self._timeout if timeout is None else timeout, idempotent=True)
        return time.perf_counter() - start

    def set_compression(self, value: bool | int, /) -> None:
        """What requests are compressed. True: above 2000 bytes; a number: above that many; False: none."""
        self._open().compress_over(threshold(_options.check("compression", value)))

    def set_timeout(self, seconds: float | None, /) -> None:
        """The default for every reply; None waits."""
        self._timeout = _options.check("timeout", seconds)

    def close(self, timeout: float | None = 1.0) -> None:
        """Sends what is still to be sent, for so long at most, and closes. Calling it again does nothing."""
        if self._client is not None and not self._closed:
            self._closed = True
            self._ending.set()
            self._client.close(timeout)
            if self._way is not None:
                self._way.close()
            text = "the connection has been closed"
            self._hub.finish(errors.SubscriptionClosed(text, code="closed", address=self.address))
            observe.happened("close", self.address)

    def reconnect(self) -> None:
        """Closes the connection and opens a new one; subscriptions go over to it."""
        if self._closed:
            raise errors.ConnectionFailed("the connection has been closed", code="closed", address=self.address)
        with self._reopening:
            old, client = self._open(), self._make_client()
            self._subscribe_again(client)
            self._client = client
            self._reopened += 1
        old.close(0)
        self._came_back(self._policy)

    def _is_engaged(self) -> bool:
        """Will something come that is not the answer to the next request?"""
        stats = self.stats
        return stats.owed > 0 or stats.awaited > 0 or self._hub.is_used

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
        stats = ConnectionStats(*self._open().stats(), self._reopened)
        return stats._replace(pushes_dropped=stats.pushes_dropped + self._hub.dropped)

    @property
    def dialect(self) -> str:
        """The line of the protocol that the server speaks: `1.x` or `2.x`."""
        return self._open().dialect()

    @property
    def server_version(self) -> str:
        """What the server says of itself; asked once."""
        if self._version is None:
            try:
                version = self.execute("(at (.sys.build) 'version)")
            except errors.QueryError:  # 1.x servers do not tell
                version = self.dialect
            self._version = str(version)
        return self._version

    def fileno(self) -> int:
        """The socket, -1 when closed."""
        return -1 if self._client is None else self._client.fileno()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, et: type[BaseException] | None, ev: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a connection cannot be pickled; pickle its address")

    def __del__(self, _is_ending: Callable[[], bool] = sys.is_finalizing) -> None:
        """Silent at the end of the interpreter, which takes modules down that this would need."""
        if not _is_ending() and not getattr(self, "_closed", True) and getattr(self, "_client", None) is not None:
            warnings.warn(f"unclosed {self!r}", ResourceWarning, stacklevel=2, source=self)

    def __repr__(self) -> str:
        label = f" {self.name!r}" if self.name else ""
        state = "closed" if self._closed else "open" if self.is_connected() else "not connected"
        return f"<{type(self).__name__}{label} {self.address} {state}>"


class Prepared:
    """A query whose source is fixed."""

    def __init__(self, conn: Connection, query: Any) -> None:
        self._conn = conn
        self._query = query
        self.source: str = query if isinstance(query, str) else core.format(core.box_value(query), True)

    def __call__(self, *args: Any, timeout: Timeout = ...) -> Any:
        return self._conn.execute(self._query, *args, timeout=timeout)

    def send_async(self, *args: Any) -> None:
        self._conn.send_async(self._query, *args)

    def __repr__(self) -> str:
        return f"Prepared({self.source!r})"


def fetch_with_progress(
    client: core.Client,
    query: Any,
    args: tuple[Any, ...],
    seconds: float | None,
    boxed: bool,
    flags: int,
    progress: bool | Callable[[int, int], object],
) -> Any:
    """As Client.execute, telling now and then how much of the reply has come."""
    end = None if seconds is None else time.monotonic() + seconds
    ticket = client.submit(query, args, False, seconds, flags)
    tell = ProgressBar() if progress is True else progress
    assert callable(tell)
    try:
        while True:
            left = None if end is None else max(0.0, end - time.monotonic())
            try:
                return client.claim(ticket, query, 0.05 if left is None else min(0.05, left), boxed)
            except errors.Timeout as e:
                if e.phase != "reply" or (end is not None and time.monotonic() >= end):
                    e.seconds = seconds
                    raise
            received, total = client.progress()
            if total:
                tell(received, total)
    except BaseException:
        client.abandon(ticket)
        raise
    finally:
        if isinstance(tell, ProgressBar):
            tell.close()


def threshold(compression: bool | int) -> int:
    """Payloads of more bytes are compressed; -1: none are."""
    if compression is True:
        return COMPRESS_OVER
    return -1 if compression is False else int(compression)


def unreachable(address: Address) -> None:
    """Raises for kinds of addresses that are well-formed but lead nowhere yet."""
    missing = {
        "rayforce+file": ("a database on disk is opened by connect() or Rayforce(database=...)", "unsupported"),
        "memory": ("the embedded engine is no server; use connect() or Rayforce()", "unsupported"),
    }
    if address.scheme in missing:
        text, reason = missing[address.scheme]
        raise UnsupportedAddress(text, code="nyi", reason=reason, address=address)


def hopen(
    host: str | Address | None = None,
    port: int | None = None,
    *,
    timeout: float | None = 5.0,
    **options: Unpack[HopenOptions],
) -> Connection:
    """Opens a connection: `hopen("localhost", 5000)`, `hopen("localhost:5000:user:pw")`, or any address.

    `timeout` is for connecting, in seconds; `set_timeout` is for replies.
    """
    options.setdefault("connect_timeout", timeout)
    return Connection(host, port, **options)


def hopen_timeout(host: str, port: int, timeout_ms: int) -> Connection:
    """As `hopen`, with the time for connecting in milliseconds."""
    if isinstance(timeout_ms, bool) or not isinstance(timeout_ms, int) or timeout_ms < 0:
        raise ValueError(f"timeout_ms={timeout_ms!r}: expected milliseconds")
    return Connection(host, port, connect_timeout=timeout_ms / 1000)


@overload
def connect(address: Literal[":memory:"], /, **options: Any) -> Rayforce: ...  # type: ignore[overload-overlap]
@overload
def connect(
    address: str | Address | None = None,
    /,
    *,
    host: str | None = None,
    port: int | None = None,
    user: str | None = None,
    password: str | None = None,
    **options: Unpack[ConnectionOptions],
) -> Connection: ...
def connect(
    address: str | Address | None = None,
    /,
    *,
    host: str | None = None,
    port: int | None = None,
    user: str | None = None,
    password: str | None = None,
    **options: Any,
) -> Any:
    """A connection to an address; for `:memory:` an embedded engine. Keyword arguments win over the address."""
    where = Address.of(address, port, host=host, user=user, password=password)
    if where.scheme == "memory":
        from .engine import Rayforce

        return Rayforce(**options)
    if where.scheme == "rayforce+file":
        from .engine import Rayforce

        return Rayforce(database=where.path, **options)
    return Connection(where, **options)
