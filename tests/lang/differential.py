#!/usr/bin/env python3
"""Random expressions on a real server and on our engine side by side; what differs is shrunk and sorted into classes.

    tests/lang/differential.py --count 2000 --seed 1 [--tables] [--show 20] [--ask PATH]

With --tables they are statements over tables. Exits with 1 if ours crashed or hung, or if a difference belongs to no
class of differences.json, or of differences_tables.json for statements. What kills or stops
the real server, or makes it answer with more than a megabyte, is counted and not compared.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import socket
import struct
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import grammar
import statements
from run_corpus import Ask, Damaged, decode, same

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests" / "net"))
import peers  # noqa: E402

# Of expressions, and of statements over tables.
CLASSES = {False: ["differences.json"], True: ["differences_tables.json", "differences.json"]}
SECONDS = 10.0
# What a program may have bound or written is unbound and emptied before each one, so that both sides begin alike.
NAMES = ["gv", "gw", "gd", "gt", "gu", "old", "u", "i", "x", "y", "z", "e", "n"]
BEFORE = [
    (re.compile(rf"\b({'|'.join(NAMES)})\b"), f"(del {' '.join(NAMES)}) "),
    (re.compile(re.escape(statements.FILE)), f'(write {statements.FILE} "") '),
]
REPLY_BYTES = 1 << 20
SERVER_BYTES = 2 << 30
ROUND = 5000  # the real server loses memory; it is started afresh after so many requests


class Real:
    """A real server, started again when an expression kills or stops it."""

    def __init__(self) -> None:
        self.peer: peers.PeerServer | None = None
        self.count: Counter[str] = Counter()
        self.asked = 0

    def start(self) -> None:
        self.peer = peers.PeerServer("2.x")
        resource.prlimit(self.peer.process.pid, resource.RLIMIT_AS, (SERVER_BYTES, SERVER_BYTES))
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
        """The reply's payload in hex; empty if it is too large to be looked at, None if there is none."""
        self.asked += 1
        if self.asked % ROUND == 0:
            self.stop()
        if self.peer is None:
            self.start()
        raw = source.encode()
        body = b"\xf3\0" + struct.pack("<q", len(raw)) + raw
        try:
            self.sock.sendall(bytes.fromhex("fadeface") + bytes([3, 0, 0, 1]) + struct.pack("<q", len(body)) + body)
            size = struct.unpack("<q", self.take(16)[8:])[0]
            if size <= REPLY_BYTES:
                return self.take(size).hex()
            self.count["large replies"] += 1
            self.stop()
            return ""
        except TimeoutError:
            self.count["hangs"] += 1
        except OSError:
            self.count["deaths"] += 1
        self.stop()
        return None

    def stop(self) -> None:
        if self.peer:
            self.sock.close()
            self.peer.stop()
        self.peer = None


class Pair:
    def __init__(self, ask: Path) -> None:
        self.real, self.ours = Real(), Ask(ask, SECONDS)
        self.crashes: list[str] = []
        self.fresh()

    def fresh(self) -> None:
        self.ours.start()
        self.forget()

    def forget(self) -> None:
        """Both sides begin anew: no name is bound any more."""
        self.real.stop()
        self.ours.line("R", self.ours.dirs)

    def mine(self, source: str) -> str:
        try:
            return self.ours.line("E", source).decode()
        except (EOFError, TimeoutError) as e:
            self.crashes.append(f"{type(e).__name__}: {source}\n{self.ours.crash()}")
            self.fresh()
            return "crash"

    def differ(self, source: str) -> tuple[str, str] | None:
        """(theirs, ours) if they differ in a way that the real server repeats."""
        source = "".join(text for pattern, text in BEFORE if pattern.search(source)) + source
        theirs = self.real.ask(source)
        if theirs == "":
            return None
        mine = self.mine(source)
        if mine == "crash":
            return theirs or "", mine
        if theirs is None or equal(theirs, mine):
            return None
        again = self.real.ask(source)
        return (theirs, mine) if again == theirs else None

    def close(self) -> None:
        self.real.stop()
        said = self.ours.close()
        if said:
            self.crashes.append(said)


