"""Clients of the newer line, byte by byte, for doing what a proper client would not."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable

GREETING = b"\x03\x00"
SYNC, ASYNC = 1, 0


def frame(payload: bytes, kind: int = SYNC) -> bytes:
    return bytes.fromhex("fadeface") + bytes([3, 0, 0, kind]) + struct.pack("<q", len(payload)) + payload


def text(source: str, kind: int = SYNC) -> bytes:
    raw = source.encode()
    return frame(b"\xf3\x00" + struct.pack("<q", len(raw)) + raw, kind)


class RawClient:
    """A socket that has greeted."""

    def __init__(self, port: int, timeout: float = 30) -> None:
        self.s = socket.create_connection(("127.0.0.1", port), timeout)
        self.s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.s.sendall(GREETING)
        assert self.read(2) == GREETING

    def read(self, n: int) -> bytes:
        """Exactly so many bytes; the end of the connection is an EOFError."""
        parts = bytearray()
        while len(parts) < n:
            part = self.s.recv(min(n - len(parts), 1 << 20))
            if not part:
                raise EOFError
            parts += part
        return bytes(parts)

    def reply(self) -> bytes:
        """The payload of the next frame."""
        head = self.read(16)
        return self.read(struct.unpack("<q", head[8:])[0])

    def ask(self, source: str) -> bytes:
        self.s.sendall(text(source))
        return self.reply()

    def reset(self) -> None:
        """Closes as a crashed program does: what is unread is lost."""
        self.s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.s.close()

    def close(self) -> None:
        self.s.close()

    __del__ = close

    def is_ended(self, seconds: float = 10) -> bool:
        """Does the server end the connection in time? What it sends before that is dropped."""
        self.s.settimeout(seconds)
        try:
            while self.s.recv(1 << 20):
                pass
        except ConnectionError:
            pass
        except TimeoutError:
            return False
        return True


def integer(x: int) -> bytes:
    """The payload of an i64."""
    return b"\xfb\x00" + struct.pack("<q", x)


class Pinger:
    """A well-behaved client that asks all the time and remembers how long it waited for each reply."""

    def __init__(self, port: int) -> None:
        self.waits: list[float] = []
        self._client = RawClient(port)
        self._enough = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            while not self._enough.is_set():
                start = time.perf_counter()
                assert self._client.ask("(+ 1 2)") == integer(3)
                self.waits.append(time.perf_counter() - start)
                time.sleep(0.001)
        except BaseException as e:
            self._failure = e

    def stop(self) -> list[float]:
        """All waits in order of size."""
        self._enough.set()
        self._thread.join(30)
        self._client.close()
        if self._failure is not None:
            raise self._failure
        return sorted(self.waits)


def soon(done: Callable[[], object], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        time.sleep(0.002)
