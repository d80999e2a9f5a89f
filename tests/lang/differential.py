#!/usr/bin/env python3
"""Random expressions on a real server and on our engine side by side; what differs is shrunk and sorted into classes.

    tests/lang/differential.py --count 2000 --seed 1 [--show 20]

Exits with 1 if ours crashed or hung, or if a difference belongs to no class of differences.json.
"""

from __future__ import annotations

import argparse
import json
import re
import struct
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import grammar
from run_corpus import Ask, Damaged, decode, same

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests" / "net"))
import socket  # noqa: E402

import peers  # noqa: E402

CLASSES = HERE / "differences.json"
SECONDS = 10.0


class Real:
    """A real server, started again when an expression kills or stops it."""

    def __init__(self) -> None:
        self.peer: peers.PeerServer | None = None
        self.deaths = 0

    def start(self) -> None:
        self.peer = peers.PeerServer("2.x")
        self.sock = socket.create_connection(("127.0.0.1", self.peer.port), timeout=SECONDS)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.sendall(b"\x03\x00")
        self.take(2)

    def take(self, n: int) -> bytes:
        out = b""
        while len(out) < n:
            part = self.sock.recv(n - len(out))
            if not part:
                raise ConnectionError
            out += part
        return out

    def ask(self, source: str) -> str | None:
        """The reply's payload in hex; None if the server died or hung."""
        if self.peer is None:
            self.start()
        raw = source.encode()
        body = b"\xf3\0" + struct.pack("<q", len(raw)) + raw
        try:
            self.sock.sendall(bytes.fromhex("fadeface") + bytes([3, 0, 0, 1]) + struct.pack("<q", len(body)) + body)
            head = self.take(16)
            return self.take(struct.unpack("<q", head[8:])[0]).hex()
        except OSError:
            self.stop()
            self.deaths += 1
            return None

    def stop(self) -> None:
        if self.peer:
            self.sock.close()
            self.peer.stop()
        self.peer = None


class Pair:
    def __init__(self, ask: Path) -> None:
        self.real, self.ours = Real(), Ask(ask)
        self.crashes: list[str] = []
        self.ours.start()
        self.ours.line("R", self.ours.dirs)

    def mine(self, source: str) -> str:
        try:
            return self.ours.line("E", source).decode()
        except EOFError:
            self.crashes.append(f"{source}\n{self.ours.crash()}")
            self.ours.start()
            self.ours.line("R", self.ours.dirs)
            return "crash"

    def differ(self, source: str) -> tuple[str, str] | None:
        """(theirs, ours) if they differ in a way that the real server repeats."""
        theirs = self.real.ask(source)
        mine = self.mine(source)
        if mine == "crash":
            return theirs or "", mine
        if theirs is None or equal(theirs, mine):
            return None
        again = self.real.ask(source)
        return (theirs, mine) if again == theirs else None

    def close(self) -> None:
        self.real.stop()
        self.ours.close()


def equal(a: str, b: str) -> bool:
    try:
        return a == b or same(decode(a), decode(b))
    except Damaged:
        return False


def class_of(source: str, theirs: str, mine: str, classes: list[dict[str, Any]]) -> str | None:
    for row in classes:
        if re.search(row["expr"], source) and re.match(row.get("theirs", ""), theirs) and re.match(row.get("ours", ""), mine):
            return str(row["name"])
    return None


def main() -> int:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--count", type=int, default=2000)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--show", type=int, default=20)
    ap.add_argument("--ask", type=Path, default=ROOT / "vendor" / "rayforce-c" / "build" / "asan" / "ask")
    a = ap.parse_args()
    classes = json.loads(CLASSES.read_text())
    pair, make = Pair(a.ask), grammar.Generator(a.seed)
    count: Counter[str] = Counter()
    shown, start = 0, time.monotonic()
    for _ in range(a.count):
        tree = make.expression()
        found = pair.differ(grammar.text(tree))
        if not found:
            count["equal"] += 1
            continue
        small = grammar.shrink(tree, lambda t: pair.differ(grammar.text(t)) is not None)
        source = grammar.text(small)
        theirs, mine = pair.differ(source) or found
        name = class_of(source, theirs, mine, classes) or class_of(grammar.text(tree), *found, classes)
        count[name or "UNLISTED"] += 1
        if name is None and shown < a.show:
            shown += 1
            print(f"{source}\n    theirs {theirs[:160]}\n    ours   {mine[:160]}", flush=True)
    pair.close()
    print(f"{a.count} expressions, seed {a.seed}, {time.monotonic() - start:.0f} s; the real server died or hung {pair.real.deaths} times")
    for name, n in count.most_common():
        print(f"{n:8} {name}")
    for crash in pair.crashes[: a.show]:
        print("CRASH", crash)
    return 1 if pair.crashes or count["UNLISTED"] else 0


if __name__ == "__main__":
    sys.exit(main())
