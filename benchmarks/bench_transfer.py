"""Large values: our client and the official one against one official server (10^7 i64 into numpy, peak memory, what
another thread gets done meanwhile), and between two of one make, beside a plain socket that moves the same bytes into
fresh memory.

    python benchmarks/bench_transfer.py [--rounds N] [--rows N] [--only tcp|unix] [--case NAME]

Between two of one make server and client are processes of their own. Each round does the same for the plain socket
(`sendall` of bytes that are there, `recv_into` memory that is new), for each way of ours, and over TCP for the official
pair. The time is until the reply is a value whose columns are arrays; with the official pair and tables, until it is a
table. The first pass over all of it, which a copy has behind it and shared memory has not, is told apart.
"""

from __future__ import annotations

import argparse
import mmap
import os
import signal
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
from compare import Worker, interleaved, peers, report, workers

import rayforce as rf

MILLIONS = "(set big (til 10000000))"
HALF_A_SECOND = "(do (set i 0) (while (< i 2500000) (set i (+ i 1))))"

CASES = {
    "i64": "(til {n})",
    "f64": "(* 0.5 (til {n}))",
    "i32": "(as 'I32 (til {n}))",
    "table": "(table [sym time price size] (list (at ['AAPL 'MSFT 'GOOG 'AMZN 'NVDA 'META 'TSLA 'IBM] (% (til {n}) 8))"
    " (as 'TIMESTAMP (+ 800000000000000000 (til {n}))) (* 0.25 (til {n})) (til {n})))",
}


# ---- one official server


def one_server(rounds: int) -> None:
    with peers.server("2.x") as server, workers() as both:
        for w in both.values():
            w("connect", port=server.port)
        both["ours"]("round_trips", query=f"(do {MILLIONS} 0)", n=1)
        got = interleaved(rounds, both, lambda w: w("receive", query="big")["seconds"] * 1e3)
        report("10^7 i64 from an official server into numpy", "ms", got)
        got = interleaved(3, both, lambda w: 1 / max(w("ticks", query=HALF_A_SECOND)["share"], 1e-3))
        report("how much slower another thread is meanwhile", "x", got)
    with peers.server("2.x") as server:
        report("peak memory per byte received, first time", "B/B", peak_memory(server.port, 3))


def peak_memory(port: int, rounds: int) -> dict[str, list[float]]:
    """In fresh processes each time: what was received before leaves pages that the next receiver may use again."""
    got: dict[str, list[float]] = {"ours": [], "peer": []}
    for _ in range(rounds):
        with workers() as both:
            for name, w in both.items():
                w("connect", port=port)
                w("round_trips", query=f"(do {MILLIONS} 0)", n=1)
                w("receive", query="(til 10)")
                grown = w("peak_growth", query="big")
                got[name].append(grown["growth"] / grown["bytes"])
    return got


# ---- between two of one make


def forked(work: Callable[[], None]) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    return pid


@contextmanager
def engine_server(where: str, source: str) -> Iterator[None]:
    """One of ours that holds the value in `big`, listening at a port or a path."""
    ready_r, ready_w = os.pipe()

    def work() -> None:
        ray = rf.Rayforce()
        server = ray.listen(**({"unix": where} if where.startswith("/") else {"port": int(where)}))
        ray.execute(f"(do (set big {source}) (set keep (fn [x] (do (set kept x) (count x)))) 0)")
        os.write(ready_w, b"1")
        signal.pause()
        server.stop()

    pid = forked(work)
    os.read(ready_r, 1)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(ready_r)
        os.close(ready_w)


def listener(where: str) -> socket.socket:
    s = socket.socket(socket.AF_UNIX if where.startswith("/") else socket.AF_INET)
    s.bind(where if where.startswith("/") else ("127.0.0.1", int(where)))
    s.listen(1)
    return s


@contextmanager
def official_pair(source: str) -> Iterator[Worker]:
    with peers.server("2.x") as server, Worker("peer") as worker:
        worker("connect", port=server.port)
        worker("round_trips", query=f"(do (set big {source}) 0)", n=1)
        yield worker


@contextmanager
def plain_server(where: str, size: int) -> Iterator[socket.socket]:
    """Sends so many bytes for "d", and takes them, with one byte back, for "u"."""
    waiting = listener(where)

    def work() -> None:
        s, _ = waiting.accept()
        out = np.ones(size, "u1")
        while what := s.recv(1):
            if what == b"d":
                s.sendall(out)
            else:
                received(s, size)
                s.sendall(b"!")

    pid = forked(work)
    s = socket.socket(waiting.family)
    s.connect(where if where.startswith("/") else waiting.getsockname())
    if waiting.family == socket.AF_INET:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        yield s
    finally:
        s.close()
        waiting.close()
        os.waitpid(pid, 0)


def received(s: socket.socket, size: int) -> np.ndarray:
    room = mmap.mmap(-1, size)
    room.madvise(mmap.MADV_HUGEPAGE)
    view, at = memoryview(room), 0
    while at < size:
        at += s.recv_into(view[at:])
    return np.frombuffer(room, "u1")