def equal(a: str, b: str) -> bool:
    try:
        return a == b or same(decode(a), decode(b))
    except Damaged:
        return False


def said(payload: str) -> str:
    """A payload for rows and people: an error as `!class`, else hex."""
    return "!" + bytes.fromhex(payload[2:]).split(b"\0")[0].decode() if payload.startswith("7f") else payload


def kinds(found: tuple[str, str] | None) -> tuple[str, ...]:
    """Of both payloads the class of the error, or the type."""
    return tuple(p if p.startswith("!") else p[:2] for p in map(said, found or ()))


def smallest(pair: Pair, tree: grammar.Tree, found: tuple[str, str], tables: bool) -> grammar.Tree:
    """A statement shrinks to one that differs in the same way; of an expression any difference will do."""
    if not tables:
        return grammar.shrink(tree, lambda t: pair.differ(grammar.text(t)) is not None)
    return grammar.shrink(tree, lambda t: kinds(pair.differ(grammar.text(t))) == kinds(found))


def rows_of(payload: str) -> int:
    """How many rows the table has; -1: it is none."""
    value = decode(payload) if payload.startswith("62") else None
    return len(value[2][1][0][1]) if value and value[2][1] else -1


def class_of(source: str, theirs: str, mine: str, classes: list[dict[str, Any]]) -> str | None:
    """A row speaks of the smallest expression that differs: its text, and optionally of what both sides say, and of how
    many rows the shorter result has."""
    for row in classes:
        if (
            re.search(row["expr"], source)
            and re.match(row.get("theirs", ""), said(theirs))
            and re.match(row.get("ours", ""), said(mine))
            and ("rows" not in row or row["rows"] in (rows_of(theirs), rows_of(mine)))
        ):
            return str(row["name"])
    return None


def classify(pair: Pair, source: str, classes: list[dict[str, Any]]) -> tuple[tuple[str, str] | None, str | None]:
    """What both sides say and the class of it. What belongs to none is asked again of a fresh real server: some
    expressions leave one behind that answers wrongly to everything."""
    found = pair.differ(source)
    name = class_of(source, *found, classes) if found else None
    if found and name is None:
        pair.forget()
        found = pair.differ(source)
        name = class_of(source, *found, classes) if found else None
    return found, name


def main() -> int:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--count", type=int, default=2000)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--tables", action="store_true", help="statements over tables")
    ap.add_argument("--show", type=int, default=20)
    ap.add_argument("--ask", type=Path, default=ROOT / "vendor" / "rayforce-c" / "build" / "asan" / "ask")
    a = ap.parse_args()
    classes = [row for name in CLASSES[a.tables] for row in json.loads((HERE / name).read_text())]
    pair = Pair(a.ask)
    make = statements.Statements(a.seed) if a.tables else grammar.Generator(a.seed)
    count: Counter[str] = Counter()
    shown: Counter[str] = Counter()
    start = time.monotonic()
    for _ in range(a.count):
        tree = make.program()
        found = pair.differ(grammar.text(tree))
        if not found:
            count["equal"] += 1
            continue
        source = grammar.text(smallest(pair, tree, found, a.tables))
        again, name = classify(pair, source, classes)
        if again is None:  # what both sides had seen before made the difference
            count["not repeated"] += 1
            continue
        theirs, mine = again
        count[name or "UNLISTED"] += 1
        head = source.split(" ")[0]
        shown[head] += name is None
        if name is None and shown[head] <= 3 and shown.total() <= a.show:
            print(f"{source}\n    theirs {said(theirs)[:160]}\n    ours   {said(mine)[:160]}", flush=True)
    pair.close()
    seconds = time.monotonic() - start
    what = "statements" if a.tables else "expressions"
    print(f"{a.count} {what}, seed {a.seed}, {seconds:.0f} s; the real server: {dict(pair.real.count)}")
    for name, n in count.most_common():
        print(f"{n:8} {name}")
    for crash in pair.crashes[: a.show]:
        print("CRASH", crash)
    return 1 if pair.crashes or count["UNLISTED"] else 0


if __name__ == "__main__":
    sys.exit(main())
