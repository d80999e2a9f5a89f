"""A server of ours under many clients at once: small queries, large replies, async messages, topics, coming and going.

    python tests/soak/load.py --seconds 60 --clients 1000

Every answer is checked; in the end the server must hold as many values and nearly as much memory as at first. Then the
same again, half as long, with a journal and two kills: what clients were told is inserted must be there, once.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT)]

import rayforce as rf  # noqa: E402

SERVE = (
    "import sys; sys.path.insert(0, %r); import rayforce as rf\n"
    "server = rf.Server(rf.Rayforce(), port=int(sys.argv[1]), journal=sys.argv[2] or None)\n"
    "print(server.port, flush=True); server.serve_forever()"
)
KEPT = "(set kept (table [who n] (list (take [0] 0) (take [0] 0))))"
KILLS = 2
BLOCKS = 400  # texts that are asked again and again are kept, a few dozen of them
BACK_S = 60  # by then a server that was killed must have brought back its journal
PREPARE = "(do (set total 0) (set small (til 131072)) (set large (til 12500000)) 0)"
SMALL, LARGE = 131_072, 12_500_000  # 1 MB and 100 MB of i64
PROCESSES = 4


class Load:
    """What one process does: its share of the clients, driven by a few threads."""

    def __init__(self, port: int, clients: int, seconds: float, seed: int, kills: bool) -> None:
        self.port, self.end, self.seed, self.kills = port, time.monotonic() + seconds, seed, kills
        self.inserted: dict[int, tuple[int, list[int]]] = {}  # by whom: how many, and which of them nobody acknowledged
        self.clients = clients
        self.done: Counter[str] = Counter()
        self.worst = 0.0
        self.failures: list[str] = []
        self.lock = threading.Lock()

    def note(self, what: str, started: float) -> None:
        with self.lock:
            self.done[what] += 1
            if what == "query":
                self.worst = max(self.worst, time.perf_counter() - started)

    def check(self, got: object, wanted: object, what: str) -> None:
        if got != wanted:
            with self.lock:
                self.failures.append(f"{what}: {got!r} instead of {wanted!r}")

    def steps(self) -> list[tuple[int, Callable[[rf.Connection, random.Random], None]]]:
        return [
            (80, self.query),
            (15, self.table),
            (10, self.pipeline),
            (10, self.send),
            (4, self.megabyte),
            (4, self.error),
            (2, self.publish),
            (10, self.come_and_go),
            (20 if self.kills else 0, self.insert),
        ]

    def open(self) -> rf.Connection:
        """A connection; to a server that was killed, when it is back."""
        until = time.monotonic() + BACK_S
        while True:
            try:
                return rf.hopen("127.0.0.1", self.port, timeout=30)
            except rf.ConnectionFailed:
                if not self.kills or time.monotonic() > until:
                    raise
                time.sleep(0.1)

    def insert(self, conn: rf.Connection, r: random.Random) -> None:
        who = self.seed * 100 + int(threading.current_thread().name)
        n, unknown = self.inserted.setdefault(who, (0, []))
        self.inserted[who] = (n + 1, unknown)
        unknown.append(n)
        conn.execute(f"(insert 'kept (list {who} {n}))")
        unknown.pop()
        self.note("insert", 0)

    def query(self, conn: rf.Connection, r: random.Random) -> None:
        a, b = r.randrange(10**6), r.randrange(10**6)
        started = time.perf_counter()
        self.check(conn.execute(f"(+ {a} {b})"), a + b, "query")
        self.note("query", started)

    def table(self, conn: rf.Connection, r: random.Random) -> None:
        n = r.randrange(1, 200)
        got = conn.execute(f"(select {{s: (sum v) by: k from: (table [k v] (list (% (til {n}) 2) (til {n})))}})")
        self.check(sum(got["s"].to_list()), n * (n - 1) // 2, "table")
        self.note("table", 0)

    def pipeline(self, conn: rf.Connection, r: random.Random) -> None:
        n = r.randrange(2, 50)
        with conn.pipeline() as p:
            for i in range(n):
                p.execute(f"(* {i} 3)")
        self.check(p.results(), [3 * i for i in range(n)], "pipeline")
        self.note("pipeline", 0)

    def send(self, conn: rf.Connection, r: random.Random) -> None:
        conn.send_async("(set total (+ total 1))")
        self.note("async", 0)

    def megabyte(self, conn: rf.Connection, r: random.Random) -> None:
        got = conn.execute("small").to_numpy()
        self.check((len(got), int(got[-1])), (SMALL, SMALL - 1), "1 MB")
        self.note("1 MB", 0)

    def error(self, conn: rf.Connection, r: random.Random) -> None:
        try:
            self.check(conn.execute("(+ nosuch 1)"), "an error", "error")
        except rf.RayforceNameError:
            self.note("error", 0)

    def publish(self, conn: rf.Connection, r: random.Random) -> None:
        conn.publish("ticks", r.randrange(100))
        self.note("publish", 0)

    def come_and_go(self, conn: rf.Connection, r: random.Random) -> None:
        with rf.hopen("127.0.0.1", self.port) as fresh:
            self.check(fresh.execute("(- 7 4)"), 3, "connect")
        self.note("connect", 0)

    def drive(self, number: int, threads: int) -> None:
        r = random.Random(self.seed * 100 + number)
        weights, steps = zip(*self.steps(), strict=True)
        with contextlib.ExitStack() as stack:
            mine = range(number, self.clients, threads)
            conns = [stack.enter_context(self.open()) for _ in mine]
            while time.monotonic() < self.end:
                i = r.randrange(len(conns))
                try:
                    r.choices(steps, weights)[0](conns[i], r)
                except (rf.ConnectionLost, rf.ConnectionFailed):
                    if not self.kills:
                        raise
                    conns[i].close()
                    conns[i] = stack.enter_context(self.open())

    def again(self, job: Callable[[], None]) -> None:
        """A job on a connection of its own; anew after a kill."""
        while time.monotonic() < self.end:
            try:
                job()
            except (rf.ConnectionLost, rf.ConnectionFailed):
                if not self.kills:
                    raise

    def fetch_large(self) -> None:
        with self.open() as conn:
            while time.monotonic() < self.end:
                got = conn.execute("large").to_numpy()
                self.check((len(got), int(got[0]), int(got[-1])), (LARGE, 0, LARGE - 1), "100 MB")
                self.note("100 MB", 0)
                time.sleep(1)

    def listen(self) -> None:
        with self.open() as conn, conn.subscribe("ticks", maxsize=1_000_000) as feed:
            last = None
            while time.monotonic() < self.end:
                with contextlib.suppress(rf.Timeout):
                    m = feed.get(0.5)
                    if last is not None and m.seq is not None:
                        self.check(m.seq, last + 1, "number of a message")
                    last = m.seq
                    self.note("message", 0)

    def guarded(self, job: Callable[[], None]) -> None:
        try:
            job()
        except Exception as e:
            with self.lock:
                self.failures.append(f"{type(e).__name__}: {e}")

    def run(self, threads: int = 3) -> None:
        jobs: list[Callable[[], None]] = [lambda i=i: self.drive(i, threads) for i in range(threads)]  # type: ignore[misc]
        jobs += [lambda: self.again(self.fetch_large), lambda: self.again(self.listen)]
        running = [threading.Thread(target=self.guarded, args=(job,), name=str(i)) for i, job in enumerate(jobs)]
        for t in running:
            t.start()
        for t in running:
            t.join()


def memory(pid: int) -> int:
    """Resident bytes, without pages that the system may take back at any time."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    fields = {name: int(rest.split()[0]) << 10 for name, _, rest in (line.partition(":") for line in lines[1:])}
    return fields["Rss"] - fields.get("LazyFree", 0)


