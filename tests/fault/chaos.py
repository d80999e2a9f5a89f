"""A proxy between client and server that does what networks and dying programs do, over TCP and over Unix sockets.

`with Proxy(("127.0.0.1", port), Fault("stalled", end="stall", way="down", at=10)) as proxy: hopen(proxy.address)`
"""

from __future__ import annotations

import contextlib
import os
import random
import select
import socket
import struct
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Self

Where = tuple[str, int] | str  # a TCP address, or the path of a Unix socket
MAGIC = bytes.fromhex("fadeface")  # begins every frame
HEADER = 16
PASSED_MAX = 8  # descriptors beside one piece
CHUNK = 1 << 16
SLICED = 4096
LATE = 8


@dataclass(frozen=True)
class Fault:
    """What happens. `way`: to the bytes that go up to the server, or down to the client."""

    name: str
    way: Literal["up", "down"] = "down"
    latency: float = 0.0  # seconds before each piece is passed on, both ways, of the first LATE ones
    slices: int = 0  # both ways, pieces of 1 to so many bytes, and to 64 KiB after the first SLICED
    end: Literal["", "stall", "reset", "half-close"] = ""
    at: int = 0  # bytes that are passed on before the end
    size: Callable[[int], int] | None = None  # what becomes of the size in a frame's header
    frame: int = 0  # of which one
    refuses: bool = False  # nobody listens
    links: int = 1 << 30  # so many connections suffer; those after them are left alone

    def __str__(self) -> str:
        return f"{self.name} {self.way} at {self.at}" if self.end else f"{self.name} {self.way}"


HARMLESS = Fault("harmless")


class Link:
    """One connection: two threads that pass bytes on. They wait for nothing but `_is_ready`, which the end wakes."""

    def __init__(self, client: socket.socket, server: socket.socket, fault: Fault, seed: int) -> None:
        self._sockets = (client, server)
        for s in self._sockets:
            s.setblocking(False)
        self._fault = fault
        self._random = random.Random(seed)
        self._sliced = self._lingered = 0
        self._wake = os.pipe()
        self._both_run = threading.Event()
        ways = [("up", client, server), ("down", server, client)]
        self._threads = [threading.Thread(target=self._run, args=way, name="chaos", daemon=True) for way in ways]
        for t in self._threads:
            t.start()
        self._both_run.set()

    def _is_ready(self, reading: list[socket.socket], writing: list[socket.socket]) -> bool:
        """False: the link has ended."""
        return self._wake[0] not in select.select([*reading, self._wake[0]], writing, [])[0]

    def _run(self, way: str, source: socket.socket, sink: socket.socket) -> None:
        self._both_run.wait()
        with contextlib.suppress(OSError):  # either side may have gone
            self._pass_on(way, source, sink)

    def _pass_on(self, way: str, source: socket.socket, sink: socket.socket) -> None:
        fault = self._fault
        left = fault.at if fault.end and way == fault.way else None
        sizes = Sizes(fault) if fault.size is not None and way == fault.way else None
        while left != 0:
            if not self._is_ready([source], []):
                return
            data, fds = receive(source)
            if not data:
                sink.shutdown(socket.SHUT_WR)
                return
            if sizes is not None:
                data = sizes.changed(data)
            if left is not None:
                data = data[:left]
                left -= len(data)
            if not self._send(sink, data, fds):
                return
        if fault.end == "half-close":
            sink.shutdown(socket.SHUT_WR)
            while self._is_ready([source], []):
                data, fds = receive(source)
                drop(fds)
                if not data:
                    break
        elif fault.end == "reset":
            self._reset()

    def _send(self, sink: socket.socket, data: bytes, fds: list[int]) -> bool:
        try:
            while data:
                n = self._piece() if self._fault.slices else len(data)
                self._linger()
                if not self._is_ready([], [sink]):
                    return False
                sent = socket.send_fds(sink, [data[:n]], fds) if fds else sink.send(data[:n])
                data = data[sent:]
                drop(fds)
                fds = []
            return True
        finally:
            drop(fds)

    def _linger(self) -> None:
        if self._fault.latency and self._lingered < LATE:
            self._lingered += 1
            time.sleep(self._fault.latency)

    def _piece(self) -> int:
        n = self._random.randint(1, self._fault.slices if self._sliced < SLICED else CHUNK)
        self._sliced += n
        return n

    def _reset(self) -> None:
        """The other thread leaves the sockets first: with one in use, the end would be a polite one."""
        os.write(self._wake[1], b"x")
        for t in self._threads:
            if t is not threading.current_thread():
                t.join()
        for s in self._sockets:
            if s.family != socket.AF_UNIX:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            s.close()

    def close(self) -> None:
        os.write(self._wake[1], b"x")
        for t in self._threads:
            t.join()
        for s in self._sockets:
            s.close()
        for fd in self._wake:
            os.close(fd)


