"""The TLS of a server: clients are met by a relay, which has a plain stream to the server for each of them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import ssl

from .. import observe
from .._relay import PIECE, Relay, Stream, join

GREETING = 10.0  # seconds for a client's TLS handshake, unless the server says otherwise
Files = tuple[str | os.PathLike[str], str | os.PathLike[str]]


def context_of(tls: ssl.SSLContext | Files) -> ssl.SSLContext:
    """A context that can meet clients; of the files of a certificate and its key as well."""
    if isinstance(tls, ssl.SSLContext):
        try:
            tls.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_side=True)
        except ssl.SSLError as e:
            raise ValueError(
                f"tls={tls!r}: expected a context for servers, as PROTOCOL_TLS_SERVER makes ({e})"
            ) from None
        return tls
    if not isinstance(tls, tuple) or len(tls) != 2:
        raise TypeError(f"tls={tls!r}: expected an ssl.SSLContext, or the files of a certificate and its key")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(*tls)
    except ssl.SSLError as e:
        where = " and ".join(os.fspath(name) for name in tls)
        raise ValueError(f"{where}: no certificate and its key, in PEM ({e.reason or e})") from None
    return context


class Door:
    """What a server's listener hands its connections to."""

    def __init__(self, context: ssl.SSLContext, seconds: float | None) -> None:
        self._context = context
        self._seconds = GREETING if seconds is None else seconds
        self._meetings: set[asyncio.Task[None]] = set()  # the loop itself does not keep them
        self._relay = Relay("rayforce-server-tls")

    def lead(self, fd: int) -> int:
        """A plain stream to the client of a connection, which is owned; without waiting for the client."""
        raw = socket.socket(fileno=fd)
        try:
            ours, theirs = socket.socketpair()
        except OSError:
            raw.close()
            raise
        ours.setblocking(False)
        self._relay.loop.call_soon_threadsafe(self._begin, raw, theirs)
        return ours.detach()

    def _begin(self, raw: socket.socket, plain: socket.socket) -> None:
        task = asyncio.ensure_future(self._meet(raw, plain))
        self._meetings.add(task)
        task.add_done_callback(self._meetings.discard)

    async def _meet(self, raw: socket.socket, plain: socket.socket) -> None:
        try:
            far = await self._secured(raw)
        except BaseException as e:
            plain.close()
            raw.close()
            if not isinstance(e, OSError):
                raise
            observe.SERVER.info("a client could not be met by TLS: %s", e)
            return
        await join(await Stream.over(plain), far)

    async def _secured(self, raw: socket.socket) -> Stream:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=PIECE, loop=loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        transport, _ = await loop.connect_accepted_socket(
            lambda: protocol, raw, ssl=self._context, ssl_handshake_timeout=self._seconds
        )
        return Stream(reader, asyncio.StreamWriter(transport, protocol, reader, loop))

    def close(self, seconds: float | None) -> None:
        """When the server has closed its ends: lets clients take what is left, for so long at most."""
        with contextlib.suppress(TimeoutError):
            self._relay.run(self._all_gone(seconds))
        self._relay.stop()

    async def _all_gone(self, seconds: float | None) -> None:
        async with asyncio.timeout(seconds):
            while self._meetings:
                await asyncio.wait(self._meetings)