def calm(conn: rf.Connection, pid: int) -> tuple[int, int, int]:
    """Blocks, bytes of values, resident bytes, when all the others have gone."""
    time.sleep(2.5)
    heap = conn.execute("(.sys.mem)").to_dict()
    return heap["alloc-count"], heap["bytes-allocated"], memory(pid)


def work(port: int, clients: int, seconds: float, seed: int, kills: bool) -> int:
    """The part of one process: what it did, on one line, to standard output."""
    load = Load(port, clients, seconds, seed, kills)
    load.run()
    print(repr((dict(load.done), load.worst, load.failures[:5], load.inserted)), flush=True)
    return 0


@contextlib.contextmanager
def served(port: int = 0, journal: str = "") -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A server in a process of its own, and its port."""
    argv = [sys.executable, "-c", SERVE % str(ROOT), str(port), journal]
    server = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield server, int(server.stdout.readline())
    finally:
        server.terminate()
        server.wait(10)


def main() -> int:
    p = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    p.add_argument("--seconds", type=float, default=60)
    p.add_argument("--clients", type=int, default=1000)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--port", type=int, help=argparse.SUPPRESS)
    p.add_argument("--kills", action="store_true", help=argparse.SUPPRESS)
    o = p.parse_args()
    if o.port is not None:
        return work(o.port, o.clients, o.seconds, o.seed, o.kills)
    failures = steady(o.clients, o.seconds, o.seed) + killed(o.clients, o.seconds / 2, o.seed)
    for text in failures:
        print("WRONG:", text)
    return 1 if failures else 0


def told(clients: int, seconds: float, r: Result) -> str:
    counts = ", ".join(f"{k} {n}" for k, n in r.done.most_common())
    return f"{clients} clients, {seconds:g} s: {counts}; the longest query {r.worst * 1000:.0f} ms"


def steady(clients: int, seconds: float, seed: int) -> list[str]:
    """Everything at once, and what it leaves behind in the server."""
    with served() as (server, port):
        with rf.hopen("127.0.0.1", port) as conn:
            conn.execute(PREPARE)
            Run(port, clients, 5, seed).result()  # what is built once is there before anything is counted
            conn.execute("(set total 0)")
            before = calm(conn, server.pid)
            r = Run(port, clients, seconds, seed).result()
            if conn.execute("total") != r.done["async"]:
                r.failures.append(f"{conn.execute('total')} of {r.done['async']} async messages arrived")
            after = calm(conn, server.pid)
        if server.poll() is not None:
            r.failures.append("the server is dead")
    if after[0] > before[0] + BLOCKS:
        r.failures.append(f"{after[0]} blocks after, {before[0]} before")
    if after[2] > before[2] * 1.1:
        r.failures.append(f"{after[2] >> 20} MB after, {before[2] >> 20} MB before")
    kept = f"blocks {before[0]} to {after[0]}, memory {before[2] >> 20} to {after[2] >> 20} MB"
    print(f"{told(clients, seconds, r)}; {kept}", flush=True)
    return r.failures


def killed(clients: int, seconds: float, seed: int) -> list[str]:
    """The same with a journal, kills, and inserts that are looked for afterwards."""
    with tempfile.TemporaryDirectory() as here, contextlib.ExitStack() as stack:
        journal = str(Path(here) / "j")
        server, port = stack.enter_context(served(0, journal))
        with rf.hopen("127.0.0.1", port) as conn:
            conn.execute(PREPARE)
            conn.execute(KEPT)
        run, back = Run(port, clients, seconds, seed, kills=True), 0.0
        for _ in range(KILLS):
            time.sleep(seconds / (KILLS + 1))
            server.kill()
            server.wait()
            started = time.perf_counter()
            server, _ = stack.enter_context(served(port, journal))
            back = max(back, time.perf_counter() - started)
        r = run.result()
        if server.poll() is not None:
            r.failures.append("the server is dead")
        with rf.hopen("127.0.0.1", port) as conn:
            kept = Counter(zip(*(conn.execute(f"(at kept '{c})").to_list() for c in ("who", "n")), strict=True))
        size = sum(f.stat().st_size for f in Path(here).iterdir())
    for who, (n, unknown) in r.inserted.items():
        lost = [i for i in range(n) if i not in unknown and kept[who, i] != 1]
        twice = [i for i in unknown if kept[who, i] > 1]
        if lost or twice:
            r.failures.append(f"of {n} inserts {len(lost)} are lost or there twice: {(lost + twice)[:5]}")
    unknown = sum(len(u) for _, u in r.inserted.values())
    print(
        f"{told(clients, seconds, r)}; {KILLS} kills, back after {back:.1f} s at most from {size >> 20} MB; "
        f"{sum(kept.values())} inserts there, {r.done['insert']} acknowledged, {unknown} unknown",
        flush=True,
    )
    return r.failures


class Result(NamedTuple):
    done: Counter[str]
    worst: float
    failures: list[str]
    inserted: dict[int, tuple[int, list[int]]]


class Run:
    """The clients, in processes of their own."""

    def __init__(self, port: int, clients: int, seconds: float, seed: int, kills: bool = False) -> None:
        argv = [sys.executable, __file__, "--port", str(port), "--clients", str(clients // PROCESSES)]
        argv += ["--seconds", str(seconds), *(["--kills"] if kills else [])]
        self.parts = [
            subprocess.Popen([*argv, "--seed", str(seed * 10 + i)], stdout=subprocess.PIPE, text=True)
            for i in range(PROCESSES)
        ]

    def result(self) -> Result:
        r = Result(Counter(), 0.0, [], {})
        for part in self.parts:
            text = part.communicate()[0]
            if part.returncode or not text:
                r.failures.append(f"a client process ended with {part.returncode}")
                continue
            done, worst, failures, inserted = ast.literal_eval(text)
            r.done.update(done)
            r.failures.extend(failures)
            r.inserted.update(inserted)
            r = r._replace(worst=max(r.worst, worst))
        return r


if __name__ == "__main__":
    raise SystemExit(main())
