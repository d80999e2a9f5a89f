"""`rayforce bench`: latency and throughput of a server and the way to it."""

from __future__ import annotations

import argparse
import statistics
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ._common import OK, add_address, connect_to_server, number, seconds
from ._output import put
from .ping import percentile

if TYPE_CHECKING:
    from ..ipc import Connection

HELP = """\
Measures round trips one by one, many requests in flight, several connections at once, and large values in both
directions. It sets no names on the server, so that it may be pointed at any; it does keep it busy."""

BATCH = 500  # requests in flight


def add_arguments(p: argparse.ArgumentParser) -> None:
    add_address(p)
    p.add_argument("--seconds", type=seconds, default=1.0, metavar="S", help="for each measurement (1)")
    p.add_argument("--connections", type=number(1, 1000), default=4, metavar="N", help="at once (4)")
    p.add_argument("--megabytes", type=number(1, 200), default=16, metavar="N", help="of a large value (16)")
    p.add_argument("-o", "--output", choices=["table", "csv", "json"], default="table")


def timed(job: Callable[[], object], duration: float) -> list[float]:
    """How long it takes, again and again."""
    times: list[float] = []
    end = time.perf_counter() + duration
    while not times or time.perf_counter() < end:
        start = time.perf_counter()
        job()
        times.append(time.perf_counter() - start)
    return times


def batch(conn: Connection) -> None:
    with conn.pipeline() as p:
        for _ in range(BATCH):
            p.execute("0")
        p.results()


def many(options: argparse.Namespace) -> float:
    """Requests a second over several connections, a thread each."""
    conns = [connect_to_server(options) for _ in range(options.connections)]
    counts = [0] * len(conns)
    failures: list[BaseException] = []

    def work(i: int) -> None:
        try:
            counts[i] = len(timed(conns[i].ping, options.seconds))
        except BaseException as e:
            failures.append(e)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(len(conns))]
    start = time.perf_counter()
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    elapsed = time.perf_counter() - start
    for conn in conns:
        conn.close()
    if failures:
        raise failures[0]
    return sum(counts) / elapsed


def measure(conn: Connection, options: argparse.Namespace) -> dict[str, tuple[float, str]]:
    """What is measured, how much it is, and of what."""
    import numpy as np

    timed(conn.ping, min(0.2, options.seconds))  # until everything is warm
    trips = sorted(timed(conn.ping, options.seconds))
    batches = timed(lambda: batch(conn), options.seconds)
    n = options.megabytes * 1_000_000 // 8
    data = np.arange(n, dtype=np.float64)
    up = timed(lambda: conn.execute("(fn [x] (count x))", data), options.seconds)
    down = timed(lambda: conn.execute(f"(til {n})"), options.seconds)
    megabytes = n * 8 / 1e6
    return {
        "round trip, median": (statistics.median(trips) * 1e6, "us"),
        "round trip, p99": (percentile(trips, 0.99) * 1e6, "us"),
        f"{BATCH} requests in flight": (BATCH / statistics.median(batches), "requests/s"),
        f"{options.connections} connections": (many(options), "requests/s"),
        f"{megabytes:.0f} MB to the server": (megabytes / statistics.median(up), "MB/s"),
        f"{megabytes:.0f} MB from the server": (megabytes / statistics.median(down), "MB/s"),
    }


def run(options: argparse.Namespace) -> int:
    from ..types import Table

    with connect_to_server(options) as conn:
        print(f"{conn.address}, version {conn.server_version}", file=sys.stderr, flush=True)
        found: dict[str, Any] = measure(conn, options)
    names = list(found)
    figures = [round(value, 1) for value, _ in found.values()]
    put(Table({"measure": names, "value": figures, "unit": [unit for _, unit in found.values()]}), options.output)
    return OK
