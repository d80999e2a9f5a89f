"""Bytes between TLS and plain streams of this process, moved by an event loop in a thread of its own."""

from __future__ import annotations

import asyncio
import atexit
import os
import select
import socket
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
PIECE = 1 << 18  # bytes that are moved at once
LINGER = 30.0  # seconds between two looks at a peer that takes nothing: is anybody left who has something for it?


class Relay:
    """The loop and its thread."""

    def __init__(self, name: str) -> None:
        self.pid = os.getpid()
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()
        atexit.register(self.stop)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_forever()
        finally:
            tasks = asyncio.all_tasks(self.loop)
            for task in tasks:
                task.cancel()
            self.loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            self.loop.close()

    def stop(self) -> None:
        """Ends what is under way, and the thread."""
        atexit.unregister(self.stop)
        if self.pid == os.getpid() and self._thread.is_alive():
            self.loop.call_soon_threadsafe(self.loop.stop)
            self._thread.join(5)

    def run(self, job: Coroutine[Any, Any, T]) -> T:
        """Runs it in the loop and waits for its result."""
        return asyncio.run_coroutine_threadsafe(job, self.loop).result()


class Stream:
    """One side: where bytes come from and go to."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self._socket: socket.socket = writer.get_extra_info("socket")

    @classmethod
    async def over(cls, plain: socket.socket) -> Stream:
        return cls(*await asyncio.open_connection(sock=plain, limit=PIECE))

    def has_ended(self) -> bool:
        """Has the other side of the socket closed it? What it wrote before may still be unread."""
        fd = self._socket.fileno()
        if fd < 0:
            return True
        poll = select.poll()
        poll.register(fd, 0)
        return bool(poll.poll(0))


async def _pump(source: Stream, sink: Stream) -> None:
    try:
        while data := await source.reader.read(PIECE):
            sink.writer.write(data)
            await _drain(sink, source)
        sink.writer.close()
        await sink.writer.wait_closed()
    except OSError:  # one side is gone
        pass
    finally:
        sink.writer.close()


async def _drain(sink: Stream, source: Stream) -> None:
    """Waits until the sink takes more. One that takes nothing although its source has left is cut off."""
    if not sink.writer.transport.get_write_buffer_size() and not sink.writer.is_closing():
        return
    draining = asyncio.ensure_future(sink.writer.drain())
    try:
        while not (await asyncio.wait([draining], timeout=LINGER))[0]:
            if source.has_ended():
                sink.writer.transport.abort()
        draining.result()
    finally:
        draining.cancel()


async def join(near: Stream, far: Stream) -> None:
    """Moves bytes both ways until both sides have ended."""
    try:
        await asyncio.gather(_pump(far, near), _pump(near, far))
    finally:
        for stream in (near, far):
            stream.writer.transport.abort()
