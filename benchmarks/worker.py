"""One engine in a process of its own: reads a JSON command a line, answers with a JSON line.

    python worker.py ours|peer CORE|-        `ours` is this package, `peer` the official binding (its own environment)
    python worker.py redis CORE|-            redis-py; every query is GET
    python worker.py numpy|polars CORE|-     evaluates Python over arrays or columns, for comparison

The two packages share their import name, so each runs under the interpreter that has it.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
import time
from typing import Any


class Ours:
    def connect(self, port: int = 0, path: str = "") -> None:
        import rayforce as rf

        self.conn = rf.hopen("rayforce+unix://" + path if path else f"127.0.0.1:{port}")
        self.execute = self.conn.execute

    def pipeline(self, query: str, depth: int) -> None:
        with self.conn.pipeline() as pipe:
            for _ in range(depth):
                pipe.execute(query)
        pipe.results()

    def close(self) -> None:
        self.conn.close()

    def array(self, query: str) -> Any:
        return self.conn.execute(query).to_numpy()

    def engine(self, threads: int = 2) -> None:
        import rayforce as rf

        self.ray = rf.Rayforce(threads=threads)
        self.eval = self.ray.eval


class Peer:
    def connect(self, port: int) -> None:
        from rayforce import TCPClient

        self.conn = TCPClient("127.0.0.1", port)
        self.execute = self.conn.execute

    def pipeline(self, query: str, depth: int) -> None:
        """It has no pipeline of requests: messages without replies, closed by one with a reply."""
        for _ in range(depth - 1):
            self.conn.send_async(query)
        self.conn.execute(query)

    def close(self) -> None:
        self.conn.close()

    def array(self, query: str) -> Any:
        return self.conn.execute(query).to_numpy()

    def engine(self, threads: int = 2) -> None:
        from rayforce import eval_str

        self.eval = eval_str


class Redis:
    def connect(self, port: int = 0, path: str = "") -> None:
        import redis

        self.conn = redis.Redis(unix_socket_path=path) if path else redis.Redis(host="127.0.0.1", port=port)
        self.conn.set("k", b"3")
        self.execute = lambda query: self.conn.get("k")

    def pipeline(self, query: str, depth: int) -> None:
        pipe = self.conn.pipeline(transaction=False)
        for _ in range(depth):
            pipe.get("k")
        pipe.execute()

    def close(self) -> None:
        self.conn.close()


class Arrays:
    """Expressions in Python; `engine` runs the statements that make the data first."""

    def engine(self, threads: int = 2, setup: str = "") -> None:
        os.environ["POLARS_MAX_THREADS"] = str(threads)
        names: dict[str, Any] = {}
        exec(setup, names)
        self.eval = lambda query: eval(query, names)


def round_trips(me: Any, query: str, n: int) -> dict[str, float]:
    execute, clock = me.execute, time.perf_counter_ns
    took = [0] * n
    for i in range(n):
        start = clock()
        execute(query)
        took[i] = clock() - start
    took.sort()
    return {"p50": took[n // 2] / 1e3, "p99": took[int(n * 0.99)] / 1e3}


def pipelined(me: Any, query: str, depth: int, n: int) -> dict[str, float]:
    start = time.perf_counter()
    for _ in range(n // depth):
        me.pipeline(query, depth)
    return {"each": (time.perf_counter() - start) / n}


def connects(me: Any, n: int, **where: Any) -> dict[str, float]:
    start = time.perf_counter()
    for _ in range(n):
        other = type(me)()
        other.connect(**where)
        other.close()
    return {"each": (time.perf_counter() - start) / n}


def for_a_while(me: Any, query: str, at: float, seconds: float) -> dict[str, float]:
    """Requests one after another from a moment that all clients know."""
    execute, n = me.execute, 0
    time.sleep(max(0.0, at - time.time()))
    start = time.perf_counter()
    while time.perf_counter() - start < seconds:
        execute(query)
        n += 1
    return {"rate": n / (time.perf_counter() - start)}


def receive(me: Any, query: str) -> dict[str, float]:
    start = time.perf_counter()
    array = me.array(query)
    took = time.perf_counter() - start
    return {"seconds": took, "bytes": int(array.nbytes), "last": int(array[-1])}


def fetch(me: Any, query: str) -> dict[str, float]:
    """As a value, whatever it is."""
    start = time.perf_counter()
    me.execute(query)
    return {"seconds": time.perf_counter() - start}


def peak_growth(me: Any, query: str) -> dict[str, float]:
    """Bytes of resident memory at the peak above what there was before, after the arrays of earlier calls are gone."""
    import gc

    gc.collect()
    with open("/proc/self/clear_refs", "w") as f:
        f.write("5")
    before = status("VmRSS")
    array = me.array(query)
    return {"growth": status("VmHWM") - before, "bytes": int(array.nbytes)}


def status(field: str) -> int:
    with open("/proc/self/status") as f:
        row = next(line for line in f if line.startswith(field + ":"))
    return int(row.split()[1]) * 1024


def ticks(me: Any, query: str) -> dict[str, float]:
    """Share of its 1 ms ticks that another thread gets while the query waits."""

    def during(work: Any) -> tuple[int, float]:
        count, stop = [0], threading.Event()

        def beat() -> None:
            while not stop.is_set():
                time.sleep(0.001)
                count[0] += 1

        thread = threading.Thread(target=beat)
        thread.start()
        start = time.perf_counter()
        work()
        took = time.perf_counter() - start
        stop.set()
        thread.join()
        return count[0], took

    busy, took = during(lambda: me.execute(query))
    idle, slept = during(lambda: time.sleep(took))
    return {"share": (busy / took) / (idle / slept), "seconds": took}


def evaluate(me: Any, query: str, n: int) -> dict[str, float]:
    run = me.eval
    start = time.perf_counter()
    for _ in range(n):
        run(query)
    return {"seconds": (time.perf_counter() - start) / n}


def to_numpy(me: Any, query: str, n: int) -> dict[str, float]:
    """The best of n conversions of one result, which is made before."""
    value = me.eval(query)
    best = float("inf")
    for _ in range(n):
        start = time.perf_counter()
        value.to_numpy()
        best = min(best, time.perf_counter() - start)
    return {"seconds": best}


def from_pandas(me: Any, rows: int, n: int) -> dict[str, float]:
    """The best of n: texts, floats, integers and times of that many rows as a table."""
    import numpy as np
    import pandas as pd

    from rayforce.plugins.pandas import from_pandas as convert

    random = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "sym": np.array([f"S{i}" for i in range(100)])[random.integers(0, 100, rows)],
            "price": random.random(rows),
            "qty": random.integers(0, 1000, rows),
            "time": pd.date_range("2024-01-01", periods=rows, freq="s"),
        }
    )
    best = float("inf")
    for _ in range(n):
        start = time.perf_counter()
        convert(frame)
        best = min(best, time.perf_counter() - start)
    return {"seconds": best}


def main() -> None:
    me: Any = {"ours": Ours, "peer": Peer, "redis": Redis, "numpy": Arrays, "polars": Arrays}[sys.argv[1]]()
    if sys.argv[2] != "-":
        os.sched_setaffinity(0, {int(sys.argv[2])})
    calls = {
        "connect": lambda **a: me.connect(**a),
        "engine": lambda **a: me.engine(**a),
        "round_trips": lambda **a: round_trips(me, **a),
        "pipelined": lambda **a: pipelined(me, **a),
        "connects": lambda **a: connects(me, **a),
        "for_a_while": lambda **a: for_a_while(me, **a),
        "receive": lambda **a: receive(me, **a),
        "fetch": lambda **a: fetch(me, **a),
        "peak_growth": lambda **a: peak_growth(me, **a),
        "ticks": lambda **a: ticks(me, **a),
        "evaluate": lambda **a: evaluate(me, **a),
        "to_numpy": lambda **a: to_numpy(me, **a),
        "from_pandas": lambda **a: from_pandas(me, **a),
        "maxrss": lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }
    for line in sys.stdin:
        command = json.loads(line)
        print(json.dumps(calls[command.pop("do")](**command)), flush=True)


if __name__ == "__main__":
    main()