def arrays(value: object) -> list[np.ndarray]:
    """The memory of each column as it lies there; of symbols their codes."""
    columns = [value[name] for name in value.columns] if isinstance(value, rf.Table) else [value]
    return [c.codes if c.dtype == "sym" else np.asarray(c.raw) for c in columns]


def first_pass(columns: list[np.ndarray]) -> int:
    """One byte of each cache line."""
    return sum(int(c.view("u1")[::64].sum()) for c in columns)


class Case:
    def __init__(self, name: str, rows: int, sockets: list[str], folder: str) -> None:
        self.name = name
        # Half as many rows for the table: the official server sends no message above 256 MiB.
        self.source = CASES[name].format(n=rows // 2 if name == "table" else rows)
        self.sockets = sockets
        self.folder = folder

    def run(self, rounds: int) -> None:
        for kind in self.sockets:
            self.over(kind, rounds)

    def over(self, kind: str, rounds: int) -> None:
        where = [free_port(), free_port()] if kind == "tcp" else [f"{self.folder}/e", f"{self.folder}/p"]
        for path in where:
            Path(path).unlink(missing_ok=True)
        address = f"rayforce://localhost:{where[0]}" if kind == "tcp" else f"rayforce+unix://{where[0]}"
        with ExitStack() as stack:
            stack.enter_context(engine_server(where[0], self.source))
            conn = stack.enter_context(rf.connect(address))
            start = time.perf_counter()
            value = conn.execute("big")
            first = time.perf_counter() - start
            before = conn.stats.bytes_in
            conn.execute("big")
            moved = conn.stats.bytes_in - before
            memory = sum(a.nbytes for a in arrays(value))
            size = memory if kind == "unix" else moved
            plain = stack.enter_context(plain_server(where[1], size))
            peer = stack.enter_context(official_pair(self.source)) if kind == "tcp" else None
            print(
                f"{self.name} over {kind}: {memory / 1e6:.0f} MB in memory, {moved / 1e6:.3f} MB through the socket, "
                f"the first time {first * 1e3:.2f} ms",
                flush=True,
            )
            self.report(kind, self.measure(conn, plain, peer, value, size, rounds))

    def measure(
        self, conn: rf.Connection, s: socket.socket, peer: Worker | None, value: object, size: int, rounds: int
    ) -> dict[str, list[float]]:
        """Milliseconds of each way."""
        got: dict[str, list[float]] = {k: [] for k in ("down", "seen", "read", "up", "sent", "ids", "peer")}
        out = np.ones(size, "u1")
        fetch = "fetch" if isinstance(value, rf.Table) else "receive"

        def plain_down() -> object:
            s.sendall(b"d")
            return received(s, size)

        def plain_up() -> object:
            s.sendall(b"u")
            s.sendall(out)
            return s.recv(1)

        def ours_down() -> object:
            return arrays(conn.execute("big"))

        def note(name: str, work: Callable[..., object], *args: object) -> object:
            start = time.perf_counter()
            there = work(*args)
            got[name].append((time.perf_counter() - start) * 1e3)
            return there

        for _ in range(rounds + 1):
            note("down", plain_down)
            there = note("seen", ours_down)
            note("read", first_pass, there)
            del there
            if peer is not None:
                got["peer"].append(peer(fetch, query="big")["seconds"] * 1e3)
            note("up", plain_up)
            note("sent", conn.call, "keep", value)
            if isinstance(value, rf.Table):
                note("ids", lambda: conn.execute("big")["sym"].raw)
        return {k: v[1:] for k, v in got.items() if v}

    def report(self, kind: str, got: dict[str, list[float]]) -> None:
        down = {"ours": got["seen"], "plain socket": got["down"]}
        if "peer" in got:
            down["peer"] = got["peer"]
        report(f"{self.name} over {kind}, server to client", "ms", down)
        report(f"{self.name} over {kind}, client to server", "ms", {"ours": got["sent"], "plain socket": got["up"]})
        ids = f", with the ids of its symbols {statistics.median(got['ids']):.2f} ms" if "ids" in got else ""
        print(f"  first pass over it: {statistics.median(got['read']):.2f} ms{ids}", flush=True)


def free_port() -> str:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return str(s.getsockname()[1])


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--rounds", type=int, default=7)
    ap.add_argument("--rows", type=int, default=10_000_000)
    ap.add_argument("--only", choices=["tcp", "unix"])
    ap.add_argument("--case", choices=list(CASES))
    args = ap.parse_args()
    if not args.only and not args.case:
        one_server(args.rounds)
    with tempfile.TemporaryDirectory() as folder:
        for name in [args.case] if args.case else CASES:
            Case(name, args.rows, [args.only] if args.only else ["tcp", "unix"], folder).run(args.rounds)


if __name__ == "__main__":
    sys.exit(main())
