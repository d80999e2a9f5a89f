"""A server of ours under many clients at once: small queries, large replies, async messages, topics, coming and going.

    python tests/soak/load.py --seconds 60 --clients 1000

Every answer is checked; in the end the server must hold as many values and nearly as much memory as at first.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT)]

import rayforce as rf  # noqa: E402

SERVE = (
    "import sys; sys.path.insert(0, %r); import rayforce as rf\n"
    "server = rf.Server(rf.Rayforce(), port=0); print(server.port, flush=True); server.serve_forever()"
)
PREPARE = "(do (set total 0) (set small (til 131072)) (set large (til 12500000)) 0)"
SMALL, LARGE = 131_072, 12_500_000  # 1 MB and 100 MB of i64
PROCESSES = 4


class Load:
    """What one process does: its share of the clients, driven by a few threads."""

    def __init__(self, port: int, clients: int, seconds: float, seed: int) -> None:
        self.port, self.end, self.seed = port, time.monotonic() + seconds, seed
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
        ]

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
            conns = [stack.enter_context(rf.hopen("127.0.0.1", self.port, timeout=30)) for _ in mine]
            while time.monotonic() < self.end:
                r.choices(steps, weights)[0](r.choice(conns), r)

    def fetch_large(self) -> None:
        with rf.hopen("127.0.0.1", self.port) as conn:
            while time.monotonic() < self.end:
                got = conn.execute("large").to_numpy()
                self.check((len(got), int(got[0]), int(got[-1])), (LARGE, 0, LARGE - 1), "100 MB")
                self.note("100 MB", 0)
                time.sleep(1)

    def listen(self) -> None:
        with rf.hopen("127.0.0.1", self.port) as conn, conn.subscribe("ticks", maxsize=1_000_000) as feed:
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
        jobs += [self.fetch_large, self.listen]
        running = [threading.Thread(target=self.guarded, args=(job,)) for job in jobs]
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


def work(port: int, clients: int, seconds: float, seed: int) -> int:
    """The part of one process: what it did, on one line, to standard output."""
    load = Load(port, clients, seconds, seed)
    load.run()
    print(repr((dict(load.done), load.worst, load.failures[:5])), flush=True)
    return 0


def main() -> int:
    p = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    p.add_argument("--seconds", type=float, default=60)
    p.add_argument("--clients", type=int, default=1000)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--port", type=int, help=argparse.SUPPRESS)
    o = p.parse_args()
    if o.port is not None:
        return work(o.port, o.clients, o.seconds, o.seed)
    server = subprocess.Popen([sys.executable, "-c", SERVE % str(ROOT)], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        with rf.hopen("127.0.0.1", port) as conn:
            conn.execute(PREPARE)
            run_once(port, o.clients, 5, o.seed)  # what is built once is there before anything is counted
            conn.execute("(set total 0)")
            before = calm(conn, server.pid)
            done, worst, failures = run_once(port, o.clients, o.seconds, o.seed)
            if conn.execute("total") != done["async"]:
                failures.append(f"{conn.execute('total')} of {done['async']} async messages arrived")
            after = calm(conn, server.pid)
    finally:
        alive = server.poll() is None
        server.terminate()
        server.wait(10)
    if after[0] > before[0] + 100:
        failures.append(f"{after[0]} blocks after, {before[0]} before")
    if after[2] > before[2] * 1.1:
        failures.append(f"{after[2] >> 20} MB after, {before[2] >> 20} MB before")
    print(
        f"{o.clients} clients, {o.seconds:g} s: {', '.join(f'{k} {n}' for k, n in done.most_common())}; "
        f"the longest query {worst * 1000:.0f} ms; blocks {before[0]} to {after[0]}, "
        f"memory {before[2] >> 20} to {after[2] >> 20} MB; server {'alive' if alive else 'DEAD'}"
    )
    for text in failures:
        print("WRONG:", text)
    return 0 if alive and not failures else 1


def run_once(port: int, clients: int, seconds: float, seed: int) -> tuple[Counter[str], float, list[str]]:
    argv = [
        sys.executable,
        __file__,
        "--port",
        str(port),
        "--clients",
        str(clients // PROCESSES),
        "--seconds",
        str(seconds),
    ]
    parts = [
        subprocess.Popen([*argv, "--seed", str(seed * 10 + i)], stdout=subprocess.PIPE, text=True)
        for i in range(PROCESSES)
    ]
    done: Counter[str] = Counter()
    worst, failures = 0.0, []
    for part in parts:
        text = part.communicate()[0]
        if part.returncode or not text:
            failures.append(f"a client process ended with {part.returncode}")
            continue
        d, w, f = ast.literal_eval(text)
        done += Counter(d)
        worst = max(worst, w)
        failures += f
    return done, worst, failures


if __name__ == "__main__":
    raise SystemExit(main())
