"""Figures that this package promises, each measured alone and beside its limit.

python benchmarks/bench_promises.py [--rounds N]
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from compare import PYTHON, peers, promise, report

import rayforce as rf
from rayforce import aio

IMPORT = """
import time
BEFORE
start = time.process_time()
import rayforce
print((time.process_time() - start) * 1e3)
"""


def import_times(rounds: int, engine: str = "ours", before: str = "") -> list[float]:
    """Milliseconds of the processor that the import takes, in a fresh process each."""
    where = str(Path(rf.__file__).parents[1]) if engine == "ours" else "/"
    command = [str(PYTHON[engine]), "-c", IMPORT.replace("BEFORE", before)]
    return [float(subprocess.check_output(command, cwd=where, text=True)) for _ in range(3 * rounds)]


def import_time(rounds: int) -> float:
    return min(import_times(rounds))


def round_trip(rounds: int) -> float:
    """The quickest of many, in microseconds, beside the official server."""
    with peers.server("2.x") as server, rf.hopen("127.0.0.1", server.port) as conn:
        return min(conn.ping() for _ in range(2000 * rounds)) * 1e6


def pipelined(rounds: int) -> float:
    """Requests a second on one connection to a server of this package; the official one would be what is measured."""
    count, best = 20_000, float("inf")
    with rf.Rayforce() as ray, ray.listen(0) as server, rf.hopen("127.0.0.1", server.port) as conn:
        for _ in range(rounds):
            start = time.perf_counter()
            with conn.pipeline() as p:
                futures = [p.execute("(+ 1 2)") for _ in range(count)]
            assert all(f.result() == 3 for f in futures)
            best = min(best, time.perf_counter() - start)
    return count / best


def loop_gap(rounds: int) -> float:
    """The longest silence of an asyncio loop, in milliseconds, while 100 MB come in; the best of some tries."""

    async def longest(port: int) -> float:
        gap, done = 0.0, False

        async def beat() -> None:
            nonlocal gap
            last = time.perf_counter()
            while not done:
                await asyncio.sleep(0.001)
                now = time.perf_counter()
                gap, last = max(gap, now - last), now

        async with await aio.connect(f"127.0.0.1:{port}") as conn:
            await conn.execute("(do (set big (til 12500000)) 0)")
            task = asyncio.ensure_future(beat())
            assert len(await conn.execute("big")) == 12_500_000
            done = True
            await task
        return gap * 1e3

    with peers.server("2.x") as server:
        return min(asyncio.run(longest(server.port)) for _ in range(rounds))


def showing(rounds: int) -> float:
    """The slowest text of several large values, in milliseconds."""
    many = rf.Vector(np.arange(10_000_000))
    values = [
        many,
        rf.Table({f"c{k}": many for k in range(50)}),
        rf.List([many] * 1000),
        rf.Vector(["x" * 10**6] * 100),
    ]

    def once(value: object) -> float:
        start = time.perf_counter()
        repr(value)
        return time.perf_counter() - start

    return max(min(once(v) for _ in range(rounds)) for v in values) * 1e3


# name, what measures it, its unit, the limit, whether less is better
PROMISES: list[tuple[str, Callable[[int], float], str, float, bool]] = [
    ("import rayforce", import_time, "ms", 15, True),
    ("round trip of a tiny query, best", round_trip, "us", 40, True),
    ("pipelined requests", pipelined, "/s", 500_000, False),
    ("gap of the asyncio loop during 100 MB", loop_gap, "ms", 20, True),
    ("repr of anything", showing, "ms", 20, True),
]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    rounds = options.parse_args().rounds
    for name, measure, unit, limit, less in PROMISES:
        promise(name, measure(rounds), unit, limit, less)
    both: dict[str, list[float]] = {"ours": [], "peer": []}
    for _ in range(rounds):
        for name, times in both.items():
            times += import_times(1, name, "import numpy")
    report("import, numpy being loaded", "ms", both)


if __name__ == "__main__":
    main()
