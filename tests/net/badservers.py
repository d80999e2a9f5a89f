"""Servers that misbehave, one per way of doing so, over real sockets."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

HELLO = bytes([3, 0])
FRAME = bytes.fromhex("fadeface") + bytes([3, 0, 0, 2])


def reply(payload: bytes, size: int | None = None) -> bytes:
    return FRAME + (len(payload) if size is None else size).to_bytes(8, "little", signed=True) + payload


THREE = bytes.fromhex("fb00") + (3).to_bytes(8, "little")


@contextlib.contextmanager
def serve(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """Accepts connections and gives each to `talk`, which may return at any time; the port is yielded."""
    listener = socket.create_server(("127.0.0.1", 0))
    open_sockets: list[socket.socket] = []

    def loop() -> None:
        with contextlib.suppress(OSError):
            while True:
                s, _ = listener.accept()
                open_sockets.append(s)
                threading.Thread(target=guarded, args=(s,), daemon=True).start()

    def guarded(s: socket.socket) -> None:
        with contextlib.suppress(OSError):
            talk(s)

    threading.Thread(target=loop, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()
        for s in open_sockets:
            s.close()


def greet(s: socket.socket) -> None:
    s.recv(2)
    s.sendall(HELLO)


def request(s: socket.socket) -> bytes:
    """One whole request frame."""
    head = b""
    while len(head) < 16:
        head += s.recv(16 - len(head)) or exit_quietly()
    left = int.from_bytes(head[8:], "little")
    body = b""
    while len(body) < left:
        body += s.recv(left - len(body)) or exit_quietly()
    return body


def exit_quietly() -> bytes:
    raise OSError("the client has gone")


def answering(payload: bytes, then: Callable[[socket.socket], None] | None = None) -> Callable[[socket.socket], None]:
    """Greets, answers the first request with these raw bytes, then does `then` (default: waits for the client)."""

    def talk(s: socket.socket) -> None:
        greet(s)
        request(s)
        s.sendall(payload)
        if then:
            then(s)
        else:
            s.recv(1)

    return talk
