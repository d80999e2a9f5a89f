"""A small server of q's protocol, for tests where no q is to be had: replies that are known byte by byte."""

from __future__ import annotations

import socket
import struct
import threading
from typing import Self

ERROR, LONG, FLOATS, SYMBOLS, LONGS, TEXT, LIST, TABLE, DICT = -128, -7, 9, 11, 7, 10, 0, 98, 99


def vector(code: int, form: str, items: list[float] | list[int]) -> bytes:
    return struct.pack("<bBi", code, 0, len(items)) + struct.pack(f"<{len(items)}{form}", *items)


def symbols(*names: str) -> bytes:
    return struct.pack("<bBi", SYMBOLS, 0, len(names)) + b"".join(n.encode() + b"\0" for n in names)


def atom(x: int) -> bytes:
    return struct.pack("<bq", LONG, x)


def mixed(*items: bytes) -> bytes:
    return struct.pack("<bBi", LIST, 0, len(items)) + b"".join(items)


def table(names: list[str], columns: list[bytes]) -> bytes:
    return struct.pack("<bBb", TABLE, 0, DICT) + symbols(*names) + mixed(*columns)


def text(data: bytes) -> str:
    """The characters of a message that is a text."""
    return data[6:].decode()


REPLIES = {
    "2+2": atom(4),
    "floats": vector(FLOATS, "d", [1.5, float("nan"), 3.0]),
    "longs": vector(LONGS, "q", [1, -(2**63), 3]),
    "trades": table(["sym", "qty"], [symbols("AAPL", "MSFT"), vector(LONGS, "q", [10, 20])]),
    "mixed": mixed(atom(1), symbols("a", "b")),
    "nosuch": struct.pack("<b", ERROR) + b"nosuch\0",
}


class QServer:
    """Answers texts by REPLIES, calls with how many arguments there are; `bye` ends the connection."""

    def __init__(self, password: str | None = None) -> None:
        self._password = password
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.calls: list[bytes] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                peer = self._socket.accept()[0]
            except OSError:
                return
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer: socket.socket) -> None:
        with peer, peer.makefile("rb") as stream:
            login = b""
            while not login.endswith(b"\0"):
                byte = stream.read(1)
                if not byte:
                    return
                login += byte
            if self._password is not None and f":{self._password}".encode() not in login:
                return
            peer.sendall(b"\x03")
            while len(head := stream.read(8)) == 8:
                size = struct.unpack("<I", head[4:])[0] - 8
                body = stream.read(size)
                self.calls.append(body)
                if body[0] == TEXT and text(body) == "bye":
                    return
                reply = REPLIES[text(body)] if body[0] == TEXT else atom(struct.unpack("<i", body[2:6])[0] - 1)
                peer.sendall(struct.pack("<4BI", 1, 2, 0, 0, len(reply) + 8) + reply)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
