"""Queries to servers of kdb+, over q's own protocol by the library kola: the extra "kdb". No licence is needed here."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Any, Self

from .. import errors
from .._ext import core
from .._extras import needs
from ..address import Address
from ..types import List, Table, Vector


class KDBConnection:
    """One connection to a q process; `KDBEngine.acquire` makes it."""

    def __init__(self, engine: KDBEngine, link: Any) -> None:
        self._engine = engine
        self._link = link
        self._lock = threading.Lock()
        self.closed = False

    def execute(self, query: str, /, *args: Any) -> Any:
        """Evaluates a q text, or calls the function it names with arguments, which are data.

        Tables, vectors and lists come as those of this package, through Arrow; atoms as plain Python values. QueryError
        is what the server answers to a bad query, ConnectionLost a connection that breaks, ConversionError a result
        without a type here.

            connection.execute("{x + y}", 1, 2)
        """
        given = [_outgoing(x) for x in args]
        with self._lock:
            if self.closed:
                raise errors.ConnectionFailed("the connection has been closed", code="closed", reason="closed")
            try:
                return _incoming(self._link.sync(query, *given))
            except Exception as e:
                failure = self._engine._failure(e, query)
                # The library would connect again by itself and forget what the server knew of this connection.
                self.closed = isinstance(failure, errors.ConnectionLost)
                raise failure from e

    def close(self) -> None:
        """Ends the connection. Calling it again does nothing."""
        with self._lock:
            if not self.closed:
                self.closed = True
                self._link.disconnect()
        self._engine._forget(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, et: type[BaseException] | None, ev: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


class KDBEngine:
    """Where a q process listens: `KDBEngine("localhost", 5000).acquire()` connects.

    `timeout_ms` bounds connecting, in milliseconds, rounded up to whole seconds; None waits.
    """

    def __init__(
        self,
        host: str,
        port: int,
        user: str | None = None,
        password: str | None = None,
        timeout_ms: int | None = 5000,
    ) -> None:
        if timeout_ms is not None and (type(timeout_ms) is not int or timeout_ms <= 0):
            raise ValueError(f"timeout_ms={timeout_ms!r}: expected milliseconds above 0, or None")
        self.address = Address(host, port, user=user, password=password)
        self._where = f"{host}:{port}"
        self._seconds = 0 if timeout_ms is None else -(-timeout_ms // 1000)
        self._lock = threading.Lock()
        self._open: set[KDBConnection] = set()

    def acquire(self) -> KDBConnection:
        """A new connection. ConnectionFailed, or AuthenticationFailed, if there is none to be had."""
        with needs("kdb"):
            import kola

        a = self.address
        link = kola.Q(a.host, a.port, a.user or "", a.password or "", timeout=self._seconds)
        start = time.perf_counter()
        try:
            link.connect()
        except kola.KolaAuthError as e:
            failure: errors.ConnectionFailed = errors.AuthenticationFailed(
                f"{self._where}: {e}", code="auth", reason="auth", address=a
            )
            raise failure from e
        except (kola.KolaError, kola.KolaIOError) as e:
            failure = errors.ConnectionFailed(f"{self._where}: {e}", code="refused", reason="refused", address=a)
            failure.elapsed = time.perf_counter() - start
            raise failure from e
        made = KDBConnection(self, link)
        with self._lock:
            self._open.add(made)
        return made

    def dispose_connections(self) -> None:
        """Closes every connection that is still open."""
        with self._lock:
            still = list(self._open)
        for connection in still:
            connection.close()

    def _forget(self, connection: KDBConnection) -> None:
        with self._lock:
            self._open.discard(connection)

    def _failure(self, e: Exception, query: str) -> Exception:
        """What an exception of kola is called here."""
        import kola

        if isinstance(e, kola.KolaIOError | OSError):
            return errors.ConnectionLost(f"{self._where}: {e}", code="io", address=self.address, sent=True)
        if isinstance(e, kola.KolaError):
            failure = errors.QueryError(str(e), code="user")
            failure.query, failure.address = query, self.address
            return failure
        return e

    def __repr__(self) -> str:
        return f"<KDBEngine {self._where}>"


def _incoming(x: Any) -> Any:
    if hasattr(x, "columns") and hasattr(x, "__arrow_c_stream__"):
        return Table.from_polars(x)
    if hasattr(x, "__arrow_c_stream__"):
        return Vector.from_arrow(x)
    if isinstance(x, dict):
        return {key: _incoming(value) for key, value in x.items()}
    if isinstance(x, list | tuple):
        return List([_incoming(value) for value in x])
    return x


def _outgoing(x: Any) -> Any:
    if isinstance(x, Table | Vector):
        return x.to_polars()
    return core.plain(x) if isinstance(x, core.Value) else x