class Sizes:
    """Changes the size in the header of one frame, wherever the pieces are cut."""

    def __init__(self, fault: Fault) -> None:
        self._fault = fault
        self._held = b""
        self._seen = 0

    def changed(self, data: bytes) -> bytes:
        data, self._held = self._held + data, b""
        at = data.find(MAGIC)
        while at >= 0 and self._seen <= self._fault.frame:
            if len(data) < at + HEADER:
                data, self._held = data[:at], data[at:]
                return data
            if self._seen == self._fault.frame and self._fault.size is not None:
                size = self._fault.size(struct.unpack_from("<q", data, at + 8)[0])
                data = data[: at + 8] + struct.pack("<q", size) + data[at + HEADER :]
            self._seen += 1
            at = data.find(MAGIC, at + HEADER)
        return data


class Proxy:
    """Listens at `address` until it is closed, and passes everything on to `target`, as far as the fault lets it."""

    def __init__(self, target: Where, fault: Fault = HARMLESS, seed: int = 1) -> None:
        self._target, self._fault, self._seed = target, fault, seed
        self._ended = False
        self._links: list[Link] = []
        self._dir = tempfile.TemporaryDirectory(prefix="chaos-") if isinstance(target, str) else None
        family = socket.AF_UNIX if self._dir else socket.AF_INET
        self._listener = socket.socket(family, socket.SOCK_STREAM)
        self._listener.bind(os.path.join(self._dir.name, "s") if self._dir else ("127.0.0.1", 0))
        self._where: Where = self._listener.getsockname()
        self._thread = threading.Thread(target=self._accept, name="chaos", daemon=True)
        if not fault.refuses:
            self._listener.listen(16)
            self._thread.start()

    @property
    def address(self) -> str:
        if isinstance(self._where, str):
            return f"rayforce+unix://{self._where}"
        return f"rayforce://{self._where[0]}:{self._where[1]}"

    def _accept(self) -> None:
        while True:
            client = self._listener.accept()[0]
            try:
                server = None if self._ended else dial(self._target)
            except OSError:
                server = None
            if server is None:
                client.close()
                if self._ended:
                    return
                continue
            fault = self._fault if len(self._links) < self._fault.links else HARMLESS
            self._links.append(Link(client, server, fault, self._seed))

    def close(self) -> None:
        self._ended = True
        if self._thread.is_alive():
            dial(self._where).close()  # wakes who accepts
            self._thread.join()
        for link in self._links:
            link.close()
        self._listener.close()
        if self._dir:
            self._dir.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *what: object) -> None:
        self.close()


def dial(where: Where) -> socket.socket:
    s = socket.socket(socket.AF_UNIX if isinstance(where, str) else socket.AF_INET, socket.SOCK_STREAM)
    try:
        s.connect(where)
    except BaseException:
        s.close()
        raise
    return s


def receive(s: socket.socket) -> tuple[bytes, list[int]]:
    if s.family != socket.AF_UNIX:
        return s.recv(CHUNK), []
    data, fds, _, _ = socket.recv_fds(s, CHUNK, PASSED_MAX)
    return data, fds


def drop(fds: list[int]) -> None:
    for fd in fds:
        os.close(fd)
