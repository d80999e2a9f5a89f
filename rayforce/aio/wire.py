"""One connection as a protocol of asyncio: bytes between the transport and the codec, replies to whoever waits."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from typing import Any, cast

from .. import errors
from .._ext import core

IN_A_THREAD = 1 << 20  # bytes: the last step of replies above this is taken in a thread


class Waiting:
    """A request whose reply is due."""

    __slots__ = ("boxed", "future", "on_progress", "query")

    def __init__(self, future: asyncio.Future[Any], query: Any, boxed: bool) -> None:
        self.future = future
        self.query = query
        self.boxed = boxed
        self.on_progress: Callable[[int, int], object] | None = None


class Wire(asyncio.BufferedProtocol):
    """Requests go out in the order of their calls; replies come in the same order."""

    def __init__(self, loop: asyncio.AbstractEventLoop, codec: core.Codec) -> None:
        self.loop = loop
        self.codec = codec
        self.greeted: asyncio.Future[None] = loop.create_future()
        self.closed: asyncio.Future[None] = loop.create_future()
        self.waiting: deque[Waiting] = deque()
        self.on_push: Callable[[Any], None] | None = None
        self.on_end: Callable[[errors.RayforceError], None] | None = None
        self.end: errors.RayforceError | None = None
        self.sent = self.received = self.bytes_out = self.bytes_in = self.pushes = self.pushes_dropped = 0
        self._transport: asyncio.Transport | None = None
        self._room: asyncio.Future[None] | None = None  # while the transport wants no more
        self._flushing = False
        self._decoding = False
        self._held = False

    # ---- what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self.flush()

    def get_buffer(self, sizehint: int) -> memoryview:
        return self.codec.room()

    def buffer_updated(self, nbytes: int) -> None:
        self.bytes_in += nbytes
        try:
            self.codec.filled(nbytes)
            self._read()
        except errors.RayforceError as e:
            self.fail(e)

    def eof_received(self) -> bool:
        """At once: the transport would first write what it has, to a server that may not read."""
        self._ended(None)
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None  # it has ended, and must not be told to
        self._ended(exc)
        if not self.closed.done():
            self.closed.set_result(None)

    def _ended(self, exc: Exception | None) -> None:
        failure = self.codec.ended()
        assert isinstance(failure, errors.RayforceError)
        if exc is not None:
            failure.__cause__ = exc
        self.fail(failure)

    def pause_writing(self) -> None:
        if self._room is None:
            self._room = self.loop.create_future()

    def resume_writing(self) -> None:
        room, self._room = self._room, None
        if room is not None and not room.done():
            room.set_result(None)

    # ---- reading

    def _read(self) -> None:
        step = self.codec.next
        while self.end is None:
            kind = step(IN_A_THREAD)
            if kind == core.REPLY:
                self.received += 1
                self._reply()
                continue
            if kind == core.LARGE:
                received, total = self.codec.progress()
                self._report(received, total)
                if received >= total:
                    self._decode_in_a_thread()
                    return
                kind = step()
            if kind == 0:
                if not self.greeted.done():
                    self.flush()  # the login
                break
            self._deliver(kind)

    def _report(self, received: int, total: int) -> None:
        if self.waiting and self.waiting[0].on_progress is not None:
            self.waiting[0].on_progress(received, total)

    def _decode_in_a_thread(self) -> None:
        """What is left to do for a large message may take long; the loop goes on and reads no more until it is done."""
        self._decoding = True
        self._pace()
        self.loop.run_in_executor(None, self.codec.next).add_done_callback(self._decoded)

    def _decoded(self, job: asyncio.Future[int]) -> None:
        self._decoding = False
        try:
            if self.end is None:
                self._deliver(job.result())
                self._read()
        except errors.RayforceError as e:
            self.fail(e)
        self._pace()

    def hold(self, on: bool) -> None:
        """Reads no more while a subscriber that must not lose anything is behind."""
        self._held = on
        self._pace()

    def _pace(self) -> None:
        if self._transport is None or self.end is not None or self._transport.is_closing():
            return
        if self._decoding or self._held:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def _deliver(self, kind: int) -> None:
        if kind == core.GREETED:
            self.flush()
            if not self.greeted.done():
                self.greeted.set_result(None)
            return
        self.received += kind != 0
        if kind == core.REPLY:
            self._reply()
        elif kind != 0:
            self._push()
        if kind == core.ASKED:
            self.codec.refuse()
            self.flush()

    def _reply(self) -> None:
        if not self.waiting:
            return
        request = self.waiting.popleft()
        if request.future.done():  # given up
            return
        try:
            value = self.codec.take(request.query, request.boxed)
        except Exception as e:
            request.future.set_exception(e)
        else:
            request.future.set_result(value)

    def _push(self) -> None:
        self.pushes += 1
        if self.on_push is None:
            self.pushes_dropped += 1
            return
        try:
            value = self.codec.take(None, False)
        except errors.RayforceError as e:
            value = e
        self.on_push(value)

    # ---- writing

    def request(self, message: core.Value | None, query: Any, boxed: bool) -> Waiting:
        """Puts a request on its way: a message, or else the query's own text."""
        self.check()
        if message is None:
            self.codec.put_source(query)
        else:
            self.codec.put(message, True)
        self.sent += 1
        request = Waiting(self.loop.create_future(), query, boxed)
        self.waiting.append(request)
        if len(self.waiting) == 1:
            self.flush()
        elif not self._flushing:  # requests of other tasks, in the same turn of the loop, go in the same packet
            self._flushing = True
            self.loop.call_soon(self.flush)
        return request

    def post(self, message: core.Value) -> None:
        """Puts a message on its way that has no reply."""
        self.check()
        self.codec.put(message, False)
        self.sent += 1
        self.flush()

    def check(self) -> None:
        if self.end is not None:
            raise self.ended()

    def flush(self) -> None:
        self._flushing = False
        if self._transport is None or self._transport.is_closing():
            return
        small: list[bytes] = []
        for piece in self.codec.out():
            self.bytes_out += len(piece)
            if isinstance(piece, bytes):
                small.append(piece)
                continue
            if small:
                self._transport.write(b"".join(small))
                small = []
            self._transport.write(memoryview(piece))
        if small:
            self._transport.write(small[0] if len(small) == 1 else b"".join(small))

    @property
    def has_room(self) -> bool:
        return self._room is None or self.end is not None

    def is_ready(self, loop: asyncio.AbstractEventLoop | None) -> bool:
        """May a request of this loop go out at once?"""
        return self._room is None and self.loop is loop

    async def room(self) -> None:
        """Returns when the transport takes more."""
        while not self.has_room:
            assert self._room is not None
            await asyncio.shield(self._room)

    # ---- the end

    def fail(self, failure: errors.RayforceError) -> None:
        """Ends the connection; the first reason counts."""
        if self.end is not None:
            return
        self.end = failure
        if self._transport is not None:
            self._transport.abort()
        if not self.greeted.done():
            self.greeted.set_exception(failure)
            self.greeted.exception()  # maybe nobody waits for it yet, or any more
        self.resume_writing()
        waiting, self.waiting = self.waiting, deque()
        for i, request in enumerate(waiting):
            if not request.future.done():
                own = i == 0 and not isinstance(failure, errors.ConnectionLost | errors.ConnectionFailed)
                request.future.set_exception(failure if own else self.ended(True))
        if self.on_end is not None:
            self.on_end(failure)

    def ended(self, sent: bool = False) -> errors.RayforceError:
        """What a call on an ended connection fails with."""
        failure = self.end
        assert failure is not None
        if isinstance(failure, errors.ConnectionFailed):
            return errors.ConnectionFailed(
                failure.message, code="closed", reason=failure.reason, address=self.codec.address
            )
        note = "; the request may have been executed" if sent else "; the request was not sent"
        lost = errors.ConnectionLost(failure.message + note, code="io", sent=sent, address=self.codec.address)
        lost.__cause__ = failure.__cause__
        return lost

    async def close(self, timeout: float | None) -> None:
        """Writes out what is under way, for so long at most, and closes."""
        if self.end is None:
            self.flush()
            if self._transport is not None:
                self._transport.close()
            text = f"{self.codec.address}: the connection has been closed"
            failure = errors.ConnectionFailed(text, code="closed", reason="closed", address=self.codec.address)
            transport, self._transport = self._transport, None
            self.fail(failure)
            self._transport = transport
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self.closed), timeout)
        if not self.closed.done() and self._transport is not None:
            self._transport.abort()

    @property
    def is_open(self) -> bool:
        return self.end is None and self._transport is not None and not self._transport.is_closing()

    @property
    def transport(self) -> asyncio.Transport | None:
        return self._transport

    def moved(self) -> tuple[int, int]:
        return self.bytes_out, self.bytes_in

    @property
    def owed(self) -> int:
        return sum(w.future.done() for w in self.waiting)
