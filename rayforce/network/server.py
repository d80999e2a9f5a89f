"""Server: an engine that listens."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypedDict, Unpack

from .. import errors, observe
from .._ext import core
from ..address import Address
from ..types import Table

if TYPE_CHECKING:
    import ssl

    from ..engine import Rayforce
    from .tls import Door, Files

OnHandle = Callable[[int], object]

ANY = {"": "127.0.0.1", "localhost": "127.0.0.1"}


class ServerOptions(TypedDict, total=False):
    """What type checkers know of the keyword arguments of `Server` besides host and port."""

    password: str | None
    restricted: bool
    auth: Callable[[str, str], object] | None
    insecure: bool
    tls: ssl.SSLContext | Files | None
    unix: str | None
    max_clients: int | None
    max_message: int | None
    backlog_bytes: int
    idle_timeout: float | None
    query_timeout: float | None
    greeting_timeout: float | None
    spin: float
    journal: str | os.PathLike[str] | None
    journal_sync: bool


class Server:
    """Serves an engine to clients of both protocol lines; on 127.0.0.1 unless told otherwise. Port 0: any free one.

    It listens from the moment it is made and answers once it is started. `auth(user, password)` is asked after the
    password, if there is one, was right; it must not take long. `restricted`: clients may compute, but not define,
    write, load, run or dial out. `query_timeout`: seconds that one request may take. `max_message`: bytes of the
    largest request; without it 256 MiB, and 16 GiB from clients of this package. `spin`: microseconds of busy waiting
    after anything came, before the server sleeps; with `spin` of the client it saves waking a processor, and takes one.

    `tls`: a context of Python's `ssl`, or the files of a certificate and its key. Clients then come by TLS only
    (`rayforces://`), and within `greeting_timeout`. A context that demands certificates of clients
    (`verify_mode=ssl.CERT_REQUIRED`) knows them by these: an open address needs no password then.

    `journal`: the path of a journal, of which the files are `<path>.log` and others beside it. What it holds is
    evaluated (`replayed` messages), and from then on every request is written to it before it is evaluated, so that a
    server that starts again, after any end, finds what clients were told is done. `journal_sync`: each request is on
    the disk by then, not only with the operating system. One process at a time; raises RayforceOSError for a journal
    that is damaged.

    >>> Server(port=5000, journal="trades").serve_forever()  # doctest: +SKIP
    """

    def __init__(
        self,
        engine: Rayforce | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 5000,
        password: str | None = None,
        restricted: bool = False,
        auth: Callable[[str, str], object] | None = None,
        insecure: bool = False,
        tls: ssl.SSLContext | Files | None = None,
        unix: str | None = None,
        max_clients: int | None = None,
        max_message: int | None = None,
        backlog_bytes: int = 268_435_456,
        idle_timeout: float | None = None,
        query_timeout: float | None = None,
        greeting_timeout: float | None = None,
        spin: float = 0,
        journal: str | os.PathLike[str] | None = None,
        journal_sync: bool = False,
    ) -> None:
        if isinstance(port, bool) or not isinstance(port, int) or not 0 <= port <= 65535:
            raise ValueError(f"port {port!r}: expected a number from 0 to 65535")
        if not 0 <= spin < math.inf:
            raise ValueError(f"spin {spin!r}: expected microseconds from 0 up")
        if engine is None:
            from ..engine import engine as default_engine

            engine = default_engine()
        self.engine = engine
        self._host = ANY.get(host, host)
        self._unix = unix
        self._thread: threading.Thread | None = None
        self._failure: BaseException | None = None
        self._has_journal = False
        self._door: Door | None = None
        self._is_secured = tls is not None
        if tls is not None:
            if unix is not None:
                raise ValueError("tls: a Unix socket is of this machine and has none")
            from .tls import Door, context_of

            context = context_of(tls)
            insecure = insecure or context.verify_mode.name == "CERT_REQUIRED"
            self._door = Door(context, greeting_timeout)
        try:
            self.replayed = 0 if journal is None else engine._runtime.journal(journal, journal_sync)
            self._has_journal = journal is not None
            self._handle = core.ServerHandle(
                engine._runtime,
                host=self._host,
                port=port,
                path=unix,
                password=password,
                insecure=insecure,
                clients_max=max_clients or 0,
                message_max=max_message or 0,
                backlog_max=backlog_bytes,
                idle_timeout=idle_timeout or 0.0,
                query_timeout=query_timeout or 0.0,
                greeting_timeout=greeting_timeout or 0.0,
                spin=spin * 1e-6,
                restricted=restricted,
                auth=auth,
                lead=None if self._door is None else self._door.lead,
            )
        except BaseException:
            self._end(0)
            raise
        self._port: int = self._handle.port
        engine._servers.add(self)

    def _end(self, seconds: float | None) -> None:
        if self._door is not None:
            self._door.close(seconds)
            self._door = None
        if self._has_journal and not self.engine.closed:
            self._has_journal = False
            self.engine._runtime.journal_close()

    @property
    def port(self) -> int:
        return self._port

    @property
    def host(self) -> str:
        return self._host

    @property
    def address(self) -> Address:
        """Where clients connect to."""
        if self._unix is not None:
            return Address(scheme="rayforce+unix", path=self._unix)
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self._host, self._host)
        return Address(host, self._port, scheme="rayforces" if self._is_secured else "rayforce")

    @property
    def client_count(self) -> int:
        """How many are connected."""
        return self._handle.clients

    def clients(self) -> Table:
        """Who is connected: a row for each, with its handle, address, since when, and what went to and fro."""
        table = self._handle.clients_table()
        assert isinstance(table, Table)
        return table

    def publish(self, topic: str, payload: Any, /) -> int:
        """Sends to who has subscribed to a topic, from any thread; how many that are."""
        return self._handle.publish(topic, payload, self.engine._flags)

    # Hooks belong to the engine: all its servers call them, under the engine's lock, and a later one takes the place of
    # an earlier one. They may be used as decorators.

    def on_open(self, fn: OnHandle, /) -> OnHandle:
        """Calls `fn(handle)` when a client has logged in."""
        return self._hook("open", fn)

    def on_close(self, fn: OnHandle, /) -> OnHandle:
        """Calls `fn(handle)` before the socket of a client is closed."""
        return self._hook("close", fn)

    def on_sync(self, fn: Callable[[Any], Any], /) -> Callable[[Any], Any]:
        """Calls `fn(message)` for each request instead of evaluating it; the result is the reply."""
        return self._hook("sync", fn)

    def on_async(self, fn: Callable[[Any], object], /) -> Callable[[Any], object]:
        """Calls `fn(message)` for each message that wants no reply, instead of evaluating it."""
        return self._hook("async", fn)

    def _hook(self, event: str, fn: Callable[[Any], Any]) -> Callable[[Any], Any]:
        self.engine._bind(f".ipc.on.{event}", fn, 1, 1, "rayforce")
        return fn

    @property
    def running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> Self:
        """Serves in a background thread, which does not hold the GIL."""
        if self._thread is not None:
            raise errors.RayforceThreadError("the server has been started before", code="state")
        self._thread = threading.Thread(target=self._serve, name=f"rayforce-server-{self._port}", daemon=True)
        self._thread.start()
        observe.SERVER.info("serving on %s", self.address)
        return self

    def _serve(self) -> None:
        try:
            self._handle.run()
        except BaseException as e:
            self._failure = e

    def serve_forever(self) -> None:
        """Serves in this thread until `stop`, or Ctrl-C."""
        self._handle.run()

    def stop(self, timeout: float | None = 5.0) -> None:
        """Ends serving, from any thread: finishes the request under way, closes all connections.

        What clients have not read yet is written for up to `timeout` seconds first. What failed in the background is
        raised here; `Timeout`: it still evaluates.
        """
        end = None if timeout is None else time.monotonic() + timeout
        self._handle.stop()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout)
            if thread.is_alive():
                raise errors.Timeout(f"the server still evaluates after {timeout} s", phase="reply", seconds=timeout)
        if thread is not threading.current_thread():
            self._handle.close(None if end is None else max(0.0, end - time.monotonic()))
            self.engine._servers.discard(self)
            self._end(None if end is None else max(0.0, end - time.monotonic()))
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    close = stop

    def __enter__(self) -> Self:
        if self._thread is None:
            self.start()
        return self

    def __exit__(self, et: type[BaseException] | None, ev: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<Server on {self.address}{'' if self.running else ', not running'}>"


class TCPServer:
    """The official binding's server: `TCPServer(port).listen()` serves until `stop`."""

    def __init__(self, port: int, host: str = "127.0.0.1", **options: Unpack[ServerOptions]) -> None:
        self._server = Server(host=host, port=port, **options)
        self.port = self._server.port
        self.host = host

    def listen(self, *, poll_interval_ms: int = 100) -> None:
        """Serves in this thread. The interval is accepted for the sake of old code; stopping is immediate."""
        if poll_interval_ms <= 0:
            raise ValueError(f"poll_interval_ms={poll_interval_ms}: expected a number above 0")
        self._server.serve_forever()

    def stop(self) -> None:
        self._server._handle.stop()

    def close(self) -> None:
        self._server.stop()
